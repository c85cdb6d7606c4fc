"""Boxes that are missing in a store, solved and written there, by whoever the executor hands them to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import xarray as xr

from wattquery.engine.executor import Executor, Progress, ShareDone
from wattquery.engine.threads import Threads
from wattquery.errors import InputError
from wattquery.stores.boxes import Box, boxes, chunk_shape
from wattquery.stores.zarr.chunks import is_done, write_box
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.layout import is_laid_out, lay_out
from wattquery.stores.zarr.location import Location, location
from wattquery.stores.zarr.manifest import FORMAT, MANIFEST, READY, read_manifest, write_json
from wattquery.stores.zarr.refusals import told
from wattquery.stores.zarr.schema import Schema
from wattquery.stores.zarr.verify import is_whole
from wattquery.sweeps.blockwise.asked import asked
from wattquery.sweeps.blockwise.opened import opened
from wattquery.sweeps.blockwise.template import fewest_draws, first_cell, schema_of, whole_run
from wattquery.sweeps.blockwise.work import SweepOfBox, WorkOfBox, values_of
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

if TYPE_CHECKING:
    import zarr

__all__ = ["Written", "fill", "most_cells", "stored_sweep", "sweep_to_store"]

MOST_CELLS = 16_384
"""Cells of a box at most, which are solved exactly in a second."""

DRAWS_OF_A_BOX = 400_000_000
"""Draws of a box, which take some seconds: what is lost by a crash, and what a scheduler's task is worth."""


@dataclass(frozen=True, eq=False)
class Written:
    """The work on a box that ends with it being written: where to, and what is solved. It survives pickling.

    Attributes
    ----------
    work
        What is done with a box.
    where
        The store.
    schema
        What is in it.
    """

    work: WorkOfBox
    where: Location
    schema: Schema

    def __call__(self, box: Box) -> int:
        """Solve a box, write it, and return its number."""
        solved = self.work.solve(box)
        names = [array.name for array in self.schema.by_boxes if self.schema.region_of(array, box) is not None]
        write_box(_group(self.where), self.schema, box, values_of(solved, names))
        return box.number


def stored_sweep(study: Study, settings: Settings, store: object) -> xr.Dataset:
    """Return the sweep of a study from a store, see `wattquery.sweep`."""
    return sweep_to_store(study, settings, location(store), Threads(settings.threads))


def most_cells(settings: Settings) -> int:
    """Return how many cells a box has at most: work of some seconds on one thread."""
    if settings.method == "exact":
        return MOST_CELLS
    return max(1, min(MOST_CELLS, DRAWS_OF_A_BOX // max(settings.draws, 1)))


def sweep_to_store(study: Study, settings: Settings, where: Location, executor: Executor) -> xr.Dataset:
    """Return the sweep of a study, read from a store in which every box is written as it is finished.

    Parameters
    ----------
    study, settings
        What to compute, and how.
    where
        The store. One of the same study is continued.
    executor
        Solves the boxes.

    Raises
    ------
    InputError
        If the store is of another study.
    """
    schema = _schema(study, settings)
    with told(where), claimed(where):
        _lay_out(where, schema, asked(study, settings))
        fill(Written(SweepOfBox(study, settings), where, schema), executor, settings.progress)
    return opened(where.open(read_only=True), where.shown)


def _lay_out(where: Location, schema: Schema, wanted: dict[str, Any]) -> None:
    """Lay a store out, or go on with one that was, of the same study."""
    store = where.open()
    manifest = read_manifest(store, where.shown)
    if manifest is None:
        # Said before and after, so that what was left half way is known for it.
        manifest = {"format": FORMAT, "state": "laid out in part", "asked": wanted, "chunks": list(schema.chunks)}
        write_json(store, MANIFEST, manifest)
    elif manifest["asked"] != wanted:
        raise InputError(f"{where.shown!r} is of another study.")
    if manifest["state"] != READY or not is_laid_out(store, schema):
        lay_out(store, schema)
        write_json(store, MANIFEST, {**manifest, "state": READY})


def _schema(study: Study, settings: Settings) -> Schema:
    few = fewest_draws(settings)
    look = SweepOfBox(study, few).solve(first_cell(study))
    shape = tuple(axis.size for axis in study.grid.dimensions)
    draws = 0 if settings.method == "exact" else settings.draws
    return schema_of(study, look, whole_run(study, settings), chunk_shape(shape, most_cells(settings)), draws)


def fill(written: Written, executor: Executor, progress: Progress | None) -> None:
    """Solve what is missing."""
    done, group, store = ShareDone(progress), _group(written.where), written.where.open()

    def missing() -> Iterator[Box]:
        for box in boxes(written.schema.shape, written.schema.chunks):
            # Checksums first: what is damaged cannot be read.
            if is_whole(store, written.schema, box) and is_done(group, box):
                done.add(box.share)
            else:
                yield box

    for box, _ in executor.map(written, missing()):
        done.add(box.share)
    done.finish()


def _group(where: Location) -> zarr.Group:
    import zarr

    return zarr.open_group(where.open(), mode="r+", zarr_format=3)
