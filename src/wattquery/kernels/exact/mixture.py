"""The exact method: given the lengths, ln E is normal, so its distribution is a finite sum of normals.

A mixture is ``centres`` g_i [ln Wh], in increasing order, and ``weights`` w_i (sum 1): with sigma > 0 the sum of the
normals N(g_i, sigma). Cells that differ in sigma and in a constant alone share both arrays.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.exact.normal import FAR, REACH, SQRT_TWO_PI, normal_at, normal_density
from wattquery.kernels.random.variates import first_from, standard_normal

__all__ = ["mixture_cdf", "mixture_quantile", "mixture_quantiles", "mixture_statistics"]

MOST_STEPS = 200
LEVEL_ERROR = 1e-15
"""A level counts as reached within rounding, or a point mass could be missed by its last bit."""

OUT_OF_REACH = 1e-6
"""Of a density that is higher, components out of reach are 1e-10 at most."""

NO_DENSITY = 1e-280
"""Between points far apart a density may be smaller: a step over it, times its bend, is then beyond every number, and
what the step is divided by makes it none at all, as at a root."""

CLOSE = 3e-5
"""After a step of so many sigma the next one, its cube in size, would be lost in rounding."""


@kernel
def mixture_statistics(centres, weights, sigmas, levels, quantiles, means, deviations):
    """Fill the quantiles of ln E [ln Wh], and mean and standard deviation of E [Wh], for each sigma of a mixture.

    Parameters
    ----------
    centres, weights : float64[:]
        The mixture.
    sigmas : float64[:]
        Standard deviation of the normal that is added, above 0.
    levels : float64[:]
        Probability levels, increasing.
    quantiles : float64[:, :]
        One row per sigma and one column per level.
    means, deviations : float64[:]
        One per sigma: E[exp(g)] = m exp(sigma^2 / 2) with m the mean of exp(g), and the variance is the mean of the
        variances and the variance of the means.
    """
    below, scratch = np.empty(weights.size + 1), np.empty((3, weights.size))
    below[0] = 0.0
    mean, middle = 0.0, 0.0
    for i in range(weights.size):
        below[i + 1] = below[i] + weights[i]
        mean += weights[i] * math.exp(centres[i])
        middle += weights[i] * centres[i]
    second, between, spread = 0.0, 0.0, 0.0
    for i in range(weights.size):
        value = math.exp(centres[i])
        second += weights[i] * value * value
        between += weights[i] * (value - mean) ** 2
        spread += weights[i] * (centres[i] - middle) ** 2
    for k in range(sigmas.size):
        variance = sigmas[k] * sigmas[k]
        factor = math.exp(0.5 * variance)
        means[k] = mean * factor
        deviations[k] = factor * math.sqrt(second * math.expm1(variance) + between)
        guess = middle + math.sqrt(spread + variance) * standard_normal(levels[0])
        mixture_quantiles(levels, centres, weights, below, sigmas[k], guess, scratch, quantiles[k])


@kernel
def mixture_cdf(x, centres, weights, below, sigma, scratch):
    """Return P(ln E <= x), the density at x, and its slope.

    ``below`` are the sums of weights before each centre, ``scratch`` three rows as long as ``centres``. Centres out of
    reach of x need no normal.
    """
    near = first_from(x - REACH * sigma, centres, 0)
    far = first_from(x + REACH * sigma, centres, near)
    scale = 1.0 / sigma
    # Terms first and sums after: a loop without a sum is vectorized.
    for i in range(near, far):
        z = (x - centres[i]) * scale
        share, height = normal_at(z)
        height *= weights[i]
        scratch[0, i - near] = weights[i] * share
        scratch[1, i - near] = height
        scratch[2, i - near] = height * z
    total, density, slope = (
        _sum(scratch[0, : far - near]),
        _sum(scratch[1, : far - near]),
        _sum(scratch[2, : far - near]),
    )
    if density < OUT_OF_REACH:
        # In a tail, or between points far apart, what is out of reach is most of the density.
        density, slope = 0.0, 0.0
        for i in range(first_from(x - FAR * sigma, centres, 0), first_from(x + FAR * sigma, centres, far)):
            z = (x - centres[i]) * scale
            height = weights[i] * normal_density(z)
            density += height
            slope += height * z
    return below[near] + total, density * scale, -slope * scale * scale


@kernel
def _sum(terms):
    """Return a sum in four parts, none of which waits for the others."""
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    whole = terms.size - terms.size % 4
    for i in range(0, whole, 4):
        first += terms[i]
        second += terms[i + 1]
        third += terms[i + 2]
        fourth += terms[i + 3]
    for i in range(whole, terms.size):
        first += terms[i]
    return (first + second) + (third + fourth)


@kernel
def mixture_quantile(level, centres, weights, below, sigma, guess, scratch):
    """Return the smallest x with P(ln E <= x) >= level, to about 1e-13 sigma, and dx/dz in terms of z = Phi^-1(level).

    In terms of z the distribution function is nearly a straight line: Halley's steps on it triple the digits, and a
    bracket that only shrinks catches those that go astray.
    """
    wanted = standard_normal(level)
    low, high = centres[0] - REACH * sigma, centres[-1] + REACH * sigma
    x = min(max(guess, low), high)
    reduction = np.inf
    for _ in range(MOST_STEPS):
        total, density, slope = mixture_cdf(x, centres, weights, below, sigma, scratch)
        if total >= level - LEVEL_ERROR:
            high = x
        else:
            low = x
        if high - low <= 1e-14 * max(1.0, abs(high)):
            break
        candidate = np.inf
        straight = np.inf
        if density > NO_DENSITY and 0.0 < total < 1.0:
            z = standard_normal(total)
            steepness = density * SQRT_TWO_PI * math.exp(0.5 * z * z)
            bend = slope / density + z * steepness
            straight = 1.0 / steepness
            step = (wanted - z) * straight
            # Halley's correction; far away it is kept from turning the step round.
            candidate = x + step / max(0.5, 1.0 + 0.5 * step * bend)
        move = abs(candidate - x)
        if move <= CLOSE * sigma:
            return candidate, straight
        if low < candidate < high and move <= 0.5 * reduction:
            x, reduction = candidate, move
        else:
            x, reduction = 0.5 * (low + high), np.inf
    return high, 0.0


@kernel
def mixture_quantiles(levels, centres, weights, below, sigma, guess, scratch, quantiles):
    """Fill the quantiles at increasing levels: each is where the search for the next one begins.

    ``guess`` is where that for the first begins; see `mixture_quantile`.
    """
    for j in range(levels.size):
        root, slope = mixture_quantile(levels[j], centres, weights, below, sigma, guess, scratch)
        quantiles[j] = root
        if j + 1 < levels.size:
            guess = root + (standard_normal(levels[j + 1]) - standard_normal(levels[j])) * slope
