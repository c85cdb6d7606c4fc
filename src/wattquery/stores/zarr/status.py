"""What of a store is done, and what made it: from its manifest, and the array that says which cells are done."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wattquery.errors import InputError, quoted
from wattquery.pages.cards import Carded, Part
from wattquery.quantities import AXES
from wattquery.quantities.amounts import in_bytes
from wattquery.stores.boxes import boxes_of
from wattquery.stores.zarr.claim import who_works
from wattquery.stores.zarr.done import done_boxes, schema_said
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import READY, read_manifest
from wattquery.stores.zarr.refusals import told
from wattquery.stores.zarr.schema import DONE, Schema
from wattquery.stores.zarr.untrusted import check_metadata
from wattquery.stores.zarr.verify import is_whole

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["Status", "status_of"]

Metadata = Mapping[str, Mapping[str, Any]]

_TOLD = ("analysis", "method", "seed", "common_random_numbers", "keep_histogram", "preset", "catalog", "catalog_hash")
"""Of what must be the same in every call on a store, what says something to a reader."""


@dataclass(frozen=True)
class Status(Carded):
    """What of a store is done, and what made it.

    Attributes
    ----------
    store
        The store, as it was named.
    cells, cells_done
        How many cells its grid has, and how many of them have all that was asked.
    boxes, boxes_done
        The same of the boxes that are solved and written as a whole.
    axes
        How many labels each dimension of its grid has.
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
        facts = self._facts()
        lines = [self._title(), *(f"  {name:<8}  {text}" for name, text in facts.items())]
        return "\n".join([*lines, *self._what_next()])

    def _card(self) -> tuple[str, list[Part]]:
        return self._title(), [self._facts(), *self._what_next()]

    def _title(self) -> str:
        share = self.cells_done / self.cells if self.cells else 0.0
        part = "" if self.is_laid_out else "laid out in part, "
        done = f"{self.cells_done:,} of {self.cells:,} cells done ({math.floor(1000 * share) / 10:g} %)"
        return f"{self.store}: {part}{done}, {self.boxes_done:,} of {self.boxes:,} boxes"

    def _facts(self) -> dict[str, str]:
        """Return what is printed, a line each."""
        drawn = f", {self.draws:,} draws of each cell" if self.draws else ""
        told = ", ".join(f"{name} {_shown(value)}" for name, value in self.made_by.items())
        facts = {
            "made by": f"{told}{drawn}",
            "axes": ", ".join(f"{name} {size:,}" for name, size in self.axes.items()) or "none: one cell",
            "versions": ", ".join(self.versions) or "unknown",
            "size": in_bytes(self.bytes),
            "at work": self.worked_on_by or "nobody",
        }
        if self.damaged is not None:
            facts["damaged"] = f"{self.damaged:,} boxes" if self.damaged else "none"
        return facts

    def _what_next(self) -> Iterator[str]:
        """Yield what the next call does, if there is anything to do."""
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
        schema = schema_said(metadata, where.shown) if metadata else _promised(manifest)
        cells_done, boxes_done, damaged = _done(store, where.shown, metadata, schema, verify)
        return Status(
            store=where.shown,
            cells=math.prod(schema.shape),
            cells_done=cells_done,
            boxes=boxes_of(schema.shape, schema.chunks),
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


def _promised(manifest: Mapping[str, Any]) -> Schema:
    """Return the grid of a store that has no arrays yet: as its manifest says, which anybody may have written."""
    asked = manifest["asked"]
    axes: Any = asked.get("axes") if isinstance(asked, dict) else None
    grid: dict[str, int] = {}
    for name, axis in axes.items() if isinstance(axes, dict) else ():
        if isinstance(axis, dict) and axis.get("is_dimension") is True and isinstance(axis.get("labels"), list):
            grid[str(name)[:80]] = len(axis["labels"])
    # A manifest has names in the order of the alphabet, and lengths of boxes in that of the grid.
    grid = {name: grid[name] for name in sorted(grid, key=lambda name: AXES.index(name) if name in AXES else len(AXES))}
    chunks = manifest["chunks"]
    known = isinstance(chunks, list) and len(chunks) == len(grid) and all(map(_is_length, chunks))
    return Schema(grid, tuple(chunks) if known else tuple(max(1, size) for size in grid.values()), {}, (), {})


def _is_length(size: object) -> bool:
    return type(size) is int and size > 0


def _done(store: Store, shown: str, metadata: Metadata, schema: Schema, verify: bool) -> tuple[int, int, int]:
    """Return how many cells and boxes are done, and how many of the latter are damaged."""
    if DONE not in metadata:
        return 0, 0, 0
    cells = whole = damaged = 0
    for box, found in done_boxes(store, shown, schema):
        count = int(np.count_nonzero(found))
        if verify and count and not is_whole(store, schema, box):
            damaged += 1
        cells += count
        whole += count == box.size
    return cells, whole, damaged


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
