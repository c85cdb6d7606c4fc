"""`plan`: what a sweep will take, from pieces of it that are solved here, before anything large starts."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import xarray as xr

from wattquery.engine.dask import on_dask
from wattquery.engine.threads import available_threads
from wattquery.methods.exact.solve import Exact
from wattquery.specs.arguments import CatalogAxis
from wattquery.stores.boxes import boxes_of, chunk_shape
from wattquery.sweeps.arguments import RunArguments, SweepArguments
from wattquery.sweeps.blockwise.kept import window_of
from wattquery.sweeps.blockwise.laid_out import most_cells
from wattquery.sweeps.blockwise.template import is_large, whole_run
from wattquery.sweeps.blockwise.ways import Ways, ways
from wattquery.sweeps.blockwise.work import SweepOfBox
from wattquery.sweeps.memory import available_bytes, result_bytes, work_bytes
from wattquery.sweeps.planning.pieces import piece_at, share_with_data
from wattquery.sweeps.planning.problems import problems_of
from wattquery.sweeps.planning.rate import Measured, measured
from wattquery.sweeps.planning.sizes import bins_of, free_bytes, on_disk
from wattquery.sweeps.planning.sweep_plan import SweepPlan
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import MOST_DRAWS, Settings, settings
from wattquery.sweeps.study import Study, study

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["plan"]

RUN_ARGUMENTS = frozenset({*RunArguments.__annotations__, "store", "storage_options", "client", "lazy"})
"""Arguments of `sweep` that say how to compute, and not what."""

PILOT_DRAWS = {"monte_carlo": 65_536, "quasi_monte_carlo": 8192}
"""Draws of the cells that tell how many a target error takes."""

PILOT_CELLS = 64


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
    run, where = whole_run(asked, how, is_large(asked)), to.store
    wanted, (how, notes) = how, _with_draws(asked, how, run)
    shape = tuple(axis.size for axis in asked.grid.dimensions)
    chunks = _chunks(asked, how, run, where is not None)
    by_boxes = where is not None or to.lazy or to.client is not None
    count = boxes_of(shape, chunks) if by_boxes else 1
    workers = _workers(how, run, to, count)
    here = min(workers, available_threads(None))
    found = measured(asked, how, run, chunks, workers=here, writes=where is not None)
    share = share_with_data(run)
    if share is None:
        share = float(np.mean(found.shares))
        notes.append(f"{share:.0%} of the cells have data if all are like the {len(found.shares)} pieces")
    with_data = round(share * asked.grid.size)
    seconds = _seconds(found, with_data, 0 if where is None else count, workers)
    in_work = asked.grid.size if where is None and not to.lazy else math.prod(chunks) * here
    bins = bins_of(found.pieces)
    disk = None if where is None else on_disk(asked, found.pieces, chunks)
    memory = result_bytes(in_work, how.levels, bins) + work_bytes(how.method, here)
    made = SweepPlan(
        shape={axis.name: axis.size for axis in asked.grid.dimensions},
        cells=asked.grid.size,
        cells_with_data=with_data,
        method=how.method,
        draws_per_cell=0 if how.method == "exact" else how.draws,
        draws=0 if how.method == "exact" else how.draws * with_data,
        threads=how.threads if to.client is None else workers,
        threads_at_work=workers,
        store=None if where is None else where.shown,
        boxes=count,
        cells_per_box=math.prod(chunks) if by_boxes else asked.grid.size,
        memory_bytes=memory,
        free_memory_bytes=available_bytes(here),
        disk_bytes=None if disk is None else disk.size,
        free_disk_bytes=None if where is None else free_bytes(where),
        compression=None if disk is None else disk.unpacked / max(disk.size, 1),
        files=None if disk is None else disk.files,
        seconds=seconds[1],
        seconds_range=(seconds[0], seconds[2]),
        measured_seconds=found.seconds,
        measured_pieces=len(found.solving),
        problems=(),
        notes=(*notes, *_notes(how, to, workers, bins)),
    )
    return replace(made, problems=tuple(problems_of(made, wanted, bins)))


def _chunks(asked: Study, how: Settings, run: Run | None, in_store: bool) -> tuple[int, ...]:
    """Return the shape of boxes; those with histograms are smaller."""
    shape = [axis.size for axis in asked.grid.dimensions]
    chunks = chunk_shape(shape, most_cells(how, asked.grid.size))
    if not (in_store and how.keep_histogram):
        return chunks
    pieces = [piece_at(asked, run, chunk_shape(chunks, PILOT_CELLS), (number + 0.5) / 8) for number in range(8)]
    return chunk_shape(shape, most_cells(how, asked.grid.size, window_of(asked, how, pieces)))


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


def _with_draws(asked: Study, how: Settings, run: Run | None) -> tuple[Settings, list[str]]:
    """Return settings with the draws that a target error will take, as some cells tell it; all others as they are."""
    if how.relative_stderr is None:
        return how, []
    pilot = replace(how, draws=PILOT_DRAWS[how.method], relative_stderr=None, keep_histogram=False)
    shape = chunk_shape([axis.size for axis in asked.grid.dimensions], PILOT_CELLS)
    found = [SweepOfBox(asked, pilot).solve(piece_at(asked, run, shape, where)) for where in (0.25, 0.75)]
    reached = max(_largest_error(ds) for ds in found)
    if not math.isfinite(reached):
        return replace(pilot, keep_histogram=how.keep_histogram), ["how many draws relative_stderr takes is not known"]
    # Of quasi-random draws errors fall faster than this, and their number is a power of two.
    needed = max(1, math.ceil(pilot.draws * (reached / how.relative_stderr) ** 2))
    if how.method == "quasi_monte_carlo":
        needed = 2 ** math.ceil(math.log2(max(needed, 16)))
    note = f"draws are so many as relative_stderr takes in {2 * math.prod(shape)} of the cells"
    return replace(how, draws=min(needed, MOST_DRAWS), relative_stderr=None), [note]


def _largest_error(ds: xr.Dataset) -> float:
    """Return the largest relative standard error of a quantile of a cell that has data, 0 where none has."""
    ratios = (ds["energy_stderr"] / ds["energy"]).values
    ratios = ratios[~np.isnan(ratios)]
    return float(ratios.max()) if ratios.size else 0.0


def _seconds(found: Measured, cells: int, boxes: int, workers: int) -> tuple[float, float, float]:
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


def _notes(how: Settings, to: Ways, workers: int, bins: int) -> list[str]:
    """Return what to know of the numbers."""
    notes, where = [], to.store
    if to.client is not None:
        notes.append(
            f"the workers' {workers} threads are taken to be as fast as this machine, and memory is that of here"
        )
    elif how.threads > workers:
        why = "there are no more boxes or cores"
        if where is None:
            why = "there are no more cores" if workers > 1 else "most of it is Python, of which one runs at a time"
        notes.append(f"{workers} of {how.threads} threads share the work: {why}")
    if to.lazy:
        notes.append("with lazy=True nothing is computed until values are asked for; the time is that of all of them")
    if bins:
        notes.append(f"histograms are taken to have the {bins:,} bins that hold the pieces; others may need some more")
    if where is not None and not where.is_remote and where.folder.exists():
        notes.append("the store is there already: what is finished in it is counted here too, and is not done again")
    if where is not None and where.is_remote:
        notes.append("the time has the packing of boxes, and not their way to the address")
    return notes
