"""The lognormal distribution, given by its 5th and 95th percentiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray, Variate
from wattquery.specs.distributions.gaussian import NARROW, log_gaussian_mass, sliver_mean
from wattquery.specs.scalars import shortest

__all__ = ["Z95", "LogNormal"]

Z95 = 1.645
"""The 95th percentile of the standard normal as the paper rounds it (exactly: 1.6448536...)."""


@dataclass(frozen=True)
class LogNormal(Distribution):
    """A positive number whose logarithm is normal, given by its 5th and 95th percentiles.

    ``sigma = ln(p95 / p5) / (2 * 1.645)``, ``mu = ln p5 + 1.645 sigma``, ``ln X ~ Normal(mu, sigma)``

    The rounded 1.645 is kept because published numbers depend on it. It makes ``ppf(0.05)`` exceed
    ``p5``, and ``ppf(0.95)`` fall short of ``p95``, by about 1e-4 sigma relative.

    Parameters
    ----------
    p5, p95 : float
        The percentiles [any unit], 0 < p5 < p95.

    Raises
    ------
    InputError, InputTypeError
        If they are not finite numbers in this order.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> pue = LogNormal(p5=1.05, p95=1.6)
    >>> round(pue.mu, 6), round(pue.sigma, 6)
    (0.259397, 0.128028)
    >>> pue.ppf([0.05, 0.5, 0.95]).round(4).tolist()
    [1.05, 1.2961, 1.6]
    """

    p5: float
    p95: float

    def __post_init__(self) -> None:
        self._make_floats("p5", "p95")
        if not 0 < self.p5 < self.p95:
            low, high = sorted((self.p5, self.p95))
            swap = f"Swap them: LogNormal(p5={shortest(low)}, p95={shortest(high)})."
            fix = swap if 0 < low < high else "For a number known exactly use Fixed, for a signed one Normal."
            raise InputError(f"A lognormal distribution needs 0 < p5 < p95, got {self.label}. {fix}")

    @property
    def mu(self) -> float:
        """Mean of the logarithm."""
        return math.log(self.p5) + Z95 * self.sigma

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.log1p((self.p95 - self.p5) / self.p5) / (2 * Z95)  # log1p: p95 may be close to p5

    def support(self) -> tuple[float, float]:
        """Return zero, which is never reached, and infinity."""
        return 0.0, math.inf

    def _score(self, x: FloatArray) -> FloatArray:
        return np.asarray((np.log(np.maximum(x, 0.0)) - self.mu) / self.sigma)

    def variate(self) -> Variate:
        """Return how draws are made."""
        return Variate("LOGNORMAL", (self.mu, self.sigma))

    def _ppf(self, p: FloatArray) -> FloatArray:
        return np.exp(self.mu + self.sigma * np.asarray(ndtri(p)))

    def _isf(self, s: FloatArray) -> FloatArray:
        return np.exp(self.mu - self.sigma * np.asarray(ndtri(s)))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return np.asarray(ndtr(self._score(x)))

    def _sf(self, x: FloatArray) -> FloatArray:
        return np.asarray(ndtr(-self._score(x)))

    def _mean_between(self, low: float, high: float) -> float:
        mu, sigma = self.mu, self.sigma
        a, b = float(self._score(np.asarray(low))), float(self._score(np.asarray(high)))
        if b - a < NARROW:
            return sliver_mean(lambda z: np.exp(mu + sigma * z), a, b)
        tilted = log_gaussian_mass(a - sigma, b - sigma) - log_gaussian_mass(a, b)
        return float(np.exp(mu + sigma**2 / 2 + tilted))
