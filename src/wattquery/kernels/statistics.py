"""Statistics of one cell's counts in one pass: what `wattquery.lattice.Histogram` says, for grids of many cells."""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.histogram import BINS_PER_UNIT

__all__ = ["ROUGH", "summarize"]

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
        q -+ sqrt(q (1 - q) / n).
    """
    cumulative = np.zeros(counts.size + 1, dtype=np.int64)
    for k in range(counts.size):
        cumulative[k + 1] = cumulative[k] + counts[k]
    total = np.float64(cumulative[counts.size])
    for j in range(levels.size):
        q = levels[j]
        bin_, within = _position(cumulative, q, total)
        point = _is_point(counts, bin_)
        energies[j] = math.exp((first_bin + bin_ + (0.5 if point else within)) * BIN_WIDTH)
        spread = math.sqrt(q * (1.0 - q) / total)
        low_bin, low_within = _position(cumulative, max(q - spread, 0.0), total)
        high_bin, high_within = _position(cumulative, min(q + spread, 1.0), total)
        relative = (high_bin + high_within - low_bin - low_within) * 0.5 * BIN_WIDTH
        stderrs[j] = energies[j] * (max(relative, LATTICE_ERROR) if point else relative)
    first, _ = _position(cumulative, 0.0, total)
    last, _ = _position(cumulative, 1.0, total)
    lowest = math.exp((first_bin + first + 0.5) * BIN_WIDTH)
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
