"""Quasi-random points of a group of cells to the statistics of each: quantiles, moments and their errors."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.kernels.drivers.quasi_errors import deviations, statistics
from wattquery.kernels.drivers.quasi_monte_carlo import REACH, WHOLE, bin_shares, coarse_nodes, coarsen
from wattquery.kernels.statistics import LATTICE_ERROR, mean_inflation
from wattquery.methods.replicates import (
    NODE_BINS,
    REPLICATES,
    SLOPE_POINTS,
    Replicates,
    coarse_window,
    counted_deviations,
    spread_error,
    students_t,
)
from wattquery.methods.statistics import Array, Integers, Statistics

__all__ = ["Points", "Window", "statistics_of_cells"]

NODES_PER_SIGMA = 16
"""Nodes at least per standard deviation of the normal: the distribution function is then known to 2e-7."""

POINTS_OF_A_TAIL = 8.0
"""How many times more evenly spread points than independent draws are asked for before a skewed mean is judged by them:
all replicates have about as many points in a tail, so that what lies beyond does not show in their spread."""

ROUNDING = 1e-12
"""Variance over the squared mean below which it is rounding."""

Nodes = tuple[Array, Array, Array]


@dataclass(frozen=True)
class Window:
    """Where the masses of a group lie, and what kind they are of.

    Attributes
    ----------
    first_bin
        The lattice index of the first mass.
    smooth
        Whether the merged normal is integrated, and not drawn or absent.
    discrete
        Whether all that is drawn takes given values only, such as whole tokens, a narrow normal aside: where they are
        counted, they are known to the resolution of the lattice.
    certain
        Whether nothing is drawn: lengths and all other factors but the merged normal are fixed.
    """

    first_bin: int
    smooth: bool
    discrete: bool
    certain: bool


@dataclass(frozen=True, eq=False)
class Points:
    """All points of a group of cells.

    Attributes
    ----------
    masses
        Points by replicate and bin.
    points
        Points of each replicate.
    window
        Where they lie.
    known_nodes
        What `nodes` has found.
    """

    masses: Integers
    points: int
    window: Window
    known_nodes: dict[int, Nodes] = field(default_factory=dict, init=False)

    def __getstate__(self) -> dict[str, object]:
        """Return the masses without what was made of them."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.init} | {"known_nodes": {}}

    @property
    def random_points(self) -> int:
        """Points of each replicate, 0 where nothing is left to them."""
        return 0 if self.window.certain else self.points

    @cached_property
    def has_points(self) -> NDArray[np.bool_]:
        """Whether each bin holds anything."""
        return np.asarray(self.masses.any(axis=0))

    @cached_property
    def occupied(self) -> slice:
        """The bins that hold anything."""
        bins = np.flatnonzero(self.has_points)
        return slice(int(bins[0]), int(bins[-1]) + 1)

    @cached_property
    def moments(self) -> tuple[float, float, float]:
        """Mean and variance of exp(g) over all points, and the standard error of the mean."""
        occupied, smooth = self.occupied, self.window.smooth
        total = self.masses[:, occupied].sum(axis=0)
        shares = total / total.sum()
        index = np.arange(occupied.start, occupied.stop) + self.window.first_bin + (0.0 if smooth else 0.5)
        values = np.exp(index * BIN_WIDTH)
        mean = float(shares @ values)
        variance = max(float(shares @ (values - mean) ** 2), 0.0)
        error = 0.0 if smooth else LATTICE_ERROR * float(np.linalg.norm(shares * values))
        if not self.window.certain and variance > ROUNDING * mean**2:
            draws = total.sum() / (WHOLE if smooth else 1)
            skewness = float(shares @ (values - mean) ** 3) / variance**1.5
            # So few points may all miss the tail that makes a mean: their spread then says nothing of it.
            if math.isinf(mean_inflation(draws / POINTS_OF_A_TAIL, skewness)):
                return mean, variance, math.inf
            means = self.masses[:, occupied] @ values / self.masses[:, occupied].sum(axis=1)
            error = math.hypot(error, float(spread_error(means - mean)))
        return mean, variance, error

    def nodes(self, step: int) -> Nodes:
        """Return the nodes that lie ``step`` bins apart [ln Wh], and their shares, see `coarsen`."""
        if step not in self.known_nodes:
            occupied = self.occupied
            first_bin = self.window.first_bin + occupied.start
            first, nodes = coarse_nodes(first_bin, occupied.stop - occupied.start, step)
            shares, sums = np.empty((REPLICATES + 1, nodes)), np.empty((REPLICATES + 1, nodes + 1))
            coarsen(np.ascontiguousarray(self.masses[:, occupied]), first_bin, step, shares, sums)
            # Two threads may both find them: they find the same.
            self.known_nodes[step] = (first + np.arange(nodes)) * (step * BIN_WIDTH), shares, sums
        return self.known_nodes[step]


