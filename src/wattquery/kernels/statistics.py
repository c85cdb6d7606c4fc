"""Statistics of one cell's counts in one pass: what `wattquery.lattice.Histogram` says, for grids of many cells."""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.histogram import BINS_PER_UNIT, bin_edge

__all__ = ["ROUGH", "histogram_quantile", "summarize"]

ROUGH = 6.0
"""A bin that differs from its neighbours by more Poisson deviations than this is a point mass, no smooth density."""

BIN_WIDTH = 1.0 / BINS_PER_UNIT
LATTICE_ERROR = BIN_WIDTH / math.sqrt(12.0)


@kernel
def _position(cumulative, level, total):
    """Return the bin of a level and the share of that bin below it."""
    target = level * total
    low, high = 0, cumulative.size - 2
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle + 1] >= target:
            high = middle
        else:
            low = middle + 1
    # Level 0 belongs to the first bin that holds anything.
    while low < cumulative.size - 2 and cumulative[low + 1] == cumulative[low]:
        low += 1
    mass = cumulative[low + 1] - cumulative[low]
    within = (target - cumulative[low]) / mass if mass > 0 else 0.0
    return low, min(max(within, 0.0), 1.0)


@kernel
def _is_point(counts, bin_):
    """Return whether a bin stands out from its neighbours by more than noise."""
    here = np.float64(counts[bin_])
    below = np.float64(counts[bin_ - 1]) if bin_ > 0 else 0.0
    above = np.float64(counts[bin_ + 1]) if bin_ + 1 < counts.size else 0.0
    neighbours = 0.5 * (below + above)
    return abs(here - neighbours) > ROUGH * math.sqrt(1.5 * max(here, neighbours) + 1.0)


@kernel
def _cumulative(counts):
    """Return how many draws lie below each edge, one more than there are bins."""
    cumulative = np.zeros(counts.size + 1, dtype=np.int64)
    for k in range(counts.size):
        cumulative[k + 1] = cumulative[k] + counts[k]
    return cumulative


@kernel
def _quantile(cumulative, counts, first_bin, level, total):
    """Return the quantile [Wh] at a level, and whether its bin is a point mass."""
    bin_, within = _position(cumulative, level, total)
    point = _is_point(counts, bin_)
    return bin_edge(first_bin + bin_ + (0.5 if point else within)), point


@kernel
def histogram_quantile(counts, first_bin, level):
    """Return the energy below which the share ``level`` of the counted draws lies [Wh].

    Inside a bin the draws are taken as even in ln E; of a bin that stands out from its neighbours by more than noise,
    a point mass, the centre is returned. `summarize` is faster for several levels.

    Parameters
    ----------
    counts : int64[:] or uint32[:]
        Draws per bin.
    first_bin : int64
        The lattice bin of ``counts[0]``.
    level : float64
        Probability in [0, 1].

    Returns
    -------
    float64
        NaN without draws, and for other levels.

    Examples
    --------
    >>> import numpy as np
    >>> from wattquery.kernels import histogram_quantile
    >>> round(histogram_quantile(np.array([0, 10, 10, 0]), first_bin=-2, level=0.5), 6)
    1.0
    """
    cumulative = _cumulative(counts)
    total = np.float64(cumulative[counts.size])
    if total == 0.0 or not 0.0 <= level <= 1.0:
        return np.nan
    return _quantile(cumulative, counts, first_bin, level, total)[0]


@kernel
def summarize(counts, first_bin, levels, energies, stderrs):
    """Fill quantiles and their standard errors [Wh] of one cell, and return mean and standard deviation [Wh].

    Parameters
    ----------
    counts : int64[:]
        Draws per bin.
    first_bin : int
        Lattice index of the first bin.
    levels : float64[:]
        Probability levels.
    energies, stderrs : float64[:]
        Receive x_q, and sqrt(q (1 - q) / n) / f(x_q) as half the distance between the quantiles at
        q -+ sqrt(q (1 - q) / n). Without draws all is NaN.
    """
    cumulative = _cumulative(counts)
    total = np.float64(cumulative[counts.size])
    if total == 0.0:
        energies[:] = np.nan
        stderrs[:] = np.nan
        return np.nan, np.nan
    for j in range(levels.size):
        q = levels[j]
        energies[j], point = _quantile(cumulative, counts, first_bin, q, total)
        spread = math.sqrt(q * (1.0 - q) / total)
        low_bin, low_within = _position(cumulative, max(q - spread, 0.0), total)
        high_bin, high_within = _position(cumulative, min(q + spread, 1.0), total)
        relative = (high_bin + high_within - low_bin - low_within) * 0.5 * BIN_WIDTH
        stderrs[j] = energies[j] * (max(relative, LATTICE_ERROR) if point else relative)
    first, _ = _position(cumulative, 0.0, total)
    last, _ = _position(cumulative, 1.0, total)
    lowest = bin_edge(first_bin + first + 0.5)
    step = math.exp(BIN_WIDTH)
    mean, centre = 0.0, lowest
    for k in range(first, last + 1):
        mean += counts[k] * centre
        centre *= step
    mean /= total
    variance, centre = 0.0, lowest
    for k in range(first, last + 1):
        variance += counts[k] * (centre - mean) ** 2
        centre *= step
    return mean, math.sqrt(variance / total)
