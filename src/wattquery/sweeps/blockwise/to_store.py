"""Boxes that are missing in a store, solved and written there, by whoever the executor hands them to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
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
from wattquery.sweeps.blockwise.finished import holds_all, is_complete, manifest_of, tell_finished
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
        if not _is_finished(study, settings, where):
            _go_on(study, settings, where, executor)
    return as_called(opened(where.open(read_only=True), where.shown), study)


def _is_finished(study: Study, settings: Settings, where: Location) -> bool:
    """Return whether a store has all that is asked for: whoever may not write there can read it then."""
    manifest = manifest_of(where)
    if manifest is None:
        return False
    ordered, steps = _steps(study, settings, where, manifest)
    shape = tuple(axis.size for axis in ordered.grid.dimensions)
    store = where.open(read_only=True)
    if len(steps) > 1 or not is_complete(store, manifest, asked(ordered, settings), shape):
        return False
    schema = schema_in(ordered, settings, where, manifest)
    if schema is None or not holds_all(store, schema):
        return False
    tell_finished(settings.progress, schema)
    return True


def _go_on(study: Study, settings: Settings, where: Location, executor: Executor) -> None:
    """Solve and write what a store does not have yet."""
    with claimed(where):
        ordered, steps = _steps(study, settings, where, read_manifest(where.open(), where.shown))
        for step, progress in zip(steps, stages(settings.progress, len(steps)), strict=True):
            schema, window = laid_out(ordered, step, where)
            work = (RefinedSweepOfBox if refines(step) else SweepOfBox)(ordered, step, window)
            cells = math.prod(schema.shape)
            if step is steps[0]:  # of several, too, whoever watches is told of the whole
                expect(settings.progress, cells=cells, draws=cells * settings.draws)
            fill(Written(work, where, schema, identity_of(where)), executor, progress)


def _steps(
    study: Study, settings: Settings, where: Location, manifest: Mapping[str, Any] | None
) -> tuple[Study, list[Settings]]:
    """Return a study in the order of a store, and what is to be done: new labels come before more draws."""
    if manifest is None:
        return study, [settings]
    then, now = manifest["asked"], asked(study, settings)
    check_alike(then, now, where.shown)
    check_draws(then, settings, where.shown)
    steps = [settings]
    if has_more_labels(then, now) and now["draws"] > then["draws"]:
        steps.insert(0, replace(settings, draws=then["draws"]))
    return in_order_of(study, then), steps


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
