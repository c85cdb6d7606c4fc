"""What a grid takes on a disk, as measured on pieces that were compressed."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from wattquery.stores.zarr.layout import made_in_memory, packing
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import keys_of, read_bytes
from wattquery.sweeps.blockwise.asked import asked
from wattquery.sweeps.blockwise.template import kind_of, schema_of
from wattquery.sweeps.blockwise.window import Window
from wattquery.sweeps.blockwise.work import study_at
from wattquery.sweeps.planning.boxed import Boxed
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

if TYPE_CHECKING:
    from zarr.storage import MemoryStore

__all__ = ["OnDisk", "bins_of", "free_bytes", "on_disk", "shelf"]


BLOCK = 4096
"""Bytes of a block of a disk: a file takes whole ones. An object store counts bytes."""

LABELS_LOOKED_AT = 64
"""Labels of each axis that tell how long a manifest becomes, which has all of them in words."""


@dataclass(frozen=True)
class OnDisk:
    """What a store takes.

    Attributes
    ----------
    of_boxes, of_layout
        Bytes of the chunks that boxes have, compressed; and of all that is there before: labels, metadata, manifests.
        On a disk files and folders take whole blocks.
    unpacked
        Bytes of the chunks in memory.
    files_of_boxes, files_of_layout
        How many files they are.
    """

    of_boxes: int
    of_layout: int
    unpacked: int
    files_of_boxes: int
    files_of_layout: int

    @property
    def compression(self) -> float:
        """How many times larger the chunks are in memory."""
        return self.unpacked / max(self.of_boxes, 1)

    def left(self, cells: float, boxes: float, *, is_there: bool) -> tuple[int, int]:
        """Return bytes and files of what is still to be written.

        Parameters
        ----------
        cells, boxes
            The share of cells that are not there yet, and of boxes.
        is_there
            Whether the store is laid out.
        """
        size, files = math.ceil(self.of_boxes * cells), math.ceil(self.files_of_boxes * boxes)
        return (size, files) if is_there else (size + self.of_layout, files + self.files_of_layout)


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


def on_disk(
    study: Study, how: Settings, run: Run | None, pieces: Sequence[xr.Dataset], boxes: Boxed, where: Location
) -> OnDisk:
    """Return what the store of a grid takes.

    Parameters
    ----------
    study, how, run
        The grid, how it is computed, and the same lowered; or None.
    pieces
        Some of it, solved.
    boxes
        How it is divided.
    where
        Where the store is to lie.
    """
    block = 1 if where.is_remote else BLOCK
    look = pieces[0] if boxes.window is None else boxes.window.with_other(_window(pieces)).of(pieces[0])
    schema = schema_of(study, look, run, boxes.chunks, how.draws)
    # Beside the chunks of the variables each box says that it is done.
    along = {dim: -(-size // chunk) for (dim, size), chunk in zip(schema.grid.items(), boxes.chunks, strict=True)}
    files, folders, unpacked = math.prod(along.values()), _folders(list(along.values())), 0.0
    of_boxes = files * _in_blocks(boxes.cells / 8, block)
    for array in schema.by_boxes:
        # By what has a place in the grid: how many bins there are differs from piece to piece.
        own = {dim: schema.grid[dim] for dim in array.dims if dim in schema.grid}
        # Those along no dimension of the grid are one chunk.
        counts = [along.get(dim, 1) for dim in array.dims]
        count = math.prod(counts)
        found = [piece.variables[array.name] for piece in pieces]
        values = sum(math.prod(size for dim, size in one.sizes.items() if dim in own) for one in found)
        share = math.prod(own.values()) / values
        of_boxes += count * _in_blocks(share * sum(map(_stored, found)) / count, block)
        unpacked += share * sum(one.nbytes for one in found)
        files += count
        folders += _folders(counts)
    if not where.is_remote:
        of_boxes += BLOCK * folders
    made = made_in_memory(schema)
    keys = keys_of(made)
    laid = [len(read_bytes(made, key) or b"") for key in keys] + 2 * [_manifest(study, how)]
    of_layout = sum(_in_blocks(size, block) for size in laid)
    if not where.is_remote:
        above = {parent for key in keys for parent in PurePosixPath(key).parents}
        of_layout += BLOCK * (len(above) + 2)  # that of manifests, and the claim
    return OnDisk(math.ceil(of_boxes), of_layout, math.ceil(unpacked), files, len(laid) + 1)


def _folders(counts: Sequence[int]) -> int:
    """Return how many folders there are below that of an array with so many chunks along each dimension."""
    return sum(math.prod(counts[:depth]) for depth in range(len(counts)))


def _in_blocks(size: float, block: int) -> int:
    return -(-math.ceil(size) // block) * block


def _manifest(study: Study, how: Settings) -> int:
    """Return the bytes of a manifest, from some labels of each axis."""
    few = {axis.name: range(min(axis.size, LABELS_LOOKED_AT)) for axis in study.grid.dimensions}
    said = asked(study_at(study, few), how)

    def size(content: object) -> int:
        return len(json.dumps(content, indent=1))

    more = sum(
        size(said["axes"][axis.name]) * (axis.size / len(few[axis.name]) - 1.0) for axis in study.grid.dimensions
    )
    return math.ceil(size(said) + more)


def _stored(variable: xr.Variable) -> int:
    """Return the bytes of a chunk that holds a variable."""
    arrays, held = shelf(xr.Dataset({"values": (variable.dims, variable.values)}))
    arrays["values"][...] = variable.values
    return sum(len(read_bytes(held, key) or b"") for key in keys_of(held) if "/c" in key)


def bins_of(pieces: Sequence[xr.Dataset]) -> int:
    """Return how many bins hold all cells of some pieces, 0 where no histogram is kept."""
    window = _window(pieces)
    return 0 if window is None else window.bins


def _window(pieces: Sequence[xr.Dataset]) -> Window | None:
    """Return the bins that hold all cells of some pieces."""
    found: Window | None = None
    for labels in (np.asarray(piece["bin"].values) for piece in pieces if piece.sizes.get("bin")):
        found = Window(int(labels.min()), int(labels.max()) + 1).with_other(found)
    return found


def free_bytes(where: Location) -> int | None:
    """Return what is free where a store would lie, None where nobody tells."""
    if where.is_remote:
        return None
    folder = next((one for one in (where.folder, *where.folder.parents) if one.is_dir()), Path())
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free if usage.total else None
