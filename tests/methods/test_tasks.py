"""Tasks and parts: in another process, in any order and split in any way, the answer is the same to the last bit."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from pick_freeze_sums import KeptSums
from wattquery.engine.threads import Threads
from wattquery.methods import monte_carlo, quasi_groups, to_precision
from wattquery.methods.exact.solve import Exact
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.methods.pick_freeze import PickFreeze
from wattquery.methods.quasi_monte_carlo import QuasiMonteCarlo
from wattquery.methods.to_precision import MonteCarloToPrecision, QuasiMonteCarloToPrecision
from wattquery.plans.build import lower
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.pick_freeze_tables import Design, members
from wattquery.specs.grid import factor_names
from wattquery.stores.memory import StatisticsInMemory
from wattquery.sweeps.carry_out import carry_out
from wattquery.sweeps.study import study

LEVELS = (0.1, 0.5)
GRID: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B", "Mistral Large"],  # the last one has no data
    "output_tokens": {"traditional": wq.Exponential(median=300), "even": wq.Uniform(20, 900)},
    "power_utilization": [wq.LogNormal(p5=0.4, p95=0.9), wq.ThroughputProportional(base=0.24, span=0.56)],
    "pue": [1.1, wq.LogNormal(p5=1.05, p95=1.6), wq.LogNormal(p5=1.1, p95=1.101)],
}
SAMPLED: dict[str, Any] = GRID | {"input_tokens": wq.Empirical(samples=[100, 500]), "node_power": wq.Uniform(9.0, 12.0)}

CHILD = """
import pickle, sys
while True:
    work, task = pickle.load(sys.stdin.buffer)
    pickle.dump((work(task), pickle.dumps(task)), sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""


def planned(grid: dict[str, Any], common: bool = True) -> Any:
    asked = study(**grid)
    return lower(asked.grid, asked.catalog, asked.node_powers, seed=3, common_random_numbers=common).plan


def designed() -> DesignedPlan:
    asked = study(**SAMPLED)
    lowered = lower(asked.grid, asked.catalog, asked.node_powers, seed=3, common_random_numbers=True)
    names = factor_names(asked.grid)
    design = Design(names, (), tuple((name,) for name in names), mirrored=True, pairs=True)
    numbers = members(asked.grid.shape, ()).numbers[lowered.plan.cells]
    return DesignedPlan(lowered.plan, design, numbers, 3, lattice=True)


@dataclass(frozen=True)
class Case:
    method: Any
    plan: Callable[[], Any]
    splits: Callable[[Any], Any] = lambda method: method
    """Returns the same method, whose tasks are as small as they can be, and uneven."""


class Split:
    """A method with other tasks than its own."""

    def __init__(self, method: Any, rounds: Callable[..., Iterator[Iterable[Any]]]) -> None:
        self.rounds = rounds
        self.work, self.merge, self.interpreted = method.work, method.merge, method.interpreted


def small_cells(method: Exact) -> Split:
    return Split(method, lambda plan, merge, workers: iter([method.tasks(plan, fewest=1, most=1)]))


def small_replicates(method: PickFreeze) -> Split:
    return Split(method, lambda plan, merge, workers: iter([method.tasks(plan, cells=5)]))


def small_groups(method: QuasiMonteCarlo) -> Split:
    def rounds(plan: Any, merge: Any, workers: int) -> Iterator[Iterable[Any]]:
        for batch in quasi_groups.batches(plan, 1):  # one group at a time
            merge.begin(batch)
            yield method.shifts(batch, workers, 0.5, replicates=3)
            yield method.cells(merge.finished(), 0.5, most=1)

    return Split(method, rounds)


def uneven_ranges(method: MonteCarlo) -> MonteCarlo:
    return replace(method, range_draws=3331, block=1000)


CASES = {
    "monte_carlo": Case(MonteCarlo(40_000, LEVELS, keep_histograms=True), lambda: planned(SAMPLED), uneven_ranges),
    "own streams": Case(MonteCarlo(20_001, LEVELS, True), lambda: planned(SAMPLED, common=False), uneven_ranges),
    "quasi_monte_carlo": Case(QuasiMonteCarlo(2048, LEVELS, True), lambda: planned(SAMPLED), small_groups),
    "quasi, own streams": Case(QuasiMonteCarlo(512, LEVELS), lambda: planned(GRID, common=False), small_groups),
    "exact": Case(Exact(LEVELS, keep_histograms=True), lambda: planned(GRID), small_cells),
    "exact, two lengths": Case(
        Exact(LEVELS), lambda: planned(GRID | {"model": "DeepSeek-R1", "input_tokens": wq.Uniform(9, 90)}), small_cells
    ),
    "pick_freeze": Case(PickFreeze(256, 4), designed, small_replicates),
    "to a precision": Case(MonteCarloToPrecision(0.01, LEVELS, True), lambda: planned(SAMPLED)),
    "quasi, to a precision": Case(QuasiMonteCarloToPrecision(0.002, LEVELS), lambda: planned(GRID)),
}


class OtherProcess:
    """An executor: everything goes to another process and comes back through pickles."""

    workers = 3

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.child = child

    def map(
        self, work: Any, tasks: Iterable[Any], *, interpreted: bool = False
    ) -> Generator[tuple[Any, Any], None, None]:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        for task in tasks:
            pickle.dump((work, task), self.child.stdin)
            self.child.stdin.flush()
            part, again = pickle.load(self.child.stdout)
            assert pickle.loads(again).share == task.share
            yield task, part


class Shuffled:
    """An executor that does the tasks of a round in a random order, and tells of them in another one."""

    workers = 2

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def map(
        self, work: Any, tasks: Iterable[Any], *, interpreted: bool = False
    ) -> Generator[tuple[Any, Any], None, None]:
        drawn = list(tasks)
        self.random.shuffle(drawn)
        done = [(task, work(task)) for task in drawn]
        self.random.shuffle(done)
        yield from done


def solved(case: Case, executor: Any, method: Any = None) -> dict[str, Any]:
    """Return all that comes of a case, by name."""
    plan = case.plan()
    if isinstance(case.method, PickFreeze):
        sums = KeptSums(case.method, plan)
        carry_out(method or case.method, plan, executor, sums)
        names = ("whole", "by_group", "by_pair", "present", "random", "centres", "resolution")
        return {name: getattr(sums.sums, name).tolist() for name in names}
    store = StatisticsInMemory(plan.size, LEVELS, case.method.keep_histograms)
    draws = carry_out(method or case.method, plan, executor, store).draws
    found = store.statistics
    kept = {cell: (one.first_bin, one.masses.tolist()) for cell, one in found.histograms.items()}
    replicates = {cell: (one.deviations.tolist(), one.steps.tolist()) for cell, one in found.replicates.items()}
    arrays = {name: values[plan.cells].tolist() for name, values in found.arrays.items()}
    return {"draws": draws, "kept": kept, "replicates": replicates} | arrays


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_precision, "FIRST_DRAWS", 1000)
        return {name: solved(case, Threads(1)) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_precision, "FIRST_DRAWS", 1000)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_lost(name: str, expected: dict[str, dict[str, Any]]) -> None:
    found = expected[name]
    numbers = np.array(found["whole"] if "whole" in found else found["energy"])
    assert numbers.size
    assert np.all(np.isfinite(numbers))


