"""Random words of a set of points, one dimension at a time: independent draws, or a randomly shifted lattice.

A lattice is even in each dimension, and in each pair of those that its number of points has room for. The dimensions
beyond are even too, but take their points in a random order of their own, so that such a pair is as good as independent
draws, which a lattice's is not: there, two dimensions could be the same coordinate.

Either way a word names the same quantile, so that everything behind it stays as it is. A set comes in replicates that
are independent of each other: what they disagree by is an honest measure of the error of their mean.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.random.philox import word_of, words

__all__ = [
    "GENERATOR",
    "LATTICE_DIMENSIONS",
    "MOST_ORDERED",
    "MOST_POINTS",
    "component",
    "is_ordered_at_random",
    "point_words",
    "random_order",
    "shift_of",
]

GENERATOR = np.array(
    [
        *(1, 604009, 468717, 766837, 244133, 733465, 94929, 183837, 204989, 797537),
        *(985481, 782449, 912761, 887601, 643001, 842281, 762805, 928293, 682741, 236609),
        *(394709, 1013149, 800377, 1040641, 603565, 872245, 416021, 968845, 906929, 781025),
        *(883677, 870545, 135573, 168789, 216193, 553469, 1013877, 132429, 973477, 70429),
    ],
    dtype=np.uint64,
)
"""Generating vector of a lattice of 2**m points, m up to 20, one entry per dimension.

Found component by component, for pairs of dimensions at every size at once, by ``tests/lattice_vector.py``.

Source of the construction: Cools, Kuo, Nuyens, "Constructing embedded lattice rules for multivariate integration", SIAM
Journal on Scientific Computing 28 (2006) 2162-2188, https://doi.org/10.1137/06065074X.
"""

INVERSE = np.array([pow(int(z), -1, 2**20) for z in GENERATOR], dtype=np.uint64)
"""Generates the lattice with the axes of each pair of dimensions exchanged: a rule of just the same quality."""

LATTICE_DIMENSIONS = np.array(
    [1, 1, 1, 1, 4, 8, 5, 13, 16, 22, 28, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40], dtype=np.int64
)
"""How many dimensions, from the first on, a lattice of 2**m points has, by m: all pairs of them are good ones.

On a product of two factors that are each symmetric about their medians, a pair leaves at most 0.9 of the variance of as
many independent points (0.16 among the first twelve from 2**10 points on). A lattice of few points cannot have
many such dimensions: 64 points have 16 directions in the plane. So the dimensions beyond are points in a random order,
see `point_words`.
"""

MOST_POINTS = 2**20
SHIFTS, ORDERS, MIRRORS = 2**40, 2**41, 2**42
"""Where a stream's shifts, random orders and mirrors begin: indices that no draw reaches."""

MOST_ORDERED = 2 ** int(np.flatnonzero(GENERATOR.size > LATTICE_DIMENSIONS)[-1])
"""The largest number of points at which a dimension can be in a random order."""

HALF = np.uint64(32)


@kernel
def shift_of(stream, replicate):
    """Return the random shift of one replicate, in units of 2**-64."""
    high, low = word_of(stream, SHIFTS + replicate, 0), word_of(stream, SHIFTS + replicate, 1)
    return (np.uint64(high) << HALF) | np.uint64(low)


@kernel
def component(dimension, stream, replicate):
    """Return the entry of the generating vector that a replicate uses: of one of the lattice's mirror images.

    The points of a lattice lie on lines. A step of the integrand along them, such as the edge of all points below a
    quantile, is met badly, whatever the shift. Lines of mirror images lie elsewhere: axes of a pair are exchanged in
    every other replicate, and each of them is turned round or not at random.
    """
    entry = INVERSE[dimension] if replicate % 2 else GENERATOR[dimension]
    if word_of(stream, MIRRORS + replicate, 0) & np.uint32(1):
        return ~entry + np.uint64(1)
    return entry


@kernel
def is_ordered_at_random(dimension, points):
    """Return whether a dimension is beyond those that a lattice of so many points has room for."""
    m = 0
    while np.int64(points) >> (m + 1) > 0:
        m += 1
    return dimension >= LATTICE_DIMENSIONS[m]


@kernel
def random_order(stream, replicate, out):
    """Fill ``out`` with the whole numbers below its length in a random order, one of a replicate's own.

    Fisher and Yates, with the multiply-and-shift that takes a word to a number below another; its bias is 1 in 2**22.
    """
    for i in range(out.size):
        out[i] = i
    for i in range(out.size - 1, 0, -1):
        word = word_of(stream, ORDERS + replicate * MOST_ORDERED + i, 0)
        j = np.int64((np.uint64(word) * np.uint64(i + 1)) >> HALF)
        out[i], out[j] = out[j], out[i]


@kernel
def point_words(dimension, stream, replicate, points, start, out):
    """Fill ``out`` with the words of points ``start, start + 1, ...`` of a replicate.

    Parameters
    ----------
    dimension : int
        Dimension of the lattice, below the length of `GENERATOR`; -1 for independent draws.
    stream : uint32[4]
        Names the draws, or the random shifts.
    replicate, points : int
        The replicate, and how many points it has: for a lattice a power of two, up to 2**20.
    start : int
        Index of the first point in its replicate.
    out : uint32[:]
        Receives the words: the upper half of i z / n + shift, in units of 2**-64, with z as of `component`. In a
        dimension beyond those of `LATTICE_DIMENSIONS`, i z is a random order of the whole numbers below n.
    """
    if dimension < 0:
        words(stream, replicate * points + start, out)
        return
    shift = shift_of(stream, replicate)
    # 2**64 / n, which has no room in 64 bits, as twice its half.
    whole = (np.uint64(2**63) // np.uint64(points)) * np.uint64(2)
    if is_ordered_at_random(dimension, points):
        order = np.empty(points, dtype=np.int64)
        random_order(stream, replicate, order)
        for i in range(out.size):
            out[i] = np.uint32((shift + whole * np.uint64(order[start + i])) >> HALF)
        return
    step = component(dimension, stream, replicate) * whole
    for i in range(out.size):
        out[i] = np.uint32((shift + step * np.uint64(start + i)) >> HALF)
