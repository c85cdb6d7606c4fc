"""What a scenario says of how busy nodes are, where a load takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wattquery.scenarios.scenario import Scenario

__all__ = ["with_loads"]

_LOADS = ("load", "concurrency")


def with_loads(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario without the load that it states in the other way, and without an occupancy.

    Parameters
    ----------
    scenario
        As its file says it.
    changes
        Arguments by name: where none is a load or a concurrency, the scenario stays as it is. An occupancy among them
        stays, and is refused.
    """
    if not any(name in changes for name in _LOADS):
        return scenario
    other = {name: None for name in _LOADS if name not in changes}
    axes = {name: values for name, values in scenario.axes.items() if name not in other}
    axes |= {name: changes[name] for name in _LOADS if name in changes}
    classes = {name: replace(each, **other) for name, each in scenario.classes.items()}
    kept = scenario.occupancy if "occupancy" in changes else None
    return replace(scenario, classes=classes, axes=axes, occupancy=kept)
