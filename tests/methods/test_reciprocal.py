"""Reciprocal throughputs in every method: against exact, and against a simulation in NumPy with SciPy's distributions.

Comparisons are in units of the standard errors that the results state themselves, or of the simulation's binomial ones,
at a family-wise level of 1e-3 (Bonferroni).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import naive
import wattquery as wq
from reciprocal_models import MODEL, RATE, give_all
from wattquery.engine.threads import Threads
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.methods.replicates import REPLICATES
from wattquery.plans.build import lower
from wattquery.plans.tiles import windows
from wattquery.stores.memory import StatisticsInMemory
from wattquery.sweeps.carry_out import carry_out
from wattquery.sweeps.study import study

LEVEL = 1e-3
RATES = [
    RATE,
    naive.Reciprocal(0.0, 3e-7, 0.0, 5000.0),
    naive.Reciprocal(3e-4, 0.0, 1e-4, 2900.0),
    naive.Reciprocal(1e-5, 2e-7, 5e-5, 5000.0),
    naive.Throughput(8.6, -0.3, -0.15, 900.0),
]
"""With one of the other form among them, for terms of both in one tile."""

MODELS = [MODEL, "Llama 3.1 405B", "Llama 3.1 70B", "Mixtral 8x22B", "Llama-3.1 Nemotron Ultra 253B"]
GRID: dict[str, Any] = {
    "model": MODELS,
    "output_tokens": {"exponential": wq.Exponential(300), "observed": wq.Empirical(samples=[20, 100, 100, 350, 2000])},
    "input_tokens": {"fixed": 500, "even": wq.Uniform(100, 900)},
    "power_utilization": {"own": wq.LogNormal(0.4, 0.9), "follows": wq.ThroughputProportional(0.24, 0.56)},
    "pue": wq.LogNormal(1.05, 1.6),
    "node_power": 10.2,
    "levers": ["none", "serving"],
    "prefill_weight": 1 / 30,
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> None:
    give_all(monkeypatch, *RATES)


def scores(found: Any, exact: Any) -> np.ndarray:
    return ((found["energy"] - exact["energy"]) / found["energy_stderr"]).values


@pytest.mark.parametrize("common", [True, False])
def test_monte_carlo_agrees_with_exact(common: bool, given: None) -> None:
    draws = 200_000
    exact = wq.sweep(**GRID, method="exact")
    found = wq.sweep(**GRID, draws=draws, seed=7, common_random_numbers=common)
    means = (found["energy_mean"] - exact["energy_mean"]) / (found["energy_std"] / math.sqrt(draws))
    z = np.append(scores(found, exact), means.values)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / z.size / 2)
    np.testing.assert_array_equal(found["throughput"], exact["throughput"])


def test_quasi_monte_carlo_agrees_with_exact(given: None) -> None:
    exact = wq.sweep(**GRID, method="exact")
    found = wq.sweep(**GRID, method="quasi_monte_carlo", draws=16_384, seed=5)
    z = scores(found, exact)
    # What the nodes of the normal show where nothing is left to chance: 1e-6 of the energy.
    spare = (1e-6 * exact["energy"] / found["energy_stderr"]).values
    assert (np.abs(z) < stats.t.isf(LEVEL / z.size / 2, REPLICATES - 1) + spare).all()
    assert float((found["energy_stderr"] / exact["energy"]).median()) < 1e-3


def test_the_errors_of_monte_carlo_are_honest(given: None) -> None:
    """Over 100 seeds the sum of squares is chi-squared for each quantile; common lengths tie cells, not seeds."""
    arguments = {"output_tokens": wq.Exponential(300), "method": "monte_carlo"}
    exact = wq.sweep(MODEL, output_tokens=wq.Exponential(300), method="exact")
    z = np.array([scores(wq.sweep(MODEL, draws=20_000, seed=s, **arguments), exact).ravel() for s in range(100)])
    low, high = stats.chi2.ppf([LEVEL / 10, 1.0 - LEVEL / 10], 100)
    assert ((z**2).sum(axis=0) > low).all()
    assert ((z**2).sum(axis=0) < high).all()


def simulated(rate: naive.Reciprocal, *, follows: bool, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return draws of E from the method's description, with SciPy's distributions."""

    def lognormal(p5: float, p95: float) -> Any:
        return stats.lognorm(math.log(p95 / p5) / (2 * 1.645), scale=math.sqrt(p5 * p95))

    outputs = np.maximum(1.0, np.round(stats.expon(scale=300 / math.log(2)).rvs(draws, random_state=rng)))
    inputs = np.maximum(1.0, np.round(stats.uniform(100, 800).rvs(draws, random_state=rng)))
    tps = 1.0 / (rate.a + rate.b * (inputs + 0.5 * outputs) + rate.c * inputs / outputs)
    pue = lognormal(1.05, 1.6).rvs(draws, random_state=rng)
    share: Any = lognormal(0.4, 0.9).rvs(draws, random_state=rng)
    if follows:
        share = 0.24 + 0.56 * np.minimum(tps / rate.maximum, 1.0)
    lever = lognormal(1.5, 5).rvs(draws, random_state=rng)
    return pue * 10.2 * share * (outputs + inputs / 30) / (3.6 * tps) / lever


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
def test_every_method_agrees_with_a_simulation(method: str, given: None) -> None:
    draws, rng = 400_000, np.random.default_rng(11)
    ds = wq.sweep(**GRID, method=method).sel(output_tokens="exponential", input_tokens="even", levers="serving")
    levels, off = ds["quantile"].values, []
    for model, rate in list(zip(MODELS, RATES, strict=True))[:4]:
        for power in ("own", "follows"):
            one = ds.sel(model=model, power_utilization=power)
            sample = simulated(rate, follows=power == "follows", draws=draws, rng=rng)
            below = (sample[:, None] <= one["energy"].values).mean(axis=0)
            # What the estimate itself errs by moves the level by the density times it.
            width = np.maximum(one["energy_stderr"].values, 1e-3 * one["energy"].values)
            density = (np.abs(sample[:, None] - one["energy"].values) < width).mean(axis=0) / (2 * width)
            error = np.hypot(np.sqrt(levels * (1 - levels) / draws), density * one["energy_stderr"].values)
            off.append((below - levels) / error)
            mean = (sample.mean() - one["energy_mean"].item()) / (sample.std() / math.sqrt(draws))
            off.append([mean / (math.sqrt(2.0) if method == "monte_carlo" else 1.0)])
    z = np.concatenate(off)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / z.size / 2)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("block", "range_draws"), [(4096, 777), (777, 1001), (1, 19_999), (100_000, 100_000)])
