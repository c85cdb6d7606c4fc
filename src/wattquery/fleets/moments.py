"""Moments of single factors and of pairs of them: what means and variances of a fleet are made of."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wattquery.methods.exact.length_rules import length_rule
from wattquery.specs import Distribution, LogNormal
from wattquery.specs.factors import Factor

__all__ = ["joint_moment", "moment", "shared_moment"]

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
    cuts = [*_cuts(first), *_cuts(second)]
    total = 0.0
    for upper in (False, True):
        levels, weights = _panels([1.0 - cut for cut in cuts] if upper else cuts)
        values, others = ((one.isf if upper else one.ppf)(levels) for one in (first, second))
        total += float(weights @ (values**power * others**other_power))
    return total


def shared_moment(first: Factor, second: Factor) -> float:
    """Return the mean of the product of what two factors multiply or divide by, whose draws are the same.

    Those that are sums over common directions share as much as their loadings say.
    """
    of_first, of_second = first.distribution, second.distribution
    if not first.loadings or not isinstance(of_first, LogNormal) or not isinstance(of_second, LogNormal):
        return joint_moment(of_first, first.sign, of_second, second.sign)
    both = 2.0 * first.sign * second.sign * of_first.sigma * of_second.sigma
    variance = of_first.sigma**2 + of_second.sigma**2 + both * float(np.dot(first.loadings, second.loadings))
    return math.exp(first.sign * of_first.mu + second.sign * of_second.mu + 0.5 * variance)


def _cuts(distribution: Distribution) -> list[float]:
    """Return the probability levels at which quantiles jump or bend."""
    atoms = distribution.atoms()
    return list(distribution.knots()) if atoms is None else np.cumsum(atoms[1])[:-1].tolist()


def _panels(cuts: list[float]) -> tuple[Array, Array]:
    """Return levels up to a half and their weights, on panels that halve towards zero and end at each cut."""
    halves = 2.0 ** -np.arange(1, HALVINGS)
    edges = np.unique([*halves, *(cut for cut in cuts if halves[-1] < cut < 0.5)])
    steps = np.diff(edges)
    levels = edges[:-1, None] + 0.5 * steps[:, None] * (1.0 + _NODES)
    return levels.ravel(), (0.5 * steps[:, None] * _WEIGHTS).ravel()
