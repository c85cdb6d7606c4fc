"""Statistics of one cell's counts: what `wattquery.histograms.Histogram` says, for grids of many cells.

Bins are taken in blocks of 64. Sums over a block run over lanes that do not depend on each other, so that they
vectorise; blocks that hold nothing are left out; and a quantile is looked up by block first.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.histogram import BINS_PER_UNIT, bin_edge
from wattquery.kernels.order_statistics import REACHES, rank_bounds, relative_error

__all__ = [
    "LATTICE_ERROR",
    "ROUGH",
    "histogram_quantile",
    "mean_inflation",
    "summarize",
    "summarize_cells",
    "uneven",
]

ROUGH = 6.0
"""A bin that differs from its neighbours by more Poisson deviations than this is a point mass, no smooth density."""

BIN_WIDTH = 1.0 / BINS_PER_UNIT
LATTICE_ERROR = BIN_WIDTH / math.sqrt(12.0)
"""What the width of a bin leaves open of a single value in it, in ln E."""

STANDS_OUT = 3.0
"""Poisson deviations from which the resolution of the lattice is added to an error; noise adds little."""

EDGE = 0.1
"""Where one neighbour of a bin has less than this share of the other's draws, a distribution ends in between."""

WITHIN = 1.75
"""Standard errors by which a quantile may move in such a bin: 1.96, and an eighth more for the draws of the bins."""

LANES = 64
"""Bins of a block: sums run over blocks with a lane for each bin, which vectorises; levels are found block first."""

FEWEST_FOR_A_MEAN = 30.0
"""Fewer draws tell hardly anything of their own variance."""

