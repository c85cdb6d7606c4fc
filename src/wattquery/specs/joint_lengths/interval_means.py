"""Means of a margin between shares of the requests: of a column of rows, or of a distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.joint_lengths.rows import DECIMALS

__all__ = ["Margin", "interval_means"]

POINTS = 8
TAIL_POINTS, GRADING = 32, 4.0
"""Of Gauss's rule in each interval; the outermost are graded towards their ends, where a quantile may be infinite."""


@dataclass(frozen=True)
class Margin:
    """A column of rows in its order, ready for means between shares of its weight.

    Attributes
    ----------
    levels
        Cumulative weights, from 0 to 1.
    sums
        Cumulative sums of weight times value.
    low, high
        The smallest and the largest value.
    """

    levels: FloatArray
    sums: FloatArray
    low: float
    high: float

    @classmethod
    def of(cls, column: FloatArray, weights: FloatArray) -> Margin:
        """Return the margin of a column, in any order."""
        order = np.argsort(column, kind="stable")
        weights, column = weights[order], column[order]
        levels = np.concatenate([[0.0], np.cumsum(weights)])
        sums = np.concatenate([[0.0], np.cumsum(weights * column)])
        return cls(levels / levels[-1], sums / levels[-1], float(column[0]), float(column[-1]))

    def scaled(self, factor: float) -> Margin:
        """Return the margin of ``factor`` times the column."""
        return Margin(self.levels, factor * self.sums, factor * self.low, factor * self.high)

    def means(self, edges: FloatArray) -> FloatArray:
        """Return the means between increasing shares from 0 to 1, rows split where an edge cuts them."""
        means = np.diff(np.interp(edges, self.levels, self.sums)) / np.diff(edges)
        return np.asarray(np.round(np.clip(means, self.low, self.high), DECIMALS), np.float64)

    def in_order_of(self, values: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the means between the cumulative weights of some values, the smallest for the smallest value."""
        order = np.argsort(values, kind="stable")
        edges = np.concatenate([[0.0], np.cumsum(weights[order])])
        means = np.empty(len(values))
        means[order] = self.means(edges / edges[-1])
        return means


def interval_means(distribution: Distribution, count: int) -> FloatArray:
    """Return the means of a distribution in so many intervals of equal probability.

    Examples
    --------
    >>> from wattquery.specs import Uniform
    >>> interval_means(Uniform(0, 8), 4).tolist()
    [1.0, 3.0, 5.0, 7.0]
    """
    edges = np.arange(count + 1) / count
    atoms = distribution.atoms()
    if atoms is not None:
        return Margin.of(*atoms).means(edges)
    # Between its knots a quantile function is smooth, and a table is linear, for which the rule is exact.
    cuts = np.unique(np.concatenate([edges, np.asarray(distribution.knots(), np.float64)]))
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    widths = np.diff(cuts)
    inside = cuts[:-1, None] + widths[:, None] * (0.5 + 0.5 * nodes)
    parts = (np.asarray(distribution.ppf(inside)) * (0.5 * weights)).sum(axis=1) * widths
    parts[0], parts[-1] = _end(distribution, cuts[1], upper=False), _end(distribution, 1.0 - cuts[-2], upper=True)
    sums = np.add.reduceat(parts, np.searchsorted(cuts[:-1], edges[:-1]))
    return np.asarray(np.round(np.maximum.accumulate(sums * count), DECIMALS), np.float64)


def _end(distribution: Distribution, width: float, *, upper: bool) -> float:
    """Return the integral of the quantile function over the outermost interval, which may run to infinity."""
    nodes, weights = np.polynomial.legendre.leggauss(TAIL_POINTS)
    t = 0.5 + 0.5 * nodes
    shares = width * t**GRADING
    quantiles = distribution.isf(shares) if upper else distribution.ppf(shares)
    return float((quantiles * (0.5 * weights) * GRADING * width * t ** (GRADING - 1.0)).sum())
