"""What a grid takes: in memory as a result, in work, and on a disk, as measured on pieces that were compressed."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from wattquery.stores.zarr.layout import packing
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import keys_of, read_bytes
from wattquery.sweeps.blockwise.template import kind_of
from wattquery.sweeps.study import Study

if TYPE_CHECKING:
    from zarr.storage import MemoryStore

__all__ = ["OnDisk", "bins_of", "free_bytes", "on_disk", "shelf"]


METADATA_BYTES = 2000
"""What a store says of each array: once beside it, and once with all others."""


@dataclass(frozen=True)
class OnDisk:
    """What a store takes.

    Attributes
    ----------
    size
        Bytes, compressed.
    unpacked
        Bytes, as in memory.
    files
        Number of chunks, each of which is a file.
    """

    size: int
    unpacked: int
    files: int


def shelf(ds: xr.Dataset) -> tuple[dict[str, Any], MemoryStore]:
    """Return an empty array in memory for each variable of a piece, with the codecs of a store, and what holds them."""
    import zarr
    from zarr.storage import MemoryStore

    held = MemoryStore()
    group = zarr.open_group(held, mode="w", zarr_format=3)
    arrays: dict[str, Any] = {
        str(name): group.create_array(
            str(name),
            shape=variable.shape,
            chunks=tuple(max(1, size) for size in variable.shape),
            **packing(kind_of(variable.dtype)),
        )
        for name, variable in ds.variables.items()
    }
    return arrays, held


def on_disk(study: Study, pieces: Sequence[xr.Dataset], chunks: Sequence[int]) -> OnDisk:
    """Return what the store of a grid takes.

    Parameters
    ----------
    study
        The grid.
    pieces
        Some of it, solved.
    chunks
        The shape of its boxes.
    """
    sizes = {axis.name: axis.size for axis in study.grid.dimensions}
    by_name = dict(zip(sizes, chunks, strict=True))
    packed, unpacked, files = float(METADATA_BYTES * len(pieces[0].variables)), 0.0, math.prod(_counts(sizes, by_name))
    for name, variable in pieces[0].variables.items():
        # By what has a place in the grid: how many bins there are differs from piece to piece.
        own = {str(dim): sizes[str(dim)] for dim in variable.dims if dim in sizes}
        values = sum(math.prod(piece.sizes[dim] for dim in own) for piece in pieces)
        share = math.prod(own.values()) / values
        packed += share * sum(_stored(piece.variables[name]) for piece in pieces)
        unpacked += share * sum(piece.variables[name].nbytes for piece in pieces)
        if name in pieces[0].data_vars:
            files += math.prod(_counts(own, by_name))
    return OnDisk(math.ceil(packed), math.ceil(unpacked), files)


def _counts(sizes: Mapping[str, int], chunks: Mapping[str, int]) -> list[int]:
    return [-(-size // chunks[name]) for name, size in sizes.items()]


def _stored(variable: xr.Variable) -> int:
    """Return the bytes of a chunk that holds a variable."""
    arrays, held = shelf(xr.Dataset({"values": (variable.dims, variable.values)}))
    arrays["values"][...] = variable.values
    return sum(len(read_bytes(held, key) or b"") for key in keys_of(held) if "/c" in key)


def bins_of(pieces: Sequence[xr.Dataset]) -> int:
    """Return how many bins hold all cells of some pieces, 0 where no histogram is kept."""
    labels = [np.asarray(piece["bin"].values) for piece in pieces if "bin" in piece]
    labels = [one for one in labels if one.size]
    return int(max(one.max() for one in labels) - min(one.min() for one in labels)) + 1 if labels else 0


def free_bytes(where: Location) -> int | None:
    """Return what is free where a store would lie, None where nobody tells."""
    if where.is_remote:
        return None
    folder = next((one for one in (where.folder, *where.folder.parents) if one.is_dir()), Path())
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
