"""The normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray, Variate
from wattquery.specs.distributions.gaussian import gaussian_mean
from wattquery.specs.scalars import shortest

__all__ = ["Normal"]


@dataclass(frozen=True)
class Normal(Distribution):
    """A number with symmetric errors around its mean.

    ``P(X <= x) = Phi((x - mu) / sigma)``

    Parameters
    ----------
    mu : float
        The mean [any unit].
    sigma : float
        The standard deviation [unit of mu], above 0.

    Raises
    ------
    InputError, InputTypeError
        If they are not finite numbers, or ``sigma`` is not above 0.

    Examples
    --------
    >>> Normal(mu=1.2, sigma=0.1).ppf([0.025, 0.5, 0.975]).round(3).tolist()
    [1.004, 1.2, 1.396]
    """

    mu: float
    sigma: float

    def __post_init__(self) -> None:
        self._make_floats("mu", "sigma")
        if self.sigma <= 0:
            raise InputError(
                f"The standard deviation sigma of a normal distribution must be above 0, got {self.label}. For a known "
                f"number use Fixed({shortest(self.mu)})."
            )

    def support(self) -> tuple[float, float]:
        """Return both infinities."""
        return -math.inf, math.inf

    def _score(self, x: FloatArray) -> FloatArray:
        return (x - self.mu) / self.sigma

    def variate(self) -> Variate:
        """Return how draws are made."""
        return Variate("NORMAL", (self.mu, self.sigma))

    def _ppf(self, p: FloatArray) -> FloatArray:
        return self.mu + self.sigma * np.asarray(ndtri(p))

    def _isf(self, s: FloatArray) -> FloatArray:
        return self.mu - self.sigma * np.asarray(ndtri(s))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return np.asarray(ndtr(self._score(x)))

    def _sf(self, x: FloatArray) -> FloatArray:
        return np.asarray(ndtr(-self._score(x)))

    def _mean_between(self, low: float, high: float) -> float:
        return self.mu + self.sigma * gaussian_mean((low - self.mu) / self.sigma, (high - self.mu) / self.sigma)
