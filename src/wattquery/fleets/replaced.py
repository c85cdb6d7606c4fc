"""What goes from a scenario when arguments take its place: what it said of loads, and of levers used no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.scenario import NODE_TIME_LEVERS, Scenario
from wattquery.specs.converters import LeverSet
from wattquery.specs.lever import Lever

__all__ = ["lever_names", "without_replaced"]

_LOADS = ("load", "concurrency")


def without_replaced(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario without what says something about levers and loads that arguments take the place of.

    Parameters
    ----------
    scenario
        As it was written. What it says of a lever that it never used is kept, and refused as the slip that it is.
    changes
        Arguments by name.
    """
    return _without_levers(_without_loads(scenario, changes), changes)


def _without_levers(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario without factors of levers that it used, and that are replaced by others."""
    if "levers" not in changes:
        return scenario
    used = set(lever_names(scenario.axes.get("levers", "none")))
    used |= {name for each in scenario.classes.values() for name in lever_names(each.levers)}
    gone = used - set(lever_names(changes["levers"]))
    named = tuple(name for name in scenario.node_time_levers if name not in gone or name in NODE_TIME_LEVERS)
    classes = {name: _without(each, gone) for name, each in scenario.classes.items()}
    return replace(scenario, classes=classes, node_time_levers=named)


def _without(query_class: QueryClass, gone: set[str]) -> QueryClass:
    factors = {name: factor for name, factor in query_class.lever_factors.items() if name not in gone}
    kinds = {name: kind for name, kind in query_class.lever_kinds.items() if name not in gone}
    return replace(query_class, levers="none", lever_factors=factors, lever_kinds=kinds)


def _without_loads(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario without the load that it states in another way, and without an occupancy, which a load says."""
    if not any(name in changes for name in _LOADS):
        return scenario
    other = {name: None for name in _LOADS if name not in changes}
    axes = {name: values for name, values in scenario.axes.items() if name not in other}
    axes |= {name: changes[name] for name in _LOADS if name in changes}
    classes = {name: replace(each, **other) for name, each in scenario.classes.items()}
    kept = scenario.occupancy if "occupancy" in changes else None
    return replace(scenario, classes=classes, axes=axes, occupancy=kept)


def lever_names(value: object) -> Iterator[str]:
    """Yield the names of the levers of combinations, however these are written.

    Examples
    --------
    >>> from wattquery.specs import Lever
    >>> list(lever_names(["none", "model+serving", Lever("ours", 2.0), {"both": ["routing", "ours"]}]))
    ['model', 'serving', 'ours', 'routing', 'ours']
    """
    if isinstance(value, str):
        yield from (name for part in value.split("+") if (name := part.strip()) != "none")
    elif isinstance(value, Lever):
        yield value.name
    elif isinstance(value, LeverSet):
        yield from (lever.name for lever in value.levers)
    elif isinstance(value, Mapping):
        yield from (
            [str(value["lever"])] if "lever" in value else (n for one in value.values() for n in lever_names(one))
        )
    elif isinstance(value, (list, tuple)):
        yield from (name for one in value for name in lever_names(one))
