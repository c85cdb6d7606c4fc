"""Random words of a set of points, one dimension at a time: independent draws, or a randomly shifted lattice.

Either way a word names the same quantile, so that everything behind it stays as it is. A set comes in replicates that
are independent of each other: what they disagree by is an honest measure of the error of their mean.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.philox import word_of, words

__all__ = ["GENERATOR", "MOST_POINTS", "point_words", "shift_of"]

GENERATOR = np.array(
    [
        *(1, 182667, 469891, 498753, 110745, 446247, 250185, 118627, 245333, 283199, 408519, 391023, 246327, 126539),
        *(399185, 461527, 300343, 69681, 516695, 436179, 106383, 238523, 413283, 70841, 47719, 300129, 113029, 123925),
        *(410745, 211325, 17489, 511893, 40767, 186077, 519471, 255369, 101819, 243573, 66189, 152143),
    ],
    dtype=np.uint64,
)
"""Generating vector of a lattice of 2**m points, m up to 20; all pairs of dimensions are good ones.

Source: Cools, Kuo, Nuyens, "Constructing embedded lattice rules for multivariate integration", SIAM Journal on
Scientific Computing 28 (2006) 2162-2188, https://doi.org/10.1137/06065074X (order-2 weights, first 40 of 250
dimensions).
"""

MOST_POINTS = 2**20
SHIFTS = 2**40
"""Where a stream's shifts begin: an index that no draw reaches."""

HALF = np.uint64(32)


@kernel
def shift_of(stream, replicate):
    """Return the random shift of one replicate, in units of 2**-64."""
    high, low = word_of(stream, SHIFTS + replicate, 0), word_of(stream, SHIFTS + replicate, 1)
    return (np.uint64(high) << HALF) | np.uint64(low)


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
        The replicate, and how many points it has: for a lattice a power of two, from 2 to 2**20.
    start : int
        Index of the first point in its replicate.
    out : uint32[:]
        Receives the words: of a lattice the upper half of i z / n + shift, in units of 2**-64.
    """
    if dimension < 0:
        words(stream, replicate * points + start, out)
        return
    shift = shift_of(stream, replicate)
    # 2**64 / n, which has no room in 64 bits, as twice its half.
    step = GENERATOR[dimension] * (np.uint64(2**63) // np.uint64(points)) * np.uint64(2)
    for i in range(out.size):
        out[i] = np.uint32((shift + step * np.uint64(start + i)) >> HALF)
