"""The triangular distribution: two bounds and a most likely value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray, Variate
from wattquery.specs.distributions.piecewise import piecewise_mean

__all__ = ["Triangular"]


@dataclass(frozen=True)
class Triangular(Distribution):
    """A number between two bounds, with a density that rises linearly to a mode and falls linearly after it.

    ``P(X <= x) = (x - low)^2 / ((high - low) (mode - low))`` up to the mode,
    ``P(X > x) = (high - x)^2 / ((high - low) (high - mode))`` after it

    Parameters
    ----------
    low, mode, high : float
        Smallest, most likely and largest value [any unit], low <= mode <= high and low < high.

    Raises
    ------
    InputError, InputTypeError
        If they are not finite numbers in this order.

    Examples
    --------
    >>> guess = Triangular(low=1, mode=2, high=5)
    >>> round(guess.mean(), 3), guess.knots()
    (2.667, (0.25,))
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        self._make_floats("low", "mode", "high")
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            raise InputError(
                f"A triangular distribution needs low <= mode <= high and low < high, got {self.label}. Put the three "
                "in order, or use Fixed for a known number."
            )

    def support(self) -> tuple[float, float]:
        """Return the bounds."""
        return self.low, self.high

    def knots(self) -> tuple[float, ...]:
        """Return the probability of the mode, if that lies inside the bounds."""
        return (self._share_left,) if self.low < self.mode < self.high else ()

    def mean(self) -> float:
        """Return the mean of the three corners."""
        return math.fsum((self.low, self.mode, self.high)) / 3

    @property
    def _share_left(self) -> float:
        return (self.mode - self.low) / (self.high - self.low)

    @property
    def _corners(self) -> tuple[float, float, float]:
        return self.low, self.mode, self.high

    @property
    def _mirrored(self) -> tuple[float, float, float]:
        return -self.high, -self.mode, -self.low

    # Each tail is counted from its own end, the upper one as the lower one of the mirror image: a difference
    # from the far end has no digit left there.

    def variate(self) -> Variate:
        """Return how draws are made."""
        return Variate("TRIANGULAR", (self.low, self.mode, self.high))

    def _ppf(self, p: FloatArray) -> FloatArray:
        return np.where(p < 0.5, _quantile(p, *self._corners), -_quantile(1.0 - p, *self._mirrored))

    def _isf(self, s: FloatArray) -> FloatArray:
        return np.where(s < 0.5, -_quantile(s, *self._mirrored), _quantile(1.0 - s, *self._corners))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _share(x, *self._corners)

    def _sf(self, x: FloatArray) -> FloatArray:
        return _share(-x, *self._mirrored)

    def _mean_between(self, low: float, high: float) -> float:
        return piecewise_mean(self, low, high)


def _share(x: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    """Return P(X <= x) as a sum of positive terms."""
    x = np.clip(x, low, high)
    width, left, right = high - low, mode - low, high - mode
    rising = (x - low) / width * ((x - low) / left) if left else np.zeros_like(x)
    falling = left / width + (x - mode) / width * ((high - x) / right + 1) if right else np.ones_like(x)
    return np.where(x < mode, rising, np.minimum(falling, 1.0))


def _quantile(p: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    """Return x with P(X <= x) = p, as the low end or the mode plus a positive term."""
    width, left, right = high - low, mode - low, high - mode
    share = left / width
    rising = low + np.sqrt(p) * math.sqrt(width) * math.sqrt(left)
    falling = mode + (p - share) * width / (1 + np.sqrt((1 - p) * (width / right))) if right else rising
    return np.clip(np.where(p < share, np.minimum(rising, mode), np.maximum(falling, mode)), low, high)
