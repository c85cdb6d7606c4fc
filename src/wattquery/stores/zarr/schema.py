"""What is laid out in a store: arrays by name with their dimensions, types and attributes. No labels are known here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.stores.boxes import Box

__all__ = ["DONE", "ArraySchema", "Schema", "chunk_key", "fill_of"]

DONE = "done"
"""The array that says which cells have all that was asked of them."""


@dataclass(frozen=True, eq=False)
class ArraySchema:
    """One array of a store.

    Attributes
    ----------
    name
        Its name.
    dims
        Its dimensions.
    dtype
        ``"str"`` for text, else the name of a NumPy type.
    attributes
        Unit, long name and so on.
    is_coordinate
        Whether it is a coordinate of the result.
    values
        All of it, where it is known before anything is solved; else None, and boxes have it.
    is_flat
        Whether its chunks are called ``0.1`` and not ``c/0/1``. An array that is replaced changes from the one to the
        other, so that both lie side by side until the metadata moves on, see `wattquery.stores.zarr.grow`.
    leads
        Whether all else of a box follows from it, so that it is written first.
    """

    name: str
    dims: tuple[str, ...]
    dtype: str
    attributes: Mapping[str, Any]
    is_coordinate: bool = False
    values: NDArray[Any] | None = None
    is_flat: bool = False
    leads: bool = False


@dataclass(frozen=True, eq=False)
class Schema:
    """All of a store.

    Attributes
    ----------
    grid
        Length of each dimension that is divided into boxes, in order.
    chunks
        Length of boxes along them, in the same order.
    others
        Length of each other dimension.
    arrays
        The arrays, in the order of the result in memory.
    attributes
        Those of the result.
    done_is_flat
        How the chunks of `DONE` are called.
    """

    grid: Mapping[str, int]
    chunks: tuple[int, ...]
    others: Mapping[str, int]
    arrays: tuple[ArraySchema, ...]
    attributes: Mapping[str, Any]
    done_is_flat: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions of the grid."""
        return tuple(self.grid.values())

    @property
    def by_boxes(self) -> tuple[ArraySchema, ...]:
        """The arrays that boxes have, in the order in which they are written."""
        return tuple(sorted((one for one in self.arrays if one.values is None), key=lambda one: not one.leads))

    def shape_of(self, array: ArraySchema) -> tuple[int, ...]:
        """Return the shape of an array."""
        return tuple(self.grid[name] if name in self.grid else self.others[name] for name in array.dims)

    def chunks_of(self, array: ArraySchema) -> tuple[int, ...]:
        """Return the shape of the chunks of an array: that of a box, whole along all other dimensions."""
        if array.values is not None:
            return tuple(max(1, size) for size in self.shape_of(array))
        by_name = dict(zip(self.grid, self.chunks, strict=True))
        return tuple(max(1, by_name.get(name, self.others.get(name, 1))) for name in array.dims)

    def unpacked_of(self, array: ArraySchema) -> tuple[int | None, int]:
        """Return the bytes of a chunk of an array in memory, None for text, and how many items it has."""
        items = math.prod(self.chunks_of(array))
        return None if array.dtype == "str" else items * np.dtype(array.dtype).itemsize, items

    def region_of(self, array: ArraySchema, box: Box) -> tuple[slice, ...] | None:
        """Return where the values of a box go in an array; None where another box has them.

        Of the boxes that share the values of an array, for it lacks a dimension, the first along it has them.
        """
        places = dict(zip(self.grid, zip(box.starts, box.stops, strict=True), strict=True))
        if any(start > 0 for name, (start, _) in places.items() if name not in array.dims):
            return None
        return tuple(slice(*places[name]) if name in places else slice(None) for name in array.dims)


def chunk_key(name: str, places: Sequence[int], is_flat: bool) -> str:
    """Return what a chunk is called in a store.

    Examples
    --------
    >>> chunk_key("energy", (0, 2), False), chunk_key("energy", (0, 2), True)
    ('energy/c/0/2', 'energy/0.2')
    """
    numbers = list(map(str, places))
    return f"{name}/{'.'.join(numbers) or '0'}" if is_flat else "/".join((name, "c", *numbers))


def fill_of(dtype: str) -> Any:
    """Return what stands where nothing is written yet."""
    if dtype == "str":
        return ""
    kind = np.dtype(dtype)
    return np.nan if kind.kind == "f" else kind.type(0).item()
