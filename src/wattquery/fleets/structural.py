"""Choices that no probability is attached to: presets, trimmed or not, power that follows throughput or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog, Preset
from wattquery.computing import compute
from wattquery.errors import InputError
from wattquery.fleets.moments import moment
from wattquery.fleets.parts import class_grids, members_of, prepared
from wattquery.scenarios.scenario import Scenario
from wattquery.settings import settings
from wattquery.specs import ThroughputProportional
from wattquery.specs.grid import Grid
from wattquery.studying import Study

__all__ = ["PRESETS", "PROPORTIONAL", "Choice", "choices", "means_by_choice"]

Array = NDArray[np.float64]

PRESETS = ("v2-code", "v2-text", "v1")

PROPORTIONAL = ThroughputProportional(base=0.24, span=0.56)
"""Power that follows throughput, as in the supplement of Oviedo et al., Joule 2026."""


@dataclass(frozen=True)
class Choice:
    """One way to make the estimate.

    Attributes
    ----------
    preset
        Where all that is left out comes from.
    trimmed
        Whether the tails of each model of a blend are cut, as for the paper's headline (its fleet is not).
    proportional
        Whether power follows throughput.
    states_power
        Whether the scenario says what power is drawn, so that this is no choice.
    """

    preset: Preset
    trimmed: bool
    proportional: bool
    states_power: bool

    @property
    def label(self) -> str:
        """The three choices in words."""
        power = "proportional power" if self.proportional else "independent power"
        parts = [self.preset.name, "trimmed" if self.trimmed else "untrimmed"]
        return ", ".join(parts if self.states_power else [*parts, power])


def choices(scenario: Scenario, presets: Sequence[Preset]) -> list[Choice]:
    """Return the choices that a scenario leaves: what it states itself is not varied."""
    found = {one.name: one for one in (*presets, *map(catalogs.preset, PRESETS))}
    classes = scenario.classes.values()
    states_power = "power_utilization" in scenario.axes or any(one.power_utilization is not None for one in classes)
    of_power = (False,) if states_power else (False, True)
    return [
        Choice(preset, trimmed, proportional, states_power)
        for preset in found.values()
        for trimmed in ((False, True) if preset.blend_trim and _has_blends(scenario, preset) else (False,))
        for proportional in of_power
    ]


def means_by_choice(scenario: Scenario, choice: Choice) -> Array:
    """Return the mean energy of a query [Wh], a row per point of the axes and a column per class.

    Raises
    ------
    InputError
        If tails are to be cut of a distribution that the exact method cannot take.
    """
    asked = scenario
    if choice.proportional:
        classes = {name: replace(one, power_utilization=PROPORTIONAL) for name, one in scenario.classes.items()}
        asked = replace(scenario, classes=classes)
    grids = class_grids(asked, choice.preset)
    points = [list(grid.points()) for grid in grids]
    means = np.array([[sum(one.weight * one.mean for one in parts) for parts in of_class] for of_class in points]).T
    if not choice.trimmed:
        return means
    for column, (grid, of_class) in enumerate(zip(grids, points, strict=True)):
        if len(grid.members) > 1:
            axes = grid.asked.grid
            divided = [
                math.prod(moment(one.distribution, -1.0) for one in parts[0].levers.levers) for parts in of_class
            ]
            # Levers are the last axis but that of the boundary.
            shape = (-1, axes.levers.size, axes.boundary.size)
            without = np.array(_trimmed(asked, choice.preset, grid.name)).reshape(-1, 1, axes.boundary.size)
            means[:, column] = (without * np.reshape(divided, shape)).ravel()
    return means


def _trimmed(scenario: Scenario, preset: Preset, name: str) -> tuple[float, ...]:
    """Return the mean of the trimmed blend of a class without levers [Wh], for each point of all other axes.

    Levers divide what the trim has left, as in the paper.
    """
    one = scenario.classes[name]
    asked, _ = prepared(scenario, preset, one, levers="none")
    powers = None if asked.node_powers is None else tuple(asked.node_powers.items())
    weights = tuple(weight for _, weight in members_of(one, scenario, preset))
    return _trimmed_means(asked.grid, asked.catalog, preset, powers, weights)


@lru_cache(maxsize=256)
def _trimmed_means(
    grid: Grid,
    table: Catalog,
    preset: Preset,
    node_powers: tuple[tuple[str, float], ...] | None,
    weights: tuple[float, ...],
) -> tuple[float, ...]:
    """Return the means of a trimmed blend; scenarios that share a class ask for the same ones again."""
    low, high = preset.blend_trim or (0.0, 1.0)
    asked = Study(grid, table, preset, None if node_powers is None else dict(node_powers))
    histograms = compute(asked, settings(method="exact", keep_histogram=True)).answers.histograms
    points = grid.size // len(weights)
    return tuple(
        sum(
            weight * histograms[member * points + point].trimmed(low, high).mean()
            for member, weight in enumerate(weights)
        )
        for point in range(points)
    )


def _has_blends(scenario: Scenario, preset: Preset) -> bool:
    try:
        return any(len(members_of(one, scenario, preset)) > 1 for one in scenario.classes.values())
    except InputError:
        return False
