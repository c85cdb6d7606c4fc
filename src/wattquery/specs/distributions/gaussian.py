"""The standard normal between two bounds: mass and means that keep their digits in tails and slivers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import log_ndtr, ndtr

from wattquery.specs.distributions.base import FloatArray

__all__ = ["NARROW", "gaussian_mean", "log_gaussian_mass", "sliver_mean"]

NARROW = 1e-2
"""Width below which differences of cdfs lose digits and a quadrature over the sliver is exact instead."""


def log_gaussian_mass(a: float, b: float) -> float:
    """Return ln P(a <= Z <= b)."""
    if a > 0:
        a, b = -b, -a  # the cdf is accurate to its last digit only on the left
    upper = log_ndtr(b)
    return float(upper + np.log1p(-np.exp(log_ndtr(a) - upper)))


def gaussian_mean(a: float, b: float) -> float:
    """Return E[Z | a <= Z <= b] = (phi(a) - phi(b)) / (Phi(b) - Phi(a))."""
    if b - a < NARROW:
        return sliver_mean(lambda z: z, a, b)
    if abs(a) > abs(b):
        return -gaussian_mean(-b, -a)
    if math.isinf(a):
        return 0.0
    density = math.exp(-a * a / 2) / math.sqrt(2 * math.pi)
    difference = -density * np.expm1(-(b - a) * (b + a) / 2)
    mass = ndtr(-a) - ndtr(-b) if a > 0 else ndtr(b) - ndtr(a)
    return float(difference / mass)


def sliver_mean(function: Callable[[FloatArray], FloatArray], a: float, b: float) -> float:
    """Return E[function(Z) | a <= Z <= b] for b - a < NARROW, by 16 Gauss-Legendre points."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    steps = (b - a) / 2 * (nodes + 1)
    density = weights * np.exp(-steps * (a + steps / 2))  # relative to the density at a
    return float((density * function(a + steps)).sum() / density.sum())
