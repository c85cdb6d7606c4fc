"""The search for the most likely parameters: damped Gauss-Newton steps under Student-t errors and normal priors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DEGREES_OF_FREEDOM", "Found", "Problem", "most_likely"]

Numbers = NDArray[np.float64]

DEGREES_OF_FREEDOM = 4.0
"""Of the Student-t errors: a row that is far off pulls less than one that is near."""

_TRIES, _DAMPING, _LEAST_DAMPING = 14, 1e-2, 1e-4
_LONGEST_STEP = 2.0
_TOLERANCE = 3e-5


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be fitted.

    Attributes
    ----------
    predict, derive
        Predictions of a vector, and their derivatives given vector and predictions.
    measured, error, weight
        What they are held against, the scale of its errors, and its weight.
    mean, sd
        Normal prior of the vector.
    """

    predict: Callable[[Numbers], Numbers]
    derive: Callable[[Numbers, Numbers], Numbers]
    measured: Numbers
    error: Numbers
    weight: Numbers
    mean: Numbers
    sd: Numbers

    def cost(self, predicted: Numbers, vector: Numbers) -> float:
        """Return minus twice the logarithm of the posterior, up to a constant; infinite where it is not defined."""
        if not np.isfinite(predicted).all():
            return np.inf
        z = (self.measured - predicted) / self.error
        errors = self.weight * DEGREES_OF_FREEDOM * np.log1p(z**2 / DEGREES_OF_FREEDOM)
        return float(errors.sum() + (((vector - self.mean) / self.sd) ** 2).sum())


@dataclass(frozen=True, eq=False)
class Found:
    """Where a search ended.

    Attributes
    ----------
    vector, predicted, cost
        The most likely vector, its predictions and its cost.
    covariance
        Of the vector: the inverse of the curvature there.
    """

    vector: Numbers
    predicted: Numbers
    cost: float
    covariance: Numbers


def most_likely(problem: Problem, start: Numbers, steps: int) -> Found:
    """Return the most likely vector.

    Parameters
    ----------
    problem
        What is to be fitted.
    start
        Where the search begins.
    steps
        At most [1].
    """
    vector, damping = start, _DAMPING
    predicted = problem.predict(vector)
    cost = problem.cost(predicted, vector)
    curvature = np.eye(len(vector))
    for _ in range(steps):
        curvature, slope = _local(problem, vector, predicted)
        found = _better(problem, vector, cost, curvature, slope, damping)
        if found is None:
            break
        gained = cost - found[2]
        vector, predicted, cost, damping = found
        damping = max(damping / 6.0, _LEAST_DAMPING)
        if gained < _TOLERANCE * cost:
            break
    covariance: Numbers = np.linalg.inv(curvature).astype(np.float64)
    return Found(vector, predicted, cost, covariance)


def _local(problem: Problem, vector: Numbers, predicted: Numbers) -> tuple[Numbers, Numbers]:
    """Return curvature and slope of half the cost, with the weights that the Student-t errors give here."""
    derivatives = problem.derive(vector, predicted)
    residuals = problem.measured - predicted
    weight = problem.weight / (1.0 + (residuals / problem.error) ** 2 / DEGREES_OF_FREEDOM) / problem.error**2
    scaled = derivatives * np.sqrt(weight)[:, None]
    # The same array twice: half the work, as the product is symmetric.
    curvature = scaled.T @ scaled + np.diag(problem.sd**-2.0)
    slope = derivatives.T @ (weight * residuals) - (vector - problem.mean) / problem.sd**2
    return curvature, slope


def _better(
    problem: Problem, vector: Numbers, cost: float, curvature: Numbers, slope: Numbers, damping: float
) -> tuple[Numbers, Numbers, float, float] | None:
    """Return a vector of lower cost with its predictions, cost and damping; None where no try finds one."""
    for _ in range(_TRIES):
        step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), slope)
        moved = vector + np.clip(step, -_LONGEST_STEP * problem.sd, _LONGEST_STEP * problem.sd)
        predicted = problem.predict(moved)
        lower = problem.cost(predicted, moved)
        if lower < cost:
            return moved, predicted, lower, damping
        damping *= 5.0
    return None
