"""Moments of single factors and of pairs of them: what means and variances of a fleet are made of."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wattquery.lowering.length_rules import length_rule
from wattquery.specs import Distribution, LogNormal

__all__ = ["joint_moment", "moment"]

Array = NDArray[np.float64]

SMOOTH = 0.25
"""Panels of a continuous factor are at most this wide [ln x]."""

HALVINGS = 50
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


@lru_cache(maxsize=4096)
def moment(distribution: Distribution, power: float) -> float:
    """Return E[X^k] of a positive factor.

    Closed for a lognormal, a sum for atoms, otherwise Gauss-Legendre panels that leave out a probability of 1e-14.
    """
    if isinstance(distribution, LogNormal):
        return math.exp(power * distribution.mu + 0.5 * (power * distribution.sigma) ** 2)
    values, weights = length_rule(distribution, whole=False, sigma=SMOOTH).nodes
    return float(weights @ values**power)


@lru_cache(maxsize=4096)
def joint_moment(first: Distribution, power: float, second: Distribution, other_power: float) -> float:
    """Return E[X^j Y^k] of two factors that have one quantile level: that share what is not known of them."""
    if first == second:
        return moment(first, power + other_power)
    if isinstance(first, LogNormal) and isinstance(second, LogNormal):
        mean = power * first.mu + other_power * second.mu
        return math.exp(mean + 0.5 * (power * first.sigma + other_power * second.sigma) ** 2)
    total = 0.0
    for values, others, weights in zip(*map(_at_levels, (first, second)), _level_weights(), strict=True):
        total += float(weights @ (values**power * others**other_power))
    return total


@lru_cache(maxsize=256)
def _at_levels(distribution: Distribution) -> tuple[Array, Array]:
    """Return quantiles below the median, and above it by the probability of lying above."""
    levels = _levels()
    return np.asarray(distribution.ppf(levels)), np.asarray(distribution.isf(levels))


@lru_cache(maxsize=1)
def _levels() -> Array:
    """Return probabilities up to a half on panels that halve towards zero."""
    stops = 2.0 ** -np.arange(1, HALVINGS)
    return np.asarray((0.5 * stops[:, None] * (1.5 + 0.5 * _NODES)).ravel())


def _level_weights() -> tuple[Array, Array]:
    stops = 2.0 ** -np.arange(1, HALVINGS)
    weights = (0.25 * stops[:, None] * _WEIGHTS).ravel()
    return weights, weights
