"""Factors by which intervals hold what they promise, by support and quantity, from rows that the fit did not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.errors import InputError, did_you_mean, quoted

__all__ = ["Calibration", "calibrate_factors"]

Array = NDArray[np.float64]
Words = NDArray[np.object_]

LEVELS_OF_INTERVALS = (0.5, 0.9)
"""Central intervals that are calibrated."""

CLUSTERS_TO_BE_TRUSTED = 8.0
"""Architectures at which a group's own factor and the pooled one weigh the same."""

_SMALLEST, _LARGEST = 0.3, 4.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """Factors of the standard deviation for central intervals of 50 and 90 %.

    Attributes
    ----------
    factors
        By support and quantity: the factors of the two intervals. Support ``""`` is the pooled one of a quantity.
    """

    factors: dict[tuple[str, str], tuple[float, float]]

    def scores(self, probability: float, support: Words, quantity: str) -> Array:
        """Return how many standard deviations from the median a quantile lies, a number per row.

        The normal score of the probability times the factor of 50 % up to the quartiles, and on straight lines in the
        normal score through the 5 and 95 % quantiles beyond: symmetric, and rising with the probability.

        Raises
        ------
        InputError
            If the probability is not between 0 and 1, or the quantity not one that was calibrated.
        """
        if not 0.0 < probability < 1.0:
            raise InputError(f"Got the probability {probability!r}. A quantile has one above 0 and below 1. Pass 0.05.")
        known = {name for _, name in self.factors}
        if quantity not in known:
            raise InputError(f"No interval of {quoted(quantity)} was calibrated.{did_you_mean(quantity, known)}")
        knots = ndtri(0.5 + 0.5 * np.array(LEVELS_OF_INTERVALS))
        score = float(ndtri(probability))
        every = {one: _score(abs(score), knots, self._factors(one, quantity)) for one in set(support)}
        found: Array = np.sign(score) * np.array([every[one] for one in support], dtype=np.float64)
        return found

    def outer(self, support: str, quantity: str) -> float:
        """Return the factor of the 90 % interval: of a normal distribution that is to have its 5 and 95 % quantiles."""
        return float(self._factors(support, quantity)[1])

    def _factors(self, support: str, quantity: str) -> Array:
        found = self.factors.get((support, quantity), self.factors[("", quantity)])
        return np.array(found)


def calibrate_factors(
    z: Array, support: Words, quantity: Words, *, cluster: Words | None = None, prior: tuple[float, float] = (1.0, 1.0)
) -> Calibration:
    """Return factors from z scores of rows that the fit did not see.

    The factor of a group is the 50 or 90 % quantile of its |z| over that of the normal distribution. Every cluster
    weighs by the square root of its rows, so that one with many does not speak for all. A group's logarithm is shrunk
    to its quantity's over all support classes, and that to the prior, by c / (c + 8) with c the number of clusters.

    Parameters
    ----------
    z
        (Measured - predicted) / standard deviation, of logarithms; NaN is left out.
    support, quantity, cluster
        Labels of each; rows of one cluster, such as an architecture, err together. None: each row is a cluster.
    prior
        Factors without any row.

    Examples
    --------
    >>> z = 2.0 * np.random.default_rng(1).normal(size=5000)
    >>> labels = {name: np.full(5000, name, dtype=object) for name in ("measured", "tpot_s")}
    >>> found = calibrate_factors(z, labels["measured"], labels["tpot_s"])
    >>> [round(one, 1) for one in found.factors["measured", "tpot_s"]]
    [2.0, 2.0]
    """
    ids = np.arange(len(z)) if cluster is None else np.unique(cluster.astype(str), return_inverse=True)[1]
    used, size = np.isfinite(z), np.abs(z)
    factors: dict[tuple[str, str], tuple[float, float]] = {}
    for name in sorted(set(quantity)):
        mine = used & (quantity == name)
        pooled = _shrunk(size[mine], ids[mine], np.asarray(np.log(prior)))
        factors["", name] = _pair(pooled)
        for one in sorted(set(support[mine])):
            group = mine & (support == one)
            factors[one, name] = _pair(_shrunk(size[group], ids[group], pooled))
    return Calibration(factors)


def _shrunk(size: Array, ids: NDArray[np.int64], towards: Array) -> Array:
    """Logarithms of the factors of one group."""
    _, place, rows = np.unique(ids, return_inverse=True, return_counts=True)
    if not len(rows):
        return np.asarray(towards)
    each = np.asarray(rows[place] ** -0.5, dtype=np.float64)
    own = np.log(_quantiles(size, each) / ndtri(0.5 + 0.5 * np.array(LEVELS_OF_INTERVALS)))
    # Rows that err together say less than as many clusters: counted by how unevenly they are spread.
    weight = np.bincount(place, each)
    clusters = weight.sum() ** 2 / (weight**2).sum()
    trust = clusters / (clusters + CLUSTERS_TO_BE_TRUSTED)
    found: Array = trust * np.clip(own, np.log(_SMALLEST), np.log(_LARGEST)) + (1.0 - trust) * np.asarray(towards)
    return found


def _quantiles(size: Array, weights: Array) -> Array:
    """Weighted quantiles of |z| at the two levels."""
    order = np.argsort(size)
    share = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    return np.interp(LEVELS_OF_INTERVALS, share, np.maximum(size[order], 1e-12))


def _pair(logarithms: Array) -> tuple[float, float]:
    """Factors such that the outer interval is the wider one."""
    inner, outer = np.exp(logarithms).tolist()
    knots = ndtri(0.5 + 0.5 * np.array(LEVELS_OF_INTERVALS))
    return inner, max(outer, 1.05 * inner * float(knots[0] / knots[1]))


def _score(score: float, knots: Array, factors: Array) -> float:
    """On straight lines through 0, the quartile and the 95 % quantile, the last one going on."""
    inner, outer = knots * factors
    if score <= knots[0]:
        return float(score * factors[0])
    return float(inner + (score - knots[0]) * (outer - inner) / (knots[1] - knots[0]))
