"""Quantiles of quasi-random points and their errors: what replicates disagree by, and what they cannot show."""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.drivers.quasi_monte_carlo import (
    INVERSE_SQRT_TWO_PI,
    SQRT_HALF,
    distribution,
    reached,
    smooth_quantile,
)
from wattquery.kernels.histogram import BINS_PER_UNIT
from wattquery.kernels.order_statistics import REACHES, level_bounds, relative_error

__all__ = ["INFORMING_POINTS", "deviations", "statistics", "visible_step"]

INFORMING_POINTS = 20.0
"""So many points are to make a tail before the spread of replicates says anything of it."""

WIDE_GAP = 8.0  # times the mean distance of points, which one in 3000 gaps of random points exceeds
SMALL_STEP = 0.05  # of a standard deviation: over it the density of a sum of normals is even
RAREST = 1e-15  # what the reach of the normal leaves of a tail


@kernel
def visible_step(x, density, sigma, first_bin, occupied, replicates, points):
    """Return how much of the step of one point a normal lets through, from 0 to 1.

    Replicates may all take the same step, so that their spread says nothing. Points of one replicate that are evenly
    spaced, d = 1 / (n f) apart, leave a ripple of exp(-2 (pi sigma / d)^2) on their sum (Poisson's summation formula).
    Points that lie on few values, such as whole tokens, show by a gap much wider than there would be between as many
    points in all; then one of them more or less changes phi(0) times that gap, in sigmas. ``occupied`` tells which
    bins have points.
    """
    start = max(math.floor((x - sigma) * BINS_PER_UNIT) - first_bin, 0)
    stop = min(math.ceil((x + sigma) * BINS_PER_UNIT) - first_bin, occupied.size)
    widest, gap = 0, 0
    for k in range(start, stop):
        gap = 0 if occupied[k] else gap + 1
        if gap > widest:
            widest = gap
    ripple = math.exp(-2.0 * (math.pi * sigma * density * points) ** 2)
    if widest > WIDE_GAP * BINS_PER_UNIT / (replicates * points * density):
        return max(ripple, min(1.0, INVERSE_SQRT_TWO_PI * widest / (sigma * BINS_PER_UNIT)))
    return ripple


@kernel
def tail_points(x, nodes, weights, sums, sigma, points):
    """Return how many points make the tail of the sum of normals below x, and above it; the fewer of the two.

    Points add to a tail with shares c_i of their normals: (sum c)^2 / sum c^2 of them do so in earnest. Where these are
    few, the tail is made by the outermost points, and what lies beyond them may add more (Kish, Survey Sampling, 1965).
    """
    start, stop = reached(x, nodes, sigma)
    below, below_squares = sums[start], sums[start]
    above = sums[-1] - sums[stop]
    above_squares = above
    for i in range(start, stop):
        share = 0.5 * math.erfc((nodes[i] - x) / sigma * SQRT_HALF)
        rest = 0.5 * math.erfc((x - nodes[i]) / sigma * SQRT_HALF)
        below += weights[i] * share
        below_squares += weights[i] * share * share
        above += weights[i] * rest
        above_squares += weights[i] * rest * rest
    if not (below > RAREST and above > RAREST and below_squares > 0.0 and above_squares > 0.0):
        return 0.0
    return points * min(below * below / below_squares, above * above / above_squares)


@kernel
def hidden_error(x, total, density, nodes, weights, sums, sigma, first_bin, occupied, replicates, points):
    """Return what the spread of the replicates cannot show of P(ln E <= x): see `visible_step` and `tail_points`.

    In a tail that hardly any point has met, the error is as large as the tail, and one point.
    """
    if points == 0:
        return 0.0
    one = 1.0 / (replicates * points)
    if tail_points(x, nodes, weights, sums, sigma, replicates * points) < INFORMING_POINTS:
        return max(min(total, 1.0 - total), 0.0) + one
    return one * visible_step(x, density, sigma, first_bin, occupied, replicates, points)


@kernel
def replicate_levels(x, nodes, shares, sums, sigma, levels):
    """Fill ``levels`` with P(ln E <= x) of every replicate, and in the end of their mean."""
    start, stop = reached(x, nodes, sigma)
    levels[:] = sums[:, start]
    for i in range(start, stop):
        below = 0.5 * math.erfc((nodes[i] - x) / sigma * SQRT_HALF)
        for row in range(levels.size):
            levels[row] += shares[row, i] * below


