"""Axes of a grid that are themselves random factors: which labels take part, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.plans.pick_freeze_tables import Choice
from wattquery.plans.plan import Plan
from wattquery.quantities import AXES
from wattquery.specs import Axis
from wattquery.specs.containers import as_mapping, one_per_label
from wattquery.specs.grid import Grid
from wattquery.specs.scalars import finite, shown

__all__ = ["checked_cells", "choices"]


def choices(over: object, grid: Grid, factors: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices that the argument ``over`` says, in the order of the axes.

    Parameters
    ----------
    over
        ``None``, the name of an axis, several of them, or a mapping of names to weights by label (``None`` for equal).
    grid
        The grid.
    factors
        Names that are taken.

    Raises
    ------
    InputError
        If an axis is unknown or has one label, or weights are not probabilities of its labels.
    """
    if over is None:
        return ()
    weights: dict[str, object]
    if isinstance(over, Mapping):
        weights = {_axis_name(name): by_label for name, by_label in over.items()}
    elif isinstance(over, (str, list, tuple)):
        weights = dict.fromkeys([over] if isinstance(over, str) else (_axis_name(name) for name in over))
    else:
        raise InputTypeError(
            f"over must be an axis, a list of axes, or a dict of weights by axis, got {shown(over)}. "
            "Write for example over='model'."
        )
    long = [axis.name for axis in grid.dimensions if axis.size > 1]
    for name in weights:
        if name not in AXES:
            raise InputError(f"over must name an axis of {listed(long)}, got {name!r}.{did_you_mean(name, AXES)}")
        if name not in long:
            raise InputError(
                f"over = {name!r} is an axis of length one: there is nothing to choose from. "
                f"Give {name} several labels as a list, or leave it out of over."
            )
    return tuple(
        _choice(axis, place, weights[axis.name], factors)
        for place, axis in enumerate(grid.axes)
        if axis.name in weights
    )


def _axis_name(name: object) -> str:
    return name if isinstance(name, str) else shown(name)


def _choice(axis: Axis[object], place: int, weights: object, factors: Sequence[str]) -> Choice:
    name = f"{axis.name}:label" if axis.name in factors else axis.name
    if weights is None:
        return Choice(name, place, tuple(range(axis.size)), (1.0 / axis.size,) * axis.size)
    argument = f"over[{axis.name!r}]"
    if not isinstance(as_mapping(weights, argument, axis.labels), Mapping):
        raise InputTypeError(
            f"{argument} must be a dict with a weight for each label of {listed(axis.labels)}, got {shown(weights)}. "
            "A label with the weight 0 takes no part."
        )
    by_label = one_per_label(weights, argument, axis.labels, "weight", axis.name)
    shares = np.array([finite(weight, argument) for weight in by_label])
    if not np.all(shares >= 0.0) or not np.isclose(shares.sum(), 1.0, atol=1e-9) or np.count_nonzero(shares) < 2:
        raise InputError(
            f"{argument} must be weights that are not negative, at least two of them above 0, with a sum of 1, got "
            f"{shown(shares.tolist())}. Divide each by their sum."
        )
    kept = tuple(int(i) for i in np.flatnonzero(shares))
    return Choice(name, place, kept, tuple(float(shares[i]) for i in kept))


def checked_cells(
    grid: Grid, plan: Plan, random: Sequence[Choice], members: NDArray[np.int64], reasons: Sequence[str] = ()
) -> NDArray[np.bool_]:
    """Return which cells of the result have data.

    Parameters
    ----------
    grid, plan
        The grid, and its plan.
    random
        The axes that are random.
    members
        The cells of the plan that make up each cell of the result, one row each.
    reasons
        By deployment, why nothing is predicted of it; none without a load.

    Raises
    ------
    InputError
        If some of the random labels of a cell have data and others do not: there is no average over what is missing.
    """
    supported = np.zeros(plan.size, dtype=np.bool_)
    supported[plan.cells] = True
    here = supported[members]
    partly = np.flatnonzero(here.any(axis=1) & ~here.all(axis=1))
    if partly.size:
        missing = members[partly[0]][~here[partly[0]]]
        labels = [f"{_labels(grid, plan, int(one))}{_because(plan, int(one), reasons)}" for one in missing[:3]]
        names = listed(AXES[choice.axis] for choice in random)
        raise InputError(
            f"over = {names} averages over labels without data: {'; '.join(labels)}. All labels of a cell must have "
            "data. Leave these out of the axis, or give them the weight 0."
        )
    return np.asarray(here.all(axis=1))


def _labels(grid: Grid, plan: Plan, number: int) -> str:
    """Return the labels of a cell along the dimensions of the grid."""
    place = np.unravel_index(number, plan.shape)
    pairs = zip(grid.axes, place, strict=True)
    return ", ".join(f"{axis.name}={axis.labels[int(i)]!r}" for axis, i in pairs if axis.is_dimension)


def _because(plan: Plan, number: int, reasons: Sequence[str]) -> str:
    """Return why a cell has no data, in brackets, where that is known."""
    return f" ({reasons[number // plan.cells_of_a_deployment]})" if len(reasons) else ""
