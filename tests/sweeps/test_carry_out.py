"""The joint: what a method finishes is in the store, progress is told where it was asked for, errors stop all."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.engine.threads import Threads
from wattquery.methods.exact.solve import Exact
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.methods.quasi_monte_carlo import QuasiMonteCarlo
from wattquery.plans.build import lower
from wattquery.plans.plan import Plan
from wattquery.stores.memory import StatisticsInMemory
from wattquery.sweeps.carry_out import carry_out, statistics_of
from wattquery.sweeps.study import study

LEVELS = (0.5,)
METHODS = {
    "monte_carlo": MonteCarlo(4096, LEVELS, range_draws=512),
    "quasi_monte_carlo": QuasiMonteCarlo(1024, LEVELS),
    "exact": Exact(LEVELS, keep_histograms=True),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    asked = study(["DeepSeek-R1", "Llama 3.1 405B"], output_tokens=["traditional", "long"], levers=["none", "serving"])
    return lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True).plan


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("name", METHODS)
def test_progress_is_told_here_never_falls_and_ends_at_one(name: str, threads: int, plan: Plan) -> None:
    here, told = threading.get_ident(), []

    def progress(share: float) -> None:
        assert threading.get_ident() == here
        told.append(share)

    store = StatisticsInMemory(plan.size, LEVELS, keep_histograms=True)
    carry_out(METHODS[name], plan, Threads(threads), store, progress)
    assert np.all(np.isfinite(store.statistics.arrays["energy"]))
    assert np.all(np.diff(told) >= 0.0)
    assert told[-1] == 1.0
    assert told.count(1.0) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, LookupError])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("name", METHODS)
def test_an_interrupt_where_progress_is_told(name: str, threads: int, error: type[BaseException], plan: Plan) -> None:
    def progress(share: float) -> None:
        raise error("enough")

    with pytest.raises(error, match="enough"):
        carry_out(METHODS[name], plan, Threads(threads), StatisticsInMemory(plan.size, LEVELS), progress)
    assert not [one for one in threading.enumerate() if one.name.startswith("wattquery")]


@pytest.mark.parametrize("name", METHODS)
def test_a_store_that_fails(name: str, plan: Plan) -> None:
    class Full:
        def put(self, block: Any) -> None:
            raise OSError("no room on the device")

    with pytest.raises(OSError, match="no room"):
        carry_out(METHODS[name], plan, Threads(3), Full())
    assert not [one for one in threading.enumerate() if one.name.startswith("wattquery")]


@pytest.mark.parametrize("name", METHODS)
def test_every_cell_is_put_once(name: str, plan: Plan) -> None:
    class Counting:
        def __init__(self) -> None:
            self.cells: list[int] = []

        def put(self, block: Any) -> None:
            self.cells += block.cells.tolist()

    store = Counting()
    carry_out(METHODS[name], plan, Threads(2), store)
    assert sorted(store.cells) == plan.cells.tolist()


def test_a_grid_without_data_is_done_at_once() -> None:
    told: list[float] = []
    ds = wq.sweep("Mistral Large", draws=100, progress=told.append)
    assert not ds["supported"].item()
    assert ds.attrs["draws"] == 100
    assert told == [1.0]


@pytest.mark.parametrize("method", ["monte_carlo", "exact"])
def test_statistics_say_how_many_draws_were_made(method: str, plan: Plan) -> None:
    found = statistics_of(plan, method=method, levels=LEVELS, draws=100)
    assert found.draws == (100 if method == "monte_carlo" else 0)
    assert found.cells.tolist() == list(range(plan.size))
