"""One run: a study and its settings in, statistics of every cell out, with what they were made by. No labels."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from wattquery.engine.executor import Executor, Progress, ShareDone, Task
from wattquery.engine.threads import Threads
from wattquery.errors import InputError
from wattquery.methods.exact.solve import Exact
from wattquery.methods.method import Merge, Method
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.methods.pick_freeze import PickFreeze, Sums
from wattquery.methods.quasi_monte_carlo import MOST_DRAWS, QuasiMonteCarlo
from wattquery.methods.replicates import NODE_BINS, REPLICATES
from wattquery.methods.statistics import Statistics
from wattquery.methods.to_precision import (
    MOST_BLIND_DRAWS,
    MOST_PLAIN_DRAWS,
    MonteCarloToPrecision,
    OutOfReach,
    QuasiMonteCarloToPrecision,
)
from wattquery.plans.build import Lowered, lower
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import windows
from wattquery.specs.grid import Grid
from wattquery.stores.memory import StatisticsInMemory, Store, SumsInMemory
from wattquery.sweeps.magnitudes import cell_labels, check_energies
from wattquery.sweeps.memory import available_bytes, check_memory, memory_told
from wattquery.sweeps.outside_range import outside_range
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["Computed", "carry_out", "compute", "pick_freeze_sums", "statistics_of"]


@dataclass(frozen=True)
class Computed:
    """What came of a run.

    Attributes
    ----------
    asked
        What was asked for.
    lowered
        What the catalog held for it.
    answers
        The statistics of every cell.
    attributes
        What made them, in a form that every file format can hold.
    """

    asked: Study
    lowered: Lowered
    answers: Statistics
    attributes: dict[str, object]


def compute(asked: Study, how: Settings) -> Computed:
    """Return the statistics of every cell of a study.

    Raises
    ------
    InputError
        If the result does not fit in memory, a method cannot take a factor, an error cannot be reached, or an energy
        is of a magnitude that no query has.
    """
    check_memory(asked.grid, how.levels, threads=how.threads, method=how.method)
    lowered = lower(
        asked.grid, asked.catalog, asked.node_powers, seed=how.seed, common_random_numbers=how.common_random_numbers
    )
    if how.keep_histogram:
        kept = math.ceil(_widest(lowered) * _kept_per_bin(how.method))
        check_memory(asked.grid, how.levels, bins=kept, threads=how.threads, method=how.method)
    with memory_told(how.method):
        answers = _solved(asked.grid, lowered.plan, how)
    cells = lowered.plan.cells
    energies = np.column_stack([answers.arrays["energy"], answers.arrays["energy_mean"]])[cells]
    check_energies(energies, lambda row: cell_labels(asked.grid, int(cells[row])))
    run: dict[str, object] = {
        "preset": asked.preset.name,
        "method": how.method,
        "seed": how.seed,
        "draws": answers.draws,
        "common_random_numbers": how.common_random_numbers,
    }
    if how.method == "quasi_monte_carlo":
        run["randomizations"] = REPLICATES
    if how.relative_stderr is not None:
        run["relative_stderr"] = how.relative_stderr
    run |= outside_range(asked.grid, lowered)
    return Computed(asked, lowered, answers, provenance(asked.grid, asked.catalog, run))


def _solved(grid: Grid, plan: Plan, how: Settings) -> Statistics:
    """Return the statistics of every cell."""
    try:
        return statistics_of(
            plan,
            method=how.method,
            levels=how.levels,
            keep_histograms=how.keep_histogram,
            draws=how.draws,
            relative_stderr=how.relative_stderr,
            threads=how.threads,
            progress=how.progress,
        )
    except OutOfReach as found:
        raise InputError(_out_of_reach(found, how, grid)) from None


def _out_of_reach(found: OutOfReach, how: Settings, grid: Grid) -> str:
    """Return the message for a precision that cannot be had: where, why, and what to do."""
    where = cell_labels(grid, found.cell)
    quantile = f"the quantile {how.levels[found.level]:g}{f' at {where}' if where else ''}"
    came = f"relative_stderr = {how.relative_stderr:g} cannot be reached"
    if math.isinf(found.needed):
        return (
            f"{came}: {quantile} lies on a single value (such as one whole token with all other factors fixed), which "
            f"the energy lattice resolves to {found.reached:.2g}, however many draws are made. Allowed is that or "
            f"more: pass relative_stderr={math.ceil(found.reached * 1e5) / 1e5:g}, or use method='exact'."
        )
    if math.isinf(found.reached):
        quantile = f"the quantile {how.levels[found.level]!r}{f' at {where}' if where else ''}"
        has = f"{quantile} has too few draws beyond it after {found.draws:,} to tell its error"
        takes = f"it would take {found.needed:.2g} of them or more"
        if not found.draws:
            has, takes = f"{quantile} has hardly a draw beyond it", f"it would take {found.needed:.2g} of them or more"
    else:
        has = f"{quantile} has {found.reached:.2g} after {found.draws:,} draws"
        takes = f"it would take about {found.needed:.2g} of them"
    most = MOST_BLIND_DRAWS if math.isinf(found.reached) else MOST_PLAIN_DRAWS
    other = "'exact'" if math.isinf(found.reached) else "'quasi_monte_carlo' or 'exact'"
    if how.method == "quasi_monte_carlo":
        most, other = MOST_DRAWS, "'exact'"
    return (
        f"{came}: {has}, and {takes}. Allowed are {most:,} with method={how.method!r}. "
        f"Pass a larger relative_stderr, or use method={other}."
    )


def _kept_per_bin(method: str) -> float:
    """Return the memory that is kept for a bin of a histogram, with what replicates disagree by, over 8 bytes."""
    if method != "quasi_monte_carlo":
        return 1.0
    return 1.0 + (REPLICATES + 1) / NODE_BINS * np.dtype(np.float32).itemsize / 8


def _widest(lowered: Lowered) -> int:
    """Return the number of bins that hold every cell."""
    first, end = [], []
    for one in windows(lowered.plan):
        first.append(one[:, 0].min())
        end.append(one.sum(axis=1).max())
    return int(max(end) - min(first)) if first else 0


# What follows joins a method, an executor and a store: nothing else does.

TaskT = TypeVar("TaskT", bound=Task)
Part = TypeVar("Part")
PlanT = TypeVar("PlanT")
MergeT = TypeVar("MergeT", bound=Merge[Any, Any])


def carry_out(
    method: Method[PlanT, MergeT, TaskT, Part],
    plan: PlanT,
    executor: Executor,
    store: Store[Any],
    progress: Progress | None = None,
) -> MergeT:
    """Run the tasks of a method on an executor, put every block into a store as it is finished, and return the merge.

    Parameters
    ----------
    method
        Says what the tasks are, and how their parts become blocks.
    plan
        The grid.
    executor
        Runs the tasks.
    store
        Takes the blocks.
    progress
        Receives the share done, in this thread.
    """
    merge, done = method.merge(plan), ShareDone(progress)
    work, interpreted = partial(method.work, plan), method.interpreted(plan)
    for tasks in method.rounds(plan, merge, executor.workers):
        with closing(executor.map(work, tasks, interpreted=interpreted)) as results:
            for task, part in results:
                for block in merge.add(part):
                    store.put(block)
                done.add(task.share)
    done.finish()
    return merge


def statistics_of(
    plan: Plan,
    *,
    method: str,
    levels: tuple[float, ...],
    keep_histograms: bool = False,
    draws: int = 0,
    relative_stderr: float | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Statistics:
    """Return the statistics of every cell of a plan.

    Parameters
    ----------
    plan
        The grid.
    method
        One of `wattquery.quantities.METHODS`.
    levels, keep_histograms
        What is wanted of each cell, see `wattquery.methods.statistics.Statistics`.
    draws
        Draws per cell; not used by ``"exact"``, nor where ``relative_stderr`` decides.
    relative_stderr
        The relative standard error to reach, if it decides.
    threads, progress
        Number of threads, and what receives the share done.

    Raises
    ------
    InputError
        If the method cannot take a factor.
    OutOfReach
        If the error cannot be reached.
    """
    chosen: Method[Plan, Any, Any, Any]
    if method == "exact":
        chosen = Exact(levels, keep_histograms)
    elif relative_stderr is None:
        chosen = {"monte_carlo": MonteCarlo, "quasi_monte_carlo": QuasiMonteCarlo}[method](
            draws, levels, keep_histograms
        )
    elif method == "quasi_monte_carlo":
        chosen = QuasiMonteCarloToPrecision(relative_stderr, levels, keep_histograms)
    else:
        chosen = MonteCarloToPrecision(relative_stderr, levels, keep_histograms, available_bytes(threads) // 4)
    store = StatisticsInMemory(plan.size, levels, keep_histograms)
    store.statistics.draws = carry_out(chosen, plan, Threads(threads), store, progress).draws
    return store.statistics


def pick_freeze_sums(
    plan: DesignedPlan, *, points: int, replicates: int, threads: int, progress: Progress | None = None
) -> Sums:
    """Return the pick-freeze sums of every cell.

    Parameters
    ----------
    plan
        A grid under a pick-freeze design.
    points, replicates
        Points of a replicate, and number of replicates.
    threads, progress
        Number of threads, and what receives the share done.
    """
    method = PickFreeze(points, replicates)
    store = SumsInMemory(method.blank(plan))
    carry_out(method, plan, Threads(threads), store, progress)
    return store.sums
