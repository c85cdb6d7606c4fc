"""Weights of rows that lie too far from what all other rows say of them.

A row's own effect has the covariance A_row / w. With e the row's residuals less what the other rows predict of them, V
the covariance of e, and d how many they are, z^2 = e' V^-1 e is chi-squared of d degrees, and

    w = min(1, (nu + d) / (nu + z^2))

is the weight of Student's t of nu degrees of freedom where the row lies too far, and no weight where it lies close.
Both come from the inverse P of the covariance of all residuals y: V = (P_rr)^-1 and e = V (P y)_r.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.blocks import Block

__all__ = ["DEGREES_OF_FREEDOM", "row_weights", "settled_weights"]

Array = NDArray[np.float64]

DEGREES_OF_FREEDOM = 4.0
"""nu: what a row's own effect is Student's t of; repeat runs have tails about as heavy."""


_ROUNDS = 3


def settled_weights(block: Block, levels: Array) -> Array:
    """Return the weights of the rows of a block, after a few rounds of finding its wild ones.

    `levels` are the covariances of the outputs, (levels, 3, 3), the row's own last. Rows after the last one with a
    residual have no weight here.
    """
    weights = np.ones(1 + int(block.measured.rows.max()))
    for _ in range(_ROUNDS):
        inverse = np.asarray(np.linalg.inv(block.covariance(levels, weights)), dtype=np.float64)
        weights = row_weights(block, inverse)
    return weights


def row_weights(block: Block, inverse: Array) -> Array:
    """Return the next weights of the rows of a block.

    Parameters
    ----------
    block
        The residuals, those of one row after each other.
    inverse
        Of the covariance of the residuals, which has the weights so far.

    Returns
    -------
    Array
        Of each row, up to the last one with a residual.
    """
    measured = block.measured
    solved = inverse @ measured.values
    counts = np.bincount(measured.rows)
    first = np.cumsum(counts) - counts
    weights = np.ones(len(counts))
    for count in range(1, counts.max() + 1):
        rows = np.flatnonzero(counts == count)
        places = first[rows, None] + np.arange(count)
        own = inverse[places[:, :, None], places[:, None, :]]
        far = solved[places]
        size = np.sum(far * np.linalg.solve(own, far[:, :, None])[:, :, 0], axis=1)
        weights[rows] = np.minimum(1.0, (DEGREES_OF_FREEDOM + count) / (DEGREES_OF_FREEDOM + size))
    return weights
