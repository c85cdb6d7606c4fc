"""The compiled statistics of a cell against `Histogram`, which says the same with NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.histograms import Histogram
from wattquery.kernels.statistics import summarize

LEVELS = np.array([0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])


def sampled(draws: int, sigma: float) -> np.ndarray:
    rng = np.random.default_rng(draws)
    return np.bincount(np.floor((rng.normal(0.0, sigma, draws) + 9.0) * 1024).astype(int), minlength=18_432)


CASES = {
    "smooth": sampled(200_000, 0.5),
    "wide": sampled(3000, 1.5),
    "few draws": sampled(7, 0.5),
    "one draw": sampled(1, 0.5),
    "one point": np.bincount([70] * 5000, minlength=100),
    "points": np.bincount([3] * 2000 + [50] * 5000 + [99] * 3000, minlength=100),
    "first and last bin": np.bincount([0] * 600 + [9] * 400, minlength=10),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("first_bin", [-12_345, 0, 777])
@pytest.mark.parametrize("kind", [np.uint32, np.int64])
def test_the_same_as_the_histogram_says(name: str, first_bin: int, kind: type) -> None:
    counts = CASES[name].astype(kind)
    energies, stderrs = np.full((2, LEVELS.size), np.nan)
    mean, std = summarize(counts, first_bin, LEVELS, energies, stderrs)
    histogram = Histogram(first_bin, counts.astype(np.int64))
    np.testing.assert_allclose(energies, histogram.quantiles(LEVELS), rtol=1e-12)
    np.testing.assert_allclose(stderrs, histogram.quantile_stderr(LEVELS, counts.sum()), rtol=1e-8, atol=1e-18)
    assert mean == pytest.approx(histogram.mean(), rel=1e-11)
    assert std == pytest.approx(histogram.std(), rel=1e-9, abs=1e-12 * mean)
