"""What levers leave of the energy and of the time of a query, where some of them depend on running sequences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.moments import moment
from wattquery.plans.terms import Term, value_term
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.converters import LeverSet
from wattquery.specs.distributions import Distribution
from wattquery.specs.factors import LEVER, Factor
from wattquery.specs.lever import Lever

__all__ = ["by_load_at", "by_load_left", "energy_left", "plain_terms", "time_left"]

Array = NDArray[np.float64]


def energy_left(levers: Sequence[Lever], batch: Array) -> Array:
    """Return E[1/M], which levers leave of the energy of a query at running sequences of its instance [1]."""
    found = np.ones_like(batch)
    for lever in levers:
        found = found * _left(lever.by_concurrency or lever.factor, batch)
    return found


def by_load_left(levers: Sequence[Lever], batch: Array) -> Array:
    """Return the same of those alone that depend on running sequences [1]."""
    return energy_left([one for one in levers if one.by_concurrency is not None], batch)


def time_left(levers: Sequence[Lever], batch: Array, named: Sequence[str]) -> Array:
    """Return what levers leave of the time for which a query holds its instance [1].

    A lever that says it has a time factor; others shorten the time as they do the energy where they are named.
    """
    found = np.ones_like(batch)
    for lever in levers:
        if lever.time_factor is not None:
            found = found * _left(lever.time_factor, batch)
        elif lever.name in named:
            found = found * energy_left([lever], batch)
    return found


def by_load_at(levers: Sequence[Lever], batch: float) -> tuple[float, tuple[Factor, ...]]:
    """Return levers that depend on running sequences as what they add to ln E, and factors of those that are random."""
    fixed, factors = 0.0, []
    for lever in levers:
        if lever.by_concurrency is None:
            continue
        factor = lever.by_concurrency.at(batch)
        if factor.is_random:
            factors.append(Factor(LEVER + lever.name, factor, -1.0))
        else:
            fixed -= float(np.log(factor.support()[0]))
    return fixed, tuple(factors)


def plain_terms(values: Sequence[LeverSet]) -> tuple[Term, ...]:
    """Return the terms of an axis of levers without those that depend on running sequences."""
    plain = (LeverSet(tuple(lever for lever in one.levers if lever.by_concurrency is None)) for one in values)
    return tuple(value_term("levers", one) for one in plain)


def _left(factor: Distribution | ByConcurrency, batch: Array) -> Array:
    """Return E[1/M] at running sequences; below one of them an instance is busy with one."""
    if not isinstance(factor, ByConcurrency):
        return np.full_like(batch, moment(factor, -1.0))
    mean, sd = factor.logs(np.maximum(batch, 1.0))
    return np.asarray(np.exp(-mean + 0.5 * sd**2))
