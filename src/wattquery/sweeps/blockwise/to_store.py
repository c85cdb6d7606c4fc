"""Boxes that are missing in a store, solved and written there, by whoever the executor hands them to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import xarray as xr

from wattquery.engine.display import expect
from wattquery.engine.executor import Executor, Progress, ShareDone
from wattquery.errors import InputError
from wattquery.stopping import when_interrupted
from wattquery.stores.boxes import Box, boxes
from wattquery.stores.zarr.chunks import is_done
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import read_manifest
from wattquery.stores.zarr.opened import opened
from wattquery.stores.zarr.refusals import kept, told
from wattquery.stores.zarr.verify import is_whole
from wattquery.sweeps.blockwise.asked import asked
from wattquery.sweeps.blockwise.differences import check_alike
from wattquery.sweeps.blockwise.extend import as_called, has_more_labels, in_order_of
from wattquery.sweeps.blockwise.finished import holds_all, is_complete, manifest_of, mend_manifest, tell_finished
from wattquery.sweeps.blockwise.laid_out import identity_of, laid_out, schema_in
from wattquery.sweeps.blockwise.refine import RefinedSweepOfBox, check_draws, refines
from wattquery.sweeps.blockwise.work import SweepOfBox
from wattquery.sweeps.blockwise.written import Written, group_of
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.stages import stages
from wattquery.sweeps.study import Study

__all__ = ["fill", "sweep_to_store"]


def sweep_to_store(study: Study, settings: Settings, where: Location, executor: Executor) -> xr.Dataset:
    """Return the sweep of a study, read from a store in which every box is written as it is finished.

    Parameters
    ----------
    study, settings
        What to compute, and how.
    where
        The store. One of the same study is continued; it is extended where the study has more labels, and refined where
        more draws are asked for.
    executor
        Solves the boxes.

    Raises
    ------
    InputError
        If the store is of another study, or has draws that were not asked for.
    """
    if settings.relative_stderr is not None:
        raise InputError(
            f"relative_stderr must be left out with a store, got {settings.relative_stderr!r}: each box would have "
            "draws of its own; pass draws=..., such as those that the same call takes for a few labels without a store."
        )
    with when_interrupted(lambda: kept(where)), told(where):
        # What follows from a long grid is found once, unless somebody changed the store between the two.
        known = _Todo.of(study, settings, where, manifest_of(where))
        if not _is_finished(known, settings, where):
            _go_on(known, study, settings, where, executor)
    return as_called(opened(where.open(read_only=True), where.shown), study)


@dataclass(frozen=True, eq=False)
class _Todo:
    """What is to be done with a store, as its manifest says it was asked for something before.

    Attributes
    ----------
    manifest
        What it says; None where nothing is there.
    study
        The study in the order of the store.
    steps
        What is to be done, one after the other: new labels come before more draws.
    """

    manifest: Mapping[str, Any] | None
    study: Study
    steps: tuple[Settings, ...]

    @classmethod
    def of(cls, study: Study, settings: Settings, where: Location, manifest: Mapping[str, Any] | None) -> _Todo:
        """Return what is to be done with a store, or refuse it."""
        if manifest is None:
            return cls(None, study, (settings,))
        then, now = manifest["asked"], asked(study, settings)
        check_alike(then, now, where.shown)
        check_draws(then, settings, where.shown)
        if then == now:
            return cls(manifest, study, (settings,))
        steps = [settings]
        if has_more_labels(then, now) and now["draws"] > then["draws"]:
            steps.insert(0, replace(settings, draws=then["draws"]))
        return cls(manifest, in_order_of(study, then), tuple(steps))


def _is_finished(known: _Todo, settings: Settings, where: Location) -> bool:
    """Return whether a store has all that is asked for: whoever may not write there can read it then."""
    manifest, ordered = known.manifest, known.study
    if manifest is None or len(known.steps) > 1:
        return False
    shape = tuple(axis.size for axis in ordered.grid.dimensions)
    store = where.open(read_only=True)
    if not is_complete(store, manifest, asked(ordered, settings), shape):
        return False
    schema = schema_in(ordered, settings, where, manifest)
    if schema is None or not holds_all(store, schema):
        return False
    mend_manifest(where, manifest)
    tell_finished(settings.progress, schema)
    return True


def _go_on(known: _Todo, study: Study, settings: Settings, where: Location, executor: Executor) -> None:
    """Solve and write what a store does not have yet."""
    with claimed(where):
        manifest = read_manifest(where.open(), where.shown)
        todo = known if manifest == known.manifest else _Todo.of(study, settings, where, manifest)
        for step, progress in zip(todo.steps, stages(settings.progress, len(todo.steps)), strict=True):
            schema, window = laid_out(todo.study, step, where)
            work = (RefinedSweepOfBox if refines(step) else SweepOfBox)(todo.study, step, window)
            cells = math.prod(schema.shape)
            if step is todo.steps[0]:  # of several, too, whoever watches is told of the whole
                expect(settings.progress, cells=cells, draws=cells * settings.draws)
            fill(Written(work, where, schema, identity_of(where)), executor, progress)


def fill(written: Written, executor: Executor, progress: Progress | None) -> None:
    """Solve what is missing."""
    done, group, store = ShareDone(progress), group_of(written.where), written.where.open()

    def missing() -> Iterator[Box]:
        for box in boxes(written.schema.shape, written.schema.chunks):
            # Checksums first: what is damaged cannot be read.
            if is_whole(store, written.schema, box) and is_done(group, box):
                done.pass_over(box.share)
            else:
                yield box

    with closing(executor.map(written.small, missing())) as results:
        for box, _ in results:
            done.add(box.share)
    done.finish()
