"""Factors of the equation to their share of ln E: a constant and a variance where lognormal, a column otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from wattquery.plans.columns import Column
from wattquery.specs import Boundary, Distribution, Lever, LogNormal, ThroughputProportional

__all__ = [
    "SHARE",
    "STEP",
    "Term",
    "boundary_factors",
    "boundary_term",
    "factor_term",
    "joined_terms",
    "levers_term",
    "power_term",
]

SHARE, STEP = "accelerator_share", "step:"
"""What the factors of a boundary are called; the latter with the name of the step."""


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
    """

    mean: float = 0.0
    variance: float = 0.0
    extras: tuple[tuple[Column, float], ...] = ()
    base: float = 1.0
    span: float = 0.0


def factor_term(purpose: str, distribution: Distribution, sign: float = 1.0, scale: float = 1.0) -> Term:
    """Return the term of an independent factor ``distribution * scale`` that multiplies (or divides) the energy."""
    constant = sign * math.log(scale)
    if not distribution.is_random:
        return Term(mean=constant + sign * math.log(distribution.support()[0]))
    if isinstance(distribution, LogNormal):
        return Term(mean=constant + sign * distribution.mu, variance=distribution.sigma**2)
    return Term(mean=constant, extras=((Column(purpose, distribution), sign),))


def power_term(power: Distribution | ThroughputProportional) -> Term:
    """Return the term of a power utilization."""
    if isinstance(power, ThroughputProportional):
        if power.span == 0.0:
            return Term(mean=math.log(power.base))
        return Term(base=power.base, span=power.span)
    return factor_term("power_utilization", power)


def levers_term(levers: Iterable[Lever]) -> Term:
    """Return the term of a combination of levers, each of which divides the energy."""
    return joined_terms(factor_term(f"lever:{lever.name}", lever.distribution, sign=-1.0) for lever in levers)


def boundary_factors(boundary: Boundary) -> list[tuple[str, Distribution]]:
    """Return name and distribution of every factor of a boundary but PUE; each multiplies the energy."""
    share = boundary.accelerator_share
    own = [] if share is None else [(SHARE, share)]
    return own + [(STEP + step.name, step.factor) for step in boundary.steps]


def boundary_term(boundary: Boundary) -> Term:
    """Return the term of a boundary without PUE, whose own term it counts or not."""
    return joined_terms(factor_term(name, one) for name, one in boundary_factors(boundary))


def joined_terms(terms: Iterable[Term]) -> Term:
    """Return the term of a product of independent factors."""
    parts = list(terms)
    return Term(
        mean=sum(part.mean for part in parts),
        variance=sum(part.variance for part in parts),
        extras=tuple(extra for part in parts for extra in part.extras),
    )