def statistics_of_cells(
    points: Points, cells: Integers, numbers: Array, levels: tuple[float, ...], keep_histograms: bool
) -> Statistics:
    """Return the statistics of some cells of a group.

    Parameters
    ----------
    points
        The points of the group.
    cells, numbers
        The cells' numbers, and mean and standard deviation of the merged normal of each.
    levels, keep_histograms
        As of `wattquery.methods.statistics.Statistics`.
    """
    block = Statistics.blank(cells, levels, keep_histograms, points.points * REPLICATES)
    for row, (mean, sigma) in enumerate(numbers.tolist()):
        if points.window.smooth:
            _enter_smooth(block, row, points, mean, sigma)
        else:
            _enter_counted(block, row, points, mean)
    return block


def _enter_smooth(block: Statistics, row: int, points: Points, mean: float, sigma: float) -> None:
    """Enter a cell whose merged normal is integrated."""
    nodes, shares, sums = points.nodes(2 ** max(0, math.floor(math.log2(sigma / (NODES_PER_SIGMA * BIN_WIDTH)))))
    levels = np.asarray(block.levels)
    quantiles, stderrs = np.empty(levels.size), np.empty(levels.size)
    known = nodes, shares, sums, sigma, points.window.first_bin, points.has_points, points.random_points
    statistics(levels, mean, *known, students_t(REPLICATES), quantiles, stderrs)
    energies = np.exp(quantiles)
    _enter(block, row, points, energies, energies * stderrs, mean, sigma)
    if block.keep_histograms:
        histogram = _normals_histogram(mean + nodes, shares[-1], sums[-1], sigma)
        first, count = coarse_window(histogram)
        apart, hidden = np.empty((REPLICATES, count)), np.empty(count)
        deviations(first, NODE_BINS, mean, *known, apart, hidden)
        _keep(block, row, histogram, Replicates(first, apart, hidden))


def _enter_counted(block: Statistics, row: int, points: Points, mean: float) -> None:
    """Enter a cell whose points are counted: it has no merged normal, or a narrow one that is drawn."""
    occupied = points.occupied
    counts = points.masses[:, occupied]
    first_bin = points.window.first_bin + occupied.start
    pooled = Histogram(first_bin, counts.sum(axis=0))
    levels = np.asarray(block.levels)
    unshifted = pooled.quantiles(levels)
    sums = np.pad(np.cumsum(counts, axis=1), ((0, 0), (1, 0))) / points.points
    sampled = sums, points.random_points
    apart, hidden = counted_deviations(*sampled, np.log(unshifted) / BIN_WIDTH - first_bin, levels)
    stderrs = pooled.error_from_levels(levels, np.hypot(spread_error(apart), hidden), SLOPE_POINTS * hidden)
    if points.window.discrete:
        stderrs = np.maximum(stderrs, LATTICE_ERROR * unshifted)
    scale = math.exp(mean)
    _enter(block, row, points, scale * unshifted, scale * stderrs, mean, 0.0)
    if block.keep_histograms:
        histogram = pooled.moved(mean)
        first, count = coarse_window(histogram)
        position = (first + np.arange(count)) * NODE_BINS - mean / BIN_WIDTH - first_bin
        _keep(block, row, histogram, Replicates(first, *counted_deviations(*sampled, position)))


def _enter(
    block: Statistics, row: int, points: Points, energies: Array, stderrs: Array, mean: float, sigma: float
) -> None:
    """Enter the quantiles of a cell, and moments of E [Wh], where ln E = ``mean`` + g + ``sigma`` z."""
    first, variance, error = points.moments
    scale = math.exp(mean + 0.5 * sigma**2)
    values: dict[str, Array | float] = {
        "energy": energies,
        "energy_mean": scale * first,
        "energy_std": scale * math.sqrt(math.exp(sigma**2) * variance + first**2 * math.expm1(sigma**2)),
        "energy_stderr": stderrs,
        "energy_mean_stderr": scale * error,
    }
    for name, array in block.arrays.items():
        array[row] = values[name]


def _keep(block: Statistics, row: int, histogram: Histogram, replicates: Replicates) -> None:
    """Keep the histogram of a cell, and what its replicates disagree by."""
    cell = int(block.cells[row])
    block.keep(cell, histogram)
    block.replicates[cell] = replicates


def _normals_histogram(nodes: Array, weights: Array, sums: Array, sigma: float) -> Histogram:
    """Return a sum of normals as probabilities on the lattice."""
    first_bin = math.floor((nodes[0] - REACH * sigma) / BIN_WIDTH) - 1
    shares = np.empty(math.ceil((nodes[-1] + REACH * sigma) / BIN_WIDTH) + 1 - first_bin)
    bin_shares(first_bin, nodes, weights, sums, sigma, shares)
    return Histogram(first_bin, shares / shares.sum())
