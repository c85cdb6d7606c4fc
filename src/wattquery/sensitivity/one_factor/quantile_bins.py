"""Distributions between two of their own probability levels: what a factor is once its quantile bin is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.specs import Distribution, Empirical, Truncated
from wattquery.specs.joint_lengths.nodes import NodeNumber

__all__ = ["Divisor", "within_bin"]

Array = NDArray[np.float64]

ATOMS = 4096
LARGEST_LEVEL = 1.0 - 2.0**-53


def within_bin(distribution: Distribution, low: float, high: float) -> Distribution:
    """Return a distribution given that its quantile level lies between ``low`` and ``high``.

    A value of its own probability may lie on both sides of a level: its share in the bin is kept to 1/4096.
    """
    if isinstance(distribution, NodeNumber):
        return distribution.between(low, high)
    if distribution.atoms() is not None:
        levels = low + (np.arange(ATOMS) + 0.5) / ATOMS * (high - low)
        return Empirical(samples=distribution.ppf(levels).tolist())
    if low == 0.0 and high == 1.0:
        return distribution
    bottom = None if low == 0.0 else float(distribution.ppf(low))
    return Truncated(distribution, bottom, None if high == 1.0 else float(distribution.ppf(high)))


@dataclass(frozen=True)
class Divisor:
    """By what the energy is divided when a factor lies between two levels: the factor, or its reciprocal.

    Attributes
    ----------
    distribution
        Of the factor.
    sign
        -1 if the factor divides the energy, +1 if it multiplies it.
    low, high
        The levels.
    """

    distribution: Distribution
    sign: float
    low: float
    high: float

    def ppf(self, p: ArrayLike) -> Array:
        """Return the quantile function."""
        levels = np.asarray(p, dtype=np.float64) if self.sign < 0.0 else 1.0 - np.asarray(p, dtype=np.float64)
        inside = np.clip(self.low + levels * (self.high - self.low), 2.0**-53, LARGEST_LEVEL)
        return np.asarray(self.distribution.ppf(inside) ** -self.sign)

    def cdf(self, x: ArrayLike) -> Array:
        """Return P(M <= x)."""
        points = np.asarray(x, dtype=np.float64) ** -self.sign
        share = np.clip((self.distribution.cdf(points) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(share if self.sign < 0.0 else 1.0 - share)
