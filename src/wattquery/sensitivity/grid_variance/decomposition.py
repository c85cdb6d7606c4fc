"""The variance of a table, split among its axes and their interactions. Arrays only: no labels, no Datasets.

For a function on a full factorial grid with independent weights per axis, the Hoeffding decomposition

    f = sum_u f_u,    f_u = prod_{i in u} (1 - P_i) prod_{i not in u} P_i f,

with P_i the weighted mean over axis i, has orthogonal terms, so that their variances add up to that of f.
Source: Hoeffding, Annals of Mathematical Statistics 19 (1948), 293, https://doi.org/10.1214/aoms/1177730196;
Efron and Stein, Annals of Statistics 9 (1981), 586, https://doi.org/10.1214/aos/1176345462.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Effect", "effect_noise", "effects", "total_effect", "weighted_mean"]

Array = NDArray[np.float64]
Effect = tuple[tuple[int, ...], Array]


def effects(table: Array, weights: Sequence[Array], order: int) -> Iterator[Effect]:
    """Yield each effect up to an order: the axes that it joins, and its variance in every slice.

    Parameters
    ----------
    table
        Values; the axes to be decomposed come first, in the order of ``weights``. Others are kept.
    weights
        One array per decomposed axis, with a sum of 1.
    order
        Most axes that an effect may join.

    Notes
    -----
    The mean and the deviation are taken one axis after the other, so that an effect is never larger than the axes
    that it joins, and all 2^d of them cost about what d passes over the table do.
    """
    yield from _split(table, weights, order, axis=0, joined=())


def _split(table: Array, weights: Sequence[Array], order: int, axis: int, joined: tuple[int, ...]) -> Iterator[Effect]:
    if axis == len(weights):
        if joined:
            squares = table**2
            for i, weight in enumerate(weights):
                squares = _mean(squares, weight if i in joined else np.ones(1), i)
            yield joined, squares.reshape(table.shape[len(weights) :])
        return
    mean = _mean(table, weights[axis], axis)
    yield from _split(mean, weights, order, axis + 1, joined)
    if len(joined) < order:
        yield from _split(table - mean, weights, order, axis + 1, (*joined, axis))


def total_effect(table: Array, weights: Sequence[Array], axis: int) -> Array:
    """Return the variance of all effects that an axis takes part in: the mean over the others of the variance along it.

    Source: Homma and Saltelli, Reliability Engineering and System Safety 52 (1996), 1,
    https://doi.org/10.1016/0951-8320(96)00002-6.
    """
    return weighted_mean((table - _mean(table, weights[axis], axis)) ** 2, weights)


def effect_noise(variances: Array, weights: Sequence[Array], joined: Sequence[int], *, independent: bool) -> Array:
    r"""Return the variance that an effect has of the sampling errors of the cells alone, in every slice.

    .. math::

        \sum_c v_c \prod_{i \in u} w_i (1 - w_i) \prod_{i \notin u} w_i^2

    With n_i labels of equal weight and equal variances that is v times the degrees of freedom, the product of n_i - 1,
    over the number of cells. That is for independent errors. Errors that go together, as with common random numbers,
    cancel within an effect and do not average out over the axes that it leaves out: at most w_i stands for w_i^2 there.

    Parameters
    ----------
    variances
        Of the sampling error of each cell; axes as in `effects`, infinite where nothing is known.
    weights
        As in `effects`.
    joined
        The axes of the effect.
    independent
        Whether the errors of the cells are independent; otherwise an upper bound.
    """
    unknown = np.isinf(variances)
    finite, missed = np.where(unknown, 0.0, variances), unknown.astype(np.float64)
    for i, weight in enumerate(weights):
        own = weight * (1.0 - weight) if i in joined else weight**2 if independent else weight
        finite, missed = (np.tensordot(own, one, axes=(0, 0)) for one in (finite, missed))
    return np.asarray(np.where(missed > 0.0, np.inf, finite))


def weighted_mean(table: Array, weights: Sequence[Array]) -> Array:
    """Return the mean over the first ``len(weights)`` axes."""
    for weight in weights:
        table = np.tensordot(weight, table, axes=(0, 0))
    return np.asarray(table)


def _mean(table: Array, weight: Array, axis: int) -> Array:
    """Return the weighted mean along an axis, which is kept with length 1."""
    return np.expand_dims(np.tensordot(weight, table, axes=(0, axis)), axis)
