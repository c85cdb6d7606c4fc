"""The exponential distribution, given by its median."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray, Variate

__all__ = ["Exponential"]


@dataclass(frozen=True)
class Exponential(Distribution):
    """A waiting time or a length without memory, given by its median.

    ``P(X <= x) = 1 - exp(-x / scale)`` with ``scale = median / ln 2``, which is also the mean

    Parameters
    ----------
    median : float
        The median [any unit], above 0.

    Raises
    ------
    InputError, InputTypeError
        If ``median`` is not a finite positive number.

    Examples
    --------
    >>> output_tokens = Exponential(median=300)
    >>> round(output_tokens.mean(), 2)
    432.81
    >>> output_tokens.label
    'Exponential(median=300)'
    """

    median: float

    def __post_init__(self) -> None:
        self._make_floats("median")
        if self.median <= 0:
            raise InputError(
                f"The median of an exponential distribution must be above 0, got {self.label}. Give a positive median, "
                "or use Fixed for a known number."
            )

    @property
    def scale(self) -> float:
        """The mean, and the length over which the tail falls by a factor e."""
        return self.median / math.log(2)

    def support(self) -> tuple[float, float]:
        """Return zero and infinity."""
        return 0.0, math.inf

    def variate(self) -> Variate:
        """Return how draws are made."""
        return Variate("EXPONENTIAL", (self.scale,))

    def _ppf(self, p: FloatArray) -> FloatArray:
        return -self.scale * np.log1p(-p)

    def _isf(self, s: FloatArray) -> FloatArray:
        return -self.scale * np.log(s)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return -np.expm1(-np.maximum(x, 0.0) / self.scale)

    def _sf(self, x: FloatArray) -> FloatArray:
        return np.exp(-np.maximum(x, 0.0) / self.scale)

    def _mean_between(self, low: float, high: float) -> float:
        low = max(low, 0.0)
        if math.isinf(high):
            return low + self.scale
        t = (high - low) / self.scale
        if t < 1e-2:
            # The closed form is a difference of two large terms here; the series goes on with t^5 / 30240.
            return low + (high - low) * (1 / 2 - t / 12 + t**3 / 720)
        return low + self.scale - (high - low) / float(np.expm1(t))
