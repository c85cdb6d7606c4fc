"""A sum of energies that err together, as the lognormal with the same mean and variance.

E = A e^a + I e^s + N (1 + nu y) e^s,  Var of A e^a holding that of the weight of cached tokens

A is what accelerators take while they are busy, with e^a the error of energy per token; I what they take while idle and
N the rest of the node, which go by time alone, with e^s the error of the time per token; y is a standard normal of the
watts of the node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        Standard deviation of ln E [1].
    of_energy, of_time
        d ln E by a and by s at expected values: shares of the mean [1].
    of_node, of_cached
        Standard deviations of ln E by the watts of the node, and by the weight of cached tokens [1].
    """

    sigma: Array
    of_energy: Array
    of_time: Array
    of_node: Array
    of_cached: Array


def folded(errors: Errors, busy: Array, idle: Array, node: Array, *, node_sd: float, cached_sd: Array) -> Folded:
    """Return the lognormal of a sum.

    Parameters
    ----------
    errors
        Of energy and time.
    busy, idle, node
        A, I and N, medians of the equations: their expected values are those times the errors' [J].
    node_sd
        nu, of the node's watts, relative to them [1].
    cached_sd
        Standard deviation of A by the weight of cached tokens, relative to A [1].
    """
    a = busy * errors.expected_energy
    i, n = idle * errors.expected_time, node * errors.expected_time
    timed, mean = i + n, a + i + n
    of_energy, of_time = np.exp(errors.energy_variance), np.exp(errors.time_variance)
    variance = (
        a**2 * (of_energy * (1.0 + cached_sd**2) - 1.0)
        + timed**2 * (of_time - 1.0)
        + (node_sd * n) ** 2 * of_time
        + 2.0 * a * timed * np.expm1(errors.covariance)
    )
    sigma = np.sqrt(np.log1p(np.maximum(variance, 0.0) / mean**2))
    return Folded(sigma, a / mean, timed / mean, node_sd * n / mean, cached_sd * a / mean)
