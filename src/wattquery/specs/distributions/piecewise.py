"""The conditional mean of bounded distributions whose cdf is a polynomial between knots."""

from __future__ import annotations

import math

import numpy as np

from wattquery.specs.distributions.base import Distribution

__all__ = ["piecewise_mean"]


def piecewise_mean(distribution: Distribution, low: float, high: float) -> float:
    """Return E[X | low <= X <= high] = low + integral of P(X > x | low <= X <= high) from low to high.

    Two Gauss-Legendre points per piece are exact up to cubic pieces, and never touch the edge of one, where
    the cdf may jump.
    """
    bottom, top = distribution.support()
    low, high = max(low, bottom), min(high, top)
    inner = np.clip(distribution.ppf(np.asarray(distribution.knots())), low, high)
    edges = np.unique(np.concatenate(([low, high], inner)))
    half = np.diff(edges) / 2
    middle = edges[:-1] + half
    points = np.stack((middle - half / math.sqrt(3), middle + half / math.sqrt(3)))
    at_low, at_high = np.asarray(low), np.asarray(high)
    below = distribution._below(at_low)
    if below <= 0.5:
        upto = distribution._cdf(at_high)
        exceeding = (upto - distribution._cdf(points)) / (upto - below)
    else:
        beyond = distribution._sf(at_high)
        exceeding = (distribution._sf(points) - beyond) / (distribution._from(at_low) - beyond)
    return low + float((half * exceeding).sum())
