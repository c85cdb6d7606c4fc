"""`plan`: what a sweep will take, from pieces of it that are solved here, before anything large starts."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np
import xarray as xr

from wattquery.engine.threads import available_threads
from wattquery.methods.exact.solve import Exact
from wattquery.specs.arguments import CatalogAxis
from wattquery.stores.boxes import boxes_of, chunk_shape
from wattquery.stores.zarr.location import Location, location
from wattquery.sweeps.arguments import RunArguments, SweepArguments
from wattquery.sweeps.blockwise.template import whole_run
from wattquery.sweeps.blockwise.to_store import most_cells
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

__all__ = ["plan"]

RUN_ARGUMENTS = frozenset({*RunArguments.__annotations__, "store"})
"""Arguments of `sweep` that say how to compute, and not what."""

PILOT_DRAWS = {"monte_carlo": 65_536, "quasi_monte_carlo": 8192}
"""Draws of the cells that tell how many a target error takes."""

PILOT_CELLS = 64


def plan(
    model: CatalogAxis, *, store: str | os.PathLike[str] | None = None, **arguments: Unpack[SweepArguments]
) -> SweepPlan:
    """Return what a sweep will take: cells, draws, memory, disk and time, and what does not fit.

    Some pieces of the grid are solved for it, on as many threads as the sweep would have, in a second or two. Nothing
    is written to the store.

    Parameters
    ----------
    model, **arguments
        As in `wattquery.sweep`.
    store
        Where the result would go, as in `wattquery.sweep`; in memory by default.

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
    (45, True)
    """
    of_run: dict[str, Any] = {name: value for name, value in arguments.items() if name in RUN_ARGUMENTS}
    of_study: dict[str, Any] = {name: value for name, value in arguments.items() if name not in RUN_ARGUMENTS}
    how_to_compute = settings(**of_run)
    what_to_compute = study(model, asked_by="plan", its_own=RUN_ARGUMENTS, **of_study)
    return _planned(what_to_compute, how_to_compute, None if store is None else location(store))


def _planned(asked: Study, how: Settings, where: Location | None) -> SweepPlan:
    run = whole_run(asked, how)
    how, notes = _with_draws(asked, how, run)
    shape = tuple(axis.size for axis in asked.grid.dimensions)
    chunks = chunk_shape(shape, most_cells(how))
    count = 1 if where is None else boxes_of(shape, chunks)
    workers = _workers(how, run, where, count)
    found = measured(asked, how, run, chunks, workers=workers, writes=where is not None)
    share = share_with_data(run)
    if share is None:
        share = float(np.mean(found.shares))
        notes.append(
            f"{share:.0%} of the cells have data if the {len(found.shares)} pieces that were solved are like all others"
        )
    with_data = round(share * asked.grid.size)
    seconds = _seconds(found, with_data, 0 if where is None else count, workers)
    in_work = math.prod(chunks) * min(workers, count) if where else asked.grid.size
    bins = bins_of(found.pieces)
    disk = None if where is None else on_disk(asked, found.pieces, chunks)
    memory = result_bytes(in_work, how.levels, bins) + work_bytes(how.method, workers)
    made = SweepPlan(
        shape={axis.name: axis.size for axis in asked.grid.dimensions},
        cells=asked.grid.size,
        cells_with_data=with_data,
        method=how.method,
        draws_per_cell=0 if how.method == "exact" else how.draws,
        draws=0 if how.method == "exact" else how.draws * with_data,
        threads=how.threads,
        threads_at_work=workers,
        store=None if where is None else where.shown,
        boxes=count,
        cells_per_box=asked.grid.size if where is None else math.prod(chunks),
        memory_bytes=memory,
        free_memory_bytes=available_bytes(workers),
        disk_bytes=None if disk is None else disk.size,
        free_disk_bytes=None if where is None else free_bytes(where),
        compression=None if disk is None else disk.unpacked / max(disk.size, 1),
        files=None if disk is None else disk.files,
        seconds=seconds[1],
        seconds_range=(seconds[0], seconds[2]),
        measured_seconds=found.seconds,
        measured_pieces=len(found.solving),
        problems=(),
        notes=(*notes, *_notes(how, where, workers, bins)),
    )
    return replace(made, problems=tuple(problems_of(made, how, bins)))


def _workers(how: Settings, run: Run | None, where: Location | None, count: int) -> int:
    """Return how many threads share the work: no more than there are cores, or boxes."""
    workers = min(how.threads, available_threads(None))
    if where is not None:
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
    note = f"draws are those of {2 * math.prod(shape)} cells, of which relative_stderr takes so many"
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


def _notes(how: Settings, where: Location | None, workers: int, bins: int) -> list[str]:
    """Return what to know of the numbers."""
    notes = []
    if how.threads > workers:
        why = "there are no more boxes or cores"
        if where is None:
            why = "there are no more cores" if workers > 1 else "most of it is Python, of which one runs at a time"
        notes.append(f"{workers} of {how.threads} threads share the work: {why}")
    if bins:
        notes.append(f"histograms are taken to have the {bins:,} bins that hold the pieces; others may need some more")
    if where is not None and not where.is_remote and where.folder.exists():
        notes.append("the store is there already: what is finished in it is counted here too, and is not done again")
    if where is not None and where.is_remote:
        notes.append("the time has the packing of boxes, and not their way to the address")
    return notes
