"""The logarithmic lattice of energies, common to all cells, and the two passes that count draws on it.

Bin k holds ln E in [k/1024, (k + 1)/1024): it is 0.098 % wide, and its centre is within 0.049 % of every value in it.
A cell keeps a window of consecutive bins; counts are integers, so that blocks may be merged in any order.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compile import kernel

__all__ = ["BINS_PER_UNIT", "count", "index"]

BINS_PER_UNIT = 1024.0
"""Bins per unit of ln E."""

F = np.float32
ONE = np.uint32(1)


@kernel
def index(constant, slope, normal, term, last, indices):
    """Fill ``indices`` with the bin of each draw, counted from the first bin of its cell: the first pass.

    Parameters
    ----------
    constant, slope : float32
        Mean and standard deviation of the merged factors, in bins, the mean from the cell's first bin.
    normal : float32[:]
        Standard normals.
    term : float32[:]
        What depends on the lengths, in bins.
    last : float32
        The last bin; values outside the window go to its outermost bins, so that no draw is lost.
    indices : uint16[:] or uint32[:]
        Receives the bins.
    """
    for i in range(indices.size):
        position = constant + slope * normal[i] + term[i]
        indices[i] = np.int32(min(max(position, F(0.0)), last))


@kernel
def count(indices, counts):
    """Count each bin: the second pass. Unsigned indices spare the look for negative ones."""
    for i in range(indices.size):
        counts[np.uint64(indices[i])] += ONE
