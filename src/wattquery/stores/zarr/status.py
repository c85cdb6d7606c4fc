"""What of a store is done, and what made it: from its manifest, and the array that says which cells are done."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wattquery.errors import InputError, quoted
from wattquery.stores.boxes import Box, boxes_of
from wattquery.stores.zarr.claim import who_works
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import READY, keys_of, read_manifest
from wattquery.stores.zarr.refusals import told
from wattquery.stores.zarr.schema import DONE, ArraySchema, Schema, chunk_key
from wattquery.stores.zarr.untrusted import check_metadata, dims_of, is_flat, is_text
from wattquery.stores.zarr.verify import is_whole

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["Status", "status_of"]

Metadata = Mapping[str, Mapping[str, Any]]

_TOLD = ("analysis", "method", "seed", "common_random_numbers", "keep_histogram", "preset", "catalog", "catalog_hash")
"""Of what must be the same in every call on a store, what says something to a reader."""


@dataclass(frozen=True)
class Status:
    """What of a store is done, and what made it.

    Attributes
    ----------
    store
        The store, as it was named.
    cells, cells_done
        How many cells its grid has, and how many of them have all that was asked.
    boxes, boxes_done
        The same of the boxes that are solved and written as a whole; 0 until there are arrays.
    axes
        How many labels each dimension of its grid has; in the order of the alphabet until there are arrays.
    made_by
        What was asked for: analysis, method, seed, catalog and so on.
    draws
        Draws of each cell that is done; 0 where the method makes none.
    versions
        Versions of this package that laid it out.
    bytes
        What all its files take [bytes].
    worked_on_by
        Who works on it; empty where nobody does.
    is_laid_out
        Whether it was laid out as a whole; otherwise the next call does so first.
    damaged
        How many boxes are said to be done and have a chunk that is lost or damaged; None where nobody looked.
    """

    store: str
    cells: int
    cells_done: int
    boxes: int
    boxes_done: int
    axes: Mapping[str, int]
    made_by: Mapping[str, Any]
    draws: int
    versions: Sequence[str]
    bytes: int
    worked_on_by: str
    is_laid_out: bool
    damaged: int | None

    @property
    def is_finished(self) -> bool:
        """Whether every cell is done, and no box was found damaged."""
        return self.is_laid_out and self.cells_done == self.cells and not self.damaged

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, with whether the store is finished."""
        return {**asdict(self), "is_finished": self.is_finished}

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        share = self.cells_done / self.cells if self.cells else 0.0
        part = "" if self.is_laid_out else "laid out in part, "
        boxes = f", {self.boxes_done:,} of {self.boxes:,} boxes" if self.boxes else ""
        done = f"{self.cells_done:,} of {self.cells:,} cells done ({math.floor(1000 * share) / 10:g} %)"
        yield f"{self.store}: {part}{done}{boxes}"
        drawn = f", {self.draws:,} draws of each cell" if self.draws else ""
        told = ", ".join(f"{name} {_shown(value)}" for name, value in self.made_by.items())
        yield f"  made by   {told}{drawn}"
        yield f"  axes      {', '.join(f'{name} {size:,}' for name, size in self.axes.items()) or 'none: one cell'}"
        yield f"  versions  {', '.join(self.versions) or 'unknown'}"
        yield f"  size      {_size(self.bytes)}"
        yield f"  at work   {self.worked_on_by or 'nobody'}"
        if self.damaged is not None:
            yield f"  damaged   {self.damaged:,} boxes" if self.damaged else "  damaged   none"
        if not self.is_laid_out:
            yield "A call ended while it laid the store out: the same call does so first, and then continues it."
        elif not self.is_finished:
            yield "The call that made it continues it."


def status_of(where: Location, verify: bool = False) -> Status:
    """Return what of a store is done.

    Parameters
    ----------
    where
        The store.
    verify
        Whether all chunks of finished boxes are read and held against their checksums.

    Raises
    ------
    InputError
        If nothing is there, or something else than a store.
    """
    with told(where, reading=True):
        store = where.open(read_only=True)
        manifest = None if not where.is_remote and not where.folder.is_dir() else read_manifest(store, where.shown)
        if manifest is None:
            raise InputError(f"{where.shown!r} holds no store: name the folder that was passed as store.")
        metadata = _metadata(store, where, manifest)
        schema = _schema(where, metadata) if metadata else _promised(manifest)
        cells_done, boxes_done, damaged = _done(store, where.shown, metadata, schema, verify)
        return Status(
            store=where.shown,
            cells=math.prod(schema.shape),
            cells_done=cells_done,
            boxes=boxes_of(schema.shape, schema.chunks) if metadata else 0,
            boxes_done=boxes_done,
            axes=dict(schema.grid),
            worked_on_by=who_works(where),
            is_laid_out=manifest["state"] == READY,
            bytes=_bytes(store),
            damaged=damaged if verify else None,
            **_asked(manifest),
        )


