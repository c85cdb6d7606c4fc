"""Quasi-random points, and what is read off them: a randomly shifted lattice, with the normal factor integrated out.

Given the lengths (and the factors that are neither fixed nor lognormal), ln E is normal. So a point of these few
dimensions stands for a whole normal, and what the points leave is a smooth sum of them. A point is entered at four
nodes of the lattice of energies, with weights that keep every polynomial up to the third degree and so displace
nothing that a normal much wider than a bin could show. Weights are whole multiples of 2**-32: sums of them are exact,
in any order. Memory is that of the nodes, whatever the number of points.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.equation import log_length_part
from wattquery.kernels.histogram import BINS_PER_UNIT
from wattquery.kernels.order_statistics import REACHES, level_bounds, relative_error
from wattquery.kernels.points import shift_of
from wattquery.kernels.variates import STANDARD_NORMAL, quantile

__all__ = [
    "INFORMING_POINTS",
    "REACH",
    "WHOLE",
    "bin_shares",
    "coarse_nodes",
    "coarsen",
    "coordinate",
    "deposit",
    "deviations",
    "statistics",
]

WHOLE = 2**32
"""The weight of a point that is entered with displacement-free weights; a plainly counted one has weight 1."""

ONE, TWELVE = np.uint64(1), np.uint64(12)
TOP_BIT = np.uint64(2**63)
TWO_TO_MINUS_52 = 2.0**-52
SQRT_HALF = math.sqrt(0.5)
INVERSE_SQRT_TWO_PI = 1.0 / math.sqrt(2.0 * math.pi)
REACH = 8.5  # a standard normal beyond it has a mass of 1e-17
INFORMING_POINTS = 20.0  # so many are to make a tail before the spread of replicates says anything of it
MOST_STEPS = 200
CLOSE = 1e-12  # of a standard deviation: far below the error of any number of points
WIDE_GAP = 8.0  # times the mean distance of points, which one in 3000 gaps of random points exceeds
SMALL_STEP = 0.05  # of a standard deviation: over it the density of a sum of normals is even
RAREST = 1e-15  # what the reach of the normal leaves of a tail


@kernel
def phase(point):
    """Return the place of a point in its lattice, in units of 2**-64: 0, 1/2, 1/4, 3/4, 1/8, 3/8, ...

    The first 2**k of them are all multiples of 2**-k: the lattice grows by doubling, and keeps its points.
    """
    if point == 0:
        return np.uint64(0)
    level = 0
    while point >> (level + 1) > 0:
        level += 1
    odd = np.uint64(2 * (point - (1 << level)) + 1)
    return odd << np.uint64(63 - level)


@kernel
def coordinate(place, generator, shift):
    """Return one coordinate of a point, from 2**-53 to 1 - 2**-53: the lattice, shifted and then folded.

    u = 1 - |2 x - 1| with x = frac(place * generator + shift). The fold makes every integrand periodic, so that a
    smooth one is integrated to second order.

    Source: Hickernell, "Obtaining O(N^(-2+eps)) convergence for lattice quadrature rules", Monte Carlo and
    Quasi-Monte Carlo Methods 2000 (2002) 274-289, https://doi.org/10.1007/978-3-642-56046-0_18
    """
    x = place * generator + shift
    if x >= TOP_BIT:
        x = ~x
    return (np.float64((x << ONE) >> TWELVE) + 0.5) * TWO_TO_MINUS_52


@kernel
def variate(codes, numbers, table_levels, table_values, u):
    """Return the draw of one column at u; see `wattquery.kernels.columns.fill_column` for the arguments."""
    first, size = codes[1], codes[2]
    levels, values = table_levels[first : first + size], table_values[first : first + size]
    value = quantile(codes[0], numbers[0], numbers[1], numbers[2], levels, values, numbers[3] + numbers[4] * u)
    return max(1.0, np.rint(value)) if codes[3] else value


@kernel
def cubic_weights(f):
    """Return the weights of four nodes at -1, 0, 1 and 2 that stand for a point at f in [0, 1).

    They are Lagrange's: any cubic has the same sum over the nodes as at the point.
    """
    below, above, beyond = f + 1.0, f - 1.0, f - 2.0
    return -f * above * beyond / 6.0, below * above * beyond / 2.0, -below * f * beyond / 2.0, below * f * above / 6.0


@kernel
def deposit(
    term_numbers,
    columns,
    factors,
    generators,
    column_codes,
    column_numbers,
    column_streams,
    table_levels,
    table_values,
    first_replicate,
    points,
    first_bin,
    smooth,
    masses,
):
    """Add the points of some replicates of a term to ``masses``.

    Parameters
    ----------
    term_numbers : float64[7]
        The numbers of a term, see `wattquery.kernels.monte_carlo.TERM_NUMBERS`.
    columns : int64[positions]
        The columns of output tokens, input tokens and then of further factors.
    factors : float64[positions]
        What the logarithm of a further factor is multiplied by in ln E; for a standard normal, what it is itself.
    generators : uint64[positions]
        The entry of the generating vector that each position uses.
    column_codes, column_numbers, column_streams, table_levels, table_values
        The random columns, see `wattquery.kernels.monte_carlo.count_tile`.
    first_replicate : int
        The replicate of ``masses[0]``.
    points : int
        Points of each replicate, a power of two.
    first_bin : int
        The lattice index of ``masses[:, 0]``.
    smooth : bool
        Whether a point is entered at four nodes, which lie at the lower edges of the bins, with a weight of 2**32
        in all; else it is counted in its bin.
    masses : int64[replicates, bins]
        Receives the points.
    """
    b0, b1, b2, ln_maximum = term_numbers[0], term_numbers[1], term_numbers[2], term_numbers[3]
    weight, base, span = term_numbers[4], term_numbers[5], term_numbers[6]
    positions, bins = columns.size, masses.shape[1]
    shifts = np.empty(positions, dtype=np.uint64)
    drawn = np.empty(positions)
    for row in range(masses.shape[0]):
        for p in range(positions):
            shifts[p] = shift_of(column_streams[columns[p]], first_replicate + row)
        for point in range(points):
            place = phase(point)
            for p in range(positions):
                column = columns[p]
                u = coordinate(place, generators[p], shifts[p])
                drawn[p] = variate(column_codes[column], column_numbers[column], table_levels, table_values, u)
            part = log_length_part(
                drawn[0], np.log(drawn[0]), drawn[1], np.log(drawn[1]), b0, b1, b2, ln_maximum, weight, base, span
            )
            for p in range(2, positions):
                normal = column_codes[columns[p], 0] == STANDARD_NORMAL
                part += factors[p] * (drawn[p] if normal else np.log(drawn[p]))
            position = part * BINS_PER_UNIT - first_bin
            if not smooth:
                masses[row, np.int64(min(max(position, 0.0), bins - 1.0))] += 1
                continue
            position = min(max(position, 1.0), bins - 3.0)
            node = np.int64(position)
            w0, _, w2, w3 = cubic_weights(position - node)
            i0, i2, i3 = np.int64(np.rint(w0 * WHOLE)), np.int64(np.rint(w2 * WHOLE)), np.int64(np.rint(w3 * WHOLE))
            masses[row, node - 1] += i0
            masses[row, node] += WHOLE - i0 - i2 - i3
            masses[row, node + 1] += i2
            masses[row, node + 2] += i3


@kernel
def coarse_nodes(first_bin, bins, step):
    """Return the first node and the number of nodes of a coarser lattice that `coarsen` needs; node j lies at j step.

    All indices are those of the lattice of energies, divided by ``step``, a power of two.
    """
    first = first_bin // step - 1
    return first, (first_bin + bins - 1) // step + 3 - first


@kernel
def coarsen(masses, first_bin, step, shares, sums):
    """Fill ``shares`` with the masses of every replicate, moved to every ``step``-th node, as shares of the replicate.

    Parameters
    ----------
    masses : int64[replicates, bins]
        Masses at the nodes ``first_bin, first_bin + 1, ...``.
    first_bin, step : int
        See `coarse_nodes`.
    shares : float64[replicates + 1, nodes]
        Receives them, and their mean over replicates; each row sums to 1.
    sums : float64[replicates + 1, nodes + 1]
        Receives the shares before each node.
    """
    first, _ = coarse_nodes(first_bin, masses.shape[1], step)
    replicates = masses.shape[0]
    shares[:] = 0.0
    for row in range(replicates):
        total = np.sum(masses[row])
        for k in range(masses.shape[1]):
            if masses[row, k] != 0:
                place = first_bin + k
                node = place // step
                share = masses[row, k] / total
                w0, w1, w2, w3 = cubic_weights((place - node * step) / step)
                node -= first
                shares[row, node - 1] += w0 * share
                shares[row, node] += w1 * share
                shares[row, node + 1] += w2 * share
                shares[row, node + 2] += w3 * share
        for i in range(shares.shape[1]):
            shares[replicates, i] += shares[row, i] / replicates
    for row in range(replicates + 1):
        sums[row, 0] = 0.0
        for i in range(shares.shape[1]):
            sums[row, i + 1] = sums[row, i] + shares[row, i]


@kernel
def reached(x, nodes, sigma):
    """Return the range of the evenly spaced nodes whose normals are neither 0 nor 1 at x."""
    spacing = nodes[1] - nodes[0]
    start = math.ceil((x - REACH * sigma - nodes[0]) / spacing)
    stop = math.floor((x + REACH * sigma - nodes[0]) / spacing) + 1
    start = min(max(start, 0), nodes.size)
    return start, min(max(stop, start), nodes.size)


@kernel
def distribution(x, nodes, weights, sums, sigma):
    """Return P(ln E <= x) and the density at x of a sum of normals; ``sums`` are the weights before each node."""
    start, stop = reached(x, nodes, sigma)
    total, density = sums[start], 0.0
    for i in range(start, stop):
        z = (x - nodes[i]) / sigma
        total += weights[i] * 0.5 * math.erfc(-z * SQRT_HALF)
        density += weights[i] * math.exp(-0.5 * z * z)
    return total, density * INVERSE_SQRT_TWO_PI / sigma


@kernel
def smooth_quantile(level, nodes, weights, sums, sigma, guess):
    """Return x with P(ln E <= x) = level, and the density there, by Newton's steps inside a shrinking bracket."""
    low, high = nodes[0] - REACH * sigma, nodes[-1] + REACH * sigma
    x, density = min(max(guess, low), high), 0.0
    for _ in range(MOST_STEPS):
        total, density = distribution(x, nodes, weights, sums, sigma)
        if total >= level:
            high = x
        else:
            low = x
        step = (total - level) / density if density > 0.0 else np.inf
        if abs(step) <= CLOSE * sigma or high - low <= CLOSE * sigma:
            break
        x = x - step if low < x - step < high else 0.5 * (low + high)
    return x, density


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
    `wattquery.replicates.spread_error`, and u what the replicates cannot show, see `hidden_error`. That of E is e over the density; where e is no small step, that of the quantiles between
    which q - 1.96 e and q + 1.96 e lie, see `wattquery.kernels.order_statistics.level_bounds`.

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


@kernel
def bin_shares(first_bin, nodes, weights, sums, sigma, shares):
    """Fill ``shares`` with the probability of each lattice bin from ``first_bin`` on, of a sum of normals."""
    before = 0.0
    for k in range(shares.size):
        total, _ = distribution((first_bin + k + 1) / BINS_PER_UNIT, nodes, weights, sums, sigma)
        # Some weights are a little below zero; what they leave in a far tail is rounding.
        shares[k] = max(total - before, 0.0)
        before = total
