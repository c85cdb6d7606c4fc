"""Which structural choices can be made at all points of a scenario, by a look at a few of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wattquery.catalog import Preset
from wattquery.errors import InputError
from wattquery.fleets.length_means import LengthPart
from wattquery.fleets.parts import ClassGrid, class_grids
from wattquery.fleets.structural_choices import (
    Choice,
    TrimmedShares,
    choices,
    trim_of,
    variance_of,
    varied,
    what_to_say,
)
from wattquery.fleets.telling import telling
from wattquery.scenarios.scenario import Scenario
from wattquery.specs import LogNormal

__all__ = ["TRIMMED", "possible_choices"]

TRIMMED = TrimmedShares()
"""What is known of cut distributions, which looks and boxes have most of in common."""

CUT_WITH = ("power_utilization", "pue", "node_power")
"""Axes of factors that widen what tails are cut of."""


def possible_choices(scenario: Scenario, presets: Sequence[Preset]) -> tuple[list[Choice], list[str]]:
    """Return the choices that can be made at all points, and what to say of others, by a look at a few points.

    Raises
    ------
    InputError
        If the scenario itself cannot be computed.
    """
    possible, left_out = [], []
    for choice in choices(scenario, presets):
        try:
            _check(scenario, choice)
        except InputError as error:
            left_out.append(what_to_say(choice, presets, error))
        else:
            possible.append(choice)
    return possible, left_out


def _check(scenario: Scenario, choice: Choice) -> None:
    """Refuse a choice that cannot be made at some point.

    Two random lengths may need more components than the exact method has room for, the more the narrower the factors
    are: so they are tried where these are narrowest, too.
    """
    grids = class_grids(varied(scenario, choice), choice.preset, ask_memory=False)
    places = telling(grid.run.grid for grid in grids)
    for grid in grids:
        trim = trim_of(grid, choice)
        if trim is None:
            continue
        for parts in grid.points(_narrowest(grid, places)):
            for part in parts:
                variance_of(part)
                if _are_random(part.lengths):
                    TRIMMED.share(grid.run, part, trim)


def _narrowest(grid: ClassGrid, places: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return places, and those besides in which every axis of factors is where it is narrowest."""
    axes = grid.run.grid.axes[1:]
    widths = {i: [_width(value) for value in axis.values] for i, axis in enumerate(axes) if axis.name in CUT_WITH}
    narrowest = {i: each.index(min(each)) for i, each in widths.items()}
    return sorted({*places, *(tuple(narrowest.get(i, at) for i, at in enumerate(place)) for place in places)})


def _width(value: object) -> float:
    """Return the standard deviation of ln of a factor; infinity where it has none."""
    return value.sigma if isinstance(value, LogNormal) and value.sigma > 0.0 else math.inf


def _are_random(lengths: LengthPart) -> bool:
    """Return whether both lengths are random, and not the pairs of a workload."""
    columns = (lengths.output_tokens, lengths.input_tokens)
    known = [column.distribution for column in columns]
    return columns[0].joint is None and all(one is not None and one.is_random for one in known)
