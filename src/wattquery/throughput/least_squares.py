"""Many small regressions of one logarithm on two others at once, as flat arrays. Nothing is known of rows or lengths.

Logarithms are centred and made orthogonal (modified Gram-Schmidt, twice) and not squared into a Gram matrix, so that
columns that are nearly constant, or nearly alike, are told from those that are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Regressions", "regressions"]

Array = NDArray[np.float64]

# Lengths that change in step leave a rest of the size of their last written digit, which may be far above rounding;
# measured tables stay far above this.
_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Regressions:
    """Least squares of y on (1, x1, x2) in each of several groups.

    Attributes
    ----------
    coefficients
        b0, b1 and b2, a row per group.
    covariances
        (X'X)^-1 in the order b0, b1, b2, a matrix per group.
    centres
        Means of x1 and x2, a row per group.
    squares
        Sum of squared residuals of each group.
    has_rank
        Whether the three coefficients are determined; what is said of a group is of no use where they are not.
    """

    coefficients: Array
    covariances: Array
    centres: Array
    squares: Array
    has_rank: NDArray[np.bool_]


def regressions(x1: Array, x2: Array, y: Array, sizes: NDArray[np.int64]) -> Regressions:
    """Return the regression of each group of consecutive points.

    Parameters
    ----------
    x1, x2, y
        The points.
    sizes
        Points in each group, at least one.

    Examples
    --------
    >>> import numpy as np
    >>> x1, x2 = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0])
    >>> regressions(x1, x2, 5.0 + 2.0 * x1 - 3.0 * x2, np.array([4])).coefficients.round(12).tolist()
    [[5.0, 2.0, -3.0]]
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(sizes.size), sizes)

    def total(values: Array) -> Array:
        return np.add.reduceat(values, starts)

    def centred(values: Array) -> tuple[Array, Array]:
        mean = total(values) / sizes
        rest = values - mean[group]
        left = total(rest) / sizes  # the mean is rounded
        return mean + left, rest - left[group]

    with np.errstate(divide="ignore", invalid="ignore"):
        (mean1, c1), (mean2, c2), (mean, c) = centred(x1), centred(x2), centred(y)
        norm1, norm2 = np.sqrt(total(c1 * c1)), np.sqrt(total(c2 * c2))
        u1, u2 = c1 / norm1[group], c2 / norm2[group]
        along, rest = _orthogonal(u2, u1, total, group)
        apart = np.sqrt(total(rest * rest))  # sine of the angle between the two columns
        q = rest / apart[group]
        on_u1, residual = _orthogonal(c, u1, total, group)
        on_q, residual = _orthogonal(residual, q, total, group)
        b2 = on_q / (norm2 * apart)
        b1 = (on_u1 - along * on_q / apart) / norm1
        v11 = (1.0 + (along / apart) ** 2) / norm1**2
        v12 = -along / (norm1 * norm2 * apart**2)
        v22 = 1.0 / (norm2 * apart) ** 2
        v01, v02 = -(mean1 * v11 + mean2 * v12), -(mean1 * v12 + mean2 * v22)
        v00 = 1.0 / sizes - mean1 * v01 - mean2 * v02
        varied = np.minimum(norm1, norm2) > _RANK_TOLERANCE
    return Regressions(
        coefficients=np.column_stack([mean - b1 * mean1 - b2 * mean2, b1, b2]),
        covariances=np.array([[v00, v01, v02], [v01, v11, v12], [v02, v12, v22]]).transpose(2, 0, 1),
        centres=np.column_stack([mean1, mean2]),
        squares=total(residual * residual),
        has_rank=varied & (apart > _RANK_TOLERANCE),
    )


def _orthogonal(
    values: Array, unit: Array, total: Callable[[Array], Array], group: NDArray[np.int64]
) -> tuple[Array, Array]:
    """Return how far values go along unit vectors, group by group, and what is left of them."""
    first = total(values * unit)
    rest = values - first[group] * unit
    second = total(rest * unit)  # once more: the first round leaves what it rounded
    return first + second, rest - second[group] * unit