def _metadata(store: Store, where: Location, manifest: Mapping[str, Any]) -> Metadata:
    """Return the metadata of all arrays; none where the first call did not come so far."""
    try:
        return check_metadata(store, where.shown)
    except InputError:
        if manifest["state"] == READY:
            raise
        return {}


def _schema(where: Location, metadata: Metadata) -> Schema:
    """Return what of a store boxes have, as its metadata says."""
    if DONE not in metadata:
        raise InputError(f"{where.shown!r} is no store that wattquery wrote: it has no array {DONE!r}.")
    done = metadata[DONE]
    chunks = done["chunk_grid"]["configuration"]["chunk_shape"]
    grid = dict(zip(dims_of(done), done["shape"], strict=True))
    sizes = {dim: size for one in metadata.values() for dim, size in zip(dims_of(one), one["shape"], strict=True)}
    others = {dim: size for dim, size in sizes.items() if dim not in grid}
    arrays = [
        ArraySchema(name, tuple(dims_of(one)), "str" if is_text(one) else one["data_type"], {}, is_flat=is_flat(one))
        for name, one in metadata.items()
        if name != DONE and _is_by_boxes(one, dict(zip(grid, chunks, strict=True)))
    ]
    return Schema(grid, tuple(chunks), others, tuple(arrays), {}, is_flat(done))


def _promised(manifest: Mapping[str, Any]) -> Schema:
    """Return the grid of a store that has no arrays yet: as its manifest says, which anybody may have written."""
    asked = manifest["asked"]
    axes: Any = asked.get("axes") if isinstance(asked, dict) else None
    grid: dict[str, int] = {}
    for name, axis in axes.items() if isinstance(axes, dict) else ():
        if isinstance(axis, dict) and axis.get("is_dimension") is True and isinstance(axis.get("labels"), list):
            grid[str(name)[:80]] = len(axis["labels"])
    # Its boxes are not told: a manifest has names in the order of the alphabet.
    return Schema(grid, tuple(grid.values()), {}, (), {})


def _is_by_boxes(array: Mapping[str, Any], chunks: Mapping[str, int]) -> bool:
    """Return whether an array has the chunks of boxes; labels that are known beforehand are one chunk."""
    own = array["chunk_grid"]["configuration"]["chunk_shape"]
    return all(size == chunks.get(dim, size) for dim, size in zip(dims_of(array), own, strict=True))


def _done(store: Store, shown: str, metadata: Metadata, schema: Schema, verify: bool) -> tuple[int, int, int]:
    """Return how many cells and boxes are done, and how many of the latter are damaged."""
    if DONE not in metadata:
        return 0, 0, 0
    from wattquery.stores.zarr.guarded import guarded_group

    array: Any = guarded_group(store, shown)[DONE]
    cells = whole = damaged = 0
    for box in _begun(store, schema):
        found = _done_of(array, box)
        if verify and found and not is_whole(store, schema, box):
            damaged += 1
        cells += found
        whole += found == box.size
    return cells, whole, damaged


def _begun(store: Store, schema: Schema) -> Iterator[Box]:
    """Yield the boxes of which a chunk says what is done: no more than there are files, whatever the metadata says."""
    for key in keys_of(store, f"{DONE}/"):
        numbers = re.findall(r"\d+", key.removeprefix(f"{DONE}/")) if schema.grid else []
        places = [int(one) for one in numbers if len(one) < 19]
        if key.endswith("zarr.json") or len(places) != len(schema.chunks):
            continue
        starts = tuple(place * chunk for place, chunk in zip(places, schema.chunks, strict=True))
        sizes = zip(starts, schema.chunks, schema.shape, strict=True)
        stops = tuple(min(start + chunk, size) for start, chunk, size in sizes)
        if chunk_key(DONE, places, schema.done_is_flat) == key and all(map(int.__lt__, starts, stops)):
            yield Box(0, starts, stops, 0.0)


def _done_of(array: Any, box: Box) -> int:
    """Return how many cells of a box are done; none where a chunk that says so is damaged."""
    try:
        return int(np.count_nonzero(array[tuple(map(slice, box.starts, box.stops))]))
    except Exception:  # whatever the codecs raise
        return 0


def _asked(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest says of what was asked for, which anybody may have written."""
    asked = manifest["asked"] if isinstance(manifest["asked"], dict) else {}
    fixed: Any = asked.get("fixed")
    fixed = fixed if isinstance(fixed, dict) else {}
    versions = manifest.get("made by")
    return {
        "made_by": {name: fixed[name] for name in _TOLD if isinstance(fixed.get(name), (str, int, float))},
        "draws": asked["draws"] if type(asked.get("draws")) is int else 0,
        "versions": [str(one)[:80] for one in versions[:20]] if isinstance(versions, list) else [],
    }


def _bytes(store: Store) -> int:
    from zarr.core.sync import sync

    return int(sync(store.getsize_prefix("")))


def _shown(value: object) -> str:
    return quoted(value) if not isinstance(value, str) else value[:80]


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"
