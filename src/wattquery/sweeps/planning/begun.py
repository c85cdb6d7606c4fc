"""What a store that is there already has of a plan, or why a sweep into it would be refused. Nothing is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.stores.boxes import Box
from wattquery.stores.zarr.claim import who_works
from wattquery.stores.zarr.done import done_boxes, schema_said
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import READY
from wattquery.stores.zarr.refusals import told
from wattquery.stores.zarr.schema import Schema
from wattquery.stores.zarr.untrusted import check_metadata
from wattquery.sweeps.blockwise.asked import asked
from wattquery.sweeps.blockwise.differences import check_alike
from wattquery.sweeps.blockwise.extend import in_order_of
from wattquery.sweeps.blockwise.finished import manifest_of
from wattquery.sweeps.blockwise.laid_out import checked_chunks
from wattquery.sweeps.blockwise.refine import check_draws
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["NEW", "Begun", "Finished", "begun", "finished_of"]


@dataclass(frozen=True, eq=False)
class Begun:
    """A store that a sweep would continue, or why it would be refused.

    Attributes
    ----------
    manifest
        What it says it was asked for; None where a sweep would begin it, or be refused.
    refusal
        Why a sweep into it would be refused; empty where it would not.
    """

    manifest: Mapping[str, Any] | None
    refusal: str = ""

    def ordered(self, study: Study) -> Study:
        """Return a study with its labels in the order of the store."""
        return study if self.manifest is None else in_order_of(study, self.manifest["asked"])

    def chunks(self, study: Study, where: Location) -> tuple[int, ...] | None:
        """Return the lengths of its boxes, which stay; None where there are none yet."""
        shape = tuple(axis.size for axis in study.grid.dimensions)
        return None if self.manifest is None else checked_chunks(self.manifest["chunks"], shape, where.shown)


@dataclass(frozen=True)
class Finished:
    """What of a grid a store has.

    Attributes
    ----------
    cells, with_data
        Cells that have all that is asked for, and how many of them have data; the latter None where nobody knows.
    boxes
        Boxes of which all cells do.
    draws
        Of cells that are there with fewer draws than are asked for: how many draws they have, all together.
    written
        Cells that are there, with whatever draws.
    """

    cells: int = 0
    with_data: int | None = 0
    boxes: int = 0
    draws: int = 0
    written: int = 0


NEW = Begun(None)
"""A store that is not there yet, and none at all."""


def begun(study: Study, how: Settings, where: Location | None) -> Begun:
    """Return what is there of a store, and whether a sweep into it would be refused.

    Parameters
    ----------
    study, how
        What would be computed, and how.
    where
        The store; None for memory.
    """
    if where is None:
        return NEW
    try:
        with told(where, reading=where.is_remote):
            manifest = manifest_of(where)
            if manifest is None:
                return NEW
            check_alike(manifest["asked"], asked(study, how), where.shown)
            check_draws(manifest["asked"], how, where.shown)
            found = Begun(manifest)
            found.chunks(study, where)
            # Of an object store whoever ended without a word still seems to work on it.
            if not where.is_remote and (who := who_works(where)):
                return Begun(manifest, f"{where.shown!r} is being written by {who}")
            return found
    except InputError as error:
        return Begun(None, str(error).removesuffix("."))


def finished_of(found: Begun, study: Study, how: Settings, run: Run | None, where: Location | None) -> Finished:
    """Return what of a grid a store has, as it says itself; what is damaged is found by the sweep.

    Parameters
    ----------
    found
        The store.
    study, how
        What would be computed, in the order of the store, and how.
    run
        The study lowered, which knows where data is; or None.
    where
        Where the store lies.
    """
    if where is None or found.manifest is None or found.manifest["state"] != READY:
        return Finished()
    try:
        with told(where, reading=True):
            store = where.open(read_only=True)
            return _counted(store, schema_said(check_metadata(store, where.shown), where.shown), found, study, how, run)
    except InputError:  # it is laid out anew then, and what its chunks hold is as good as unknown
        return Finished()


def _counted(store: Store, schema: Schema, found: Begun, study: Study, how: Settings, run: Run | None) -> Finished:
    assert found.manifest is not None
    sizes = {axis.name: axis.size for axis in study.grid.dimensions}
    if list(schema.grid) != list(sizes):
        return Finished()
    shape = tuple(sizes.values())
    data = None if run is None else _data(study, run)
    cells = with_data = boxes = 0
    for box, done in done_boxes(store, "", schema):
        count = int(np.count_nonzero(done))
        cells += count
        # One at the end of an axis that grows has cells to be solved.
        boxes += count == math.prod(
            min(chunk, size - start) for start, chunk, size in zip(box.starts, schema.chunks, shape, strict=True)
        )
        with_data += count if data is None else _of_data(done, box, data)
    then = int(found.manifest["asked"]["draws"])
    if how.method != "exact" and how.draws > then:
        return Finished(draws=then * with_data, written=cells)
    return Finished(cells, None if data is None else with_data, boxes, written=cells)


def _data(study: Study, run: Run) -> NDArray[np.bool_]:
    """Return which combinations of the leading dimensions have data."""
    supported: NDArray[np.bool_] = run.plan.supported
    leading = study.grid.axes[: supported.ndim]
    return supported.reshape([axis.size for axis in leading if axis.is_dimension])


def _of_data(done: NDArray[np.bool_], box: Box, data: NDArray[np.bool_]) -> int:
    """Return how many cells of a box are done and have data."""
    known = data[tuple(map(slice, box.starts[: data.ndim], box.stops[: data.ndim]))]
    return int(np.count_nonzero(done[known]))
