"""The logarithm of the marginal likelihood, its gradient, and its average information.

With K the covariance of the residuals y, a = K^-1 y and V_t = dK/dt,

    l = -(ln|K| + y'a) / 2        dl/dt = (a' V_t a - tr(K^-1 V_t)) / 2        I_ts = (V_t a)' K^-1 (V_s a) / 2

References
----------
Gilmour, Thompson and Cullis, Biometrics 51 (1995) 1440 (average information), https://doi.org/10.2307/2533274
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.blocks import Block

__all__ = ["Derivatives", "derivatives", "log_likelihood"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Derivatives:
    """The likelihood at one set of covariances, how it changes with them, and the inverses that it took.

    Attributes
    ----------
    value
        Logarithm of the likelihood, without its constant.
    gradient
        (levels, numbers).
    information
        (levels x numbers, levels x numbers).
    inverses
        K^-1 of each block.
    """

    value: float
    gradient: Array
    information: Array
    inverses: list[Array]


def log_likelihood(blocks: Sequence[Block], levels: Array, weights: Sequence[Array]) -> float:
    """Return the logarithm of the marginal likelihood, without its constant; -inf where a covariance is none."""
    total = 0.0
    for block, rows in zip(blocks, weights, strict=True):
        try:
            lower = np.linalg.cholesky(block.covariance(levels, rows))
        except np.linalg.LinAlgError:
            return -np.inf
        scaled = np.linalg.solve(lower, block.measured.values)
        total -= np.log(np.diag(lower)).sum() + 0.5 * float(scaled @ scaled)
    return total


def derivatives(blocks: Sequence[Block], levels: Array, slopes: Array, weights: Sequence[Array]) -> Derivatives:
    """Return value, gradient and average information.

    Parameters
    ----------
    blocks
        The residuals by architecture.
    levels
        Covariances of the outputs, (levels, 3, 3), the row's own last.
    slopes
        Of these covariances by their numbers, (levels, numbers, 3, 3).
    weights
        Of the rows of each block.
    """
    count, numbers = slopes.shape[:2]
    value, gradient = 0.0, np.zeros((count, numbers))
    information, inverses = np.zeros((count * numbers, count * numbers)), []
    for block, rows in zip(blocks, weights, strict=True):
        covariance = block.covariance(levels, rows)
        inverse = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
        solved = inverse @ block.measured.values
        moved = np.empty((count * numbers, len(solved)))
        curvature = np.outer(solved, solved) - inverse
        outputs = block.measured.weights
        for level, kernel in enumerate((*block.kernels, block.row_kernel(rows))):
            pulled = outputs.T @ (curvature * kernel) @ outputs
            gradient[level] += 0.5 * np.einsum("tij,ij->t", slopes[level], pulled)
            shared = kernel @ (outputs * solved[:, None])
            moved[level * numbers : (level + 1) * numbers] = np.einsum(
                "ra,tab,rb->tr", outputs, slopes[level], shared, optimize=True
            )
        information += 0.5 * moved @ inverse @ moved.T
        value -= 0.5 * (np.linalg.slogdet(covariance)[1] + block.measured.values @ solved)
        inverses.append(inverse)
    return Derivatives(float(value), gradient, information, inverses)
