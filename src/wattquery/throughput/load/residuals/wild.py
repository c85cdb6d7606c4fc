"""Weights of rows that lie too far from their configuration: those of Student's t, found by iteration.

A row's own effect has the covariance A_row / w. With u its posterior mean and V its posterior covariance, the weight is

    w = (nu + d) / (nu + u' A_row^-1 u + tr(A_row^-1 V))

with d the residuals of the row (expectation-maximisation for Student's t of nu degrees of freedom).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.blocks import Block

__all__ = ["DEGREES_OF_FREEDOM", "row_weights"]

Array = NDArray[np.float64]

DEGREES_OF_FREEDOM = 4.0
"""nu: what a row's own effect is Student's t of; repeat runs have tails about as heavy."""


def row_weights(block: Block, row_covariance: Array, weights: Array, inverse: Array) -> Array:
    """Return the next weights of the rows of a block.

    Parameters
    ----------
    block
        The residuals, those of one row after each other.
    row_covariance
        A_row of the three outputs, (3, 3).
    weights
        Of each row, as `inverse` has them.
    inverse
        Of the covariance of the residuals.

    Returns
    -------
    Array
        Of each row; 1 for one without a residual, and above it for one that lies closer than it had to.
    """
    measured = block.measured
    solved = inverse @ measured.values
    counts = np.bincount(measured.rows, minlength=len(weights))
    first = np.cumsum(counts) - counts
    following = np.ones(len(weights))
    for count in range(1, counts.max() + 1):
        rows = np.flatnonzero(counts == count)
        places = first[rows, None] + np.arange(count)
        outputs = measured.weights[places]
        scale = outputs @ row_covariance @ outputs.transpose(0, 2, 1)
        own = scale / weights[rows, None, None]
        effect = (own @ solved[places][:, :, None])[:, :, 0]
        rest = own - own @ inverse[places[:, :, None], places[:, None, :]] @ own
        squares = effect[:, :, None] * effect[:, None, :] + rest
        size = np.trace(np.linalg.solve(scale, squares), axis1=1, axis2=2)
        following[rows] = (DEGREES_OF_FREEDOM + count) / (DEGREES_OF_FREEDOM + size)
    return following
