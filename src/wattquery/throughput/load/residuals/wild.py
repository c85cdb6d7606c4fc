"""Weights of rows that lie too far from what all other rows say of them.

A row's own effect has the covariance A_row / w. With e the row's residuals less what the other rows predict of them, V
the covariance that e would have at weight 1, and d how many they are, z^2 = e' V^-1 e is chi-squared of d degrees, and

    w = min(1, (nu + d) / (nu + z^2))

is the weight of Student's t of nu degrees of freedom where the row lies too far, and no weight where it lies close.
Both come from the inverse P of the covariance of all residuals y: that of e is U = (P_rr)^-1, and e = U (P y)_r.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri

from wattquery.throughput.load.residuals.blocks import Block

__all__ = ["DEGREES_OF_FREEDOM", "row_weights", "settled_weights"]

Array = NDArray[np.float64]

DEGREES_OF_FREEDOM = 4.0
"""nu: of the tails that a row's own effect may have."""

_ROUNDS = 3


def settled_weights(block: Block, levels: Array) -> Array:
    """Return the weights of the rows of a block, after a few rounds of finding its wild ones.

    `levels` are the covariances of the outputs, (levels, 3, 3), the row's own last. Rows after the last one with a
    residual have no weight here.
    """
    weights = np.ones(1 + int(block.measured.rows.max()))
    shared = block.shared(levels)
    for _ in range(_ROUNDS):
        inverse = _inverse(shared + block.own(levels, weights))
        weights = row_weights(block, levels[-1], weights, inverse)
    return weights


def _inverse(covariance: Array) -> Array:
    """Invert a symmetric positive definite matrix, which takes half the work of any other's."""
    factor, failed = dpotrf(covariance, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("The covariance of residuals is not positive definite.")
    lower, _ = dpotri(factor, lower=1, overwrite_c=1)
    return np.asarray(np.tril(lower) + np.tril(lower, -1).T, dtype=np.float64)


def row_weights(block: Block, row_covariance: Array, weights: Array, inverse: Array) -> Array:
    """Return the next weights of the rows of a block.

    Parameters
    ----------
    block
        The residuals, those of one row after each other.
    row_covariance
        A_row of the three outputs, (3, 3).
    weights, inverse
        The weights so far, and the inverse of the covariance of the residuals with them.

    Returns
    -------
    Array
        Of each row, up to the last one with a residual.
    """
    measured = block.measured
    solved = inverse @ measured.values
    counts = np.bincount(measured.rows)
    first = np.cumsum(counts) - counts
    following = np.ones(len(counts))
    for count in range(1, counts.max() + 1):
        rows = np.flatnonzero(counts == count)
        places = first[rows, None] + np.arange(count)
        outputs = measured.weights[places]
        own = outputs @ row_covariance @ outputs.transpose(0, 2, 1)
        spread = np.linalg.inv(inverse[places[:, :, None], places[:, None, :]])
        far = spread @ solved[places][:, :, None]
        spread += own * (1.0 - 1.0 / weights[rows, None, None])
        size = np.sum(far * np.linalg.solve(spread, far), axis=(1, 2))
        following[rows] = np.minimum(1.0, (DEGREES_OF_FREEDOM + count) / (DEGREES_OF_FREEDOM + size))
    return following
