"""The lattice, its folding and random shift, and the weights by which points become smooth sums of normals."""

import math

import numpy as np
import pytest
from scipy import stats

from wattquery.kernels.drivers import quasi_errors
from wattquery.kernels.drivers import quasi_monte_carlo as quasi
from wattquery.kernels.random.points import GENERATOR, LATTICE_DIMENSIONS, shift_of
from wattquery.kernels.random.streams import stream
from wattquery.methods.replicates import spread_error

SHIFTS = [np.uint64(word) for word in (0, 0x123456789ABCDEF0, 2**64 - 1)]
T = stats.t.isf(0.025, 3)


def place(point):
    return np.uint64(quasi.phase(point))


def lattice(points, dimensions, shift=0):
    """The rule as its authors write it: frac(i z / n + shift), in whole numbers of 2**-64, then 1 - |2x - 1|."""
    rows = []
    for i in range(points):
        words = [(i * int(z) * (2**64 // points) + int(shift)) % 2**64 for z in GENERATOR[:dimensions]]
        rows.append([1.0 - abs(2.0 * word / 2**64 - 1.0) for word in words])
    return np.array(rows)


@pytest.mark.parametrize("points", [1, 2, 64, 1024])
@pytest.mark.parametrize("shift", SHIFTS)
def test_the_first_power_of_two_points_are_the_lattice(points, shift):
    found = np.array([[quasi.coordinate(place(i), z, shift) for z in GENERATOR[:3]] for i in range(points)])
    expected = lattice(points, 3, shift)
    assert np.all((found > 0.0) & (found < 1.0))
    order, wanted = np.lexsort(found.round(12).T), np.lexsort(expected.round(12).T)
    np.testing.assert_allclose(found[order], expected[wanted], rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("points", [64, 512, 1024])
def test_pairs_of_dimensions_are_more_even_than_chance(points):
    """All pairs that the lattice has room for, folded as points are: not one of them is as uneven as chance."""
    count = LATTICE_DIMENSIONS[points.bit_length() - 1]
    units = np.array([[quasi.coordinate(place(i), z, SHIFTS[1]) for z in GENERATOR[:count]] for i in range(points)])
    chance = [stats.qmc.discrepancy(np.random.default_rng(seed).random((points, 2))) for seed in range(20)]
    ratios = {
        (i, j): stats.qmc.discrepancy(units[:, [i, j]]) / np.median(chance) for j in range(count) for i in range(j)
    }
    assert max(ratios.values()) < 0.5
    if points >= 512:  # the first eight, which most cells need no more than
        assert max(ratio for (_, j), ratio in ratios.items() if j < 8) < 0.05


def test_shifts_are_even_and_differ_by_replicate_and_stream():
    # Kolmogorov-Smirnov at a level of 1e-3, for a seed that is fixed.
    words = [int(shift_of(stream(seed, "pue"), r)) / 2**64 for seed in range(20) for r in range(16)]
    assert len(set(words)) == len(words)
    assert stats.kstest(words, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("f", [0.0, 0.25, 0.999])
def test_four_nodes_keep_every_cubic(f):
    weights = quasi.cubic_weights(f)
    for power in range(4):
        assert sum(w * x**power for w, x in zip(weights, (-1, 0, 1, 2), strict=True)) == pytest.approx(f**power)


def single_point(position, sigma, step):
    """Replicates that all have one point: nodes, shares and their sums on the coarser lattice."""
    masses = np.zeros((2, 40), dtype=np.int64)
    node = math.floor(position)
    for k, weight in zip(range(node - 1, node + 3), quasi.cubic_weights(position - node), strict=True):
        masses[:, k] = round(weight * quasi.WHOLE)
    first, nodes = quasi.coarse_nodes(100, 40, step)
    shares, sums = np.empty((3, nodes)), np.empty((3, nodes + 1))
    quasi.coarsen(masses, 100, step, shares, sums)
    return (first + np.arange(nodes)) * step / 1024.0, shares, sums


@pytest.mark.parametrize(("bins", "step"), [(8.0, 1), (20.0, 1), (64.0, 4), (300.0, 16)])
def test_a_point_becomes_its_normal(bins, step):
    sigma = bins / 1024.0
    levels = np.array([0.001, 0.05, 0.5, 0.95, 0.999])
    nodes, shares, sums = single_point(17.37, sigma, step)
    np.testing.assert_allclose(sums[:, -1], 1.0, rtol=1e-14)
    quantiles, stderrs = np.empty(5), np.empty(5)
    occupied = np.ones(40, dtype=np.bool_)
    quasi_errors.statistics(levels, 0.5, nodes, shares, sums, sigma, 100, occupied, 0, T, quantiles, stderrs)
    exact = 0.5 + 117.37 / 1024.0 + sigma * stats.norm.ppf(levels)
    np.testing.assert_allclose(quantiles, exact, rtol=0.0, atol=2e-6)
    np.testing.assert_allclose(stderrs, 0.0, atol=1e-9)
    first_bin = math.floor((nodes[0] - quasi.REACH * sigma) * 1024.0)
    found = np.empty(math.ceil((nodes[-1] + quasi.REACH * sigma) * 1024.0) - first_bin)
    quasi.bin_shares(first_bin, nodes, shares[-1], sums[-1], sigma, found)
    edges = stats.norm.cdf((first_bin + np.arange(found.size + 1)) / 1024.0, 117.37 / 1024.0, sigma)
    np.testing.assert_allclose(np.cumsum(found), edges[1:], rtol=0.0, atol=2e-4 / bins)


def test_the_spread_of_replicates_is_the_error():
    # Replicate r has the share p_r at the lower of two far nodes, so that F_r = p_r Phi + (1 - p_r) Phi'.
    lower = np.array([0.254, 0.259, 0.261, 0.266])
    masses = np.zeros((4, 400), dtype=np.int64)
    masses[:, 10], masses[:, 390] = np.round(1e6 * lower), np.round(1e6 * (1.0 - lower))
    first, nodes = quasi.coarse_nodes(0, 400, 1)
    shares, sums = np.empty((5, nodes)), np.empty((5, nodes + 1))
    quasi.coarsen(masses, 0, 1, shares, sums)
    centres = (first + np.arange(nodes)) / 1024.0
    sigma, level = 0.1, np.array([0.5])
    quantiles, stderrs = np.empty(1), np.empty(1)
    occupied = np.ones(400, dtype=np.bool_)
    quasi_errors.statistics(level, 0.0, centres, shares, sums, sigma, 0, occupied, 0, T, quantiles, stderrs)
    below = stats.norm.cdf(quantiles[0], np.array([10.0, 390.0]) / 1024.0, sigma)
    each = lower * below[0] + (1.0 - lower) * below[1]
    assert each.mean() == pytest.approx(0.5, abs=1e-6)
    heights = stats.norm.pdf(quantiles[0], np.array([10.0, 390.0]) / 1024.0, sigma)
    density = lower.mean() * heights[0] + (1.0 - lower.mean()) * heights[1]
    assert stderrs[0] == pytest.approx(spread_error(each - each.mean()) / density, rel=1e-3)
    skewness = abs(stats.skew(each))
    longer = (T + (2 * T**2 + 1) * skewness / 12) / 1.959964  # four replicates
    assert spread_error(each - each.mean()) == pytest.approx(each.std(ddof=1) / 2.0 * longer, rel=1e-6)


def test_a_step_shows_where_values_are_far_apart():
    occupied = np.zeros(200, dtype=np.bool_)
    occupied[::20] = True
    where = {"first_bin": 0, "occupied": occupied, "replicates": 16}

    def step(sigma, points, density=1.0):
        return quasi_errors.visible_step(0.1, density, sigma, *where.values(), points)

    assert step(1.0, 2**14) == pytest.approx(0.3989 * 19 / 1024, rel=1e-3)  # values 20 bins apart
    assert step(0.005, 2**14) > 0.5
    assert step(0.1, 16) == pytest.approx(np.exp(-2.0 * (np.pi * 1.6) ** 2))  # as few points leave such gaps themselves
    assert step(0.001, 16) > 0.99
