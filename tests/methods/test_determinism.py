"""The same seed gives the same counts, bit for bit, whoever computes them and whatever stands beside a cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.engine.threads import Threads
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.plans.build import lower
from wattquery.stores.memory import StatisticsInMemory
from wattquery.sweeps.carry_out import carry_out
from wattquery.sweeps.study import study

DRAWS = 20_011
# Every kind of column: lengths, a merged normal, factors that are not lognormal, tables and samples.
GRID: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B", "Mistral Large"],
    "output_tokens": {
        "traditional": wq.Exponential(median=300),
        "observed": wq.Empirical(samples=[20, 100, 100, 350, 2000]),
    },
    "input_tokens": {"fixed": 500, "even": wq.Uniform(100, 900)},
    "power_utilization": {
        "independent": wq.LogNormal(p5=0.4, p95=0.9),
        "proportional": wq.ThroughputProportional(base=0.24, span=0.56),
    },
    "pue": {"wide": wq.LogNormal(p5=1.05, p95=1.6), "even": wq.Uniform(1.1, 1.5)},
    "levers": ["model+serving"],
}

STATISTICS = ("energy", "energy_mean", "energy_std", "energy_stderr")

Counts = dict[int, tuple[int, list[int]]]


def counted(
    *,
    threads: int = 1,
    seed: int = 42,
    common_random_numbers: bool = True,
    draws: int = DRAWS,
    grid: dict[str, Any] = GRID,
    **how: Any,
) -> Counts:
    """Return the counts of every cell, by its number."""
    asked = study(**grid)
    lowered = lower(
        asked.grid, asked.catalog, asked.node_powers, seed=seed, common_random_numbers=common_random_numbers
    )
    store = StatisticsInMemory(asked.grid.size, (0.5,), keep_histograms=True)
    method = MonteCarlo(draws, (0.5,), keep_histograms=True, **how)
    carry_out(method, lowered.plan, Threads(threads), store)
    kept = store.statistics.histograms
    assert sorted(kept) == lowered.plan.cells.tolist()
    assert all(one.masses.sum() == draws for one in kept.values())
    return {cell: (one.first_bin, one.masses.tolist()) for cell, one in kept.items()}


@pytest.fixture(scope="module", params=[True, False], ids=["common", "own"])
def common(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def expected(common: bool) -> Counts:
    return counted(common_random_numbers=common)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads(threads: int, expected: Counts, common: bool) -> None:
    assert counted(threads=threads, common_random_numbers=common) == expected


@pytest.mark.parametrize(
    ("block", "range_draws"), [(4096, 777), (777, 1001), (1001, 777), (1, 19_999), (100_000, 100_000), (2, 3333)]
)
def test_blocks_and_ranges(block: int, range_draws: int, expected: Counts, common: bool) -> None:
    ours = counted(threads=2, block=block, range_draws=range_draws, common_random_numbers=common)
    assert ours == expected


def test_ranges_follow_one_another() -> None:
    """Draws 0..n and n..m add up to 0..m: a longer run goes on where a shorter one stopped."""
    short, long = counted(draws=1001), counted(draws=2002)
    for cell, (first, counts) in short.items():
        later_first, later = long[cell]
        padded = np.zeros(len(later), dtype=np.int64)
        padded[first - later_first : first - later_first + len(counts)] = counts
        assert np.all(np.array(later) >= padded)


def swept(common_random_numbers: bool, **arguments: Any) -> Any:
    return wq.sweep(
        **{**GRID, **arguments},
        draws=10_001,
        seed=7,
        keep_histogram=True,
        common_random_numbers=common_random_numbers,
    )


def occupied(cell: Any) -> tuple[list[int], list[int]]:
    """Return the lattice bins of a cell that hold draws, and their counts."""
    counts = cell["histogram"].values
    where = np.flatnonzero(counts)
    return cell["bin"].values[where].tolist(), counts[where].tolist()


@pytest.mark.parametrize(
    "labels",
    [
        ("DeepSeek-R1", "traditional", "fixed", "independent", "wide", "model+serving"),
        ("Llama 3.1 405B", "observed", "even", "proportional", "even", "model+serving"),
        ("Llama 3.1 405B", "traditional", "even", "independent", "even", "model+serving"),
    ],
)
def test_a_cell_alone_and_in_a_grid(labels: tuple[str, ...], common: bool) -> None:
    grid = swept(common)
    place = dict(zip(GRID, labels, strict=True))
    alone = {
        name: {label: GRID[name][label]} if isinstance(GRID[name], dict) else label for name, label in place.items()
    }
    single = swept(common, **alone)
    named = {name: label for name, label in place.items() if name in single.dims}
    assert occupied(single.sel(named)) == occupied(grid.sel(place))
    for name in STATISTICS:
        ours, inside = single[name].sel(named), grid[name].sel(place)
        assert ours.values.tolist() == inside.values.tolist(), name


def test_the_order_of_labels(common: bool) -> None:
    turned = {name: dict(reversed(one.items())) if isinstance(one, dict) else one[::-1] for name, one in GRID.items()}
    grid, other = swept(common), swept(common, **turned)
    assert other["model"].values.tolist() == GRID["model"][::-1]
    again = other.reindex_like(grid)
    np.testing.assert_array_equal(again["histogram"].values, grid["histogram"].values)
    for name in STATISTICS:
        np.testing.assert_array_equal(again[name].values, grid[name].values, err_msg=name)


def test_cells_share_their_numbers_only_if_asked() -> None:
    """With one node power for both, the labels alone differ: equal counts if shared, others if not."""
    pair: dict[str, Any] = {"model": "DeepSeek-R1", "node_power": {"a": 12.8, "b": 12.8}}
    shared, own = (counted(grid=pair, common_random_numbers=common) for common in (True, False))
    assert shared[0] == shared[1]
    assert own[0] != own[1]
    assert own[0] != shared[0]


@pytest.mark.parametrize("seed", [43, 42 + 2**32, 42 + 2**64], ids=["next", "2**32", "2**64"])
def test_other_seeds_give_other_counts(seed: int, expected: Counts, common: bool) -> None:
    ours = counted(seed=seed, common_random_numbers=common)
    assert ours.keys() == expected.keys()
    assert all(ours[cell] != expected[cell] for cell in ours)


def test_a_fresh_seed_is_told() -> None:
    first = wq.sweep("DeepSeek-R1", seed=None, draws=2000)
    again = wq.sweep("DeepSeek-R1", seed=first.attrs["seed"], draws=2000)
    assert again["energy"].values.tolist() == first["energy"].values.tolist()
    other = wq.sweep("DeepSeek-R1", seed=None, draws=2000)
    assert other.attrs["seed"] != first.attrs["seed"]
