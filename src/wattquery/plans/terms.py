"""Factors of the equation to their share of ln E: a constant and a variance where lognormal, a column otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from wattquery.kernels.equation import WATT_SECONDS
from wattquery.plans.columns import Column
from wattquery.specs.distributions import LogNormal
from wattquery.specs.factors import Factor, factors_of
from wattquery.specs.power import ThroughputProportional

__all__ = ["Term", "factor_term", "joined_terms", "term_of", "value_term"]

SCALES = {"node_power": 1.0 / WATT_SECONDS}
"""By axis, what a factor in its unit is multiplied by: ln(P / 3.6) of a node power in kW lets tokens over tokens/s give
Wh."""


@dataclass(frozen=True)
class Term:
    """What one label of an axis adds to ln E.

    Attributes
    ----------
    mean, variance
        Of its part that is fixed or lognormal [ln].
    extras
        Its other independent factors: the column and +1 (multiplies the energy) or -1 (divides it).
    base, span
        Of a power that follows throughput; ``span`` is 0 for one that does not.
    factors
        All its factors by name, fixed or random, of which mean, variance and extras are made.
    """

    mean: float = 0.0
    variance: float = 0.0
    extras: tuple[tuple[Column, float], ...] = ()
    base: float = 1.0
    span: float = 0.0
    factors: tuple[Factor, ...] = ()


def value_term(axis: str, value: object) -> Term:
    """Return the term of a value on an axis; an empty one where it was left out."""
    if isinstance(value, ThroughputProportional):
        if value.span == 0.0:
            return Term(mean=math.log(value.base))
        return Term(base=value.base, span=value.span)
    return term_of(axis, factors_of(axis, value))


def term_of(axis: str, factors: Iterable[Factor]) -> Term:
    """Return the term of a product of independent factors of one axis."""
    scale = SCALES.get(axis, 1.0)
    parts = [factor_term(factor, scale) for factor in factors]
    return parts[0] if len(parts) == 1 else joined_terms(parts)


def factor_term(factor: Factor, scale: float = 1.0) -> Term:
    """Return the term of an independent factor, times a number, that multiplies (or divides) the energy."""
    distribution, sign = factor.distribution, factor.sign
    constant = sign * math.log(scale)
    if not distribution.is_random:
        return Term(mean=constant + sign * math.log(distribution.support()[0]), factors=(factor,))
    if isinstance(distribution, LogNormal):
        return Term(mean=constant + sign * distribution.mu, variance=distribution.sigma**2, factors=(factor,))
    return Term(mean=constant, extras=((Column(factor.name, distribution), sign),), factors=(factor,))


def joined_terms(terms: Iterable[Term]) -> Term:
    """Return the term of a product of independent factors."""
    parts = list(terms)
    return Term(
        mean=sum(part.mean for part in parts),
        variance=sum(part.variance for part in parts),
        extras=tuple(extra for part in parts for extra in part.extras),
        factors=tuple(factor for part in parts for factor in part.factors),
    )
