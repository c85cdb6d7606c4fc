"""A sum of two energies that err together, as a lognormal with the same mean.

E = A e^a + T e^s

A is what accelerators take while they are busy, with a the error of ln of the energy per token; T goes by time alone,
what they take while idle and the rest of the node, with s the error of ln of the time per token. Both are normal, and
correlated, as energy is power times time.

The lognormal has the mean of the sum, and the standard deviation of ln E that its first three moments tell: with
K_n = ln E[E^n], and ln E almost normal, K_2 - 2 K_1 is its variance plus its third cumulant, K_3 - 3 K_1 three times
the one and four times the other, so that

sigma^2 = 4 (K_2 - 2 K_1) - (K_3 - 3 K_1)

Two moments would tell the upper quantiles better than that and the lower ones worse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.fold import factor_variance, fold_variance

__all__ = ["Errors", "Folded", "folded"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of the logarithms of energy and time per token, as a normal distribution.

    Attributes
    ----------
    energy, time
        Means of a and s [1].
    energy_variance, time_variance, covariance
        Of them [1].
    """

    energy: Array
    time: Array
    energy_variance: Array
    time_variance: Array
    covariance: Array

    @property
    def expected_energy(self) -> Array:
        """E[e^a] [1]."""
        return np.asarray(np.exp(self.energy + 0.5 * self.energy_variance))

    @property
    def expected_time(self) -> Array:
        """E[e^s] [1]."""
        return np.asarray(np.exp(self.time + 0.5 * self.time_variance))


@dataclass(frozen=True, eq=False)
class Folded:
    """The lognormal, with what its parts contribute.

    Attributes
    ----------
    sigma
        Standard deviation of ln E by both errors [1].
    of_energy, of_time
        Shares of A and T in the mean: d ln E by a and by s [1].
    of_node, of_idle, of_cached
        Standard deviations of ln E by the watts of the node, by those of idle accelerators, and by the weight of cached
        tokens [1].
    """

    sigma: Array
    of_energy: Array
    of_time: Array
    of_node: Array
    of_idle: Array
    of_cached: Array

    @property
    def total(self) -> Array:
        """Standard deviation of ln E by all of it together [1]."""
        return np.asarray(np.sqrt(self.sigma**2 + self.of_node**2 + self.of_idle**2 + self.of_cached**2))


def folded(
    errors: Errors,
    busy: Array,
    idle: Array,
    node: Array,
    *,
    node_sd: Array | float,
    idle_sd: Array | float,
    cached_sd: Array,
) -> Folded:
    """Return the lognormal of a sum.

    Parameters
    ----------
    errors
        Of energy and time.
    busy
        What accelerators take while they are busy, by the equations without errors [J].
    idle, node
        What goes by time: the energy of idle accelerators, and that of the watts of the node [J].
    node_sd
        Standard deviation of the node's watts, relative to them [1].
    idle_sd
        That of the watts of idle accelerators [1].
    cached_sd
        Standard deviation of ``busy`` by the weight of cached tokens, relative to it [1].
    """
    counted = busy * errors.expected_energy
    node = node * errors.expected_time
    idle = idle * errors.expected_time
    timed = idle + node
    mean = counted + timed
    a, t = counted / mean, timed / mean
    return Folded(
        np.asarray(np.sqrt(fold_variance(errors.energy_variance, errors.time_variance, errors.covariance, a, t))),
        a,
        t,
        of_node=_factor_sd(node_sd * node / mean),
        of_idle=_factor_sd(idle_sd * idle / mean),
        of_cached=_factor_sd(cached_sd * a),
    )


def _factor_sd(relative: Array) -> Array:
    """Return the standard deviation of the logarithm of a lognormal factor of the mean 1, from its own."""
    found: Array = np.sqrt(factor_variance(relative))
    return found
