"""The chunks of one box: written whole, and read back, which checks their checksums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.stores.boxes import Box
from wattquery.stores.zarr.schema import DONE, Schema

if TYPE_CHECKING:
    import zarr

__all__ = ["done_of", "is_done", "read_box", "write_box"]


def write_box(group: zarr.Group, schema: Schema, box: Box, values: Mapping[str, NDArray[Any]]) -> None:
    """Write what a box has, and then that it is done.

    Parameters
    ----------
    group
        The store.
    schema
        What is in it.
    box
        The box.
    values
        By array, the values of the box.
    """
    for array in schema.by_boxes:
        region = schema.region_of(array, box)
        if region is not None:
            _array(group, array.name)[region] = values[array.name]
    _array(group, DONE)[_cells(box)] = np.ones(box.shape, dtype=np.bool_)


def is_done(group: zarr.Group, box: Box) -> bool:
    """Return whether all cells of a box are done."""
    return bool(np.all(done_of(group, box)))


def done_of(group: zarr.Group, box: Box) -> NDArray[np.bool_]:
    """Return which cells of a box are done."""
    return np.asarray(_array(group, DONE)[_cells(box)])


def read_box(group: zarr.Group, schema: Schema, box: Box) -> dict[str, NDArray[Any]]:
    """Return what was written of a box, by array.

    Raises
    ------
    Exception
        Whatever the codecs raise where a chunk is damaged.
    """
    found = {}
    for array in schema.by_boxes:
        region = schema.region_of(array, box)
        if region is not None:
            found[array.name] = np.asarray(_array(group, array.name)[region])
    return found


def _array(group: zarr.Group, name: str) -> Any:
    """Return an array of which every chunk is written, one of nothing but zeros too."""
    from zarr import Array
    from zarr.core.array import AsyncArray

    found: Any = group[name]
    config: Any = {"write_empty_chunks": True}  # no part of its metadata, so that it has to be said again
    return Array(AsyncArray(metadata=found.metadata, store_path=found.store_path, config=config))


def _cells(box: Box) -> tuple[slice, ...]:
    return tuple(slice(start, stop) for start, stop in zip(box.starts, box.stops, strict=True))
