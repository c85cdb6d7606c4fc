"""Many small least-squares fits with three coefficients that must not be negative, as flat arrays. No rows, no lengths.

With three columns there are seven sets of coefficients that may be positive. The least squares of each is written down,
and of those without a negative coefficient the one that fits best is the answer: exact, and for many fits at once.

References
----------
Lawson and Hanson, Solving Least Squares Problems, SIAM 1995, chapter 23 (what the solution must fulfil).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NonNegativeFits", "non_negative", "non_negative_fits"]

Array = NDArray[np.float64]

_COLUMNS = 3
# Smallest eigenvalue of the Gram matrix of columns of unit length: a sine of 3e-6 between one and the others. Lengths
# that change in step leave a thousandth of that.
_RANK_TOLERANCE = 1e-11
_REFINEMENTS = 2


@dataclass(frozen=True, eq=False)
class NonNegativeFits:
    """Least squares of 1 on three columns in each of several groups, with coefficients that are not negative.

    Attributes
    ----------
    coefficients
        A row per group.
    fitted
        X times the coefficients, for each point.
    has_rank
        Whether the columns can be told apart; what is said of a group is of no use where they cannot.
    """

    coefficients: Array
    fitted: Array
    has_rank: NDArray[np.bool_]


def non_negative_fits(columns: Array, sizes: NDArray[np.int64]) -> NonNegativeFits:
    """Return the fit of each group of consecutive points.

    Parameters
    ----------
    columns
        A row per point, three columns of numbers above 0; NaN where one is not known.
    sizes
        Points in each group, at least one.

    Examples
    --------
    >>> import numpy as np
    >>> columns = np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 1.0], [1.0, 3.0, 3.0], [1.0, 4.0, 1.0]])
    >>> seconds = columns @ [4.0, 0.0, 2.0]
    >>> non_negative_fits(columns / seconds[:, None], np.array([4])).coefficients.round(12).tolist()
    [[4.0, 0.0, 2.0]]
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(sizes.size), sizes)
    norms = np.sqrt(np.add.reduceat(columns**2, starts))
    units = columns / norms[group]
    gram = np.add.reduceat(units[:, :, None] * units[:, None, :], starts)
    known: NDArray[np.bool_] = np.all(np.isfinite(gram), axis=(1, 2))
    has_rank = known & (np.linalg.eigvalsh(np.where(known[:, None, None], gram, 0.0))[:, 0] > _RANK_TOLERANCE)
    gram = np.where(has_rank[:, None, None], gram, np.eye(_COLUMNS))
    solution = non_negative(gram, np.add.reduceat(units, starts))
    positive = solution > 0.0
    for _ in range(_REFINEMENTS):  # squaring the columns has cost digits, which what is left of the points gives back
        rest = 1.0 - np.sum(units * solution[group], axis=1)
        left = np.where(positive, np.add.reduceat(units * rest[:, None], starts), 0.0)
        held = positive[:, :, None] & positive[:, None, :]
        step = np.linalg.solve(np.where(held, gram, np.eye(_COLUMNS)), left[:, :, None])[:, :, 0]
        solution = np.where(positive, np.maximum(solution + step, 0.0), 0.0)
    return NonNegativeFits(
        coefficients=solution / norms,
        fitted=np.sum(units * solution[group], axis=1),
        has_rank=has_rank,
    )


def non_negative(gram: Array, moments: Array) -> Array:
    """Return the coefficients b, none below 0, that make b' G b - 2 b' m least, for each of many G and m.

    Parameters
    ----------
    gram
        Gram matrices G of three columns of unit length, or one for all.
    moments
        m, three numbers in each row, not all below 0.
    """
    best = np.zeros(np.broadcast_shapes(gram.shape[:-1], moments.shape))
    most = np.zeros(best.shape[:-1])
    for solution in _unconstrained(gram, moments):
        gain = np.sum(solution * moments, axis=-1)
        with np.errstate(invalid="ignore"):
            better = (gain > most) & np.all(solution >= 0.0, axis=-1)
        best[better], most[better] = np.broadcast_to(solution, best.shape)[better], gain[better]
    return best


def _unconstrained(gram: Array, moments: Array) -> Iterator[Array]:
    """Yield the least squares of each set of coefficients, the others 0; NaN where its columns are alike."""
    with np.errstate(divide="ignore", invalid="ignore"):
        yield _of_all(gram, moments)
        for i, j in ((0, 1), (0, 2), (1, 2)):
            (g, h), cross = (gram[..., i, i], gram[..., j, j]), gram[..., i, j]
            m, n = moments[..., i], moments[..., j]
            determinant = g * h - cross**2
            yield _placed({i: (h * m - cross * n) / determinant, j: (g * n - cross * m) / determinant})
        for i in range(_COLUMNS):
            yield _placed({i: moments[..., i] / gram[..., i, i]})


def _of_all(gram: Array, moments: Array) -> Array:
    """Return the least squares of all three, by cofactors."""
    cofactors = np.empty(gram.shape)
    for i in range(_COLUMNS):
        for j in range(_COLUMNS):
            (p, q), (r, s) = (i - 2, i - 1), (j - 2, j - 1)
            cofactors[..., i, j] = gram[..., p, r] * gram[..., q, s] - gram[..., p, s] * gram[..., q, r]
    determinant = np.sum(gram[..., 0, :] * cofactors[..., 0, :], axis=-1)
    return np.asarray(np.sum(cofactors * moments[..., None, :], axis=-1) / determinant[..., None])


def _placed(values: dict[int, Array]) -> Array:
    """Return three columns from some of them, the others 0."""
    nothing = np.zeros(np.shape(next(iter(values.values()))))
    return np.stack([values.get(i, nothing) for i in range(_COLUMNS)], axis=-1)
