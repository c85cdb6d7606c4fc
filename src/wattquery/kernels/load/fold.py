"""The width of ln E of a sum of two energies that err together: what goes by energy per token, and what by time.

See `wattquery.throughput.load.deployments.fold` for where it comes from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used

__all__ = ["factor_variance", "fold_variance"]


@compiled_where_used
def fold_variance(energy_variance: Any, time_variance: Any, covariance: Any, counted: Any, timed: Any) -> Any:
    """Return the variance of ln E, 4 (K_2 - 2 K_1) - (K_3 - 3 K_1) of its moments relative to the mean [1].

    Parameters
    ----------
    energy_variance, time_variance, covariance
        Of the errors of the logarithms of the energy and of the time per token [1].
    counted, timed
        Shares of the mean that go by the one and by the other, of sum 1 [1].
    """
    energy, time, both = np.exp(energy_variance), np.exp(time_variance), np.exp(covariance)
    square = np.log(counted**2 * energy + 2.0 * counted * timed * both + timed**2 * time)
    cube = np.log(
        counted**3 * energy**3
        + 3.0 * counted**2 * timed * energy * both**2
        + 3.0 * counted * timed**2 * time * both**2
        + timed**3 * time**3
    )
    return np.maximum(4.0 * square - cube, 0.0)


@compiled_where_used
def factor_variance(relative: Any) -> Any:
    """Return the variance of the logarithm of a lognormal factor of the mean 1, from its standard deviation [1]."""
    return np.log1p(relative**2)
