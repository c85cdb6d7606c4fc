"""Stated errors against the exact method: intervals cover, or are unbounded. `benchmarks/coverage.py` at a small size.

Family-wise level 1e-3 over this file (Bonferroni over statistics and nominal levels), one-sided: too wide is allowed.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from benchmarks.coverage import NOMINAL, rows

LEVEL = 1e-3
SEEDS = 50
STATISTICS = 8
CASES = [
    *(("405B", "monte_carlo", draws) for draws in (1, 5, 10, 30, 100, 1000, 4000)),
    *(("405B", "quasi_monte_carlo", draws) for draws in (128, 1024)),
    ("uniform, own power", "quasi_monte_carlo", 1024),
]
TESTS = len(CASES) * STATISTICS * len(NOMINAL)


@pytest.mark.parametrize(("cell", "method", "draws"), CASES)
def test_intervals_cover_or_are_unbounded(cell: str, method: str, draws: int) -> None:
    fewest = stats.binom.ppf(LEVEL / TESTS, SEEDS, NOMINAL)
    for row in rows(cell, method, draws, range(SEEDS)):
        assert np.all(np.array(row.covered) * SEEDS >= fewest - 1e-9), row


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_intervals_of_a_blend_cover(method: str) -> None:
    fewest = stats.binom.ppf(LEVEL / TESTS, 15, NOMINAL)
    for row in rows("blend, trimmed", method, 1024, range(15), (0.05, 0.5, 0.95)):
        assert np.all(np.array(row.covered) * 15 >= fewest - 1e-9), row


def test_one_draw_tells_nothing() -> None:
    ds = wq.sweep("Llama 3.1 405B", draws=1, keep_histogram=True)
    for result in (ds, wq.blend(ds.expand_dims("model"))):
        assert np.isinf(result["energy_stderr"]).all()
        assert np.isinf(result["energy_mean_stderr"]).all()


def test_many_draws_are_not_told_to_be_few() -> None:
    """Where much is known, the stated error is the true one: sqrt(q (1 - q) / n) over the density, within 10 %."""
    exact = wq.sweep("Llama 3.1 405B", method="exact", quantiles=[0.495, 0.5, 0.505])["energy"].values
    true = 0.5 / np.sqrt(1e5) * (exact[2] - exact[0]) / 0.01
    stated = [wq.sweep("Llama 3.1 405B", draws=100_000, seed=seed, quantiles=[0.5]) for seed in range(20)]
    assert np.mean([ds["energy_stderr"].item() for ds in stated]) == pytest.approx(true, rel=0.1)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo", "exact"])
def test_levels_that_no_draw_reaches_have_no_negative_error(method: str) -> None:
    levels = [1e-15, 2e-15, 1e-14, 0.5, 1 - 1e-15]
    draws = {} if method == "exact" else {"draws": 1024}
    ds = wq.sweep("Llama 3.1 405B", method=method, quantiles=levels, **draws)
    errors = ds["energy_stderr"].values
    assert np.all(errors >= 0.0)
    assert np.all(np.isinf(errors[[0, 1, 2, 4]])) or method == "exact"


def test_stopping_early_leaves_intervals_that_cover() -> None:
    """A run that stops when its error is small has looked at that error; it must still cover."""
    levels = (0.05, 0.5, 0.95)
    cells = {"monte_carlo": 6e-3, "quasi_monte_carlo": 1e-3}
    for method, target in cells.items():
        exact = wq.sweep("Llama 3.1 405B", method="exact", quantiles=levels)["energy"].values
        missed = np.zeros(len(levels))
        for seed in range(30):
            ds = wq.sweep("Llama 3.1 405B", method=method, relative_stderr=target, quantiles=levels, seed=seed)
            missed += np.abs(ds["energy"] - exact).values > 1.96 * ds["energy_stderr"].values + 1e-4 * exact
        assert np.all(missed <= stats.binom.isf(LEVEL / 6, 30, 0.05)), (method, missed)


def test_errors_of_one_statistic_do_not_depend_on_others() -> None:
    """A blend's error at P50 is the same whatever quantiles stand beside it."""
    for method in ("monte_carlo", "quasi_monte_carlo"):
        found = []
        for levels in ([0.5], [0.001, 0.05, 0.5, 0.95, 0.999]):
            models = ["DeepSeek-R1", "Llama 3.1 405B"]
            ds = wq.sweep(models, method=method, draws=8192, quantiles=levels, keep_histogram=True)
            blended = wq.blend(ds, trim=(0.14, 0.86))
            found.append(blended.sel(quantile=0.5)["energy_stderr"].item())
        assert found[0] == pytest.approx(found[1], rel=1e-9)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo", "exact"])
@pytest.mark.parametrize("levels", [[1e-320, 0.5], [1e-17], [0.5, 1 - 2**-53], np.array([1e-320, 0.5])])
def test_levels_that_no_method_tells_are_refused(method: str, levels: object) -> None:
    """At 1e-320 the exact energy was that of 1e-17, with an error of 0, and the sampled ones had negative errors."""
    with pytest.raises(wq.InputError, match=r"quantiles must be at least 1e-15 away|quantiles\[0\] .* too close to 0"):
        wq.sweep("Llama 3.1 405B", method=method, quantiles=levels)
