"""The logarithmic lattice of energies, common to all cells, and the two passes that count draws on it.

Bin k holds ln E in [k/1024, (k + 1)/1024): it is 0.098 % wide, and its centre is within 0.049 % of every value in it.
A cell keeps a window of consecutive bins; counts are integers, so that blocks may be merged in any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used, kernel

__all__ = ["BINS_PER_UNIT", "NO_BIN", "bin_edge", "bin_index", "count", "count_energy", "index"]

BINS_PER_UNIT = 1024.0
"""Bins per unit of ln E."""

NO_BIN = -(2**63)
"""The bin of what has none: NaN and infinite ln E."""

LARGEST_INDEX = 2.0**53  # beyond it a float64 does not tell whole numbers apart
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
    """Count each bin: the second pass. Unsigned indices spare the look for negative ones.

    Parameters
    ----------
    indices : uint16[:] or uint32[:]
        Bins, counted from the first one of ``counts``. None may lie outside: that is not looked at, and would write
        into other memory. See `count_energy` for draws that may be anywhere.
    counts : uint32[:] or int64[:]
        Receives the counts.
    """
    for i in range(indices.size):
        counts[np.uint64(indices[i])] += ONE


@kernel
def bin_index(log_energy):
    """Return the lattice bin k that holds an energy: ln E is in [k/1024, (k + 1)/1024).

    In double precision: the block kernels work in single precision and may put a draw that lies within a thousandth
    of a bin from an edge on the other side of it.

    Parameters
    ----------
    log_energy : float64
        ln E [ln Wh].

    Returns
    -------
    int64
        Below zero for energies below 1 Wh; `NO_BIN` for NaN and infinities.

    Examples
    --------
    >>> from wattquery.kernels import bin_index
    >>> bin_index(0.0), bin_index(-0.0001), bin_index(1.0)
    (0, -1, 1024)
    """
    position = np.floor(log_energy * BINS_PER_UNIT)
    return np.int64(position) if abs(position) < LARGEST_INDEX else np.int64(NO_BIN)


@compiled_where_used
def bin_edge(bin_: Any) -> Any:
    """Return the lower edge exp(k/1024) of lattice bin k [Wh], which is the upper edge of bin k - 1.

    Parameters
    ----------
    bin_
        k [1]; ``k + 1/2`` gives the bin's centre.

    Examples
    --------
    >>> import numpy as np
    >>> from wattquery.kernels import bin_edge
    >>> bin_edge(np.array([-1, 0, 0.5, 1])).round(4)
    array([0.999 , 1.    , 1.0005, 1.001 ])
    """
    return np.exp(bin_ / BINS_PER_UNIT)


@kernel
def count_energy(log_energy, first_bin, counts):
    """Count one energy, wherever it lies, and return whether it lay inside the histogram.

    Parameters
    ----------
    log_energy : float64
        ln E [ln Wh]. Outside the histogram it is counted in the outermost bin, so that no draw is lost; NaN and
        infinities are not counted.
    first_bin : int64
        The lattice bin of ``counts[0]``.
    counts : uint32[:] or int64[:]
        Receives the count.

    Returns
    -------
    bool
        False where ln E was outside the histogram, or was not counted.

    Examples
    --------
    >>> import numpy as np
    >>> from wattquery.kernels import count_energy
    >>> counts = np.zeros(3, dtype=np.int64)
    >>> [count_energy(log_energy, -1, counts) for log_energy in (0.0, 7.0, np.nan)], counts
    ([True, False, False], array([0, 1, 1]))
    """
    bin_ = bin_index(log_energy)
    if bin_ == NO_BIN or counts.size == 0:
        return False
    place = bin_ - np.int64(first_bin)
    within = min(max(place, 0), counts.size - 1)
    counts[within] += ONE
    return place == within
