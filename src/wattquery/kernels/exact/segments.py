"""The exact method where little or nothing but the lengths is random: ln E as a sum of short segments and of points.

Component i is even on ``centres`` g_i -+ ``half_widths`` d_i [ln Wh], a point where d_i is 0, with ``weights`` w_i
(sum 1); to all of them a normal of ``sigma`` is added, which may be 0. With u = (x - g_i) / sigma and h = d_i / sigma,

    P(ln E_i <= x) = [G(u + h) - G(u - h)] / 2h,    G(z) = z Phi(z) + phi(z).
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.exact.normal import FAR, REACH, normal_at, normal_below, normal_density
from wattquery.kernels.histogram import BINS_PER_UNIT

__all__ = ["segment_cdf", "segment_masses", "segment_moments", "segment_quantiles"]

LEVEL_ERROR = 1e-15
"""A level counts as reached within rounding, or a point mass could be missed by its last bit."""

PLACES = 4096
"""At so many places the distribution function is bracketed first, so that few components are left to look at."""

SHORT = 1e-3
"""A segment of fewer sigma is a normal but for h^2 / 6 phi'."""


@compiled_where_used
def _segment_at(x, centre, half_width, sigma):
    """Return P(X <= x) of one component, and its density; 0 for the density of a point."""
    distance = x - centre
    if sigma == 0.0:
        if distance >= half_width:
            return 1.0, 0.0
        if distance <= -half_width:
            return 0.0, 0.0
        return (distance + half_width) * 0.5 / half_width, 0.5 / half_width
    u, h = distance / sigma, half_width / sigma
    if h < SHORT:
        below, density = _normal_anywhere(u)
        bend = h * h / 6.0
        return below - bend * u * density, density * (1.0 + bend * (u * u - 1.0)) / sigma
    upper, upper_density = _normal_anywhere(u + h)
    lower, lower_density = _normal_anywhere(u - h)
    integral = (u + h) * upper + upper_density - (u - h) * lower - lower_density
    return integral * 0.5 / h, (upper - lower) * 0.5 / half_width


@compiled_where_used
def _normal_anywhere(z):
    """Return Phi(z) and phi(z)."""
    if abs(z) <= REACH:
        return normal_at(z)
    if abs(z) > FAR:
        return (1.0 if z > 0.0 else 0.0), 0.0
    return normal_below(z), normal_density(z)


@kernel
def segment_cdf(x, centres, half_widths, weights, sigma):
    """Return P(ln E <= x) and the density at x."""
    total, lost, density = 0.0, 0.0, 0.0
    for i in range(centres.size):
        below, height = _segment_at(x, centres[i], half_widths[i], sigma)
        # Kahan's sum: a thousand equal points must reach a level as soon as the right one of them is counted.
        term = weights[i] * below - lost
        wider = total + term
        lost = (wider - total) - term
        total = wider
        density += weights[i] * height
    return total, density


@kernel
def segment_quantiles(levels, centres, half_widths, weights, sigma, quantiles):
    """Fill ``quantiles``: for each level the smallest x [ln Wh] with P(ln E <= x) >= level.

    A bracket is halved until nothing is left of it, which also finds a jump; components that it leaves are dropped.
    """
    reach = REACH * sigma
    low, high = np.inf, -np.inf
    for i in range(centres.size):
        low = min(low, centres[i] - half_widths[i] - reach)
        high = max(high, centres[i] + half_widths[i] + reach)
    step = (high - low) / PLACES
    least, most = np.zeros(PLACES + 2), np.zeros(PLACES + 2)
    if step > 0.0:
        for i in range(centres.size):
            start = (centres[i] - half_widths[i] - reach - low) / step
            stop = (centres[i] + half_widths[i] + reach - low) / step
            most[min(max(math.floor(start), 0), PLACES)] += weights[i]
            least[min(max(math.ceil(stop), 0), PLACES)] += weights[i]
    for j in range(levels.size):
        first, last = low, high
        below, upto = 0.0, 0.0
        for k in range(PLACES):
            # What a place may have reached is below the level: the quantile lies above it.
            upto += most[k]
            if upto < levels[j] - 1e-9:
                first = low + k * step
            below += least[k]
            if below > levels[j] + 1e-9:
                last = min(last, low + k * step)
                break
        quantiles[j] = _quantile_between(levels[j], first, last, centres, half_widths, weights, sigma)


@kernel
def _quantile_between(level, low, high, centres, half_widths, weights, sigma):
    """Return the quantile at a level that is known to lie between two places, or at the upper one."""
    reach = REACH * sigma
    used = 0
    for i in range(centres.size):
        if centres[i] + half_widths[i] + reach > low and centres[i] - half_widths[i] - reach < high:
            used += 1
    places, widths, shares = np.empty(used), np.empty(used), np.empty(used)
    base, lost, used = 0.0, 0.0, 0
    for i in range(centres.size):
        if centres[i] + half_widths[i] + reach <= low:
            term = weights[i] - lost
            wider = base + term
            lost = (wider - base) - term
            base = wider
        elif centres[i] - half_widths[i] - reach < high:
            places[used], widths[used], shares[used] = centres[i], half_widths[i], weights[i]
            used += 1
    while high - low > 1e-14 * max(1.0, abs(high)):
        x = 0.5 * (low + high)
        total, _ = segment_cdf(x, places[:used], widths[:used], shares[:used], sigma)
        if base + total >= level - LEVEL_ERROR:
            high = x
        else:
            low = x
        left = 0
        for i in range(used):
            if places[i] + widths[i] + reach <= low:
                term = shares[i] - lost
                wider = base + term
                lost = (wider - base) - term
                base = wider
            elif places[i] - widths[i] - reach < high:
                places[left], widths[left], shares[left] = places[i], widths[i], shares[i]
                left += 1
        used = left
    return high


@kernel
def segment_moments(centres, half_widths, weights, sigma):
    """Return mean and standard deviation of E [Wh].

    A normal of sigma about g has mean m = exp(g + sigma^2 / 2) and variance m^2 (exp(sigma^2) - 1). A segment even in
    ln E over g -+ d has m = exp(g) sinh(d) / d and variance m^2 d^2 / 3, both here to second order. The variance of the
    whole is the mean of the variances and the variance of the means.
    """
    mean, factor = 0.0, math.exp(0.5 * sigma * sigma)
    for i in range(centres.size):
        mean += weights[i] * factor * math.exp(centres[i]) * (1.0 + half_widths[i] ** 2 / 6.0)
    variance, within = 0.0, math.expm1(sigma * sigma)
    for i in range(centres.size):
        value = factor * math.exp(centres[i]) * (1.0 + half_widths[i] ** 2 / 6.0)
        variance += weights[i] * (value * value * (within + half_widths[i] ** 2 / 3.0) + (value - mean) ** 2)
    return mean, math.sqrt(variance)


@kernel
def segment_masses(first_bin, centres, half_widths, weights, sigma, masses):
    """Fill ``masses`` with the probability of each lattice bin from ``first_bin`` on; the ends take what lies beyond.

    A point on a bin's lower edge belongs to that bin, as it does for draws.
    """
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
            if reach > 0.0:
                share, _ = _segment_at(x, centres[i], half_widths[i], sigma)
            else:
                share = 1.0 if x > centres[i] else 0.0
            cumulative[edge] += weights[i] * (share - before)
            before = share
        cumulative[upper] += weights[i] * (1.0 - before)
    # ``cumulative`` held increments at edges: bin k is what lies between its edges, so edge increments shift by one.
    for k in range(bins):
        masses[k] = cumulative[k + 1]
    masses[0] += cumulative[0]
