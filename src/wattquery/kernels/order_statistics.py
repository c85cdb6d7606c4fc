"""How far a quantile of draws may lie from the true one: bounds from order statistics, whatever the distribution.

The number of n draws at or below the true quantile at q is binomial, so that two order statistics enclose it with a
known probability. A standard error is made of them for whoever reads an interval as the estimate plus or minus 1.96
of it: at 95 % and at 99 %, the distance of the farther end is divided by the normal score, and the larger one counts.
With many draws beyond the quantile it is half the distance between both ends, which is known better. Where too few
draws lie beyond it, no order statistic bounds it, and its error is infinite: there is no information.

Source: David and Nagaraja, Order Statistics (3rd ed., 2003), section 7.1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.histogram import BINS_PER_UNIT

__all__ = [
    "INFORMING_DRAWS",
    "MANY",
    "REACHES",
    "informing_draws",
    "level_bounds",
    "lowest_rank",
    "rank_bounds",
    "relative_error",
]

REACHES = np.array([1.959963984540054, 2.5758293035489004])
"""Normal scores of the two intervals, 95 % and 99 %."""

TAILS = np.array([0.025, 0.005])
"""What may lie beyond either end of each."""

INFORMING_DRAWS = 10.0
"""So many draws are to be expected beyond a quantile before it is worth a look; from 5.3 on its error is finite."""

MANY = 300.0
"""Variance of the number of draws below a quantile from which it is as good as normal, with its skewness.

The ends are then 68 draws apart or more, and their distance is known to 12 %."""

UNSURE = 0.6
"""What that adds to an error, over the standard deviation of the number of draws, so that intervals cover.

The distance of k = 2 * 1.96 s draws is known to 1 / sqrt(k), as with Student's t of k / 2 degrees of freedom, whose
95 % interval is longer by (1.96^2 + 1) / (2 k) = 0.6 / s."""

SPREADS_BELOW = 12.0
"""Standard deviations below its mean from where a binomial distribution is added up."""


def informing_draws(level: float) -> float:
    """Return how many draws it takes to know anything of a quantile: ten of them beyond it."""
    return math.ceil(INFORMING_DRAWS / max(min(level, 1.0 - level), 1e-300))


UNEVEN = 1.25
"""Where an end is farther away than so many times their mean distance, there is a gap, as from one whole token to the
next: then it is the farther one that counts."""


@kernel
def lowest_rank(draws, level, which):
    """Return the largest rank whose order statistic lies above the true quantile with 2.5 % (or 0.5 %) at most.

    Parameters
    ----------
    draws : float64
        Number of draws n, a whole number.
    level : float64
        The level q of the quantile.
    which : int
        0 for 2.5 %, 1 for 0.5 %, see `TAILS`.

    Returns
    -------
    float64
        The largest l with P(K <= l - 1) <= 2.5 %, where K ~ Binomial(n, q); below 1 where no draw does.
    """
    mean, rest = draws * level, 1.0 - level
    if rest <= 0.0:
        return draws
    variance = mean * rest
    reach = REACHES[which]
    if variance > MANY:
        # Cornish and Fisher's expansion, to about a tenth of a rank.
        return math.floor(mean - reach * math.sqrt(variance) + (reach * reach - 1.0) * (rest - level) / 6.0 - 0.5) + 1.0
    k = max(0.0, math.floor(mean - SPREADS_BELOW * math.sqrt(variance + 1.0)))
    log_probability = (draws - k) * math.log1p(-level)
    if k > 0.0:
        log_probability += k * math.log(level)
        log_probability += math.lgamma(draws + 1.0) - math.lgamma(k + 1.0) - math.lgamma(draws - k + 1.0)
    probability = math.exp(log_probability)
    below, odds = probability, level / rest
    while below <= TAILS[which] and k < draws:
        probability *= (draws - k) / (k + 1.0) * odds
        k += 1.0
        below += probability
    return k


@kernel
def rank_bounds(draws, level, which):
    """Return the ranks of two order statistics that enclose the true quantile; below 1 or above n for none.

    See `lowest_rank` for the parameters. The upper rank is the lower one of the draws counted from above.
    """
    return lowest_rank(draws, level, which), draws + 1.0 - lowest_rank(draws, 1.0 - level, which)


@kernel
def level_bounds(level, error, which):
    """Return the levels between which that of the true quantile lies; NaN for an end without information.

    Parameters
    ----------
    level : float64
        The level q of a quantile.
    error : float64
        Standard error of the share below it. It counts as that of n = q (1 - q) / e^2 independent draws.
    which : int
        0 for 95 %, 1 for 99 %.
    """
    if error == 0.0:
        return level, level
    variance = level * (1.0 - level)
    if error * error * MANY < variance * variance:
        step = REACHES[which] * error
        return level - step, level + step
    draws = np.floor(variance / (error * error))
    if not draws >= 1.0:
        return np.nan, np.nan
    low, high = rank_bounds(draws, level, which)
    low_level = (low - 0.5) / draws if low >= 1.0 else np.nan
    high_level = (high - 0.5) / draws if high <= draws else np.nan
    return low_level, high_level


@compiled_where_used
def relative_error(below: Any, above: Any, reach: Any, variance: Any, point: Any = False) -> Any:
    """Return the standard error, over the energy, of a quantile whose bounds lie so far below and above in ln E.

    Parameters
    ----------
    below, above
        Distances to the bounds in ln E.
    reach
        The normal score of the interval.
    variance
        That of the number of draws below the quantile, see `MANY`.
    point
        Whether the quantile lies on a point mass, between gaps.
    """
    lower, upper = -np.expm1(-np.maximum(below, 0.0)), np.expm1(np.maximum(above, 0.0))
    # Two values are each known to half a bin, which counts where they are points and not where they are smoothed over.
    farther = np.maximum(lower, upper)
    farther = farther + (farther > 1.0 / BINS_PER_UNIT) / BINS_PER_UNIT
    half = 0.5 * (lower + upper)
    # One source for scalars and arrays: "not" refuses arrays, and "~" of a Python bool is an integer.
    even = (variance > MANY) & (np.maximum(lower, upper) <= UNEVEN * half) & (point == False)  # noqa: E712
    known = half * (1.0 + UNSURE / np.sqrt(np.maximum(variance, MANY)))
    return (farther + even * (known - farther)) / reach
