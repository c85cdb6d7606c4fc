"""The uniform distribution between two bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray, Variate
from wattquery.specs.distributions.piecewise import piecewise_mean
from wattquery.specs.scalars import shortest

__all__ = ["Uniform"]


@dataclass(frozen=True)
class Uniform(Distribution):
    """Any number between two bounds, all equally likely.

    ``P(X <= x) = (x - low) / (high - low)``

    Parameters
    ----------
    low, high : float
        The bounds [any unit], low < high.

    Raises
    ------
    InputError, InputTypeError
        If they are not finite numbers in this order.

    Examples
    --------
    >>> Uniform(low=1, high=3).ppf([0, 0.25, 1]).tolist()
    [1.0, 1.5, 3.0]
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        self._make_floats("low", "high")
        if not self.low < self.high:
            swap = f"Swap them: Uniform(low={shortest(self.high)}, high={shortest(self.low)})."
            fix = swap if self.low > self.high else f"For a known number use Fixed({shortest(self.low)})."
            raise InputError(f"A uniform distribution needs low < high, got {self.label}. {fix}")

    def support(self) -> tuple[float, float]:
        """Return the bounds."""
        return self.low, self.high

    def mean(self) -> float:
        """Return the middle."""
        return self.low / 2 + self.high / 2

    def variate(self) -> Variate:
        """Return how draws are made."""
        return Variate("UNIFORM", (self.low, self.high))

    def _ppf(self, p: FloatArray) -> FloatArray:
        return np.clip(self.low + p * (self.high - self.low), self.low, self.high)

    def _isf(self, s: FloatArray) -> FloatArray:
        return np.clip(self.high - s * (self.high - self.low), self.low, self.high)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return (np.clip(x, self.low, self.high) - self.low) / (self.high - self.low)

    def _sf(self, x: FloatArray) -> FloatArray:
        return (self.high - np.clip(x, self.low, self.high)) / (self.high - self.low)

    def _mean_between(self, low: float, high: float) -> float:
        return piecewise_mean(self, low, high)
