"""What is known of the residuals of several rows together: what one more run would say of the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from wattquery.throughput.load.residuals.blocks import cross_covariance, kernels_between
from wattquery.throughput.load.residuals.places import Places
from wattquery.throughput.load.residuals.posterior import Posterior

__all__ = ["gain_of_a_run", "joint_covariance"]

Array = NDArray[np.float64]


def joint_covariance(posterior: Posterior, places: Places) -> Array:
    """Return the covariance of the outputs of rows of one architecture with each other, (rows, 3, rows, 3).

    Given the measured rows, and without what each row has of its own.
    """
    count = len(places)
    kernels = kernels_between(places, places)
    found: Array = np.einsum("lij,lab->iajb", kernels, posterior.levels[:-1])
    known = posterior.known(str(places.architecture[0])) if count else None
    if known is None:
        return found
    cross = cross_covariance(posterior.levels[:-1], kernels_between(places, known.places), known.measured)
    half = solve_triangular(known.lower, cross.reshape(-1, len(known.solved)).T, lower=True)
    found -= (half.T @ half).reshape(count, 3, count, 3)
    return found


def gain_of_a_run(joint: Array, run: int, outputs: Array, noise: Array) -> Array:
    """Return what the covariance of each row loses when one run is measured, (rows, 3, 3): whatever it will say.

    Parameters
    ----------
    joint
        `joint_covariance` of the rows and the run.
    run
        Which of the rows stands where the run does.
    outputs
        What is measured, as sums of the outputs, (quantities, 3).
    noise
        Covariance of what the run adds of its own and of its errors, (quantities, quantities).
    """
    cross = joint[:, :, run] @ outputs.T
    spread = outputs @ joint[run, :, run] @ outputs.T + noise
    found: Array = cross @ np.linalg.solve(spread, cross.transpose(0, 2, 1))
    return found
