"""What replicates of a quasi-random sample disagree by: kept beside a histogram, so that mixtures know their error.

A replicate is one random shift of all points. How far its distribution function F_r lies from the mean F of all R of
them is kept at every 16th edge of the energy lattice. Mixing, trimming (at quantiles of F) and dividing by levers act
on F, and to first order on its deviations alike: then the spread of replicates of the *result* is its error, whatever
the parts have in common. Arrays only: no labels, no files, no random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.kernels.drivers.quasi_errors import INFORMING_POINTS

__all__ = [
    "NODE_BINS",
    "REPLICATES",
    "SLOPE_POINTS",
    "Replicates",
    "coarse_window",
    "counted_deviations",
    "mixed_replicates",
    "spread_error",
    "students_t",
]

Array = NDArray[np.float64]

REPLICATES = 16
"""Independent shifts: their spread is known to 18 %, and Student's t for 15 degrees of freedom judges it."""

NODE_BINS = 16
"""Bins of the energy lattice from one node to the next, 1.6 %."""

SLOPE_POINTS = 4.0
"""Points, as a standard error, over which a slope is taken at least: between single ones it is ragged."""


def students_t(replicates: int) -> float:
    """Return the score of a 95 % interval of a mean of replicates: Student's t with R - 1 degrees of freedom."""
    return float(stdtrit(replicates - 1.0, 0.975))


def spread_error(deviations: ArrayLike) -> Array:
    """Return the standard error of a mean of R replicates, from how far each lies from it (replicate, ...).

    It is made so that 1.96 of it cover: longer by what Student's t with R - 1 degrees of freedom exceeds the normal
    distribution by at 95 %, and by what the skewness g of the replicates moves the ends of an interval,
    (2 t^2 + 1) g / (6 sqrt(R)). Where few points make a tail, replicates that miss it lie close together.

    Source: Johnson, Journal of the American Statistical Association 73 (1978) 536-544,
    https://doi.org/10.1080/01621459.1978.10480051
    """
    apart = np.asarray(deviations, dtype=np.float64)
    replicates, t = apart.shape[0], students_t(apart.shape[0])
    squares, cubes = np.mean(apart**2, axis=0), np.abs(np.mean(apart**3, axis=0))
    skewness = np.divide(cubes, squares**1.5, out=np.zeros(squares.shape), where=squares**1.5 > 0.0)
    scale = (t + (2.0 * t * t + 1.0) * skewness / (6.0 * replicates**0.5)) / float(ndtri(0.975))
    return np.asarray(scale * np.sqrt(squares / (replicates - 1.0)))


@dataclass(frozen=True, eq=False)
class Replicates:
    """Deviations of replicates from their mean, on the coarse nodes of the energy lattice.

    Attributes
    ----------
    first_node
        Index of the first node: node j is at ln E = 16 j / 1024.
    deviations
        F_r - F (replicate, node) [1].
    steps
        What the spread of the replicates cannot show, as a standard error of F at each node [1]: steps that all of them
        take alike, and tails that hardly any point has met.
    """

    first_node: int
    deviations: Array
    steps: Array

    def aligned(self, first_node: int, nodes: int) -> Replicates:
        """Return the same on another window of nodes, which must contain this one."""
        ends = self.first_node - first_node, nodes - (self.first_node - first_node) - self.steps.size
        deviations = np.pad(self.deviations, ((0, 0), ends))
        return Replicates(first_node, deviations, np.pad(self.steps, ends, mode="edge"))

    def moved(self, distance: float) -> Replicates:
        """Return the same of a distribution moved by a distance in ln E."""
        away = distance / (NODE_BINS * BIN_WIDTH)
        whole = int(np.floor(away))
        nodes = np.arange(self.steps.size)
        before = np.arange(self.steps.size + 1) - (away - whole)
        deviations = np.array([np.interp(before, nodes, row, left=0.0, right=0.0) for row in self.deviations])
        return Replicates(self.first_node + whole, deviations, np.interp(before, nodes, self.steps))

    def quantile_stderr(self, distribution: Histogram, levels: ArrayLike) -> Array:
        """Return the standard errors [Wh] of the quantiles of the distribution that these are replicates of."""
        place = np.log(distribution.quantiles(levels)) / (NODE_BINS * BIN_WIDTH) - self.first_node
        nodes = np.arange(self.steps.size)
        # Between nodes the error is taken and not the deviations, which differ in sign.
        steps = np.interp(place, nodes, self.steps)
        errors = np.hypot(np.interp(place, nodes, spread_error(self.deviations)), steps)
        return distribution.error_from_levels(levels, errors, SLOPE_POINTS * steps)

    def mean_stderr(self) -> float:
        """Return the standard error [Wh] of the mean: that of the integral of 1 - F over E."""
        energies = np.exp((self.first_node + np.arange(self.steps.size)) * (NODE_BINS * BIN_WIDTH))
        return float(spread_error(self.deviations @ energies * (NODE_BINS * BIN_WIDTH)))


