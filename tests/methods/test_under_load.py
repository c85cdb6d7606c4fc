"""The load form in every method: against sums over all lengths, and against a simulation in NumPy.

Comparisons of samples are in units of standard errors, at a family-wise level of 1e-3 (Bonferroni); those of the exact
method are of probabilities, to what the reference itself is good for.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

import wattquery as wq
from load_queries import ALL, FORMS, ROWS, UNITS, columns_of, joint, kilojoules, plan_of, workload_columns
from wattquery.engine.threads import Threads
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.methods.replicates import REPLICATES
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import windows
from wattquery.stores.memory import StatisticsInMemory
from wattquery.sweeps.carry_out import carry_out, statistics_of
from wattquery.throughput.load_form import LoadForm

LEVEL = 1e-3
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SIGMA = 0.3
OUTPUT, INPUT = wq.Exponential(300), wq.LogNormal(60, 6000)
LENGTHS: dict[str, Any] = {
    "whole tokens, a number": columns_of(OUTPUT, 500),
    "whole tokens, both random": columns_of(wq.Exponential(60), wq.Uniform(100, 900)),
    "a number, continuous": columns_of(300, INPUT, whole=False),
    "continuous, both random": columns_of(OUTPUT, INPUT, whole=False),
    "a workload": None,
}


def continuous(distribution: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return lengths evenly spaced in their normal scores, and their weights."""
    z = np.linspace(-7.5, 12.0, count)  # the square of an energy goes with the fourth power of a prompt
    values = np.where(z < 0.0, distribution.ppf(ndtr(np.minimum(z, 0.0))), distribution.isf(ndtr(np.minimum(-z, 0.0))))
    weights = np.exp(-0.5 * z * z)
    return values, weights / weights.sum()


