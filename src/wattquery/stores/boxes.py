"""A grid divided into boxes of cells, each of which is solved and written on its own: places alone, no labels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Box", "box_at", "boxes", "boxes_of", "chunk_shape"]


@dataclass(frozen=True)
class Box:
    """Some cells of a grid: a range of places along each of its dimensions.

    Attributes
    ----------
    number
        Its place among all boxes of the grid, the last dimension first.
    starts, stops
        The ranges.
    share
        What share of all cells it has.
    """

    number: int
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    share: float

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each dimension."""
        return tuple(stop - start for start, stop in zip(self.starts, self.stops, strict=True))

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    @property
    def ranges(self) -> tuple[range, ...]:
        """The places along each dimension."""
        return tuple(range(start, stop) for start, stop in zip(self.starts, self.stops, strict=True))


def chunk_shape(shape: Sequence[int], most: int) -> tuple[int, ...]:
    """Return the shape of boxes of at most so many cells: later dimensions are kept whole for as long as they fit.

    Later dimensions are those along which cells share most of their work.
    """
    chunks: list[int] = []
    room = max(most, 1)
    for size in reversed(shape):
        chunks.append(max(1, min(size, room)))
        room //= max(size, 1)
    return tuple(reversed(chunks))


def boxes_of(shape: Sequence[int], chunks: Sequence[int]) -> int:
    """Return the number of boxes of a grid."""
    return math.prod(_counts(shape, chunks))


def boxes(shape: Sequence[int], chunks: Sequence[int]) -> Iterator[Box]:
    """Yield all boxes of a grid, the last dimension first."""
    starts = (range(0, size, chunk) for size, chunk in zip(shape, chunks, strict=True))
    for number, corner in enumerate(itertools.product(*starts)):
        yield _box(number, corner, shape, chunks)


def box_at(number: int, shape: Sequence[int], chunks: Sequence[int]) -> Box:
    """Return one box of a grid."""
    corner: list[int] = []
    rest = number
    for count, chunk in zip(reversed(_counts(shape, chunks)), reversed(chunks), strict=True):
        rest, place = divmod(rest, count)
        corner.append(place * chunk)
    return _box(number, tuple(reversed(corner)), shape, chunks)


def _box(number: int, corner: tuple[int, ...], shape: Sequence[int], chunks: Sequence[int]) -> Box:
    stops = tuple(min(start + chunk, size) for start, chunk, size in zip(corner, chunks, shape, strict=True))
    cells = math.prod(stop - start for start, stop in zip(corner, stops, strict=True))
    return Box(number, corner, stops, cells / math.prod(shape))


def _counts(shape: Sequence[int], chunks: Sequence[int]) -> list[int]:
    return [-(-size // chunk) for size, chunk in zip(shape, chunks, strict=True)]
