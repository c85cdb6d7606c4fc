"""Monte Carlo against the exact method in 200 random cells, in units of its own standard errors.

Every quantile and mean is a statistic z = (sampled - exact) / standard error, close to normal. Cells have random
numbers of their own, so that cells are independent; the family-wise level over all statistics is 1e-3 (Sidak).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import naive
import wattquery as wq
from small_plans import planned
from wattquery.methods import monte_carlo
from wattquery.methods.monte_carlo import MonteCarlo

LEVEL = 1e-3
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SWEEPS, CELLS = 10, 200
MODELS = [
    "DeepSeek-R1",
    "Llama 3.1 405B",
    "Llama 3.1 70B",
    "Mixtral 8x22B",
    "Llama-3.1 Nemotron Ultra 253B",
]


def lognormal(rng: np.random.Generator, low: float, high: float, widest: float) -> wq.LogNormal:
    p5 = rng.uniform(low, high)
    return wq.LogNormal(p5=p5, p95=p5 * rng.uniform(1.2, widest))


def output_lengths(rng: np.random.Generator) -> dict[str, Any]:
    median = 10.0 ** rng.uniform(2.0, 3.8, 5)
    knots = np.sort(10.0 ** rng.uniform(1.8, 4.0, 4))
    return {
        "exponential": wq.Exponential(median=median[0]),
        "lognormal": wq.LogNormal(p5=median[1] / 4, p95=median[1] * rng.uniform(2, 5)),
        "triangular": wq.Triangular(low=median[2] / 3, mode=median[2], high=median[2] * 4),
        "truncated": wq.Truncated(wq.Exponential(median=median[3]), low=median[3] / 5, high=median[3] * 3),
        "table": wq.Empirical(probabilities=[0, 0.2, 0.7, 1], values=knots.tolist()),
    }


def random_grid(number: int) -> dict[str, Any]:
    """Return the arguments of one sweep of 20 cells."""
    rng = np.random.default_rng([20260901, number])
    powers = [
        lognormal(rng, 0.3, 0.5, 2.5),
        wq.ThroughputProportional(base=rng.uniform(0.1, 0.4), span=rng.uniform(0.1, 0.5)),
        rng.uniform(0.3, 0.9),
    ]
    power = powers[number % 3]
    random_inputs = {3: wq.Uniform(low=300, high=340), 6: wq.Empirical(samples=[60, 90, 400, 1000, 4000])}
    levers = ["none", "model", "serving", "hardware", "model+serving", "model+serving+hardware"]
    return {
        "model": MODELS[number % len(MODELS)],
        "output_tokens": output_lengths(rng),
        "input_tokens": random_inputs.get(number, rng.uniform(50, 5000)),
        "power_utilization": power,
        "pue": {"random": lognormal(rng, 1.02, 1.2, 1.6), "fixed": rng.uniform(1.0, 1.6)},
        "node_power": rng.uniform(5.0, 15.0),
        "levers": [levers[0], levers[1 + number % 5]],
        "prefill_weight": [0.0, 1 / 30, 0.4][number % 3 - 1],
        # Whole tokens without a random factor are points, whose quantiles are not normal.
        "round_tokens": number % 3 == 0,
        "quantiles": QUANTILES,
        "seed": number,
    }


@pytest.fixture(scope="module")
def exact() -> list[Any]:
    solved = [wq.sweep(**random_grid(number), method="exact") for number in range(SWEEPS)]
    assert sum(ds["energy_mean"].size for ds in solved) == CELLS
    return solved


def scores(exact: list[Any], draws: int) -> np.ndarray:
    """Return z of every quantile and of the mean, one row per cell."""
    found = []
    for number, known in enumerate(exact):
        ds = wq.sweep(**random_grid(number), draws=draws, common_random_numbers=False)
        quantiles = ((ds["energy"] - known["energy"]) / ds["energy_stderr"]).values.reshape(-1, len(QUANTILES))
        means = (ds["energy_mean"] - known["energy_mean"]) / (ds["energy_std"] / math.sqrt(draws))
        found.append(np.column_stack([quantiles, means.values.ravel()]))
    return np.concatenate(found)


def check(z: np.ndarray) -> None:
    assert z.shape == (CELLS, len(QUANTILES) + 1)
    assert np.all(np.isfinite(z))
    bound = stats.norm.isf((1.0 - (1.0 - LEVEL) ** (1.0 / z.size)) / 2.0)
    worst = np.unravel_index(np.argmax(np.abs(z)), z.shape)
    assert abs(z[worst]) < bound, f"z = {z[worst]:.2f} in cell {worst[0]}, statistic {worst[1]}"
    for column, name in enumerate([*QUANTILES, "mean"]):
        ours = z[:, column]
        assert abs(ours.mean()) * math.sqrt(CELLS) < stats.norm.isf(LEVEL / 2), (name, ours.mean())
        total = float(ours @ ours)
        low, high = stats.chi2.ppf([LEVEL / 2, 1.0 - LEVEL / 2], CELLS)
        assert low < total < high, (name, total / CELLS)


def test_200_random_cells(exact: list[Any]) -> None:
    check(scores(exact, 200_000))


@pytest.mark.slow
def test_200_random_cells_with_a_million_draws(exact: list[Any]) -> None:
    check(scores(exact, 1_000_000))


def test_the_deviation_agrees() -> None:
    """The mean over 24 seeds, scaled by their own spread: t with 23 degrees; family-wise level 1e-3 (Bonferroni)."""
    grid = {**random_grid(0), "pue": 1.2, "levers": "model"}
    known = wq.sweep(**grid, method="exact")["energy_std"].values.ravel()
    runs = np.array(
        [wq.sweep(**{**grid, "seed": seed}, draws=20_000)["energy_std"].values.ravel() for seed in range(100, 124)]
    )
    t = (runs.mean(axis=0) - known) / (runs.std(axis=0, ddof=1) / math.sqrt(len(runs)))
    assert np.abs(t).max() < stats.t.isf(LEVEL / known.size / 2, len(runs) - 1)


def test_short_whole_lengths() -> None:
    """A few tokens, where rounding them is most of the answer; family-wise level 1e-3 (Bonferroni)."""
    grid: dict[str, Any] = {
        "model": MODELS,
        "output_tokens": wq.Exponential(4),
        "input_tokens": wq.Uniform(3.5, 5.5),
        "levers": "model+serving",
        "prefill_weight": 0.4,
    }
    known, ours = wq.sweep(**grid, method="exact"), wq.sweep(**grid, draws=400_000, seed=6)
    z = ((ours["energy"] - known["energy"]) / ours["energy_stderr"]).values
    assert np.abs(z).max() < stats.norm.isf(LEVEL / z.size / 2), z


DEEPSEEK = naive.least_squares([(1024, 1024, 886.00), (500, 2000, 1300.00), (5000, 500, 378.00)])
FACTORS = {
    "pue": (wq.Uniform(1.05, 1.6), stats.uniform(1.05, 0.55)),
    "power_utilization": (wq.Triangular(0.4, 0.5, 0.9), stats.triang(0.2, 0.4, 0.5)),
    "node_power": (wq.Truncated(wq.Normal(10, 2), low=8, high=13), stats.truncnorm(-1.0, 1.5, 10, 2)),
    "mine": (wq.Uniform(1.5, 3), stats.uniform(1.5, 1.5)),
    "other": (wq.Empirical(samples=[1.0, 1.5, 4.0]), stats.rv_discrete(values=((2, 3, 8), (1 / 3, 1 / 3, 1 / 3)))),
}
GIVEN = {"pue": 1.2, "power_utilization": 0.6, "node_power": 10.0}
RANDOM = [["pue"], ["power_utilization"], ["node_power"], ["mine"], ["mine", "other"], list(FACTORS)]


@pytest.mark.parametrize("random", RANDOM, ids="+".join)
@pytest.mark.parametrize("own_lognormal", [False, True])
def test_factors_that_are_not_lognormal(random: list[str], own_lognormal: bool) -> None:
    """Against plain NumPy and SciPy draws of the same formula; family-wise level 1e-3 here (Bonferroni)."""
    draws = 200_000
    arguments: dict[str, Any] = {**GIVEN, **{name: FACTORS[name][0] for name in random if name in GIVEN}}
    levers = [wq.Lever(name, FACTORS[name][0]) for name in random if name not in GIVEN]
    if own_lognormal:
        levers.append(wq.Lever("third", wq.LogNormal(1.5, 5)))
    ds = wq.sweep(
        "DeepSeek-R1",
        output_tokens=wq.Exponential(300),
        input_tokens=500,
        levers={"all": levers},
        draws=draws,
        seed=5,
        **arguments,
    ).squeeze("levers")

    rng = np.random.default_rng([77, len(random), own_lognormal])
    product = np.ones(draws)
    for name in [*GIVEN, "mine", "other"]:
        drawn = FACTORS[name][1].rvs(size=draws, random_state=rng) if name in random else GIVEN.get(name, 1.0)
        if name == "other" and name in random:
            drawn = drawn / 2.0
        product *= drawn if name in GIVEN else 1.0 / drawn
    if own_lognormal:
        product /= naive.LogNormal(1.5, 5).draw(rng, draws)
    cell = naive.Cell(DEEPSEEK, 1.0, 0.0)
    outputs = np.maximum(1.0, np.round(rng.exponential(300 / math.log(2), draws)))
    energies = cell.energy(product, outputs, 500.0)

    expected = np.array([*np.quantile(energies, QUANTILES), energies.mean()])
    ours = np.array([*ds["energy"].values, ds["energy_mean"].item()])
    stderr = np.array([*ds["energy_stderr"].values, ds["energy_std"].item() / math.sqrt(draws)])
    # Both sides are samples of the same size, and know a value to half a bin of the lattice at best.
    z = (ours - expected) / np.hypot(math.sqrt(2.0) * stderr, 5e-4 * expected)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / (2 * len(RANDOM) * z.size) / 2)


@pytest.mark.parametrize(("workers", "whole"), [(1, True), (2, False)])
def test_one_worker_is_spared_the_merging_of_a_small_grid(workers: int, whole: bool) -> None:
    """Counts of its own for each range of draws took a quarter of the time of 20 cells and 100,000 draws."""
    tasks = list(MonteCarlo(100_000, (0.5,)).tasks(planned(levers=["none", "serving"]), workers))
    assert {task.whole for task in tasks} == {whole}
    assert sum(task.share for task in tasks) == pytest.approx(1.0)


@pytest.mark.parametrize("common", [True, False])
def test_how_much_a_call_does_changes_no_count(common: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between calls an interrupt is heeded."""
    arguments: dict[str, Any] = {
        "output_tokens": [100, wq.LogNormal(p5=100, p95=900)],
        "draws": 100_000,
        "common_random_numbers": common,
        "keep_histogram": True,
        "threads": 1,
    }
    whole = wq.sweep("DeepSeek-R1", **arguments)
    calls = []
    real = monte_carlo._count_range
    monkeypatch.setattr(monte_carlo, "_count_range", lambda *given: (calls.append(given), real(*given)))
    for name in ("COUNTED_AT_A_TIME", "APART_AT_A_TIME"):
        monkeypatch.setattr(monte_carlo, name, 1)
    assert wq.sweep("DeepSeek-R1", **arguments).identical(whole)
    assert len(calls) == -(-100_000 // monte_carlo.BLOCK)
