"""The rows of one architecture as the equations of a Gaussian process see them: kernels, weights and values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.levels import LEVELS, level_codes, level_kernel
from wattquery.throughput.load.residuals.places import Measured, Places

__all__ = ["Block", "block_of", "cross_covariance", "kernels_between", "weighted_sum"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Block:
    """Measured residuals of one architecture.

    Attributes
    ----------
    measured
        The residuals, their rows counted within the block.
    kernels
        k(i, j) of every level but the last, (levels, residuals, residuals).
    same_row
        Whether two residuals belong to one row.
    """

    measured: Measured
    kernels: Array
    same_row: NDArray[np.bool_]

    def covariance(self, levels: Array, row_weights: Array) -> Array:
        """Return the covariance of the residuals, of `levels` (levels + 1, 3, 3) with the row's effect as the last."""
        return self.shared(levels) + self.own(levels, row_weights)

    def shared(self, levels: Array) -> Array:
        """Return the part of the covariance that rows share, which no weight changes."""
        return weighted_sum(levels[:-1], self.measured.weights, self.kernels, self.measured.weights)

    def own(self, levels: Array, row_weights: Array) -> Array:
        """Return the part of the covariance that rows have of their own."""
        found: Array = self.row_kernel(row_weights) * (self.measured.weights @ levels[-1] @ self.measured.weights.T)
        return found

    def row_kernel(self, row_weights: Array) -> Array:
        """Return k(i, j) of the row's effect: larger where a row's weight is small."""
        kernel: Array = self.same_row / row_weights[self.measured.rows][:, None]
        return kernel


def block_of(places: Places, measured: Measured) -> Block:
    """Return the block of rows that all belong to one architecture."""
    rows = measured.rows
    kernels = _kernels(places, rows, rows)
    return Block(measured, kernels, rows[:, None] == rows[None, :])


def weighted_sum(levels: Array, weights: Array, kernels: Array, other_weights: Array) -> Array:
    """Return sum over levels of k(i, j) w_i' A w_j: (residuals, other residuals)."""
    total = np.zeros(kernels.shape[1:])
    for one, kernel in zip(levels, kernels, strict=True):
        total += kernel * (weights @ one @ other_weights.T)
    return total


def kernels_between(places: Places, others: Places) -> Array:
    """Return k(i, j) between the rows of two tables: (levels, rows, other rows)."""
    count = len(places)
    return _kernels(Places.joined([places, others]), np.arange(count), np.arange(count, count + len(others)))


def cross_covariance(levels: Array, kernels: Array, measured: Measured) -> Array:
    """Return the covariance of the three outputs of rows with measured residuals: (rows, 3, residuals).

    `kernels` are (levels, rows, rows of the measured ones).
    """
    total = np.zeros((kernels.shape[1], 3, len(measured)))
    for one, kernel in zip(levels, kernels, strict=True):
        total += kernel[:, None, measured.rows] * (one @ measured.weights.T)[None]
    return total


def _kernels(places: Places, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Array:
    """k(i, j) of every level between two choices of rows."""
    pairs = zip(LEVELS, level_codes(places), strict=True)
    every = [level_kernel(level, codes, places, rows, others) for level, codes in pairs]
    return np.array(every).reshape(len(LEVELS), len(rows), len(others))
