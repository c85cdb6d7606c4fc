"""Quasi-random points, and the distribution they make: a randomly shifted lattice, with the normal integrated out.

Given the lengths (and the factors that are neither fixed nor lognormal), ln E is normal. So a point of these few
dimensions stands for a whole normal, and what the points leave is a smooth sum of them. A point is entered at four
nodes of the lattice of energies, with weights that keep every polynomial up to the third degree and so displace
nothing that a normal much wider than a bin could show. Weights are whole multiples of 2**-32: sums of them are exact,
in any order. Memory is that of the nodes, whatever the number of points.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.drivers.monte_carlo import BASE, PREFILL_WEIGHT, SPAN
from wattquery.kernels.equation import (
    cached_of_input,
    is_load_form,
    is_reciprocal,
    load_length_part,
    log_length_part,
    reciprocal_length_part,
)
from wattquery.kernels.histogram import BINS_PER_UNIT
from wattquery.kernels.random.points import MOST_ORDERED, component, is_ordered_at_random, random_order, shift_of
from wattquery.kernels.random.variates import FIXED, STANDARD_NORMAL, quantile

__all__ = [
    "REACH",
    "WHOLE",
    "bin_shares",
    "coarse_nodes",
    "coarsen",
    "coordinate",
    "deposit",
    "distribution",
    "reached",
    "smooth_quantile",
]

WHOLE = 2**32
"""The weight of a point that is entered with displacement-free weights; a plainly counted one has weight 1."""

ONE, TWELVE = np.uint64(1), np.uint64(12)
TOP_BIT = np.uint64(2**63)
TWO_TO_MINUS_52 = 2.0**-52
SQRT_HALF = math.sqrt(0.5)
INVERSE_SQRT_TWO_PI = 1.0 / math.sqrt(2.0 * math.pi)
REACH = 8.5  # a standard normal beyond it has a mass of 1e-17
MOST_STEPS = 200
CLOSE = 1e-12  # of a standard deviation: far below the error of any number of points


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
    """Return the draw of one column at u; see `wattquery.kernels.random.columns.fill_column` for the arguments."""
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
    lengths,
    columns,
    factors,
    dimensions,
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
    term_numbers : float64[26]
        The numbers of a term, see `wattquery.kernels.drivers.monte_carlo.TERM_NUMBERS`.
    lengths : int
        How many lengths have a column: output and input tokens, or cached tokens too.
    columns : int64[positions]
        The columns of these lengths, in this order, and then of further factors.
    factors : float64[positions]
        What the logarithm of a further factor is multiplied by in ln E; for a standard normal, what it is itself.
    dimensions : int64[positions]
        The dimension of the lattice that each position uses.
    column_codes, column_numbers, column_streams, table_levels, table_values
        The random columns, see `wattquery.kernels.drivers.monte_carlo.count_tile`.
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
    a, b, c, reciprocal = term_numbers[4], term_numbers[5], term_numbers[6], is_reciprocal(term_numbers)
    weight, base, span = term_numbers[PREFILL_WEIGHT], term_numbers[BASE], term_numbers[SPAN]
    cached_share, cached_number, under_load = term_numbers[21], term_numbers[22], is_load_form(term_numbers)
    positions, bins = columns.size, masses.shape[1]
    shifts, generators = np.empty(positions, dtype=np.uint64), np.empty(positions, dtype=np.uint64)
    ordered = np.empty(positions, dtype=np.bool_)
    orders = np.empty((positions, min(points, MOST_ORDERED)), dtype=np.int64)
    whole = np.uint64(2**63) // np.uint64(points) * np.uint64(2)
    drawn = np.empty(positions)
    for row in range(masses.shape[0]):
        for p in range(positions):
            stream = column_streams[columns[p]]
            shifts[p] = shift_of(stream, first_replicate + row)
            generators[p] = component(dimensions[p], stream, first_replicate + row)
            ordered[p] = is_ordered_at_random(dimensions[p], points) and column_codes[columns[p], 0] != FIXED
            if ordered[p]:
                random_order(stream, first_replicate + row, orders[p])
        for point in range(points):
            place = phase(point)
            for p in range(positions):
                column = columns[p]
                if ordered[p]:
                    u = coordinate(np.uint64(orders[p, point]), whole, shifts[p])
                else:
                    u = coordinate(place, generators[p], shifts[p])
                drawn[p] = variate(column_codes[column], column_numbers[column], table_levels, table_values, u)
            if under_load:
                cached = drawn[2] if lengths == 3 else cached_of_input(cached_share, cached_number, drawn[1])
                part = np.log(load_length_part(term_numbers, drawn[0], drawn[1], cached))
            elif reciprocal:
                part = np.log(reciprocal_length_part(a, b, c, ln_maximum, drawn[0], drawn[1], weight, base, span))
            else:
                part = log_length_part(
                    drawn[0], np.log(drawn[0]), drawn[1], np.log(drawn[1]), b0, b1, b2, ln_maximum, weight, base, span
                )
            for p in range(lengths, positions):
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
def bin_shares(first_bin, nodes, weights, sums, sigma, shares):
    """Fill ``shares`` with the probability of each lattice bin from ``first_bin`` on, of a sum of normals."""
    before = 0.0
    for k in range(shares.size):
        total, _ = distribution((first_bin + k + 1) / BINS_PER_UNIT, nodes, weights, sums, sigma)
        # Some weights are a little below zero; what they leave in a far tail is rounding.
        shares[k] = max(total - before, 0.0)
        before = total
