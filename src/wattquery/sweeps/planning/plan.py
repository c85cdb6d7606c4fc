"""`plan`: what a sweep will take, from pieces of it that are solved here, before anything large starts."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from wattquery.engine.dask import on_dask
from wattquery.engine.threads import available_threads
from wattquery.methods.exact.solve import Exact
from wattquery.specs.arguments import CatalogAxis
from wattquery.sweeps.arguments import RunArguments, SweepArguments
from wattquery.sweeps.blockwise.template import is_large, whole_run
from wattquery.sweeps.blockwise.ways import Ways, ways
from wattquery.sweeps.memory import available_bytes
from wattquery.sweeps.planning.begun import NEW, Finished, begun, finished_of
from wattquery.sweeps.planning.boxed import Boxed, boxed
from wattquery.sweeps.planning.memory import memory_of
from wattquery.sweeps.planning.notes import notes_of
from wattquery.sweeps.planning.pieces import share_with_data
from wattquery.sweeps.planning.pilot import with_draws
from wattquery.sweeps.planning.place import refused_there
from wattquery.sweeps.planning.problems import problems_of
from wattquery.sweeps.planning.rate import Measured, measured
from wattquery.sweeps.planning.sizes import bins_of, free_bytes, on_disk
from wattquery.sweeps.planning.sweep_plan import SweepPlan
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import Settings, settings
from wattquery.sweeps.study import Study, study

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["plan"]

RUN_ARGUMENTS = frozenset({*RunArguments.__annotations__, "store", "storage_options", "client", "lazy"})
"""Arguments of `sweep` that say how to compute, and not what."""


def plan(
    model: CatalogAxis,
    *,
    store: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    client: Client | None = None,
    lazy: bool = False,
    **arguments: Unpack[SweepArguments],
) -> SweepPlan:
    """Return what a sweep will take: cells, draws, memory, disk and time, and what does not fit.

    Some pieces of the grid are solved for it, on as many threads of this machine as the sweep would have, in some
    seconds. Nothing is written to the store, and no worker of a client is asked for anything.

    Parameters
    ----------
    model, store, storage_options, client, lazy, **arguments
        As in `wattquery.sweep`.

    Returns
    -------
    SweepPlan
        To be printed, or read by attribute.

    Raises
    ------
    InputError
        If an argument is not allowed. What does not fit is no error here: ``problems`` says it.

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.plan(wq.ALL, pue=[1.1, 1.2, 1.3], method="exact")
    >>> found.cells, found.fits
    (18, True)
    """
    of_run: dict[str, Any] = {name: value for name, value in arguments.items() if name in RUN_ARGUMENTS}
    of_study: dict[str, Any] = {name: value for name, value in arguments.items() if name not in RUN_ARGUMENTS}
    how = settings(**of_run)
    to = ways(
        store=store,
        storage_options=storage_options,
        client=client,
        lazy=lazy,
        settings=how,
        threads=arguments.get("threads"),
    )
    return _planned(study(model, asked_by="plan", its_own=RUN_ARGUMENTS, **of_study), how, to)


def _planned(asked: Study, how: Settings, to: Ways) -> SweepPlan:
    where, wanted = to.store, how
    # A target error is refused with a store, whatever is in it.
    there = NEW if how.relative_stderr is not None else begun(asked, how, where)
    asked = there.ordered(asked)
    run = whole_run(asked, how, is_large(asked))
    done = finished_of(there, asked, how, run, where)
    how, notes = with_draws(asked, how, run)
    boxes = boxed(asked, how, run, to, None if where is None else there.chunks(asked, where))
    workers = _workers(how, run, to, boxes.count - done.boxes)
    made = _before_measuring(asked, how, to, boxes, done, workers)
    if where is not None and done.cells == asked.grid.size:
        return made
    refusal = there.refusal or ("" if where is None else refused_there(where))
    here = min(workers, available_threads(None))
    found = measured(asked, how, run, boxes.chunks, workers=here, writes=where is not None)
    share = share_with_data(run)
    if share is None:
        share = float(np.mean(found.shares))
        notes.append(f"{share:.0%} of the cells have data if all are like the {len(found.shares)} pieces")
    with_data = round(share * asked.grid.size)
    left = with_data - (round(share * done.cells) if done.with_data is None else done.with_data)
    draws = 0 if how.method == "exact" else how.draws
    draws_left = draws * left - done.draws
    # Of cells that are there with fewer draws the further ones are made.
    to_solve = draws_left / draws if draws else left
    boxes_left = 0 if where is None else boxes.count - done.boxes
    seconds = _seconds(found, to_solve, boxes_left, workers)
    bins = bins_of(found.pieces)
    disk = None if where is None else on_disk(asked, how, run, found.pieces, boxes, where)
    left_on_disk: tuple[int | None, int | None] = (None, None)
    if disk is not None:
        shares = 1.0 - done.written / asked.grid.size, boxes_left / boxes.count
        left_on_disk = disk.left(*shares, is_there=there.manifest is not None)
    made = replace(
        made,
        cells_with_data=with_data,
        draws=draws * with_data,
        cells_left=left,
        draws_left=draws_left,
        memory_bytes=memory_of(found.pieces, how.method, boxes, in_parts=where is not None or to.lazy, workers=here),
        free_memory_bytes=available_bytes(here),
        disk_bytes=left_on_disk[0],
        free_disk_bytes=None if where is None or refusal else free_bytes(where),
        compression=None if disk is None else disk.compression,
        files=left_on_disk[1],
        seconds=seconds[1],
        seconds_range=(seconds[0], seconds[2]),
        measured_seconds=found.seconds,
        measured_pieces=len(found.solving),
        notes=(*notes, *notes_of(how, to, workers, bins)),
    )
    refused = (f"store: {refusal}",) if refusal else ()
    return replace(made, problems=(*refused, *problems_of(made, wanted, bins)))


def _before_measuring(asked: Study, how: Settings, to: Ways, boxes: Boxed, done: Finished, workers: int) -> SweepPlan:
    """Return what is known of a plan without solving any of it; all there is to say where all of it is done."""
    cells, where = asked.grid.size, to.store
    with_data = done.with_data or 0
    draws = 0 if how.method == "exact" else how.draws
    return SweepPlan(
        shape={axis.name: axis.size for axis in asked.grid.dimensions},
        cells=cells,
        cells_with_data=with_data,
        method=how.method,
        draws_per_cell=draws,
        draws=draws * with_data,
        threads=how.threads if to.client is None else workers,
        threads_at_work=workers,
        store=None if where is None else where.shown,
        boxes=boxes.count,
        cells_per_box=boxes.cells,
        cells_done=done.cells,
        boxes_done=done.boxes,
        disk_bytes=None if where is None else 0,
        files=None if where is None else 0,
    )


def _workers(how: Settings, run: Run | None, to: Ways, count: int) -> int:
    """Return how many threads share the work: no more than there are cores of this machine, or boxes."""
    if to.client is not None:
        return max(1, min(on_dask(to.client).workers, count))
    workers = min(how.threads, available_threads(None))
    if to.store is not None or to.lazy:
        return max(1, min(workers, count))
    in_python = (
        run is not None and how.method == "exact" and Exact(how.levels, how.keep_histogram).interpreted(run.plan)
    )
    return 1 if in_python else workers


def _seconds(found: Measured, cells: float, boxes: int, workers: int) -> tuple[float, float, float]:
    """Return how long all of it takes by the fastest piece, by all of them, and by the slowest."""

    def whole(solving: float, writing: float) -> float:
        return (cells * solving + boxes * writing) / workers

    return (
        whole(min(found.solving), min(found.writing)),
        whole(_mean(found.solving), _mean(found.writing)),
        whole(max(found.solving), max(found.writing)),
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
