"""A box of a grid: some labels of each axis, side by side, as a grid of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wattquery.specs.axis import Axis
from wattquery.specs.grid import Grid

__all__ = ["box_of", "places_of_lengths"]

LENGTH_AXES = ("workload", "output_tokens", "input_tokens", "cached_tokens")


def box_of(grid: Grid, ranges: Mapping[str, range]) -> Grid:
    """Return a box of a grid, whose cells are what they are in the whole grid, to the last digit.

    Parameters
    ----------
    grid
        The whole.
    ranges
        By axis, the places of the labels that the box has; all of an axis that is left out. A dimension stays one,
        however few labels are left.
    """
    cut: dict[str, Any] = {name: _part(getattr(grid, name), places) for name, places in ranges.items()}
    return replace(grid, **cut)


def places_of_lengths(grid: Grid, ranges: Mapping[str, Sequence[int]]) -> list[int]:
    """Return the places that the combinations of lengths of a box have among those of the whole grid, in order."""
    places = [0]
    for name in LENGTH_AXES:
        size = getattr(grid, name).size
        places = [size * before + place for before in places for place in ranges.get(name, range(size))]
    return places


def _part(axis: Axis[Any], places: range) -> Axis[Any]:
    cut = slice(places.start, places.stop)
    return replace(axis, labels=axis.labels[cut], values=axis.values[cut])
