r"""Standard errors of what is estimated from draws: quantiles and means of trimmed mixtures, and of parts of them.

A mixture is H(y) = sum_i w_i E[psi(X) | a <= F_i(X) <= b], where psi is what one draw counts for: 1 if it lies at or
below y, or with a factor M dividing it afterwards, the chance that X / M does. Cutting each sample at its own
quantiles a and b makes the estimate a trimmed mean, whose variance is that of the *winsorized* psi (values beyond a
cut moved onto it):

    Var H = sum_i w_i^2 Var[psi(min(max(X, Q_a), Q_b))] / (n (b - a)^2)

Source: Huber and Ronchetti, Robust Statistics (2nd ed., 2009), section 3.3. If M is itself sampled, once per kept
draw, its own share E[psi (1 - psi)] / (n (b - a)) is added. A quantile's error is that of H, carried over to energies.

What no draw has met is not in the variance of the draws: a share of each member is taken as no better known than to one
draw, 1 / (n (b - a)), so that a tail without draws is not taken for one without mass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.histograms import BIN_WIDTH, Histogram

__all__ = ["Sampling"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """How a mixture was, or would be, estimated.

    Attributes
    ----------
    parts
        Distribution of each member before trimming.
    weights
        Share of each member [1].
    trim
        Quantiles that each member's draws are cut to; (0, 1) for none.
    draws
        Draws of each member.
    divisor
        Distribution of 1 / M as a histogram, where a factor divides the kept draws.
    divisor_sampled
        Whether M is drawn along with each kept draw (else its distribution is applied as a whole).
    together
        Whether members share their random numbers: then their errors go the same way, and are added as such.
    planned
        Whether the distributions are those that draws would be made of, and not those of the draws: nothing is then
        added for a density that is itself estimated.
    """

    parts: Sequence[Histogram]
    weights: Sequence[float]
    trim: tuple[float, float]
    draws: float
    divisor: Histogram | None = None
    divisor_sampled: bool = False
    together: bool = False
    planned: bool = False

    def quantile_stderr(self, mixture: Histogram, levels: ArrayLike) -> Array:
        """Return the standard errors [Wh] of the quantiles of ``mixture``, which these parts make."""
        errors = []
        for energy in mixture.quantiles(levels):
            responses = [self._share_below(part, float(energy)) for part in self.parts]
            winsorized = [
                self._winsorized(part, response) for part, response in zip(self.parts, responses, strict=True)
            ]
            variances = []
            for (probability, moved), part, response in zip(winsorized, self.parts, responses, strict=True):
                spread = probability @ (moved - probability @ moved) ** 2
                if self.divisor is None:
                    # A draw in the bin of the energy lies below it or does not.
                    spread += probability @ (moved * (1.0 - moved))
                kept = self._kept_spread(part, response * (1.0 - response))
                variances.append(max(self._scaled(spread, kept), self._scaled(1.0 / self.draws, 0.0)))
            errors.append(self._combined(variances))
        return (mixture.planned_error if self.planned else mixture.error_from_levels)(levels, errors)

    def mean_stderr(self) -> float:
        """Return the standard error [Wh] of the mean of the mixture."""
        return self._combined([variance for variance, _ in self._mean_moments])

    def mean_skewness(self) -> float:
        """Return the skewness [1] that one draw of every member has in the mean, see `mean_inflation`."""
        weighted = [
            (weight * variance**0.5, weight**3 * cube)
            for weight, (variance, cube) in zip(self.weights, self._mean_moments, strict=True)
        ]
        if self.together:
            spread, cube = sum(part for part, _ in weighted), sum(np.cbrt(part) for _, part in weighted) ** 3
        else:
            spread, cube = sum(part**2 for part, _ in weighted) ** 0.5, sum(part for _, part in weighted)
        return float(cube / (spread * self.draws**0.5) ** 3) if spread > 0.0 else 0.0

    @cached_property
    def _mean_moments(self) -> list[tuple[float, float]]:
        """Return for each member the variance of its mean, and the third moment of what one draw adds to it."""
        first, second = 1.0, 1.0
        if self.divisor is not None:
            first = self.divisor.mean()
            second = first**2 + self.divisor.std() ** 2
        moments = []
        for part in self.parts:
            probability, moved = self._winsorized(part, part.centres * first)
            away = moved - probability @ moved
            kept = self._kept_spread(part, part.centres**2 * (second - first**2))
            width = self.trim[1] - self.trim[0]
            squares = probability * away * away
            moments.append((self._scaled(squares.sum(), kept), float(squares @ away) / width**3))
        return moments

    def _share_below(self, part: Histogram, energy: float) -> Array:
        """Return for each bin of a part the chance that its draws count as at or below an energy."""
        if self.divisor is None:
            position = np.log(energy) / BIN_WIDTH - part.first_bin
            return np.asarray(np.clip(position - np.arange(part.masses.size), 0.0, 1.0))
        factors = np.log(energy / part.centres)
        edges = np.log(self.divisor.edges)
        return np.asarray(np.interp(factors, edges, self.divisor.cumulative))

    def _winsorized(self, part: Histogram, response: Array) -> tuple[Array, Array]:
        """Return the probability of each bin, and its response, beyond the cuts that of the bin which is cut."""
        cumulative = part.cumulative
        probability = np.diff(cumulative)
        ends = np.clip(np.searchsorted(cumulative, self.trim, side="left") - 1, 0, probability.size - 1)
        occupied = np.flatnonzero(probability)
        ends = np.clip(ends, occupied[0], occupied[-1])
        return probability, response[np.clip(np.arange(probability.size), ends[0], ends[1])]

    def _kept_spread(self, part: Histogram, variance: Array) -> float:
        """Return what the sampling of the divisor adds for each kept draw."""
        if self.divisor is None or not self.divisor_sampled:
            return 0.0
        low, high = self.trim
        return float(np.diff(np.clip((part.cumulative - low) / (high - low), 0.0, 1.0)) @ variance)

    def _scaled(self, spread: Any, kept_spread: float) -> float:
        """Return the variance of a trimmed mean from that of a draw, and from what is added for each kept one."""
        kept = self.trim[1] - self.trim[0]
        return float(spread / kept**2 + kept_spread / kept) / self.draws

    def _combined(self, variances: Sequence[float]) -> float:
        """Return the standard error of a weighted mean of members."""
        errors = [weight * variance**0.5 for weight, variance in zip(self.weights, variances, strict=True)]
        return float(np.sum(errors) if self.together else np.sqrt(np.sum(np.square(errors))))
