r"""What is known of an answer that is a product of independent factors, before and after some are measured.

.. math::

    \ln M = a + \sum_j s_j \ln X_j + N(0, v)

with v the variance of all lognormal factors. A measurement says :math:`y = \ln X + \epsilon` with
:math:`\epsilon \sim N(0, e^2)`. A normal of the variance s^2 then keeps

.. math::

    s'^2 = \frac{s^2 e^2}{s^2 + e^2}

whatever y is, and its mean moves by a normal of the variance s^2 - s'^2. For other distributions y is drawn, and
the posterior is the prior times the likelihood, on a fine grid about y. Draws are weighed where there is nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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

_STEPS, _NEAR = 100, 1e-10
"""Most steps to a quantile, and to which part of a standard deviation it is found."""

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
    has_mean
        Whether the answer has a mean over what is shared.
    relative_stderr
        Sampling error of the answer over queries, as a share of it [1].
    """

    logs: Array
    variances: Mapping[str, float]
    measured_variances: Mapping[str, float] = field(default_factory=dict)
    others: Mapping[str, Other] = field(default_factory=dict)
    seen: Mapping[str, Array] = field(default_factory=dict)
    drawn_variance: float = 0.0
    has_mean: bool = True
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
    log_low, log_high
        Expected logarithms of its ends [ln Wh].
    width
        Expected width [Wh]; NaN where the answer has no mean.
    log_width_stderr, width_stderr
        Errors of ``log_high - log_low`` [1] and of ``width`` [Wh] by draws of shared factors and of what is measured.
    """

    log_low: float
    log_high: float
    width: float
    log_width_stderr: float = 0.0
    width_stderr: float = 0.0

    @property
    def ends(self) -> tuple[float, float]:
        """The ends [Wh]: geometric means over what a measurement may say."""
        return math.exp(self.log_low), math.exp(self.log_high)

    @property
    def log_width(self) -> float:
        """Logarithm of the upper end over the lower one [1]."""
        return self.log_high - self.log_low


def interval_before(answer: Answer, levels: tuple[float, float]) -> Interval:
    """Return the interval as it is."""
    parts = _parts(answer)
    sigma = math.sqrt(sum(answer.variances.values()))
    ends = _log_quantiles(parts[None], None, sigma, levels)
    if parts.size == 1:
        return _expected(ends)
    errors = _replicate_errors(_log_quantiles(parts.reshape(REPLICATES, -1), None, sigma, levels))
    return _expected(ends, errors)


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
    drawn = {name: errors[name] for name in errors if name in answer.others or name in answer.seen}
    parts, weights = _parts_after(answer, drawn, outcomes)
    ends = _log_quantiles(parts, weights, math.sqrt(after), levels)
    own = _replicate_errors(ends) if drawn else np.zeros(2)
    if weights is not None and np.mean(1.0 / np.sum(weights**2, axis=1)) < _FEWEST:
        own = np.full(2, np.inf)
    found, as_it_is = _expected(ends), interval_before(answer, levels)
    # The centre moves by a normal of the variance that is lost. Draws of what is not measured err as they do before.
    width = math.exp(0.5 * max(before - after, 0.0)) * found.width
    if not answer.has_mean and drawn.keys() & answer.seen.keys():
        width = math.nan
    return replace(
        found,
        width=width,
        log_width_stderr=math.hypot(own[0], as_it_is.log_width_stderr * found.log_width / as_it_is.log_width),
        width_stderr=width * math.hypot(own[1] / found.width, as_it_is.width_stderr / as_it_is.width),
    )


def _expected(ends: Array, errors: Sequence[float] | Array = (0.0, 0.0)) -> Interval:
    """Return the interval of which these are the logarithms of the ends, for each thing that may be said."""
    low, high = np.mean(ends, axis=0).tolist()
    width = float(np.mean(np.exp(ends[:, 1]) - np.exp(ends[:, 0])))
    return Interval(low, high, width, float(errors[0]), float(errors[1]))


def _parts(answer: Answer, but: Sequence[str] = ()) -> Array:
    """Return what is not lognormal, at each draw."""
    parts = answer.logs
    for name, one in answer.others.items():
        if name not in but:
            parts = parts + one.law.sign * one.law.quantile(one.variates)
    return parts


def _parts_after(answer: Answer, errors: Mapping[str, float], outcomes: SharedDraws) -> tuple[Array, Array | None]:
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
        return np.asarray(parts + sigma * ndtri(levels))
    if weights is None:
        weights = np.full((1, parts.shape[1]), 1.0 / parts.shape[1])
    # Where nothing is lognormal each draw stands for its neighbourhood.
    spread = np.ptp(parts, axis=1, keepdims=True)
    sigma_of = np.maximum(sigma, np.maximum(spread / parts.shape[1], 1e-12))
    return np.stack([_root(parts, weights, sigma_of, float(score)) for score in ndtri(levels)], axis=1)


def _root(parts: Array, weights: Array, sigma: Array, score: float) -> Array:
    """Return where the distribution function of each mixture is that of a standard normal at a score.

    On the scale of scores it is nearly a line, along which Newton's steps go; halves of the bracket are the other way.
    """
    low, high = parts.min(axis=1) - 9.0 * sigma[:, 0], parts.max(axis=1) + 9.0 * sigma[:, 0]
    mean = np.sum(weights * parts, axis=1)
    spread = np.sqrt(np.sum(weights * (parts - mean[:, None]) ** 2, axis=1) + sigma[:, 0] ** 2)
    at = np.clip(mean + score * spread, low, high)
    for _ in range(_STEPS):
        scores = (at[:, None] - parts) / sigma
        reached = ndtri(np.clip(np.sum(weights * ndtr(scores), axis=1), 1e-300, 1.0 - 1e-16))
        low, high = np.where(reached < score, at, low), np.where(reached < score, high, at)
        slope = np.sum(weights * np.exp(-0.5 * scores**2), axis=1) / sigma[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            following = at + (score - reached) * np.exp(-0.5 * reached**2) / slope
        inside = (following >= low) & (following <= high)
        following = np.where(inside, following, 0.5 * (low + high))
        if np.all(np.abs(following - at) <= _NEAR * spread):
            return np.asarray(following)
        at = following
    return np.asarray(at)


def _replicate_errors(ends: Array) -> Array:
    """Return standard errors by replicates, which are apart: of the width of the logarithm, and of the width."""
    both = np.stack([ends[:, 1] - ends[:, 0], np.exp(ends[:, 1]) - np.exp(ends[:, 0])], axis=1)
    means = both.reshape(REPLICATES, -1, 2).mean(axis=1)
    found: Array = np.std(means, axis=0, ddof=1) / np.sqrt(REPLICATES)
    return found
