"""What levers change at each load: the energy of a query, and of some the time for which it holds its instance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.specs import Distribution, Lever
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.factors import LEVER, Factor

__all__ = ["LeverEffects", "lever_effects", "plain_factors"]

Array = NDArray[np.float64]

LEVELS = (np.arange(1023) + 0.5) / 1023
"""Probability levels that stand for equal parts of a distribution, one of them the median."""


@dataclass(frozen=True, eq=False)
class LeverEffects:
    """By operating point.

    Attributes
    ----------
    energy
        Mean of what the energy is multiplied by, of levers whose factor depends on the load [1].
    energy_variance
        Variance of its logarithm [1].
    rate
        Median of what the requests of an instance are multiplied by [1].
    rate_variance
        Variance of its logarithm [1].
    """

    energy: Array
    energy_variance: Array
    rate: Array
    rate_variance: Array


def lever_effects(levers: Iterable[Lever], running: Array) -> LeverEffects:
    """Return what levers change.

    Parameters
    ----------
    levers
        Of all candidates alike.
    running
        Running sequences of each operating point [1].
    """
    logs, variance, rate, rate_variance = np.zeros((4, *running.shape))
    for lever in levers:
        if lever.by_concurrency is not None:
            mean, sd = lever.by_concurrency.logs(running)
            logs += 0.5 * sd**2 - mean
            variance += sd**2
        if lever.time_factor is not None:
            mean, sd = _logs(lever.time_factor, running)
            rate += mean
            rate_variance += sd**2
    return LeverEffects(np.exp(logs), variance, np.exp(rate), rate_variance)


def plain_factors(levers: Iterable[Lever]) -> list[Factor]:
    """Return the factors of those levers that are the same at any load."""
    return [Factor(LEVER + lever.name, lever.factor, -1.0) for lever in levers if lever.by_concurrency is None]


def _logs(factor: Distribution | ByConcurrency, running: Array) -> tuple[Array, Array]:
    """Return the median and the spread of a logarithm at each operating point."""
    if isinstance(factor, ByConcurrency):
        return factor.logs(running)
    logs = np.log(factor.ppf(LEVELS))
    return np.full(running.shape, np.median(logs)), np.full(running.shape, np.std(logs))
