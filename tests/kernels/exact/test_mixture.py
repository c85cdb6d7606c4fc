"""Mixtures of normals, segments and points against SciPy, by both kernels where both apply."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm

from wattquery.kernels.exact import mixture
from wattquery.kernels.exact.segments import segment_cdf, segment_masses, segment_quantiles
from wattquery.kernels.histogram import BINS_PER_UNIT, count, index

LEVELS = (1e-6, 0.05, 0.25, 0.5, 0.75, 0.95, 1 - 1e-6)


def random_mixture(seed: int, size: int, sigma: float):
    rng = np.random.default_rng(seed)
    weights = rng.exponential(1.0, size)
    return rng.normal(0.0, 2.0, size), np.zeros(size), weights / weights.sum(), sigma


def segments(seed: int, size: int):
    rng = np.random.default_rng(seed)
    weights = rng.exponential(1.0, size)
    return rng.normal(0.0, 0.1, size), rng.uniform(0.001, 0.3, size), weights / weights.sum(), 0.0


def reference(x, centres, half_widths, weights, sigma):
    if sigma > 0.0:
        return float(weights @ ndtr((x - centres) / sigma))
    return float(weights @ np.clip((x - centres + half_widths) / (2 * half_widths), 0.0, 1.0))


def by_normals(case):
    """Return centres in order, weights, and the sums before each, as the kernel for normals alone takes them."""
    order = np.argsort(case[0])
    weights = case[2][order]
    return case[0][order], weights, np.concatenate([[0.0], np.cumsum(weights)])


def mixture_cdfs(x, case):
    """Return probability and density at x by each kernel that takes the case."""
    yield segment_cdf(x, *case)
    if case[3] > 0.0:
        centres, weights, below = by_normals(case)
        yield mixture.mixture_cdf(x, centres, weights, below, case[3], np.empty((3, weights.size)))[:2]


def mixture_quantiles(level, case):
    """Return the quantile by each kernel that takes the case."""
    found = np.empty(1)
    segment_quantiles(np.array([level]), *case, found)
    yield float(found[0])
    if case[3] > 0.0:
        statistics = np.empty((1, 1)), np.empty(1), np.empty(1)
        centres, weights, _ = by_normals(case)
        mixture.mixture_statistics(centres, weights, np.array([case[3]]), np.array([level]), *statistics)
        yield float(statistics[0][0, 0])


CASES = {
    "one-normal": (np.array([-1.3]), np.zeros(1), np.ones(1), 0.4),
    "narrow": random_mixture(1, 5, 1e-3),
    "wide": random_mixture(2, 300, 0.5),
    "many": random_mixture(3, 3_000, 0.1),
    "segments": segments(4, 50),
    "one-segment": (np.array([2.0]), np.array([0.5]), np.ones(1), 0.0),
}


@pytest.mark.parametrize("name", CASES)
def test_cdf_and_density(name):
    case = CASES[name]
    low, high = case[0].min() - 2.0, case[0].max() + 2.0
    points = np.random.default_rng(5).uniform(low, high, 25)
    for x in points.tolist():
        if case[3] > 0.0:
            expected = float(case[2] @ norm.pdf(x, case[0], case[3]))
        else:
            expected = float(case[2] @ ((np.abs(x - case[0]) < case[1]) / (2 * case[1])))
        for total, density in mixture_cdfs(x, case):
            assert total == pytest.approx(reference(x, *case), rel=1e-12, abs=1e-15)
            assert density == pytest.approx(expected, rel=1e-10, abs=1e-300)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", CASES)
def test_quantiles(name, level):
    case = CASES[name]
    low, high = case[0].min() - 9 * (case[3] + 1), case[0].max() + 9 * (case[3] + 1)
    expected = brentq(lambda one: reference(one, *case) - level, low, high, xtol=1e-14)
    slope = segment_cdf(expected, *case)[1]
    for x in mixture_quantiles(level, case):
        # Where the cdf is flat, rounding of the cdf itself moves x.
        assert x == pytest.approx(expected, abs=1e-12 + 4e-15 / slope)


def test_point_masses():
    centres, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.5])
    points = (centres, np.zeros(3), weights, 0.0)
    for x, share in ((0.5, 0.0), (1.0, 0.25), (1.5, 0.25), (2.0, 0.75), (2.9999, 0.75), (3.0, 1.0)):
        assert segment_cdf(x, *points)[0] == share
    levels = (0.01, 0.25, 0.2500001, 0.75, 0.7500001, 1.0)
    found = [next(mixture_quantiles(level, points)) for level in levels]
    assert found == pytest.approx([1.0, 1.0, 2.0, 2.0, 3.0, 3.0], abs=1e-13)


def test_one_point():
    for level in LEVELS:
        point = (np.array([-7.25]), np.zeros(1), np.ones(1), 0.0)
        assert next(mixture_quantiles(level, point)) == pytest.approx(-7.25)


def test_a_jump_and_a_slope():
    case = (np.array([0.0, 1.0]), np.array([0.5, 0.0]), np.array([0.4, 0.6]), 0.0)
    assert next(mixture_quantiles(0.2, case)) == pytest.approx(0.0, abs=1e-13)
    assert next(mixture_quantiles(0.4, case)) == pytest.approx(0.5, abs=1e-13)
    assert next(mixture_quantiles(0.41, case)) == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_masses(name):
    case = CASES[name]
    reach = 9.0 * case[3] + case[1].max()
    first = int(np.floor((case[0].min() - reach) * BINS_PER_UNIT)) - 1
    bins = int(np.ceil((case[0].max() + reach) * BINS_PER_UNIT)) + 2 - first
    masses = np.zeros(bins)
    segment_masses(first, *case, masses)
    sample = np.random.default_rng(6).choice(bins, min(bins, 300), replace=False)
    edges = np.stack([first + sample, first + sample + 1]) / BINS_PER_UNIT
    expected = [reference(high, *case) - reference(low, *case) for low, high in edges.T.tolist()]
    np.testing.assert_allclose(masses[sample], expected, rtol=1e-9, atol=1e-14)
    assert masses.sum() == pytest.approx(1.0, abs=1e-13)


def test_masses_of_points_are_where_draws_are_counted():
    """A point on a bin's lower edge belongs to that bin, in the exact method as for draws."""
    values = np.array([0.0, 1.0 / BINS_PER_UNIT, 5.4 / BINS_PER_UNIT, -0.1 / BINS_PER_UNIT, -1.0])
    first, bins = -1100, 1200
    counts = counted(values, first, bins)
    masses = np.zeros(bins)
    segment_masses(first, values, np.zeros(5), np.full(5, 0.2), 0.0, masses)
    assert np.flatnonzero(counts).tolist() == np.flatnonzero(masses).tolist()
    np.testing.assert_allclose(masses, counts / 5)


