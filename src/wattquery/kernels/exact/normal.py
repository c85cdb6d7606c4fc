"""The standard normal: its probability, exactly or, with its density, by a table and a few multiplications.

On a lattice of 64 points per unit, phi follows from its value at the nearest point by a short exponential series, and
Phi by the trapezoid that is corrected by first and second derivatives at both ends,

    Phi(z) = Phi_0 + d [ (phi_0 + phi) / 2 + d (phi_0' - phi') / 10 + d^2 (phi_0'' + phi'') / 120 ],    d = z - z_0,

with phi' = -z phi and phi'' = (z^2 - 1) phi. Its error d^7 / 100800 phi^(6) is lost in rounding, relative to Phi in its
lower tail too. It costs a fifth of an exponential and a complementary error function.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used

__all__ = ["FAR", "REACH", "SQRT_TWO_PI", "normal_at", "normal_below", "normal_density"]

REACH = 8.5
"""A standard normal beyond it has a mass of 1e-17."""

FAR = 38.5
"""Beyond it the density is not a number above zero any more."""

SQRT_HALF = math.sqrt(0.5)
SQRT_TWO_PI = math.sqrt(2.0 * math.pi)


@compiled_where_used
def normal_below(z: float) -> float:
    """Return Phi(z), to rounding, at any z."""
    return 0.5 * math.erfc(-z * SQRT_HALF)


@compiled_where_used
def normal_density(z: float) -> float:
    """Return phi(z), to rounding, at any z."""
    return math.exp(-0.5 * z * z) / SQRT_TWO_PI


PER_UNIT = 64
_POINTS = np.arange(-REACH * PER_UNIT - 1, REACH * PER_UNIT + 2) / PER_UNIT
_DENSITY = np.array([normal_density(point) for point in _POINTS.tolist()])
_BELOW = np.array([normal_below(point) for point in _POINTS.tolist()])


@compiled_where_used
def normal_at(z: float) -> tuple[float, float]:
    """Return Phi(z) and phi(z) for abs(z) of at most `REACH`, both to 1e-13 of themselves."""
    place = np.uint64((z + REACH) * PER_UNIT + 1.5)
    point = (np.float64(place) - 1.0) / PER_UNIT - REACH
    step = z - point
    small = -step * (point + 0.5 * step)
    # exp(small) with abs(small) below 0.067.
    series = 1.0 + small * (1.0 / 8.0)
    series = 1.0 + small * (1.0 / 7.0) * series
    series = 1.0 + small * (1.0 / 6.0) * series
    series = 1.0 + small * (1.0 / 5.0) * series
    series = 1.0 + small * (1.0 / 4.0) * series
    series = 1.0 + small * (1.0 / 3.0) * series
    series = 1.0 + small * 0.5 * series
    before = _DENSITY[place]
    density = before * (1.0 + small * series)
    slopes = step * 0.1 * (z * density - point * before)
    bends = step * step * (1.0 / 120.0) * ((point * point - 1.0) * before + (z * z - 1.0) * density)
    return _BELOW[place] + step * (0.5 * (before + density) + slopes + bends), density