@kernel
def statistics(levels, mean, nodes, shares, sums, sigma, first_bin, occupied, points, t, quantiles, stderrs):
    """Fill quantiles of ln E, and their standard errors over E, from replicates that are sums of normals.

    F is the mean of the F_r of all R replicates, and x_q its quantile. The standard error of F there is
    e = sqrt(s^2 sum_r (F_r(x_q) - F(x_q))^2 / (R (R - 1)) + u^2), with s for Student's t and their skewness, see
    `wattquery.methods.replicates.spread_error`, and u what the replicates cannot show, see `hidden_error`. That of E is
    e over the density; where e is no small step, that of the quantiles between which q - 1.96 e and q + 1.96 e lie, see
    `wattquery.kernels.order_statistics.level_bounds`.

    Parameters
    ----------
    levels : float64[:]
        Probability levels, increasing.
    mean : float
        What is added to all nodes [ln Wh].
    nodes : float64[nodes]
        Means of the normals, evenly spaced [ln Wh].
    shares : float64[replicates + 1, nodes]
        Their weights in each replicate, and the mean of all replicates.
    sums : float64[replicates + 1, nodes + 1]
        The weights before each node.
    sigma : float
        Standard deviation of all normals, positive.
    first_bin, occupied : int, bool[:]
        Which bins of ln E - ``mean`` have points.
    points : int
        Points of each replicate; 0 where nothing is random.
    t : float
        The score of a 95 % interval, of Student's t for R - 1 degrees of freedom.
    quantiles, stderrs : float64[:]
        Receive x_q [ln Wh] and its standard error over E [1].
    """
    pooled, before, replicates = shares[-1], sums[-1], shares.shape[0] - 1
    x, found = 0.5 * (nodes[0] + nodes[-1]), np.empty(replicates + 1)
    for j in range(levels.size):
        x, density = smooth_quantile(levels[j], nodes, pooled, before, sigma, x)
        quantiles[j] = mean + x
        replicate_levels(x, nodes, shares, sums, sigma, found)
        squares, cubes = 0.0, 0.0
        for row in range(replicates):
            squares += (found[row] - found[replicates]) ** 2
            cubes += (found[row] - found[replicates]) ** 3
        spread = math.sqrt(squares / replicates)
        skewness = abs(cubes) / replicates / spread**3 if spread**3 > 0.0 else 0.0
        score = t + (2.0 * t * t + 1.0) * skewness / (6.0 * math.sqrt(replicates))
        hidden = hidden_error(
            x, levels[j], density, nodes, pooled, before, sigma, first_bin, occupied, replicates, points
        )
        error = math.hypot(score / REACHES[0] * spread / math.sqrt(replicates - 1.0), hidden)
        tail = min(levels[j], 1.0 - levels[j])
        if error == 0.0:
            stderrs[j] = 0.0
        elif error <= SMALL_STEP * min(density * sigma, tail):
            stderrs[j] = error / density
        else:
            stderrs[j] = _stretched(levels[j], error, x, nodes, pooled, before, sigma)


@kernel
def _stretched(level, error, x, nodes, weights, sums, sigma):
    """Return the standard error over E of a quantile whose level has an error that is no small step."""
    relative = 0.0
    for which in range(REACHES.size):
        low_level, high_level = level_bounds(level, error, which)
        # What the normals do not reach is not known either.
        if not (low_level > RAREST and high_level < 1.0 - RAREST):
            return np.inf
        low, _ = smooth_quantile(low_level, nodes, weights, sums, sigma, x)
        high, _ = smooth_quantile(high_level, nodes, weights, sums, sigma, x)
        variance = (level * (1.0 - level) / error) ** 2
        relative = max(relative, relative_error(x - low, high - x, REACHES[which], variance))
    return relative


@kernel
def deviations(first_node, step, mean, nodes, shares, sums, sigma, first_bin, occupied, points, apart, hidden):
    """Fill how far the distribution function of every replicate lies from their mean, at nodes that cells share.

    Parameters
    ----------
    first_node, step : int
        The first node, and bins of the lattice of energies from one to the next: node j is at ln E = j step / 1024.
    mean, nodes, shares, sums, sigma, first_bin, occupied, points
        See `statistics`.
    apart : float64[replicates, :]
        Receives F_r - F at each node.
    hidden : float64[:]
        Receives what that does not show, see `hidden_error`.
    """
    replicates = apart.shape[0]
    found = np.empty(replicates + 1)
    for j in range(hidden.size):
        x = (first_node + j) * step / BINS_PER_UNIT - mean
        replicate_levels(x, nodes, shares, sums, sigma, found)
        for row in range(replicates):
            apart[row, j] = found[row] - found[replicates]
        total, density = distribution(x, nodes, shares[-1], sums[-1], sigma)
        hidden[j] = hidden_error(
            x, total, density, nodes, shares[-1], sums[-1], sigma, first_bin, occupied, replicates, points
        )