def test_masses_outside_the_window_go_to_its_ends():
    case = random_mixture(7, 30, 0.5)
    first, bins = -512, 1024
    masses = np.zeros(bins)
    segment_masses(first, *case, masses)
    assert masses.sum() == pytest.approx(1.0, abs=1e-13)
    assert masses[0] == pytest.approx(reference((first + 1) / BINS_PER_UNIT, *case), rel=1e-9)
    assert masses[-1] == pytest.approx(1 - reference((first + bins - 1) / BINS_PER_UNIT, *case), rel=1e-9)


def counted(values, first, bins):
    """Return the counts of values of ln E by the two passes of a kernel."""
    indices = np.empty(values.size, dtype=np.uint16)
    positions = (values * BINS_PER_UNIT).astype(np.float32)
    none = np.zeros(values.size, dtype=np.float32)
    index(np.float32(-first), np.float32(0.0), none, positions, np.float32(bins - 1), indices)
    counts = np.zeros(bins, dtype=np.uint32)
    count(indices, counts)
    return counts


def test_counting():
    values = np.random.default_rng(8).normal(0.0, 1.0, 10_000)
    bins = np.floor((values * 1024).astype(np.float32) + np.float32(5000)).astype(int)
    np.testing.assert_array_equal(counted(values, -5000, 10_000), np.bincount(bins, minlength=10_000))
    narrow = counted(values, -50, 100)
    assert narrow.sum() == values.size
    assert narrow[0] == np.sum(bins - 4950 <= 0)
    assert narrow[-1] == np.sum(bins - 4950 >= 99)


def test_a_guess_between_points_does_not_stay_there():
    """37 sigma from a point its density is the smallest number there is: a step over it once was none at all."""
    centres, weights, below, sigma = np.array([0.0, 1.0]), np.array([0.4, 0.6]), np.array([0.0, 0.4, 1.0]), 1e-6
    for guess in sigma * np.linspace(0.0, 40.0, 401):
        for start in (guess, 1.0 - guess):
            found, _ = mixture.mixture_quantile(0.5, centres, weights, below, sigma, start, np.empty((3, 2)))
            assert found == pytest.approx(1.0 + sigma * norm.ppf(0.1 / 0.6), abs=1e-9 * sigma + 1e-15)
