"""The exact method: given the lengths, ln E is normal, so its distribution is a finite sum of normals.

A mixture is three arrays of equal length: ``centres`` g_i [ln Wh], ``half_widths`` d_i [ln Wh] and ``weights`` w_i
(sum 1), with one common ``sigma``. Where sigma > 0 a component is the normal N(g_i, sigma); where sigma is 0 it is
uniform on g_i -+ d_i, or a point where d_i is 0 too.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.histogram import BINS_PER_UNIT

__all__ = ["REACH", "mixture_cdf", "mixture_masses", "mixture_quantile"]

SQRT_HALF = math.sqrt(0.5)
INVERSE_SQRT_TWO_PI = 1.0 / math.sqrt(2.0 * math.pi)
REACH = 8.5  # a standard normal beyond it has a mass of 1e-17


@kernel
def mixture_cdf(x, centres, half_widths, weights, sigma):
    """Return P(ln E <= x) and the density at x of a mixture."""
    total, density = 0.0, 0.0
    if sigma > 0.0:
        for i in range(centres.size):
            z = (x - centres[i]) / sigma
            total += weights[i] * 0.5 * math.erfc(-z * SQRT_HALF)
            density += weights[i] * math.exp(-0.5 * z * z)
        return total, density * INVERSE_SQRT_TWO_PI / sigma
    for i in range(centres.size):
        distance = x - centres[i]
        if distance >= half_widths[i]:
            total += weights[i]
        elif distance > -half_widths[i]:
            share = 0.5 / half_widths[i]
            total += weights[i] * (distance + half_widths[i]) * share
            density += weights[i] * share
    return total, density


@kernel
def mixture_quantile(level, centres, half_widths, weights, sigma):
    """Return the smallest x with P(ln E <= x) >= level, to about 1e-13, by Newton steps kept inside a bracket."""
    low = np.min(centres - half_widths) - REACH * sigma
    high = np.max(centres + half_widths) + REACH * sigma
    x = 0.5 * (low + high)
    for _ in range(200):
        total, density = mixture_cdf(x, centres, half_widths, weights, sigma)
        # A level counts as reached within rounding, or a point mass could be missed by its last bit.
        if total >= level - 1e-15:
            high = x
        else:
            low = x
        if high - low <= 1e-14 * max(1.0, abs(high)):
            break
        step = (total - level) / density if density > 0.0 else np.inf
        candidate = x - step
        inside = low < candidate < high
        if inside and abs(step) <= 1e-14 * max(1.0, abs(x)):
            return candidate
        # Newton is fast where the cdf is smooth; a plain halving also finds a jump.
        x = candidate if inside and sigma > 0.0 else 0.5 * (low + high)
    return high


@kernel
def mixture_masses(first_bin, centres, half_widths, weights, sigma, masses):
    """Fill ``masses`` with the probability of each lattice bin from ``first_bin`` on."""
    bins = masses.size
    cumulative = np.zeros(bins + 1)
    for i in range(centres.size):
        reach = REACH * sigma + half_widths[i]
        lower = np.int64(np.floor((centres[i] - reach) * BINS_PER_UNIT)) - first_bin
        upper = np.int64(np.ceil((centres[i] + reach) * BINS_PER_UNIT)) - first_bin + 1
        lower = min(max(lower, 0), bins)
        upper = min(max(upper, lower), bins)
        before = 0.0
        for edge in range(lower, upper):
            x = (first_bin + edge) / BINS_PER_UNIT
            if sigma > 0.0:
                share = 0.5 * math.erfc((centres[i] - x) / sigma * SQRT_HALF)
            elif half_widths[i] > 0.0:
                share = min(max(0.5 + 0.5 * (x - centres[i]) / half_widths[i], 0.0), 1.0)
            else:
                share = 1.0 if x > centres[i] else 0.0
            cumulative[edge] += weights[i] * (share - before)
            before = share
        cumulative[upper] += weights[i] * (1.0 - before)
    # ``cumulative`` held increments at edges: bin k is what lies between its edges, so edge increments shift by one.
    for k in range(bins):
        masses[k] = cumulative[k + 1]
    masses[0] += cumulative[0]