def coarse_window(histogram: Histogram) -> tuple[int, int]:
    """Return the first of the nodes that enclose a histogram, and how many there are."""
    first = histogram.first_bin // NODE_BINS
    return first, -(-(histogram.first_bin + histogram.masses.size) // NODE_BINS) + 1 - first


def counted_deviations(sums: Array, points: int, position: Array, levels: Array | None = None) -> tuple[Array, Array]:
    """Return F_r - F (replicate, position) where points are counted, and what that does not show, at some positions.

    All replicates may take the same step: no share is known better than to one point. And where there is hardly a point
    beyond, it may be anything down to that.

    Parameters
    ----------
    sums
        Shares of each replicate below each bin edge.
    points
        Points of each replicate; 0 where nothing is random.
    position
        Where to look, in bins.
    levels
        F there, if it is known better: a point mass has more than one.
    """
    edges = np.arange(sums.shape[1])
    below = np.array([np.interp(position, edges, row) for row in sums])
    pooled = below.mean(axis=0)
    if points == 0:
        return below - pooled, np.zeros(pooled.shape)
    one_point = 1.0 / (sums.shape[0] * points)
    level = pooled if levels is None else levels
    tail = np.clip(np.minimum(level, 1.0 - level), 0.0, 1.0)
    return below - pooled, one_point + np.where(tail < INFORMING_POINTS * one_point, tail, 0.0)


def mixed_replicates(
    parts: Sequence[Replicates],
    distributions: Sequence[Histogram],
    weights: Sequence[float],
    trim: tuple[float, float] = (0.0, 1.0),
    divisor: Histogram | None = None,
) -> Replicates:
    """Return the replicates of a mixture of trimmed distributions, divided by an independent factor.

    Parameters
    ----------
    parts, distributions
        Replicates of each member, and their mean.
    weights
        Share of each member [1].
    trim
        Quantiles that each member is cut to.
    divisor
        Distribution of 1 / M, of a factor that divides the mixture.
    """
    first = min(one.first_node for one in parts)
    last = max(one.first_node + one.steps.size for one in parts)
    low, high = trim
    deviations, steps = np.zeros((parts[0].deviations.shape[0], last - first)), np.zeros(last - first)
    for part, distribution, weight in zip(parts, distributions, weights, strict=True):
        wide = part.aligned(first, last - first)
        edges = (first + np.arange(last - first)) * NODE_BINS - distribution.first_bin
        below = np.interp(edges, np.arange(distribution.masses.size + 1), distribution.cumulative)
        kept = weight / (high - low) * (((below > low) | (low == 0.0)) & ((below < high) | (high == 1.0)))
        deviations += kept * wide.deviations
        steps += kept * wide.steps
    mixture = Replicates(first, deviations, steps)
    return mixture if divisor is None else _divided(mixture, divisor)


def _divided(replicates: Replicates, divisor: Histogram) -> Replicates:
    """Return the replicates of E / M, by convolution on the nodes."""
    nodes = np.rint((divisor.first_bin + 0.5 + np.arange(divisor.masses.size)) / NODE_BINS).astype(np.int64)
    chances = np.bincount(nodes - nodes[0], weights=divisor.masses / divisor.total)
    deviations = np.array([np.convolve(row, chances) for row in replicates.deviations])
    edges = np.pad(replicates.steps, chances.size, mode="edge")
    steps = np.convolve(edges, chances)[chances.size : chances.size + deviations.shape[1]]
    return Replicates(replicates.first_node + int(nodes[0]), deviations, steps)
