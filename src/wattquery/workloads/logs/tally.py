"""Any number of lengths in bounded memory: how many requests fall into each cell, and the sums of their lengths.

A cell is an interval of each length. At first it holds whole tokens up to 131,071 one by one; where there are more
cells than `MOST_CELLS`, two neighbours become one along one length, then along the next, as often as it takes. Sums are
kept, so that means stay those of all requests. Which cells there are at last depends on the requests alone, not on
their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.interval_means import Margin
from wattquery.specs.joint_lengths.rows import Rows

__all__ = ["MOST_CELLS", "LengthTally", "Tally"]

MOST_CELLS = 2**18
"""Of a tally: chosen so that their compression takes seconds, and cells are narrower than two per cent."""

FINEST = 16
"""Cells of the finest level, per octave: 2 to the power of this."""

_BITS = 21
"""Of the number of a cell along one length: enough for 1e9 tokens at the finest level, and for three in 63 bits."""

_MASK = (1 << _BITS) - 1
Keys = NDArray[np.int64]


class Tally:
    """Counts and sums of points with a few coordinates of 0 or more, in at most so many cells.

    Parameters
    ----------
    parts
        Number of coordinates, 1 to 3.
    most
        Cells that it may have.
    """

    def __init__(self, parts: int, most: int = MOST_CELLS) -> None:
        self._parts, self._most = parts, most
        self.level = 0
        self._keys: Keys = np.empty(0, np.int64)
        self._sums: FloatArray = np.empty((parts + 1, 0))

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def count(self) -> float:
        """Number of points."""
        return float(self._sums[0].sum())

    @property
    def counts(self) -> FloatArray:
        """Number of points of each cell."""
        counts: FloatArray = self._sums[0]
        return counts

    @property
    def means(self) -> tuple[FloatArray, ...]:
        """Means of each coordinate in each cell."""
        return tuple(total / self._sums[0] for total in self._sums[1:])

    @property
    def width(self) -> float:
        """Largest relative width of a cell that may hold several whole numbers; 0 where there is none."""
        widths = [0.0]
        for shift, mean in zip(self._shifts(self.level), self.means, strict=True):
            cells = 2.0 ** (FINEST - shift)
            if len(mean) and mean.max() >= 2.0 * cells:
                widths.append(1.0 / cells)
        return max(widths)

    def add(self, coordinates: Sequence[FloatArray], counts: FloatArray | None = None) -> None:
        """Add points, each as often as ``counts`` says."""
        numbers = np.ones(len(coordinates[0])) if counts is None else counts
        self.merge(self._packed(coordinates), np.stack([numbers, *(numbers * one for one in coordinates)]), self.level)

    def join(self, other: Tally) -> None:
        """Add what another tally holds."""
        while self.level < other.level:
            self._coarsen()
        self.merge(other._keys, other._sums, other.level)

    def merge(self, keys: Keys, sums: FloatArray, level: int) -> None:
        """Add cells of a level that is no coarser."""
        for next_level in range(level + 1, self.level + 1):
            keys = self._halved(keys, next_level)
        self._set(np.concatenate([self._keys, keys]), np.concatenate([self._sums, sums], axis=1))
        while len(self) > self._most:
            self._coarsen()

    def _coarsen(self) -> None:
        self.level += 1
        self._set(self._halved(self._keys, self.level), self._sums)

    def _shifts(self, level: int) -> list[int]:
        """Return how often the cells of a level were joined along each coordinate: the last one comes first."""
        return [(level + place) // self._parts for place in range(self._parts)]

    def _set(self, keys: Keys, sums: FloatArray) -> None:
        order = np.argsort(keys)
        keys = keys[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys = keys[starts]
        self._sums = np.add.reduceat(sums[:, order], starts, axis=1) if len(starts) else sums

    def _packed(self, coordinates: Sequence[FloatArray]) -> Keys:
        keys = np.zeros(len(coordinates[0]), np.int64)
        for one, shift in zip(coordinates, self._shifts(self.level), strict=True):
            keys = (keys << _BITS) | (np.floor(_folded(one) * 2.0**FINEST).astype(np.int64) >> shift)
        return keys

    def _halved(self, keys: Keys, level: int) -> Keys:
        """Return the cells of a level from those of the level before."""
        changed = np.flatnonzero(np.diff([self._shifts(level - 1), self._shifts(level)], axis=0)[0])[0]
        place = (self._parts - 1 - int(changed)) * _BITS
        part = (keys >> place) & _MASK
        return keys + (((part >> 1) - part) << place)


class LengthTally:
    """Lengths of requests: their joint cells, and each margin by itself once the joint cells hold several lengths.

    Parameters
    ----------
    most
        Cells that it may have.
    """

    def __init__(self, most: int = MOST_CELLS) -> None:
        self.joint = Tally(3, most)
        self._most = most
        self._margins: list[Tally] = []

    @property
    def requests(self) -> int:
        """Number of requests."""
        return int(self.joint.count)

    @property
    def width(self) -> float:
        """Largest relative width of a cell."""
        return self.joint.width

    def add(self, output: FloatArray, inputs: FloatArray, cached: FloatArray) -> None:
        """Add requests."""
        block = Tally(3, len(output))
        block.add((output, inputs - cached, cached))
        self._join(block, [])

    def join(self, other: LengthTally) -> None:
        """Add the requests of another tally."""
        self._join(other.joint, other._margins)

    def _join(self, joint: Tally, margins: list[Tally]) -> None:
        """Add joint cells, whose margins are given where they are not those of the cells."""
        may_coarsen = joint.level > 0 or len(self.joint) + len(joint) > self._most
        before = self._margins or (self._margins_of(self.joint) if may_coarsen else [])
        self.joint.join(joint)
        if self.joint.level:
            for margin, added in zip(before, margins or self._margins_of(joint), strict=True):
                margin.join(added)
            self._margins = before

    def _margins_of(self, joint: Tally) -> list[Tally]:
        margins = [Tally(1, self._most) for _ in joint.means]
        for margin, means in zip(margins, joint.means, strict=True):
            margin.add([means], joint.counts)
        return margins

    def rows(self) -> Rows:
        """Return a row for each cell, with the means of its lengths."""
        return Rows.of_parts(self.joint.means, self.joint.counts)

    def margins(self) -> list[Margin] | None:
        """Return the margins of output, new and cached tokens; None where they are those of the rows."""
        return [Margin.of(one.means[0], one.counts) for one in self._margins] or None


def _folded(lengths: FloatArray) -> Any:
    """Return the logarithm to base 2 of twice a length, as straight lines between powers of 2; below 1, the length."""
    mantissas, exponents = np.frexp(np.maximum(lengths, 1.0))
    return np.where(lengths < 1.0, lengths, 2.0 * mantissas - 1.0 + exponents)
