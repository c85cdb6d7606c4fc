r"""Standard errors of what is estimated from draws: quantiles and means of trimmed mixtures, and of parts of them.

A mixture is H(y) = sum_i w_i E[psi(X) | a <= F_i(X) <= b], where psi is what one draw counts for: 1 if it lies at or
below y, or with a factor M dividing it afterwards, the chance that X / M does. Cutting each sample at its own
quantiles a and b makes the estimate a trimmed mean, whose variance is that of the *winsorized* psi (values beyond a
cut moved onto it):

    Var H = sum_i w_i^2 Var[psi(min(max(X, Q_a), Q_b))] / (n (b - a)^2)

Source: Huber and Ronchetti, Robust Statistics (2nd ed., 2009), section 3.3. If M is itself sampled, once per kept
draw, its own share E[psi (1 - psi)] / (n (b - a)) is added. A quantile's error is that of H, carried over to energies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.lattice import Histogram

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
    """

    parts: Sequence[Histogram]
    weights: Sequence[float]
    trim: tuple[float, float]
    draws: float
    divisor: Histogram | None = None
    divisor_sampled: bool = False
    together: bool = False

    def quantile_stderr(self, mixture: Histogram, levels: ArrayLike) -> Array:
        """Return the standard errors [Wh] of the quantiles of ``mixture``, which these parts make."""
        errors = []
        for energy in mixture.quantiles(levels):
            responses = [self._share_below(part, float(energy)) for part in self.parts]
            errors.append(self._combined(responses, [response * (1.0 - response) for response in responses]))
        return mixture.error_from_levels(levels, errors)

    def mean_stderr(self) -> float:
        """Return the standard error [Wh] of the mean of the mixture."""
        first, second = 1.0, 1.0
        if self.divisor is not None:
            first = self.divisor.mean()
            second = first**2 + self.divisor.std() ** 2
        responses = [part.centres * first for part in self.parts]
        variances = [part.centres**2 * (second - first**2) for part in self.parts]
        return self._combined(responses, variances)

    def _share_below(self, part: Histogram, energy: float) -> Array:
        """Return for each bin of a part the chance that its draws count as at or below an energy."""
        if self.divisor is None:
            return np.asarray(part.centres <= energy, dtype=np.float64)
        factors = np.log(energy / part.centres)
        edges = np.log(self.divisor.edges)
        return np.asarray(np.interp(factors, edges, self.divisor.cumulative))

    def _combined(self, responses: Sequence[Array], variances: Sequence[Array]) -> float:
        """Return the standard error of a weighted trimmed mean, from each bin's response and its own variance."""
        low, high = self.trim
        kept = high - low
        errors = []
        for part, weight, response, variance in zip(self.parts, self.weights, responses, variances, strict=True):
            cumulative = part.cumulative
            probability = np.diff(cumulative)
            ends = np.clip(np.searchsorted(cumulative, [low, high], side="left") - 1, 0, probability.size - 1)
            occupied = np.flatnonzero(probability)
            ends = np.clip(ends, occupied[0], occupied[-1])
            moved = response[np.clip(np.arange(probability.size), ends[0], ends[1])]
            centre = probability @ moved
            total = probability @ (moved - centre) ** 2 / kept**2
            if self.divisor_sampled:
                within = np.diff(np.clip((cumulative - low) / kept, 0.0, 1.0))
                total += within @ variance / kept
            errors.append(weight * np.sqrt(total / self.draws))
        return float(np.sum(errors) if self.together else np.sqrt(np.sum(np.square(errors))))