SKEWED = 16.0
"""A mean is judged from this many times its squared skewness on: fewer draws may all miss the tail that makes it.

Cochran, Sampling Techniques (3rd ed., 1977), section 2.15, asks for 25 where nothing is done about the skewness."""


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
def uneven(here, below, above, noisy):
    """Return what even mass in its bin may move a quantile by, as a standard error in bins, as its neighbours tell.

    A bin that holds more than both is in part a point mass; one where a distribution ends is in part empty.

    Parameters
    ----------
    here, below, above : float64
        Draws, or their share, in the bin, in the one before and in the one after.
    noisy : bool
        Whether they are counts of independent draws.
    """
    most, least = max(below, above), min(below, above)
    noise = STANDS_OUT * math.sqrt(here + most + 1.0) if noisy else 0.0
    excess, share = here - 0.5 * (below + above), 0.0
    if excess > noise and here > 0.0:
        share = excess / here
    if least < EDGE * most and most - here > noise:
        share = max(share, 1.0 - here / most)
    return share / WITHIN


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
def mean_inflation(draws, skewness):
    """Return by how much the error of a mean exceeds std / sqrt(n); infinite where draws are too few for a skewed one.

    The half-widths of the 95 % and 99 % intervals of Student's t, longer by what the skewness g moves their ends,
    (2 t^2 + 1) g / (6 sqrt(n)), over their normal scores; the larger one counts.

    Source: Johnson, Journal of the American Statistical Association 73 (1978) 536-544,
    https://doi.org/10.1080/01621459.1978.10480051

    Parameters
    ----------
    draws : float64
        Number of draws n.
    skewness : float64
        Their skewness [1].
    """
    if draws < FEWEST_FOR_A_MEAN or not SKEWED * skewness * skewness <= draws:
        return np.inf
    freedom, largest = draws - 1.0, 1.0
    for which in range(REACHES.size):
        z = REACHES[which]
        # Student's t by its expansion in 1 / freedom (Abramowitz and Stegun, 26.7.5).
        t = z + (z**3 + z) / (4.0 * freedom) + (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / (96.0 * freedom * freedom)
        t += (2.0 * z * z + 1.0) * abs(skewness) / (6.0 * math.sqrt(draws))
        largest = max(largest, t / z)
    return largest * math.sqrt(draws / freedom)


@kernel
def _moments(counts, before, first_bin, total):
    """Return mean and standard deviation of the bins' centres, and the standard error of the mean [Wh]."""
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
    cubes, shifts = np.zeros(LANES), np.zeros(LANES)
    for block in range(blocks):
        if before[block + 1] > before[block]:
            scale = bin_edge(first_bin + block * LANES)
            for lane in range(min(LANES, counts.size - block * LANES)):
                mass, centre = np.float64(counts[block * LANES + lane]), scale * steps[lane]
                distance = centre - mean
                square = mass * (distance * distance)
                lanes[lane] += square
                cubes[lane] += square * distance
                shifts[lane] += (mass * centre) * (mass * centre)
    variance, cube, shift = 0.0, 0.0, 0.0
    for lane in range(LANES):
        variance += lanes[lane]
        cube += cubes[lane]
        shift += shifts[lane]
    deviation = math.sqrt(variance / total)
    skewness = cube / total / deviation / deviation / deviation if deviation > 0.0 else 0.0
    error = mean_inflation(total, skewness)
    if error < np.inf:
        # The centre of each bin stands for its draws, which matters where few bins hold nearly all.
        error = math.hypot(error * deviation / math.sqrt(total), LATTICE_ERROR * math.sqrt(shift) / total)
    return mean, deviation, error


@kernel
def _ranks(levels, total):
    """Return the ranks that enclose the quantile at each level (level, interval, end)."""
    ranks = np.empty((levels.size, REACHES.size, 2))
    for j in range(levels.size):
        for which in range(REACHES.size):
            ranks[j, which, 0], ranks[j, which, 1] = rank_bounds(total, levels[j], which)
    return ranks


@kernel
def _quantile_error(counts, before, level, total, ranks, point):
    """Return the standard error of a quantile over its energy: what its bounds allow, at a point that of the lattice.

    ``ranks`` are those of the level, see `_ranks`.
    """
    bin_, within = _position(counts, before, level, total)
    centre, relative, variance = bin_ + within, 0.0, total * level * (1.0 - level)
    for which in range(REACHES.size):
        low, high = ranks[which]
        if low < 1.0 or high > total:
            return np.inf
        low_bin, low_within = _position(counts, before, (low - 0.5) / total, total)
        high_bin, high_within = _position(counts, before, (high - 0.5) / total, total)
        below, above = centre - low_bin - low_within, high_bin + high_within - centre
        relative = max(relative, relative_error(below * BIN_WIDTH, above * BIN_WIDTH, REACHES[which], variance, point))
    if point:
        return max(relative, LATTICE_ERROR)
    below_it = np.float64(counts[bin_ - 1]) if bin_ > 0 else 0.0
    above_it = np.float64(counts[bin_ + 1]) if bin_ + 1 < counts.size else 0.0
    return math.hypot(relative, uneven(np.float64(counts[bin_]), below_it, above_it, True) * BIN_WIDTH)


@kernel
def _summarized(counts, first_bin, levels, before, ranks, energies, stderrs):
    """Fill what `summarize` does, and return mean, standard deviation and the standard error of the mean [Wh]."""
    total = np.float64(before[before.size - 1])
    if total == 0.0:
        energies[:] = np.nan
        stderrs[:] = np.nan
        return np.nan, np.nan, np.nan
    for j in range(levels.size):
        energies[j], point = _quantile(counts, before, first_bin, levels[j], total)
        stderrs[j] = energies[j] * _quantile_error(counts, before, levels[j], total, ranks[j], point)
    return _moments(counts, before, first_bin, total)


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
        Receive x_q and its standard error, from the order statistics that enclose the true quantile with 95 % and
        99 %: the distance of the farther end over 1.96 and 2.58, the larger of the two. It is infinite where too few
        draws lie beyond the quantile to bound it (5.3 for small shares). Without draws all is NaN.
    """
    before = _before_blocks(counts)
    ranks = _ranks(levels, np.float64(before[before.size - 1]))
    mean, deviation, _ = _summarized(counts, first_bin, levels, before, ranks, energies, stderrs)
    return mean, deviation


@kernel
def summarize_cells(
    cells, windows, ends, counts, levels, energy, energy_mean, energy_std, energy_stderr, energy_mean_stderr
):
    """Fill the rows of some cells with what `summarize` says of each, and with the standard errors of their means.

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
    energy, energy_stderr : float64[:, levels]
        Receive quantiles and their standard errors [Wh].
    energy_mean, energy_std, energy_mean_stderr : float64[:]
        Receive means, standard deviations and the standard errors of the means [Wh].
    """
    total, ranks = np.int64(-1), np.empty((levels.size, REACHES.size, 2))
    for i in range(cells.size):
        row = cells[i]
        own = counts[ends[i] - windows[i, 1] : ends[i]]
        before = _before_blocks(own)
        if before[before.size - 1] != total:  # all cells of a sweep have as many draws
            total = before[before.size - 1]
            ranks = _ranks(levels, np.float64(total))
        found = _summarized(own, windows[i, 0], levels, before, ranks, energy[row], energy_stderr[row])
        energy_mean[row], energy_std[row], energy_mean_stderr[row] = found
