r"""What is known of an answer that is a product of independent factors, before and after some are measured.

.. math::

    \ln M = a + \sum_j s_j \ln X_j + N(0, v)

with v the variance of all lognormal factors. A measurement says :math:`y = \ln X + \epsilon` with
:math:`\epsilon \sim N(0, e^2)`. A normal of the variance s^2 then keeps

.. math::

    s'^2 = \frac{s^2 e^2}{s^2 + e^2}

whatever y is, and its mean moves by a normal of the variance s^2 - s'^2. For other distributions y is drawn, and
the posterior is the prior times the likelihood, on a fine grid about y. Of what is known as draws alone, these are weighed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from wattquery.specs.factors import Factor
from wattquery.uncertainty.shared_draws import REPLICATES, SharedDraws

__all__ = ["Answer", "Interval", "LogProduct", "Other", "interval_after", "interval_before"]

Array = NDArray[np.float64]

_QUANTILES = 256
"""By which each factor of a product stands."""

_CELLS, _REACH = 256, 8.0
"""Of the grid about a measured value, and its half width in standard deviations of the error."""

_STEPS = 44
"""Halvings of a bracket: to 1e-12 of it."""

_FEWEST = 10.0
"""Draws that count after a measurement, on average, below which nothing is known of the error."""


class LogProduct:
    """The logarithm of a product of factors, which are neither fixed nor all lognormal.

    Parameters
    ----------
    factors
        The factors, all of one sign.
    """

    def __init__(self, factors: Sequence[Factor]) -> None:
        self.sign = factors[0].sign
        self._one = factors[0].distribution if len(factors) == 1 else None
        levels = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
        logs = np.zeros(1)
        for factor in factors:
            logs = np.add.outer(logs, np.log(factor.distribution.ppf(levels))).ravel()
        self._logs = np.sort(logs)
        self._levels = (np.arange(logs.size) + 0.5) / logs.size

    @property
    def variance(self) -> float:
        """Of the logarithm [1]."""
        return float(np.var(self._logs))

    def quantile(self, levels: Array) -> Array:
        """Return quantiles of the logarithm."""
        if self._one is not None:
            return np.log(self._one.ppf(levels))
        return np.interp(levels, self._levels, self._logs)

    def probability(self, logs: Array) -> Array:
        """Return the probability up to some values of the logarithm."""
        if self._one is not None:
            return self._one.cdf(np.exp(logs))
        return np.interp(logs, self._logs, self._levels, left=0.0, right=1.0)

    def after(self, told: Array, error: float, levels: Array) -> Array:
        """Return quantiles once it was measured, (measured values, levels)."""
        low, high = self.quantile(np.array([1e-12, 1.0 - 1e-12]))
        steps = np.linspace(0.0, 1.0, _CELLS + 1)
        # Of a value that stands alone at the lower end nothing lies between the end and itself.
        starts = np.minimum(np.maximum(told - _REACH * error, low - 1e-9), high - 1e-9)
        ends = np.maximum(np.minimum(told + _REACH * error, high + 1e-9), starts + 1e-9)
        edges = starts[:, None] + (ends - starts)[:, None] * steps
        masses = np.diff(self.probability(edges), axis=1)
        middles = 0.5 * (edges[:, 1:] + edges[:, :-1])
        with np.errstate(divide="ignore"):
            logs = np.log(masses) - 0.5 * ((middles - told[:, None]) / error) ** 2
        weights = np.exp(logs - np.max(logs, axis=1, keepdims=True))
        reached = np.concatenate([np.zeros((told.size, 1)), np.cumsum(weights, axis=1)], axis=1)
        reached /= reached[:, -1:]
        return np.array([np.interp(levels, one, at) for one, at in zip(reached, edges, strict=True)])


@dataclass(frozen=True, eq=False)
class Other:
    """A part of the answer that is not lognormal: what it is, and its variate at each draw."""

    law: LogProduct
    variates: Array


@dataclass(frozen=True, eq=False)
class Answer:
    """What is known of an answer.

    Attributes
    ----------
    logs
        Its logarithm with all lognormal factors at their medians and without the others: one number, or one a draw.
    variances
        What lognormal factors add to the variance of its logarithm, by component [1].
    measured_variances
        That of the logarithm of what is measured, where it is another one [1].
    others
        Factors that are not lognormal, by component.
    seen
        What is measured of components that are known by draws alone: the logarithm of it at each draw.
    drawn_variance
        Of ``logs``; NaN where it does not exist [1].
    relative_stderr
        Sampling error of the answer over queries, as a share of it [1].
    """

    logs: Array
    variances: Mapping[str, float]
    measured_variances: Mapping[str, float] = field(default_factory=dict)
    others: Mapping[str, Other] = field(default_factory=dict)
    seen: Mapping[str, Array] = field(default_factory=dict)
    drawn_variance: float = 0.0
    relative_stderr: float = 0.0

    @property
    def components(self) -> frozenset[str]:
        """What may be measured of it."""
        return frozenset({*self.variances, *self.others, *self.seen})

    @property
    def variance(self) -> float:
        """Of its logarithm, by all that is shared [1]."""
        of_others = sum(one.law.variance for one in self.others.values())
        return sum(self.variances.values()) + of_others + self.drawn_variance

    @property
    def is_drawn(self) -> bool:
        """Whether anything of it is known by draws."""
        return self.logs.size > 1 or bool(self.others)

    def sd_measured(self, component: str) -> float:
        """Return how well it is known what is measured of a component: a standard deviation of the logarithm [1]."""
        if component in self.seen:
            return float(np.std(self.seen[component]))
        if component in self.others:
            return float(np.sqrt(self.others[component].law.variance))
        return float(np.sqrt(self.measured_variances.get(component, self.variances.get(component, 0.0))))

    def variance_of(self, components: Sequence[str]) -> float:
        """Return what some components add to it; NaN where several are known by the same draws alone [1]."""
        found = sum(self.variances.get(name, 0.0) for name in components)
        found += sum(self.others[name].law.variance for name in components if name in self.others)
        drawn = set(self.seen) & set(components)
        if drawn and drawn != set(self.seen):
            return float("nan")
        return found + (self.drawn_variance if drawn else 0.0)

    def without(self, errors: Mapping[str, float]) -> dict[str, float]:
        """Return the variances once components were measured with some relative errors."""
        found = dict(self.variances)
        for name in found.keys() & errors.keys():
            before = self.measured_variances.get(name, found[name])
            found[name] *= errors[name] ** 2 / (before + errors[name] ** 2)
        return found


@dataclass(frozen=True, eq=False)
class Interval:
    """A credible interval, expected over what a measurement may say.

    Attributes
    ----------
    low, high
        Its ends [Wh].
    ratio
        Upper end over lower end [1].
    width_stderr, ratio_stderr
        Errors of ``high - low`` [Wh] and of ``ratio`` [1] by draws of shared factors and of what is measured.
    """

    low: float
    high: float
    ratio: float
    width_stderr: float
    ratio_stderr: float

    @property
    def width(self) -> float:
        """From end to end [Wh]."""
        return self.high - self.low


def interval_before(answer: Answer, levels: tuple[float, float]) -> Interval:
    """Return the interval as it is."""
    parts = _parts(answer)
    sigma = float(np.sqrt(sum(answer.variances.values())))
    ((low, high),) = np.exp(_log_quantiles(parts[None], None, sigma, levels))
    errors = np.zeros(2)
    if parts.size > 1:
        every = np.exp(_log_quantiles(parts.reshape(REPLICATES, -1), None, sigma, levels))
        errors = _replicate_errors(every)
    return Interval(float(low), float(high), float(high / low), float(errors[0]), float(errors[1]))


def interval_after(
    answer: Answer,
    errors: Mapping[str, float],
    variances: Mapping[str, float],
    levels: tuple[float, float],
    outcomes: SharedDraws,
) -> Interval:
    """Return the interval that is expected once some components are measured.

    Parameters
    ----------
    answer
        What is known before.
    errors
        Relative errors, by component.
    variances
        Of the lognormal factors once they are measured, by component; see `Answer.without`.
    levels
        At which the interval ends.
    outcomes
        What measurements may say, as levels.
    """
    before, after = (sum(one.values()) for one in (answer.variances, variances))
    # Its centre moves by a normal of the variance that is lost.
    moved = np.exp(0.5 * max(before - after, 0.0))
    drawn = [name for name in errors if name in answer.others or name in answer.seen]
    parts, weights = _parts_after(answer, {name: errors[name] for name in drawn}, outcomes)
    ends = moved * np.exp(_log_quantiles(parts, weights, float(np.sqrt(after)), levels))
    of_draws = interval_before(answer, levels)
    width, ratio = float(np.mean(ends[:, 1] - ends[:, 0])), float(np.mean(ends[:, 1] / ends[:, 0]))
    own = _replicate_errors(ends) if drawn else np.zeros(2)
    if weights is not None and np.mean(1.0 / np.sum(weights**2, axis=1)) < _FEWEST:
        own = np.full(2, np.inf)
    # Draws of what is not measured err as they do before.
    width_stderr = np.hypot(own[0], width * of_draws.width_stderr / max(of_draws.width, 1e-300))
    ratio_stderr = np.hypot(own[1], (ratio - 1.0) * of_draws.ratio_stderr / max(of_draws.ratio - 1.0, 1e-300))
    low, high = np.mean(ends, axis=0)
    return Interval(float(low), float(high), ratio, float(width_stderr), float(ratio_stderr))


def _parts(answer: Answer, but: Sequence[str] = ()) -> Array:
    """Return what is not lognormal, at each draw."""
    parts = answer.logs
    for name, one in answer.others.items():
        if name not in but:
            parts = parts + one.law.sign * one.law.quantile(one.variates)
    return parts


def _parts_after(
    answer: Answer, errors: Mapping[str, float], outcomes: SharedDraws
) -> tuple[Array, Array | None]:
    """Return what is not lognormal, (outcomes, draws), once it was measured; and weights of the draws."""
    parts, weights = _parts(answer, tuple(errors))[None], None
    for place, (name, error) in enumerate(errors.items()):
        levels, noise = (
            outcomes.uniform(f"{what}:{name}", 2 * place + number) for number, what in enumerate(("outcome", "error"))
        )
        if name in answer.others:
            one = answer.others[name]
            told = one.law.quantile(levels) + error * ndtri(noise)
            parts = parts + one.law.sign * one.law.after(told, error, one.variates)
            continue
        seen = answer.seen[name]
        told = seen[np.minimum((levels * seen.size).astype(np.int64), seen.size - 1)] + error * ndtri(noise)
        own = -0.5 * ((told[:, None] - seen) / error) ** 2
        weights = own if weights is None else weights + own
    if weights is None:
        return parts, None
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    return np.broadcast_to(parts, weights.shape), weights / weights.sum(axis=1, keepdims=True)


def _log_quantiles(parts: Array, weights: Array | None, sigma: float, levels: tuple[float, float]) -> Array:
    """Return quantiles of a mixture of normals about each part, (rows, levels), of rows of parts."""
    if parts.shape[1] == 1:
        return parts + sigma * ndtri(levels)
    if weights is None:
        weights = np.full((1, parts.shape[1]), 1.0 / parts.shape[1])
    # Where nothing is lognormal each draw stands for its neighbourhood.
    spread = np.ptp(parts, axis=1, keepdims=True)
    sigma_of = np.maximum(sigma, np.maximum(spread / parts.shape[1], 1e-12))
    found = np.empty((len(parts), 2))
    for column, level in enumerate(levels):
        low, high = parts.min(axis=1) - 9.0 * sigma_of[:, 0], parts.max(axis=1) + 9.0 * sigma_of[:, 0]
        for _ in range(_STEPS):
            middle = 0.5 * (low + high)
            below = np.sum(weights * ndtr((middle[:, None] - parts) / sigma_of), axis=1)
            low, high = np.where(below < level, middle, low), np.where(below < level, high, middle)
        found[:, column] = 0.5 * (low + high)
    return found


def _replicate_errors(ends: Array) -> Array:
    """Return the standard errors of the means of widths and ratios over replicates, which are apart."""
    both = np.stack([ends[:, 1] - ends[:, 0], ends[:, 1] / ends[:, 0]], axis=1)
    means = both.reshape(REPLICATES, -1, 2).mean(axis=1)
    found: Array = np.std(means, axis=0, ddof=1) / np.sqrt(REPLICATES)
    return found
