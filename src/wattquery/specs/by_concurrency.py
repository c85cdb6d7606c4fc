"""A factor that depends on how many sequences an instance runs: known at some numbers, interpolated between them."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wattquery.errors import InputError, InputTypeError
from wattquery.specs.distributions import Distribution, Fixed, LogNormal, as_distribution
from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.scalars import finite, is_number, shortest, shown

__all__ = ["ByConcurrency"]

_MOST = 1e6
"""Sequences, more than any instance runs."""


@dataclass(frozen=True)
class ByConcurrency:
    """A factor by the number of running sequences.

    ``ln M = mu + sigma z``, where ``mu`` and ``sigma`` are linear in the logarithm of the concurrency between two
    points of it, and those of the first and the last point beyond them. So each quantile lies between its values at
    both points.

    Attributes
    ----------
    concurrency
        Running sequences of an instance [1], increasing.
    factors
        Numbers and lognormal distributions, one for each [1].
    """

    concurrency: tuple[float, ...]
    factors: tuple[Distribution, ...]

    @classmethod
    def of(cls, value: object, owner: str) -> ByConcurrency:
        """Return the factor that a user wrote as a dict of factors by concurrency.

        Raises
        ------
        InputError, InputTypeError
            If it is no such dict, a concurrency is no number above 0, or a factor is neither a number nor lognormal.
        """
        if isinstance(value, ByConcurrency):
            return value
        if not isinstance(value, Mapping) or not value:
            raise InputTypeError(
                f"{owner} must be a dict of factors by running sequences, got {shown(value)}: write {{4: 1.4, 64: "
                "1.2}."
            )
        found = [(_concurrency(key, owner), _factor(factor, owner, key)) for key, factor in value.items()]
        points = sorted(found, key=lambda point: point[0])
        places = tuple(place for place, _ in points)
        if len(set(np.log(places).tolist())) < len(places):
            raise InputError(f"{owner} must have each number of running sequences once, got {shown(list(value))}.")
        return cls(places, tuple(factor for _, factor in points))

    def __str__(self) -> str:
        """Return all points, such as ``1.4 at 4, 1.2 at 64 running sequences``."""
        points = zip(self.concurrency, self.factors, strict=True)
        return ", ".join(f"{factor} at {shortest(place)}" for place, factor in points) + " running sequences"

    @property
    def ends(self) -> tuple[float, float]:
        """The fewest and the most running sequences of a point [1]."""
        return self.concurrency[0], self.concurrency[-1]

    @property
    def is_random(self) -> bool:
        """Whether it is more than a number anywhere."""
        return any(one.is_random for one in self.factors)

    def logs(self, concurrency: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation of its logarithm at some numbers of running sequences; NaN at NaN."""
        places = np.log(np.asarray(self.concurrency))
        at = np.log(np.asarray(concurrency, dtype=np.float64))
        parts = np.array([_logs(one) for one in self.factors]).T
        right = np.clip(np.searchsorted(places, at), 1, max(1, places.size - 1))
        left = right - 1
        if places.size == 1:
            left = right = np.zeros_like(right)
        width = np.where(left == right, 1.0, places[right] - places[left])
        weight = np.clip((at - places[left]) / width, 0.0, 1.0)
        mean, sd = (_between(row[left], row[right], weight) for row in parts)
        return mean, sd

    def at(self, concurrency: float) -> Distribution:
        """Return the factor at a number of running sequences: that of a point as it was written.

        Examples
        --------
        >>> ByConcurrency.of({4: 1.5, 64: 1.2}, "by_concurrency").at(16).label
        '1.341640786...'
        """
        mean, sd = (float(one) for one in self.logs(concurrency))
        same = next((one for one in self.factors if _logs(one) == (mean, sd)), None)
        if same is not None:
            return same
        if sd == 0.0:
            return Fixed(math.exp(mean))
        return LogNormal(p5=math.exp(mean - Z95 * sd), p95=math.exp(mean + Z95 * sd))

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write: factors by concurrency as text."""
        return {shortest(place): factor.to_dict() for place, factor in zip(self.concurrency, self.factors, strict=True)}


def _concurrency(key: object, owner: str) -> float:
    """Return a number of running sequences; files have it as text."""
    if isinstance(key, str):
        with contextlib.suppress(ValueError):
            key = float(key)
    if not is_number(key) or not 1.0 <= finite(key, owner) <= _MOST:
        raise InputError(
            f"{owner} must have numbers of running sequences from 1 to {_MOST:,.0f} as keys, got {shown(key)}: "
            "write {4: 1.4, 64: 1.2}."
        )
    return float(key)


def _factor(value: object, owner: str, key: object) -> Distribution:
    factor = as_distribution(value, f"{owner}[{shown(key)}]")
    if not isinstance(factor, (Fixed, LogNormal)) or (isinstance(factor, Fixed) and factor.value <= 0.0):
        raise InputError(
            f"{owner} must have numbers above 0 and LogNormal(p5=..., p95=...) as factors, between which quantiles can "
            f"be interpolated, got {factor} at {shown(key)}."
        )
    return factor


def _logs(factor: Distribution) -> tuple[float, float]:
    if isinstance(factor, LogNormal):
        return factor.mu, factor.sigma
    return math.log(factor.support()[0]), 0.0


def _between(low: FloatArray, high: FloatArray, weight: FloatArray) -> FloatArray:
    """Return values between two others, never beyond by rounding."""
    inside = low + weight * (high - low)
    return np.where(np.isnan(inside), inside, np.clip(inside, np.minimum(low, high), np.maximum(low, high)))
