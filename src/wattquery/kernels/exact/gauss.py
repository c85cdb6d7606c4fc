"""Many weighted points to few: panel by panel, the Gauss rule of what lies there.

A mixture of normals asks only for sums of f(g_i) w_i with f as smooth as a normal of width sigma. On a panel of width
4 sigma such an f is a polynomial of degree 19 to within 3e-10, and the Gauss rule of 10 nodes of the points' own
measure sums every polynomial of that degree without error, kinks and gaps of the measure included. Weights stay
positive and their sum is kept.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel

__all__ = ["NODES", "compressed", "gauss_rule"]

NODES = 10
"""Nodes that a panel is left with; one of fewer points keeps them as they are."""

MANY_POINTS = 96
"""From so many on, the fast recurrence of Stieltjes is as stable as that by rotations."""


@kernel
def compressed(values, weights, width):
    """Return centres and their weights, at most `NODES` for each panel of ``width`` that holds a point.

    Panels lie on a fixed lattice, so that the result depends on nothing but the arguments. Points further apart than
    panels come back as they are.
    """
    lowest, highest = np.inf, -np.inf
    for i in range(values.size):
        if weights[i] > 0.0:
            lowest, highest = min(lowest, values[i]), max(highest, values[i])
    if lowest > highest:
        return np.empty(0), np.empty(0)
    first = math.floor(lowest / width)
    panels = math.floor(highest / width) - first + 1.0
    if panels * 2.0 > values.size:
        return values.copy(), weights.copy()
    points, masses, starts = _by_panel(values, weights, width, first, int(panels))
    centres, shares = np.empty(starts.size * NODES), np.empty(starts.size * NODES)
    used = 0
    for k in range(starts.size - 1):
        size = starts[k + 1] - starts[k]
        if size > 0:
            here = slice(starts[k], starts[k + 1])
            left = min(size, NODES)
            middle = (first + k + 0.5) * width
            _reduce(points[here], masses[here], middle, 0.5 * width, centres[used : used + left], shares[used:])
            used += left
    return centres[:used].copy(), shares[:used].copy()


@kernel
def _by_panel(values, weights, width, first, panels):
    """Return the points of positive weight in the order of their panels, and where each panel starts."""
    starts = np.zeros(panels + 1, dtype=np.int64)
    for i in range(values.size):
        if weights[i] > 0.0:
            starts[int(math.floor(values[i] / width) - first) + 1] += 1
    for k in range(panels):
        starts[k + 1] += starts[k]
    points, masses = np.empty(starts[panels]), np.empty(starts[panels])
    free = starts[:-1].copy()
    for i in range(values.size):
        if weights[i] > 0.0:
            panel = int(math.floor(values[i] / width) - first)
            points[free[panel]], masses[free[panel]] = values[i], weights[i]
            free[panel] += 1
    return points, masses, starts


@kernel
def _reduce(points, masses, middle, half_width, centres, shares):
    """Write the points of one panel, or its Gauss rule where that is shorter."""
    size = centres.size
    if points.size <= NODES:
        for i in range(size):
            centres[i], shares[i] = points[i], masses[i]
        return
    total = 0.0
    for i in range(points.size):
        total += masses[i]
    nodes, parts = gauss_rule((points - middle) / half_width, masses / total, size)
    for i in range(size):
        centres[i], shares[i] = middle + half_width * nodes[i], total * parts[i]


@kernel
def gauss_rule(points, masses, nodes):
    """Return nodes and weights of the Gauss rule of weighted points: exact for polynomials up to 2 nodes - 1.

    Source: Golub and Welsch, "Calculation of Gauss quadrature rules", Mathematics of Computation 23 (1969) 221-230,
    https://doi.org/10.2307/2004418.
    """
    diagonal, squares = np.zeros(nodes), np.zeros(nodes)
    if points.size >= MANY_POINTS:
        _stieltjes(points, masses, diagonal, squares)
    else:
        _rotations(points, masses, diagonal, squares)
    total = squares[0]
    beside = np.zeros(nodes)
    for k in range(1, nodes):
        beside[k - 1] = math.sqrt(max(squares[k], 0.0))
    first = np.zeros(nodes)
    first[0] = 1.0
    _diagonalize(diagonal, beside, first)
    return diagonal, total * first * first


@kernel
def _stieltjes(points, masses, diagonal, squares):
    """Fill the coefficients of p_{k+1} = (x - a_k) p_k - b_k p_{k-1}, the polynomials orthogonal on the points."""
    before, here = np.zeros(points.size), np.ones(points.size)
    norm_before, ratio = 1.0, 0.0
    for k in range(diagonal.size):
        # Two partial sums: a single one would wait for every addition.
        norm0, norm1, moment0, moment1 = 0.0, 0.0, 0.0, 0.0
        for i in range(0, points.size - 1, 2):
            square0, square1 = masses[i] * here[i] * here[i], masses[i + 1] * here[i + 1] * here[i + 1]
            norm0 += square0
            norm1 += square1
            moment0 += square0 * points[i]
            moment1 += square1 * points[i + 1]
        if points.size % 2:
            square0 = masses[-1] * here[-1] * here[-1]
            norm0 += square0
            moment0 += square0 * points[-1]
        norm = norm0 + norm1
        if not norm > 0.0:
            return
        diagonal[k] = (moment0 + moment1) / norm
        squares[k] = norm / norm_before
        ratio = squares[k] if k > 0 else 0.0
        shift = diagonal[k]
        for i in range(points.size):
            here[i], before[i] = (points[i] - shift) * here[i] - ratio * before[i], here[i]
        norm_before = norm


@kernel
def _rotations(points, masses, diagonal, squares):
    """Fill the same coefficients point by point, by rotations that stay stable where points are few.

    Source: Gragg and Harrod, "The numerically stable reconstruction of Jacobi matrices from spectral data",
    Numerische Mathematik 44 (1984) 317-335, https://doi.org/10.1007/BF01405565 (its algorithm RKPW).
    """
    nodes = diagonal.size
    diagonal[0], squares[0] = points[0], masses[0]
    for i in range(1, points.size):
        point, mass = points[i], masses[i]
        cosine, sine, carried = 1.0, 0.0, 0.0
        for k in range(min(i + 1, nodes)):
            if k == i:
                # The matrix grows by a row, which starts at the new point.
                diagonal[k], squares[k] = point, 0.0
            total = squares[k] + mass
            kept = cosine * total
            sine_before = sine
            if total <= 0.0:
                cosine, sine = 1.0, 0.0
            else:
                cosine, sine = squares[k] / total, mass / total
            moved = sine * (diagonal[k] - point) - cosine * carried
            diagonal[k] -= moved - carried
            carried = moved
            mass = sine_before * squares[k] if sine <= 0.0 else carried * carried / sine
            squares[k] = kept


@kernel
def _diagonalize(diagonal, beside, first):
    """Turn a symmetric tridiagonal matrix into its eigenvalues, and ``first`` into the first row of the eigenvectors.

    The implicit QL method with shifts: Press et al., *Numerical Recipes*, 3rd ed., 2007, section 11.4. The points lie
    in -1..1, so that 1e-16 is nothing beside them.
    """
    size = diagonal.size
    for low in range(size):
        for _ in range(60):
            high = low
            while high < size - 1 and abs(beside[high]) > 1e-16:
                high += 1
            if high == low:
                break
            g = (diagonal[low + 1] - diagonal[low]) / (2.0 * beside[low])
            r = math.sqrt(g * g + 1.0)
            g = diagonal[high] - diagonal[low] + beside[low] / (g + math.copysign(r, g))
            sine, cosine, shift = 1.0, 1.0, 0.0
            broken = False
            for i in range(high - 1, low - 1, -1):
                f, b = sine * beside[i], cosine * beside[i]
                r = math.sqrt(f * f + g * g)
                beside[i + 1] = r
                if r == 0.0:
                    diagonal[i + 1] -= shift
                    beside[high] = 0.0
                    broken = True
                    break
                sine, cosine = f / r, g / r
                g = diagonal[i + 1] - shift
                r = (diagonal[i] - g) * sine + 2.0 * cosine * b
                shift = sine * r
                diagonal[i + 1] = g + shift
                g = cosine * r - b
                first[i], first[i + 1] = (
                    cosine * first[i] - sine * first[i + 1],
                    sine * first[i] + cosine * first[i + 1],
                )
            if not broken:
                diagonal[low] -= shift
                beside[low] = g
                beside[high] = 0.0