@pytest.mark.parametrize("name", CASES)
def test_in_another_process(name: str, expected: dict[str, dict[str, Any]], child: subprocess.Popen[bytes]) -> None:
    assert solved(CASES[name], OtherProcess(child)) == expected[name]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_in_any_order_and_split_in_any_way(name: str, seed: int, expected: dict[str, dict[str, Any]]) -> None:
    case = CASES[name]
    assert solved(case, Shuffled(seed), case.splits(case.method)) == expected[name]


@pytest.mark.parametrize("name", CASES)
def test_on_threads(name: str, expected: dict[str, dict[str, Any]]) -> None:
    assert solved(CASES[name], Threads(3)) == expected[name]


@pytest.mark.parametrize("name", ["monte_carlo", "own streams", "quasi_monte_carlo", "exact", "pick_freeze"])
def test_tasks_are_small_and_do_not_grow_with_the_grid(name: str) -> None:
    method, plan = CASES[name].method, CASES[name].plan()
    tasks = next(method.rounds(plan, method.merge(plan), 2))
    first = next(iter(tasks))
    method.work(plan, first)  # what is made on the way is no part of it
    assert len(pickle.dumps(first)) < 500


def test_what_a_plan_has_found_is_not_in_its_pickle() -> None:
    plan = planned(GRID)
    before = pickle.dumps(plan)
    assert plan.cells.size
    assert plan.cell(int(plan.cells[0])).sigma > 0.0
    assert len(pickle.dumps(plan)) == len(before)
    again = pickle.loads(before)
    assert again.cells.tolist() == plan.cells.tolist()
    assert again.names == plan.names


@pytest.mark.parametrize("whole", [True, False])
def test_no_part_changes_with_what_its_thread_does_next(whole: bool) -> None:
    plan = planned(SAMPLED)
    method = MonteCarlo(8192, LEVELS, keep_histograms=True, range_draws=8192 if whole else 4096)
    tasks = list(method.tasks(plan, 1))
    assert all(task.whole == whole for task in tasks)
    first = method.work(plan, tasks[0])
    before = pickle.dumps(first)
    for task in tasks:
        method.work(plan, task)
    assert pickle.dumps(first) == before


def test_a_part_may_be_merged_twice() -> None:
    """Sums are made in place, but never in a part."""
    plan = planned(GRID)
    method = MonteCarlo(5000, LEVELS, keep_histograms=True, range_draws=1000)
    parts = [method.work(plan, task) for task in method.tasks(plan, 1)]
    once, again = (
        [pickle.dumps(block.arrays) for part in parts for block in merge.add(part)]
        for merge in (method.merge(plan), method.merge(plan))
    )
    assert once == again


def test_counts_beyond_32_bits_are_added_as_such() -> None:
    plan = planned({"model": "DeepSeek-R1"})
    method = MonteCarlo(1000, LEVELS)
    part = method.work(plan, next(method.tasks(plan, 1, counts=True)))
    assert isinstance(part, monte_carlo.Counted)
    most = replace(part, draws=2**32 - 1, counts=part.counts * np.uint32(0) + np.uint32(2**32 - 1))
    total = most.plus(part)
    assert total.counts.dtype == np.int64
    assert total.counts.tolist() == (most.counts.astype(np.int64) + part.counts).tolist()
    assert total.draws == 2**32 + 999
