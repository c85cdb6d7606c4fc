"""Axes of a grid that are themselves random factors: which labels take part, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.plans.pick_freeze_tables import Choice, Members
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
    given: dict[str, object]
    if isinstance(over, Mapping):
        given = {_axis_name(name): weights for name, weights in over.items()}
    elif isinstance(over, (str, list, tuple)):
        given = dict.fromkeys([over] if isinstance(over, str) else (_axis_name(one) for one in over))
    else:
        raise InputTypeError(
            f"over = {shown(over)} came. Allowed is an axis, a list of axes, or a dict of weights by axis."
        )
    long = [axis.name for axis in grid.dimensions if axis.size > 1]
    for name in given:
        if name not in AXES:
            raise InputError(f"over = {name!r} is not an axis. Allowed are {listed(long)}.{did_you_mean(name, AXES)}")
        if name not in long:
            raise InputError(
                f"over = {name!r} is an axis of length one: there is nothing to choose from. "
                f"Give {name} several labels as a list, or leave it out of over."
            )
    return tuple(
        _choice(axis, place, given[axis.name], factors) for place, axis in enumerate(grid.axes) if axis.name in given
    )


def _axis_name(name: object) -> str:
    return name if isinstance(name, str) else shown(name)


def _choice(axis: Axis[object], place: int, weights: object, factors: Sequence[str]) -> Choice:
    name = f"{axis.name}:label" if axis.name in factors else axis.name
    if weights is None:
        return Choice(name, place, tuple(range(axis.size)), (1.0 / axis.size,) * axis.size)
    given = f"over[{axis.name!r}]"
    if not isinstance(as_mapping(weights, given, axis.labels), Mapping):
        raise InputTypeError(
            f"{given} = {shown(weights)} came. Allowed is a dict with a weight for each label: "
            f"{listed(axis.labels)}. A label with the weight 0 takes no part."
        )
    found = one_per_label(weights, given, axis.labels, "weight", axis.name)
    shares = np.array([finite(one, given) for one in found])
    if not np.all(shares >= 0.0) or not np.isclose(shares.sum(), 1.0, atol=1e-9) or np.count_nonzero(shares) < 2:
        raise InputError(
            f"{given} = {shown(shares.tolist())} came. Allowed are weights that are not negative, at least two of them "
            "above 0, with a sum of 1."
        )
    kept = tuple(int(i) for i in np.flatnonzero(shares))
    return Choice(name, place, kept, tuple(float(shares[i]) for i in kept))


def checked_cells(grid: Grid, plan: Plan, chosen: Sequence[Choice], found: Members) -> NDArray[np.bool_]:
    """Return which cells of the result have data.

    Raises
    ------
    InputError
        If some of the random labels of a cell have data and others do not: there is no average over what is missing.
    """
    supported = np.zeros(plan.size, dtype=np.bool_)
    supported[plan.cells] = True
    here = supported[found.numbers]
    partly = np.flatnonzero(here.any(axis=1) & ~here.all(axis=1))
    if partly.size:
        missing = found.numbers[partly[0]][~here[partly[0]]]
        labels = [_labels(grid, plan, int(number)) for number in missing[:3]]
        names = listed(AXES[one.axis] for one in chosen)
        raise InputError(
            f"over = {names} averages over labels without data: {'; '.join(labels)}. Allowed are labels that all have "
            "data in the same cell. Leave them out of the axis, or give them the weight 0."
        )
    return np.asarray(here.all(axis=1))


def _labels(grid: Grid, plan: Plan, number: int) -> str:
    """Return the labels of a cell along the dimensions of the grid."""
    place = np.unravel_index(number, plan.shape)
    pairs = zip(grid.axes, place, strict=True)
    return ", ".join(f"{axis.name}={axis.labels[int(i)]!r}" for axis, i in pairs if axis.is_dimension)
