"""What a scenario says of levers that were replaced: it belongs to them, and goes with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from wattquery.scenarios.scenario import Scenario
from wattquery.specs import Lever
from wattquery.specs.converters import LeverSet

__all__ = ["with_levers"]


def with_levers(scenario: Scenario, levers: object) -> Scenario:
    """Return a scenario without factors, kinds and node time of levers that it used and that are not among new ones.

    What it says of levers that it never used stays, and is refused as a name that nothing uses.

    Parameters
    ----------
    scenario
        As its file says it.
    levers
        What takes the place of its levers, as a user wrote it.
    """
    used = _names(scenario.axes.get("levers", [one.levers for one in scenario.classes.values()]))
    gone = set(used) - set(_names(levers))
    if not gone:
        return scenario
    classes = {
        name: replace(
            one,
            lever_factors={name: value for name, value in one.lever_factors.items() if name not in gone},
            lever_kinds={name: kind for name, kind in one.lever_kinds.items() if name not in gone},
        )
        for name, one in scenario.classes.items()
    }
    kept = tuple(name for name in scenario.node_time_levers if name not in gone)
    return replace(scenario, classes=classes, node_time_levers=kept)


def _names(value: object) -> Iterator[str]:
    """Yield the names of levers in what a user wrote for an axis of levers; of what is no lever, nothing."""
    if isinstance(value, str):
        yield from (part.strip() for part in value.split("+"))
    elif isinstance(value, Lever):
        yield value.name
    elif isinstance(value, LeverSet):
        yield from (lever.name for lever in value.levers)
    elif isinstance(value, Mapping):
        yield from _names(value["lever"]) if "lever" in value else _names(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _names(one)