def test_blocks_ranges_and_threads_change_no_count(threads: int, block: int, range_draws: int, given: None) -> None:
    def counted(draws: int = 20_011, threads: int = 1, **how: Any) -> dict[int, tuple[int, list[int]]]:
        asked = study(**{**GRID, "levers": "serving"})
        plan = lower(asked.grid, asked.catalog, asked.node_powers, seed=42, common_random_numbers=True).plan
        store = StatisticsInMemory(asked.grid.size, (0.5,), keep_histograms=True)
        carry_out(MonteCarlo(draws, (0.5,), keep_histograms=True, **how), plan, Threads(threads), store)
        kept = store.statistics.histograms
        return {cell: (one.first_bin, one.masses.tolist()) for cell, one in kept.items()}

    assert counted(threads=threads, block=block, range_draws=range_draws) == counted()


def test_a_cell_alone_has_the_bits_that_it_has_in_a_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    give_all(monkeypatch, *RATES)
    grid = wq.sweep(**GRID, draws=10_000)
    for i in (0, 3):
        give_all(monkeypatch, RATES[i])
        alone = wq.sweep(**{**GRID, "model": MODELS[i]}, draws=10_000)
        np.testing.assert_array_equal(alone["energy"], grid["energy"].sel(model=MODELS[i]))


@pytest.mark.parametrize("lengths", [{"prefill_weight": 0.3}, {"round_tokens": False, "prefill_weight": 0.0}], ids=str)
def test_no_draw_lies_in_the_outermost_bins_of_its_window(lengths: dict[str, Any], given: None) -> None:
    """Beyond is rarer than 1e-9 by design: 100,000 draws of each cell have none there."""
    asked = study(**{**GRID, **lengths})
    plan = lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True).plan
    ranges = np.concatenate(list(windows(plan)))
    store = StatisticsInMemory(plan.size, (0.5,), keep_histograms=True)
    carry_out(MonteCarlo(100_000, (0.5,), keep_histograms=True), plan, Threads(1), store)
    for cell, (first, bins) in zip(plan.cells.tolist(), ranges.tolist(), strict=True):
        kept = store.statistics.histograms[cell]
        assert kept.first_bin > first
        assert kept.first_bin + len(kept.masses) < first + bins


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
def test_one_throughput_for_all_lengths_is_a_case_of_both_forms(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = naive.Throughput(math.log(2000.0), 0.0, 0.0, 2000.0)
    found = []
    for rate in (naive.Reciprocal(1 / 2000.0, 0.0, 0.0, 2000.0), flat):
        give_all(monkeypatch, rate)
        found.append(wq.sweep(**{**GRID, "model": MODEL}, method=method, draws=2**14, seed=3))
    tolerance = 1e-10 if method == "exact" else 2e-5
    for name in ("energy", "energy_mean", "energy_std"):
        np.testing.assert_allclose(found[0][name], found[1][name], rtol=tolerance)


def test_sobol_indices_are_those_of_a_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jansen's estimators from plain draws: within their own standard errors."""
    give_all(monkeypatch, RATE)
    lengths = {"output_tokens": wq.Exponential(300), "input_tokens": wq.LogNormal(100, 5000)}
    ds = wq.sensitivity.sobol(MODEL, **lengths, pue=1.2, power_utilization=0.6, round_tokens=False, draws=2**15)
    rng, draws = np.random.default_rng(8), 400_000
    output = stats.expon(scale=300 / math.log(2))
    input_ = stats.lognorm(math.log(50) / (2 * 1.645), scale=math.sqrt(100 * 5000))
    (a1, a2), (b1, b2) = ((output.rvs(draws, random_state=rng), input_.rvs(draws, random_state=rng)) for _ in range(2))
    log = {name: np.log(x / RATE(x, y)) for name, x, y in (("a", a1, a2), ("b", b1, b2), ("o", b1, a2), ("i", a1, b2))}
    variance = log["a"].var()
    for name, mixed in (("output_tokens", "o"), ("input_tokens", "i")):
        total = 0.5 * (log["a"] - log[mixed]) ** 2 / variance
        first = 1.0 - 0.5 * (log["b"] - log[mixed]) ** 2 / variance
        for index, sample in (("total_order", total), ("first_order", first)):
            one = ds.sel(factor=name, scale="log_energy") if "scale" in ds.dims else ds.sel(factor=name)
            assert one[index].item() == pytest.approx(sample.mean(), abs=5 * sample.std() / math.sqrt(draws) + 0.005)