def reference(name: str, form: LoadForm, points: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """Return energies [Wh] of queries without the factor, and their weights, by lengths as fine as need be."""
    if name == "a workload":
        outputs, inputs, cached, weights = ROWS
        return kilojoules(form, outputs, inputs, cached) / 3.6, weights / weights.sum()
    columns = LENGTHS[name]
    lengths, shares = [], []
    for column in columns:
        if column.distribution.atoms() is not None:
            lengths.append(column.distribution.atoms()[0])
            shares.append(np.ones(1))
        elif column.whole:
            tokens = np.arange(1.0, math.ceil(column.distribution.ppf(1.0 - 1e-12)) + 1.0)
            ends = np.append(0.0, tokens + 0.5)
            lengths.append(tokens)
            shares.append(np.diff(column.distribution.cdf(ends)))
        else:
            values, weights = continuous(column.distribution, points if "both" in name else 40_000)
            lengths.append(values)
            shares.append(weights)
    energies = kilojoules(form, lengths[0][:, None], lengths[1]) / 3.6
    return energies.ravel(), np.outer(*shares).ravel()


@lru_cache(maxsize=16)
def solved(name: str, sigma: float = SIGMA) -> Any:
    return statistics_of(plan_of(list(ALL.values()), LENGTHS[name], sigma), method="exact", levels=LEVELS)


def shares_below(energies: np.ndarray, weights: np.ndarray, at: np.ndarray, sigma: float) -> np.ndarray:
    """Return which share of queries stays below some energies with the factor: 9 sigma away it decides nothing."""
    logs, shares = np.log(energies), []
    for one in np.log(at):
        z = (one - logs) / sigma
        near = np.abs(z) < 9.0
        shares.append(weights[z >= 9.0].sum() + weights[near] @ ndtr(z[near]))
    return np.array(shares)


def in_steps(energies: np.ndarray, weights: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return fewer energies, of steps of ln E, at the mean that those within a step have."""
    logs = np.log(energies)
    places = ((logs - logs.min()) / step).astype(np.int64)
    shares, means = np.bincount(places, weights), np.bincount(places, weights * logs)
    kept = shares > 0.0
    return np.exp(means[kept] / shares[kept]), shares[kept]


def check(found: Any, energies: np.ndarray, weights: np.ndarray, label: str) -> None:
    """Compare quantiles and moments of a cell with those of a sum."""
    # Means are kept: half the variance within a step, over sigma squared, is all that a probability may change: 4e-8.
    below = shares_below(*in_steps(energies, weights, SIGMA / 1000), found["energy"], SIGMA)
    np.testing.assert_allclose(below, LEVELS, atol=1e-6, err_msg=label)
    mean, square = float(weights @ energies), float(weights @ energies**2)
    scale = math.exp(0.5 * SIGMA**2)
    assert found["energy_mean"] == pytest.approx(scale * mean, rel=1e-6), label
    std = math.sqrt(square * math.exp(2.0 * SIGMA**2) - (scale * mean) ** 2)
    assert found["energy_std"] == pytest.approx(std, rel=1e-6), label


def check_narrow(found: Any, energies: np.ndarray, weights: np.ndarray, sigma: float, tolerance: float) -> bool:
    """Tell whether the quantiles of a cell whose factor is narrow are those of a sum."""
    at = found["energy"]
    if sigma == 0.0:
        edges = (1.0 - 2e-9, 1.0 + 2e-9)  # a quantile may be one of the energies
        low, high = (np.array([weights[energies <= edge * one].sum() for one in at]) for edge in edges)
    else:
        low = high = shares_below(energies, weights, at, sigma)
    return bool((low <= np.array(LEVELS) + tolerance).all() and (high >= np.array(LEVELS) - tolerance).all())


@pytest.mark.parametrize("name", LENGTHS)
def test_exact_agrees_with_sums_over_all_lengths(name: str) -> None:
    """With a factor that is wide, narrow and 1: the energies of all lengths are summed once for all three."""
    for i, (label, form) in enumerate(ALL.items()):
        energies, weights = reference(name, form)
        check({key: values[i] for key, values in solved(name).arrays.items()}, energies, weights, label)
        for sigma in (0.0, 1e-3) if name != "continuous, both random" else ():
            tolerance = 1e-4 if "continuous" in name and sigma == 0.0 else 1e-6
            found = {"energy": solved(name, sigma).arrays["energy"][i]}
            assert check_narrow(found, energies, weights, sigma, tolerance), (label, sigma)


def scores(found: Any, exact: Any) -> np.ndarray:
    return (found.arrays["energy"] - exact.arrays["energy"]) / found.arrays["energy_stderr"]


@pytest.mark.parametrize("name", LENGTHS)
def test_monte_carlo_agrees_with_exact(name: str) -> None:
    draws = 200_000
    plan, exact = plan_of(list(ALL.values()), LENGTHS[name]), solved(name)
    found = statistics_of(plan, method="monte_carlo", levels=LEVELS, draws=draws)
    errors = found.arrays["energy_std"] / math.sqrt(draws)
    z = np.append(scores(found, exact), (found.arrays["energy_mean"] - exact.arrays["energy_mean"]) / errors)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / z.size / 2)


@pytest.mark.parametrize("name", LENGTHS)
def test_quasi_monte_carlo_agrees_with_exact(name: str) -> None:
    plan, exact = plan_of(list(ALL.values()), LENGTHS[name]), solved(name)
    found = statistics_of(plan, method="quasi_monte_carlo", levels=LEVELS, draws=16_384)
    z, spare = scores(found, exact), 2e-6 * exact.arrays["energy"] / found.arrays["energy_stderr"]
    assert (np.abs(z) < stats.t.isf(LEVEL / z.size / 2, REPLICATES - 1) + spare).all()


def simulated(name: str, form: LoadForm, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return draws of E [Wh], with SciPy's distributions."""
    cached = None
    if name == "a workload":
        outputs, inputs, cached = np.stack(ROWS[:3])[:, rng.choice(200, draws, p=ROWS[3] / ROWS[3].sum())]
    else:
        outputs = stats.expon(scale=300 / math.log(2)).rvs(draws, random_state=rng)
        inputs = stats.lognorm(math.log(100) / (2 * 1.645), scale=600).rvs(draws, random_state=rng)
    return np.exp(SIGMA * rng.normal(size=draws)) * kilojoules(form, outputs, inputs, cached) / 3.6


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("name", ["continuous, both random", "a workload"])
def test_every_method_agrees_with_a_simulation(name: str, method: str) -> None:
    draws, rng, off = 200_000, np.random.default_rng(17), []
    plan = plan_of(list(ALL.values()), LENGTHS[name])
    found = solved(name) if method == "exact" else statistics_of(plan, method=method, levels=LEVELS, draws=2**18)
    levels = np.array(LEVELS)
    for i, form in enumerate(ALL.values()):
        sample = simulated(name, form, draws, rng)
        energy, stderr = found.arrays["energy"][i], found.arrays["energy_stderr"][i]
        below = (sample[:, None] <= energy).mean(axis=0)
        width = np.maximum(stderr, 1e-3 * energy)
        density = (np.abs(sample[:, None] - energy) < width).mean(axis=0) / (2 * width)
        off.append((below - levels) / np.hypot(np.sqrt(levels * (1 - levels) / draws), density * stderr))
    z = np.concatenate(off)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / z.size / 2)


def counted(plan: Plan, threads: int = 1, **how: Any) -> dict[int, tuple[int, list[int]]]:
    store = StatisticsInMemory(plan.size, (0.5,), keep_histograms=True)
    carry_out(MonteCarlo(20_011, (0.5,), keep_histograms=True, **how), plan, Threads(threads), store)
    kept = store.statistics.histograms
    return {cell: (one.first_bin, one.masses.tolist()) for cell, one in kept.items()}


@pytest.mark.parametrize("name", ["whole tokens, both random", "a workload"])
def test_blocks_ranges_and_neighbours_change_no_count(name: str) -> None:
    plan = plan_of(list(ALL.values()), LENGTHS[name])
    whole = counted(plan)
    assert counted(plan, threads=2, block=777, range_draws=1001) == whole
    for i, form in list(enumerate(ALL.values()))[::4]:
        assert counted(plan_of([form], LENGTHS[name]))[0] == whole[i]


@pytest.mark.parametrize("name", LENGTHS)
def test_no_draw_lies_in_the_outermost_bins_of_its_window(name: str) -> None:
    plan = plan_of(list(ALL.values()), LENGTHS[name])
    ranges = np.concatenate(list(windows(plan)))
    for (first, bins), (kept_first, masses) in zip(ranges.tolist(), counted(plan).values(), strict=True):
        assert kept_first > first
        assert kept_first + len(masses) < first + bins


def test_cached_tokens_are_drawn_with_their_query() -> None:
    """A workload all of whose prompts are cached takes what a share of 1 takes; drawn apart, it would not."""
    nodes = joint()
    cached = wq.Workload(nodes.outputs, nodes.inputs, nodes.inputs, weights=nodes.weights)
    plain = wq.Workload(nodes.outputs, nodes.inputs, weights=nodes.weights)
    form, share = FORMS["both"], LoadForm(UNITS, FORMS["both"].reach, cached_share=1.0)
    for method in ("exact", "monte_carlo", "quasi_monte_carlo"):
        found = [
            statistics_of(plan_of([one], workload_columns(lengths)), method=method, levels=LEVELS, draws=2**12)
            for one, lengths in ((form, cached), (share, plain))
        ]
        np.testing.assert_allclose(found[0].arrays["energy"], found[1].arrays["energy"], rtol=1e-9)
