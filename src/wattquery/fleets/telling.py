"""Points of a grid that tell which factors, components and extrapolated models there are at all of its points.

What a point has of these it has by its labels one by one. So a few points stand for all: of the axes of factors the
first label of each kind, and all labels of the other axes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from wattquery.quantities import AXES
from wattquery.specs.axis import Axis
from wattquery.specs.converters import LeverSet
from wattquery.specs.grid import Grid

__all__ = ["telling"]

OF_FACTORS = ("power_utilization", "pue", "node_power", "levers")
"""Axes of which a label does no more than to multiply or divide."""

BESIDE_ALL = "boundary"
"""The axis that says which of the others count: all of its labels are taken, beside each of theirs."""


def telling(grids: Iterable[Grid]) -> list[tuple[int, ...]]:
    """Return the places of points, in their order, each with a place along every axis of a grid but that of models.

    Parameters
    ----------
    grids
        Those of the classes, which have the same axes and may have other values there.
    """
    kinds: list[list[int]] = []
    others: list[range] = []
    for name, of_classes in zip(AXES[1:], zip(*(grid.axes[1:] for grid in grids), strict=True), strict=True):
        every, is_of_factors = range(of_classes[0].size), name in OF_FACTORS
        kinds.append(_kinds(of_classes) if is_of_factors else list(every) if name == BESIDE_ALL else [0])
        others.append(range(1) if is_of_factors else every)
    return sorted({*itertools.product(*kinds), *itertools.product(*others)})


def _kinds(of_classes: Iterable[Axis[Any]]) -> list[int]:
    """Return the places of the first labels of each kind that any class has on an axis."""
    return sorted({place for axis in of_classes for place in _firsts(axis)})


def _firsts(axis: Axis[Any]) -> Iterator[int]:
    seen: set[object] = set()
    for place, value in enumerate(axis.values):
        levers = value.levers if isinstance(value, LeverSet) else ()
        kinds: set[object] = {(lever.name, _kind(lever.largest)) for lever in levers} or {_kind(value)}
        if place == 0 or not kinds <= seen:
            yield place
        seen |= kinds


def _kind(value: Any) -> object:
    return type(value), getattr(value, "is_random", None)
