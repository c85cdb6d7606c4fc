"""Variance-based indices from pick-freeze sums: estimators as small pure functions, named by their papers.

With f_A and f_B the model at two independent points, f_ABi that at A with the factors of group i taken from B, f_BAi
the reverse, all centred by the mean c of f_A and f_B, V the variance of both together and <> the mean over points:

===============  ==================================================  ================================================
estimator        first order, V_i                                    second order, V_i + V_j + V_ij
===============  ==================================================  ================================================
azzini_2021      2 V <(f_BAi - f_B) (f_A - f_ABi)> / W_i             as saltelli_2010
jansen_1999      V - <(f_B - f_ABi)^2> / 2                           V - <(f_ABi - f_BAj)^2> / 2
saltelli_2010    <f_B (f_ABi - f_A)>                                 <f_ABi f_BAj> - <f_A f_B>
janon_2014       V corr(f_B, f_ABi), both with pooled moments        as saltelli_2010
===============  ==================================================  ================================================

Total order is V_Ti = <(f_A - f_ABi)^2> / 2 (Jansen 1999; Saltelli 2010 recommends it too), and with azzini_2021
V <(f_A - f_ABi)^2 + (f_B - f_BAi)^2> / W_i, where W_i = <(f_A - f_B)^2 + (f_BAi - f_ABi)^2>, four times the variance.

Sources: Azzini, Mara, Rosati, Environmental Modelling & Software 144 (2021) 105167,
https://doi.org/10.1016/j.envsoft.2021.105167; Jansen, Computer Physics Communications 117 (1999) 35-43,
https://doi.org/10.1016/S0010-4655(98)00154-4; Saltelli, Annoni, Azzini, Campolongo, Ratto, Tarantola, Computer Physics
Communications 181 (2010) 259-270, https://doi.org/10.1016/j.cpc.2009.09.018 (rows b and f of its table 2; second
order: Saltelli 2002, https://doi.org/10.1016/S0010-4655(02)00280-1); Janon, Klein, Lagnoux, Nodet, Prieur, ESAIM:
Probability and Statistics 18 (2014) 342-364, https://doi.org/10.1051/ps/2013040.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from wattquery.methods.pick_freeze import Sums

__all__ = ["ESTIMATORS", "Indices", "Interval", "Moments", "estimate", "moments"]

Array = NDArray[np.float64]

ROUNDING = 1e-6
"""What single precision may move an index by, however well replicates agree."""

DISTINCT = 100.0
"""Standard deviations below so many times the rounding of an output are not told from it: indices err by 1 %."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Means over points of what the sums add up; see `wattquery.kernels.drivers.pick_freeze.add_block`.

    Attributes
    ----------
    whole, by_group, by_pair
        The means; ``by_group`` has the groups in its last but one dimension.
    """

    whole: Array
    by_group: Array
    by_pair: Array

    @property
    def mean(self) -> Array:
        """The mean c of f_A and f_B."""
        return np.asarray((self.whole[..., 0] + self.whole[..., 1]) / 2.0)

    @property
    def variance(self) -> Array:
        """The variance V of f_A and f_B together."""
        return np.asarray((self.whole[..., 2] + self.whole[..., 3]) / 2.0 - self.mean**2)


def moments(sums: Sums) -> tuple[Moments, Moments]:
    """Return the moments of all replicates together, and of all but each one (along the dimension of replicates)."""
    parts = (sums.whole, sums.by_group, sums.by_pair)
    replicates = sums.whole.shape[2]
    totals = [part.sum(axis=2) for part in parts]
    rest = replicates - 1
    return (
        Moments(*(total / (replicates * sums.points) for total in totals)),
        Moments(
            *((total[:, :, None] - part) / (rest * sums.points) for total, part in zip(totals, parts, strict=True))
        ),
    )


def saltelli_2010(m: Moments) -> Array:
    """Return V_i, by group."""
    return np.asarray(m.by_group[..., 0] - m.mean[..., None] * m.by_group[..., 1])


def jansen_1999(m: Moments) -> Array:
    """Return V_i, by group."""
    return np.asarray(m.variance[..., None] - m.by_group[..., 3] / 2.0)


def janon_2014(m: Moments) -> Array:
    """Return V_i, by group."""
    a, b, _, _, product = (m.whole[..., k, None] for k in range(5))
    both = m.by_group[..., 0] + product  # <f_B f_AB>
    squares = (m.by_group[..., 3] + 2.0 * both) / 2.0  # <f_B^2 + f_AB^2> / 2
    mean = (b + a + m.by_group[..., 1]) / 2.0
    spread = squares - mean**2
    return np.asarray(m.variance[..., None] * (both - mean**2) / np.where(spread > 0.0, spread, 1.0))


def azzini_2021(m: Moments) -> Array:
    """Return V_i, by group."""
    return np.asarray(2.0 * m.variance[..., None] * m.by_group[..., 6] / _four_variances(m))


def azzini_total(m: Moments) -> Array:
    """Return V_Ti, by group."""
    return np.asarray(m.variance[..., None] * (m.by_group[..., 2] + m.by_group[..., 5]) / _four_variances(m))


def _four_variances(m: Moments) -> Array:
    _, _, squares_a, squares_b, product = (m.whole[..., k, None] for k in range(5))
    four = squares_a + squares_b - 2.0 * product + m.by_group[..., 7]
    return np.where(four > 0.0, four, 1.0)


def jansen_total(m: Moments) -> Array:
    """Return V_Ti, by group."""
    return np.asarray(m.by_group[..., 2] / 2.0)


def saltelli_pairs(m: Moments) -> Array:
    """Return V_i + V_j + V_ij, by two groups."""
    moved = m.by_group[..., :, None, 1] + m.by_group[..., None, :, 4]
    return np.asarray(m.by_pair[..., 1] - m.whole[..., 4, None, None] - m.mean[..., None, None] * moved)


def jansen_pairs(m: Moments) -> Array:
    """Return V_i + V_j + V_ij, by two groups."""
    return np.asarray(m.variance[..., None, None] - m.by_pair[..., 0] / 2.0)


@dataclass(frozen=True)
class _Estimator:
    """What an estimator computes first order, total order and pairs by, and whether it takes mirrored outputs f_BA."""

    first: Callable[[Moments], Array]
    total: Callable[[Moments], Array]
    pairs: Callable[[Moments], Array]
    mirrored: bool = False


ESTIMATORS = {
    "azzini_2021": _Estimator(azzini_2021, azzini_total, saltelli_pairs, mirrored=True),
    "jansen_1999": _Estimator(jansen_1999, jansen_total, jansen_pairs),
    "saltelli_2010": _Estimator(saltelli_2010, jansen_total, saltelli_pairs),
    "janon_2014": _Estimator(janon_2014, jansen_total, saltelli_pairs),
}
"""The estimators by name."""


@dataclass(frozen=True, eq=False)
class Interval:
    """Estimates with the ends of their intervals."""

    value: Array
    low: Array
    high: Array

    @property
    def parts(self) -> tuple[Array, Array, Array]:
        """The three of them."""
        return self.value, self.low, self.high


@dataclass(frozen=True, eq=False)
class Indices:
    """Indices by cell, scale and group, as shares of the variance.

    Attributes
    ----------
    variance
        The variance itself.
    first, total, interaction
        First order, total order, and what the second exceeds the first by.
    second
        Second order by two groups, NaN for a group with itself; ``None`` where not wanted.
    """

    variance: Interval
    first: Interval
    total: Interval
    interaction: Interval
    second: Interval | None


def estimate(sums: Sums, estimator: str, level: float) -> Indices:
    """Return the indices of all cells, NaN where nothing is random.

    Intervals are those of the jackknife over replicates, see `_ends`. No index is claimed to be known better than the
    rounding of outputs allows, or than few points can tell (see `_one_point`), and where rounding has eaten the
    variance, all are NaN, and the variance is too.
    """
    here, without = moments(sums)
    deviation = np.sqrt(np.maximum(here.variance, 0.0))
    rounding = sums.resolution.reshape(sums.resolution.shape + (1,) * (deviation.ndim - 1))
    told = deviation > DISTINCT * rounding
    least = np.maximum(ROUNDING, rounding / np.where(told, deviation, 1.0))
    chosen = ESTIMATORS[estimator]
    unmet = _one_point(chosen.total(here), chosen.total(without)) * -np.log1p(-level)
    unmet /= np.where(told, here.variance, 1.0)[..., None]
    random = np.broadcast_to(sums.random.reshape(rounding.shape), deviation.shape)
    shares = _Shares(chosen, sums.present, random, told)

    def interval(of: Callable[[Moments], Array], present: NDArray[np.bool_], unseen: Array) -> Interval:
        value, others = of(here), of(without)
        low, high = _ends(others, level)
        floor = np.maximum(least.reshape(least.shape + (1,) * (value.ndim - least.ndim)), unseen)
        floor = np.where(present.reshape(_between(present, value.ndim)), floor, 0.0)
        return Interval(value, value - np.maximum(low, floor), value + np.maximum(high, floor))

    variance, others = shares.variance(here), shares.variance(without)
    low, high = _ends(others, level)
    paired = sums.by_pair.shape[-3] > 0
    of_pairs = np.sqrt(unmet[..., :, None] * unmet[..., None, :])
    return Indices(
        Interval(variance, variance - low, variance + high),
        interval(shares.first, sums.present, unmet),
        interval(shares.total, sums.present, unmet),
        interval(shares.interaction, sums.present, unmet),
        interval(shares.second, shares.both, of_pairs) if paired else None,
    )


@dataclass(frozen=True, eq=False)
class _Shares:
    """Indices as shares of the variance, of any moments: those of all replicates, or of all but each one.

    Attributes
    ----------
    estimator
        The estimator.
    present
        Which groups are random in each cell.
    random, told
        By cell and scale: whether anything is random, and whether the variance is told from rounding.
    """

    estimator: _Estimator
    present: NDArray[np.bool_]
    random: NDArray[np.bool_]
    told: NDArray[np.bool_]

    @property
    def both(self) -> NDArray[np.bool_]:
        """Which pairs of groups are random in each cell."""
        return self.present[:, :, None] & self.present[:, None, :]

    def variance(self, m: Moments) -> Array:
        """Return the variance: 0 where nothing is random, NaN where rounding has eaten it."""
        return np.where(_by_replicate(self.random, m), self._divisor(m), 0.0)

    def first(self, m: Moments) -> Array:
        """Return the first-order indices."""
        return self._share(self.estimator.first(m), m)

    def total(self, m: Moments) -> Array:
        """Return the total indices."""
        return self._share(self.estimator.total(m), m)

    def interaction(self, m: Moments) -> Array:
        """Return what total indices exceed first-order ones by."""
        return np.asarray(self.total(m) - self.first(m))

    def second(self, m: Moments) -> Array:
        """Return the second-order indices, NaN for a group with itself."""
        closed = self.estimator.pairs(m)
        closed = 0.5 * (closed + closed.swapaxes(-1, -2))
        main = self.first(m)
        alone = np.eye(self.both.shape[-1], dtype=np.bool_)
        whole = self._divisor(m)[..., None, None]
        shares = closed / whole - main[..., :, None] - main[..., None, :]
        there = self.both.reshape(_between(self.both, shares.ndim))
        return np.where(alone, np.nan, np.where(there, shares, 0.0 * whole))

    def _share(self, parts: Array, m: Moments) -> Array:
        # What is not random here explains nothing, and its estimate would be noise about that.
        there = self.present.reshape(_between(self.present, parts.ndim))
        whole = self._divisor(m)[..., None]
        return np.where(there, parts / whole, 0.0 * whole)

    def _divisor(self, m: Moments) -> Array:
        return np.where(_by_replicate(self.random & self.told, m), m.variance, np.nan)


def _by_replicate(values: NDArray[np.bool_], m: Moments) -> NDArray[np.bool_]:
    """Return values by cell and scale as they are wanted for moments, which may be by replicate too."""
    return values.reshape(values.shape + (1,) * (m.variance.ndim - values.ndim))


def _one_point(total: Array, others: Array) -> Array:
    """Return what one point is worth in V_Ti: V_Ti / m, where it rests on m of them.

    A sum that few points make has the relative standard error 1 / sqrt(m). What none of these met, replicates agree
    on, at zero for example, and their spread says nothing. An event that m points have not met has a share below 3 / m
    with 95 % (the rule of three: 1 - level = exp(-3)), and V_Ti bounds what group i may add by it.
    """
    n = others.shape[2]
    squares = np.mean((others.mean(axis=2, keepdims=True) - others) ** 2, axis=2) * (n - 1)
    return np.asarray(np.divide(squares, total, out=np.zeros_like(squares), where=total > 0.0))


def _ends(others: Array, level: float) -> tuple[Array, Array]:
    """Return how far below and above an estimate its interval reaches, from estimates without each replicate.

    The jackknife's standard error with Student's t, for independent replicates, whether their points are or not. Sums
    of a heavy-tailed output are skewed, and then an estimate that is too low comes with an error that is too small.
    So degrees of freedom are those of a variance of values with their kurtosis, and the end on the side of the long
    tail is moved outward by what the skewness shifts the distribution of t, to first order (the other is left).

    Source: Hall, "On the removal of skewness by transformation", Journal of the Royal Statistical Society B 54 (1992)
    221-228, https://doi.org/10.1111/j.2517-6161.1992.tb01876.x
    """
    n = others.shape[2]
    values = others.mean(axis=2, keepdims=True) - others
    squares = np.mean(values**2, axis=2)
    error = np.sqrt(squares * (n - 1))
    safe = np.where(squares > 0.0, squares, 1.0)
    skewness = np.mean(values**3, axis=2) / safe**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    excess = np.maximum(np.mean(values**4, axis=2) / safe**2 - 3.0, 0.0)
    half = stdtrit(2.0 * n / (excess + 2.0 * n / (n - 1)), 0.5 + level / 2.0)
    shift = skewness * (1.0 + 2.0 * half**2) / (6.0 * np.sqrt(n))
    return error * (half + np.maximum(-shift, 0.0)), error * (half + np.maximum(shift, 0.0))


def _between(values: NDArray[np.bool_], dimensions: int) -> tuple[int, ...]:
    """Return the shape of values by cell and group (or two) with dimensions for scale and replicate in between."""
    return values.shape[:1] + (1,) * (dimensions - values.ndim) + values.shape[1:]
