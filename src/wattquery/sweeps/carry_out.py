"""Where a method, an executor and a store meet, and nowhere else: tasks are run, and finished blocks are put away."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Any, TypeVar

from wattquery.engine.executor import Executor, Progress, ShareDone, Task
from wattquery.engine.threads import Threads
from wattquery.methods.exact.solve import Exact
from wattquery.methods.method import Merge, Method
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.methods.pick_freeze import PickFreeze, SumsOfCells
from wattquery.methods.quasi_monte_carlo import QuasiMonteCarlo
from wattquery.methods.statistics import Statistics
from wattquery.methods.to_precision import MonteCarloToPrecision, QuasiMonteCarloToPrecision
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.plan import Plan
from wattquery.stores.memory import StatisticsInMemory, Store
from wattquery.sweeps.memory import available_bytes

__all__ = ["carry_out", "pick_freeze_sums", "statistics_of"]

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
    plan: DesignedPlan,
    store: Store[SumsOfCells],
    *,
    points: int,
    replicates: int,
    threads: int,
    progress: Progress | None = None,
) -> None:
    """Put the pick-freeze sums of all cells into a store, some cells at a time.

    Parameters
    ----------
    plan
        A grid under a pick-freeze design.
    store
        Takes the sums, in any order.
    points, replicates
        Points of a replicate, and number of replicates.
    threads, progress
        Number of threads, and what receives the share done.
    """
    carry_out(PickFreeze(points, replicates), plan, Threads(threads), store, progress)
