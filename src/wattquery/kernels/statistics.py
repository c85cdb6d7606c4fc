"""Statistics of one cell's counts: what `wattquery.lattice.Histogram` says, for grids of many cells.

Bins are taken in blocks of 64. Sums over a block run over lanes that do not depend on each other, so that they
vectorise; blocks that hold nothing are left out; and a quantile is looked up by block first.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.histogram import BINS_PER_UNIT, bin_edge

__all__ = ["LATTICE_ERROR", "ROUGH", "histogram_quantile", "summarize", "summarize_cells"]

ROUGH = 6.0
"""A bin that differs from its neighbours by more Poisson deviations than this is a point mass, no smooth density."""

BIN_WIDTH = 1.0 / BINS_PER_UNIT
LATTICE_ERROR = BIN_WIDTH / math.sqrt(12.0)
"""What the width of a bin leaves open of a single value in it, in ln E."""

LANES = 64


@kernel
def _before_blocks(counts):
    """Return the counts that lie before each block, and in the end all of them."""
    before = np.empty(-(-counts.size // LANES) + 1, dtype=np.int64)
    before[0] = 0
    for block in range(before.size - 1):
        total = np.int64(0)
        for k in range(block * LANES, min((block + 1) * LANES, counts.size)):
            total += np.int64(counts[k])
        before[block + 1] = before[block] + total
    return before


@kernel
def _position(counts, before, level, total):
    """Return the bin of a level and the share of that bin below it."""
    target = level * total
    low, high = 0, before.size - 2
    while low < high:
        middle = (low + high) // 2
        if before[middle + 1] >= target:
            high = middle
        else:
            low = middle + 1
    below, bin_ = before[low], low * LANES
    # Level 0 belongs to the first bin that holds anything.
    while bin_ < counts.size - 1 and (counts[bin_] == 0 or below + np.int64(counts[bin_]) < target):
        below += np.int64(counts[bin_])
        bin_ += 1
    mass = np.int64(counts[bin_])
    within = (target - below) / mass if mass > 0 else 0.0
    return bin_, min(max(within, 0.0), 1.0)


@kernel
def _is_point(counts, bin_):
    """Return whether a bin stands out from its neighbours by more than noise."""
    here = np.float64(counts[bin_])
    below = np.float64(counts[bin_ - 1]) if bin_ > 0 else 0.0
    above = np.float64(counts[bin_ + 1]) if bin_ + 1 < counts.size else 0.0
    neighbours = 0.5 * (below + above)
    return abs(here - neighbours) > ROUGH * math.sqrt(1.5 * max(here, neighbours) + 1.0)


@kernel
def _quantile(counts, before, first_bin, level, total):
    """Return the quantile [Wh] at a level, and whether its bin is a point mass."""
    bin_, within = _position(counts, before, level, total)
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
    before = _before_blocks(counts)
    total = np.float64(before[before.size - 1])
    if total == 0.0 or not 0.0 <= level <= 1.0:
        return np.nan
    return _quantile(counts, before, first_bin, level, total)[0]


@kernel
def _moments(counts, before, first_bin, total):
    """Return mean and standard deviation of the bins' centres [Wh]."""
    steps, lanes = np.empty(LANES), np.zeros(LANES)
    for lane in range(LANES):
        steps[lane] = bin_edge(lane + 0.5)
    blocks = before.size - 1
    for block in range(blocks):
        if before[block + 1] > before[block]:
            scale = bin_edge(first_bin + block * LANES)
            for lane in range(min(LANES, counts.size - block * LANES)):
                lanes[lane] += np.float64(counts[block * LANES + lane]) * scale
    mean = 0.0
    for lane in range(LANES):
        mean += lanes[lane] * steps[lane]
        lanes[lane] = 0.0
    mean /= total
    for block in range(blocks):
        if before[block + 1] > before[block]:
            scale = bin_edge(first_bin + block * LANES)
            for lane in range(min(LANES, counts.size - block * LANES)):
                distance = scale * steps[lane] - mean
                lanes[lane] += np.float64(counts[block * LANES + lane]) * (distance * distance)
    variance = 0.0
    for lane in range(LANES):
        variance += lanes[lane]
    return mean, math.sqrt(variance / total)


@kernel
def summarize(counts, first_bin, levels, energies, stderrs):
    """Fill quantiles and their standard errors [Wh] of one cell, and return mean and standard deviation [Wh].

    Parameters
    ----------
    counts : int64[:] or uint32[:]
        Draws per bin.
    first_bin : int
        Lattice index of the first bin.
    levels : float64[:]
        Probability levels.
    energies, stderrs : float64[:]
        Receive x_q, and sqrt(q (1 - q) / n) / f(x_q) as half the distance between the quantiles at
        q -+ sqrt(q (1 - q) / n). Without draws all is NaN.
    """
    before = _before_blocks(counts)
    total = np.float64(before[before.size - 1])
    if total == 0.0:
        energies[:] = np.nan
        stderrs[:] = np.nan
        return np.nan, np.nan
    for j in range(levels.size):
        q = levels[j]
        energies[j], point = _quantile(counts, before, first_bin, q, total)
        spread = math.sqrt(q * (1.0 - q) / total)
        low_bin, low_within = _position(counts, before, max(q - spread, 0.0), total)
        high_bin, high_within = _position(counts, before, min(q + spread, 1.0), total)
        relative = (high_bin + high_within - low_bin - low_within) * 0.5 * BIN_WIDTH
        stderrs[j] = energies[j] * (max(relative, LATTICE_ERROR) if point else relative)
    return _moments(counts, before, first_bin, total)


@kernel
def summarize_cells(cells, windows, ends, counts, levels, energies, stderrs, means, deviations):
    """Fill the rows of some cells with what `summarize` says of each.

    Parameters
    ----------
    cells : int64[:]
        The rows to fill.
    windows : int64[cells, 2]
        First lattice bin and number of bins.
    ends : int64[cells]
        Where the bins of a cell end in ``counts``.
    counts : int64[:] or uint32[:]
        Draws per bin.
    levels : float64[:]
        Probability levels.
    energies, stderrs : float64[:, levels]
        Receive quantiles and their standard errors [Wh].
    means, deviations : float64[:]
        Receive means and standard deviations [Wh].
    """
    for i in range(cells.size):
        row = cells[i]
        own = counts[ends[i] - windows[i, 1] : ends[i]]
        means[row], deviations[row] = summarize(own, windows[i, 0], levels, energies[row], stderrs[row])
