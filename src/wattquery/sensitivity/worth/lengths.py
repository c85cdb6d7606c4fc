"""How the answer moves with the lengths of all queries, where a user says how well these are known."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.plans.variants import scaled_length, with_joint_lengths, with_lengths
from wattquery.sensitivity.two_level.nested_quantiles import without_shared
from wattquery.specs.factors import LENGTHS
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.run import Run
from wattquery.uncertainty.scopes import Scope

__all__ = ["checked_uncertainty", "length_elasticity"]

Array = NDArray[np.float64]


def checked_uncertainty(uncertainty: object, scopes: Mapping[str, Scope]) -> float | None:
    """Return the relative standard deviation of all lengths together that a user states, if any.

    Raises
    ------
    InputError
        If it is none, or a length is shared and has a distribution for what is not known of it.
    """
    if uncertainty is None:
        return None
    if not is_number(uncertainty) or not 0.0 < uncertainty <= 1.0:
        raise InputError(
            f"length_uncertainty must be above 0 and up to 1, got {shown(uncertainty)}: it is the relative standard "
            "deviation of what is not known of all lengths together, 0.2 for 20 %."
        )
    shared = [name for name in (*LENGTHS, "workload") if scopes.get(name) == "shared"]
    if shared:
        raise InputError(
            f"length_uncertainty={shown(uncertainty)} says again what is not known of {shared[0]!r}, which is shared: "
            "leave one of the two out."
        )
    return float(uncertainty)


def length_elasticity(whole: Run, scopes: Mapping[str, Scope], of: str, uncertainty: float) -> Array:
    """Return d ln answer / d ln lengths of every cell, over a standard deviation to both sides; NaN without data.

    All lengths move together; under a load, those of the query that is attributed, in the batch as it is.
    """
    name = "energy_mean" if of == "mean" else "energy"
    logs = []
    for moved in (-uncertainty, uncertainty):
        run = without_shared(_moved(whole, math.exp(moved)), scopes)
        logs.append(np.log(run.statistics().arrays[name].reshape(whole.plan.size, -1)[:, 0]))
    return np.asarray((logs[1] - logs[0]) / (2.0 * uncertainty))


def _moved(whole: Run, factor: float) -> Run:
    """Return a run in which all queries are longer by a factor."""
    if whole.grid.workloads:
        return whole.with_plan(with_joint_lengths(whole.plan, lambda joint: joint.scaled(factor)))
    plan = whole.plan
    for name in LENGTHS:
        plan = with_lengths(plan, name, [scaled_length(column, factor) for column in getattr(plan, name)])
    return whole.with_plan(plan)
