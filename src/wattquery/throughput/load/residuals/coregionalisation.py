"""Covariances of the three outputs at one level, and the numbers that they are estimated by.

A = D C C' D, with D the standard deviations exp(theta_0..2) and C lower triangular with rows of length 1 made from
(1, 0, 0), (theta_3, 1, 0) and (theta_4, theta_5, 1): positive definite whatever theta is, and theta_0..2 are what a
reader wants to know.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["NUMBERS", "covariances", "slopes", "start"]

Array = NDArray[np.float64]

NUMBERS = 6
"""Numbers of theta for one level."""

_STEP = 1e-5


def covariances(theta: Array) -> Array:
    """Return A for each row of theta: (levels, 3, 3).

    Examples
    --------
    >>> covariances(np.log([[0.1, 0.2, 0.3, 1.0, 1.0, 1.0]]))[0].round(3)
    array([[0.01, 0.  , 0.  ],
           [0.  , 0.04, 0.  ],
           [0.  , 0.  , 0.09]])
    """
    factor = np.zeros((len(theta), 3, 3))
    factor[:, [0, 1, 2], [0, 1, 2]] = 1.0
    factor[:, [1, 2, 2], [0, 0, 1]] = theta[:, 3:]
    factor /= np.linalg.norm(factor, axis=2, keepdims=True)
    factor *= np.exp(theta[:, :3, None])
    return factor @ factor.transpose(0, 2, 1)


def slopes(theta: Array) -> Array:
    """Return dA/dtheta by central differences: (levels, 6, 3, 3)."""
    every = np.empty((len(theta), NUMBERS, 3, 3))
    for number in range(NUMBERS):
        shift = np.zeros(NUMBERS)
        shift[number] = _STEP
        every[:, number] = (covariances(theta + shift) - covariances(theta - shift)) / (2.0 * _STEP)
    return every


def start(guesses: Sequence[Sequence[float]]) -> Array:
    """Return theta of standard deviations without correlation: (levels, 6)."""
    theta = np.zeros((len(guesses), NUMBERS))
    theta[:, :3] = np.log(np.asarray(guesses, dtype=np.float64))
    return theta
