"""What a scenario of a fleet says of a class of queries, as arguments of `plan_capacity`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wattquery.capacity.candidates import SEARCHED
from wattquery.errors import InputError, did_you_mean, listed
from wattquery.scenarios.pool import POOL_SETTINGS
from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.boundary import COUNTED, Boundary
from wattquery.specs.scalars import shown

__all__ = ["Asking", "scenario_arguments"]

_LOOKED_FOR = ("load", "concurrency")

_LENGTHS = ("workload", "output_tokens", "input_tokens")
"""Of which a workload takes the place of the others."""


@dataclass(frozen=True)
class Asking:
    """Arguments of `plan_capacity`.

    Attributes
    ----------
    model
        The model that answers the class.
    arguments
        All others, by name.
    """

    model: Any
    arguments: Mapping[str, Any]


def scenario_arguments(
    scenario: Scenario, *, query_class: str | None = None, model: str | None = None, replaced: Mapping[str, Any]
) -> Asking:
    """Return what a scenario says of one of its classes, whose queries are served alone.

    Parameters
    ----------
    scenario
        The fleet. Its loads are not used: they are what is looked for.
    query_class
        Name of the class; the only one where it is left out.
    model
        Which model answers, where several do: it is then planned for all queries of the class.
    replaced
        Arguments that take the place of what the scenario says.

    Raises
    ------
    InputError
        If there are several classes or models and none is chosen, or the scenario says what a plan does not take.
    """
    name, chosen = _class_of(scenario, query_class)
    given = {key: value for key, value in replaced.items() if value is not None}
    said: dict[str, Any] = {
        "preset": scenario.preset,
        "queries_per_day": scenario.queries_per_day * scenario.shares[name],
        "load_profile": scenario.load_profile,
        "boundary": _boundary(scenario),
        **{key: value for key, value in chosen.arguments().items() if key not in _LOOKED_FOR},
        **_from_pools(scenario, name, given),
        **_from_axes(scenario),
    }
    if chosen.lever_factors or chosen.lever_kinds:
        raise InputError(
            f"class {name!r} must leave lever_factors and lever_kinds out where a capacity is looked for: pass its "
            "levers as such, with their factors."
        )
    if given.keys() & set(_LENGTHS):
        said = {key: value for key, value in said.items() if key not in _LENGTHS}
    if "requests_per_hour" in given:
        said = {key: value for key, value in said.items() if key not in ("queries_per_day", "load_profile")}
    return Asking(_model(name, chosen, model), {**said, **given})


def _class_of(scenario: Scenario, wanted: str | None) -> tuple[str, QueryClass]:
    names = list(scenario.classes)
    if wanted is None and len(names) > 1:
        raise InputError(
            f"class must say which of the classes of {scenario.name!r} to look at, one of {listed(names)}: each is "
            "planned alone."
        )
    name = names[0] if wanted is None else wanted
    if name not in scenario.classes:
        raise InputError(
            f"class must be one of {listed(names)}, those of {scenario.name!r}, got {shown(name)}: write one of these."
            f"{did_you_mean(name, names)}"
        )
    return name, scenario.classes[name]


def _model(name: str, chosen: QueryClass, wanted: str | None) -> Any:
    """Return the model that answers a class."""
    members = {getattr(one, "name", str(one)): one for one, _ in chosen.members}
    if wanted is not None:
        return members.get(wanted, wanted)
    if len(members) > 1 or "frontier" in members:
        raise InputError(
            f"class {name!r} is answered by {listed(members)}, and a capacity is that of one model: say which by model."
        )
    return next(iter(members.values()))


def _boundary(scenario: Scenario) -> object:
    """Return what is counted, the overhead of the scenario among it."""
    if not scenario.overhead:
        return scenario.boundary
    if scenario.boundary not in COUNTED:
        raise InputError(
            f"overhead must be empty beside boundary = {shown(scenario.boundary)} where a capacity is looked for: pass "
            "a boundary with all steps, such as 'facility+network'."
        )
    return Boundary(str(scenario.boundary), steps=tuple(scenario.overhead))


def _from_axes(scenario: Scenario) -> dict[str, Any]:
    """Return labels to compare; shares and loads are passed over."""
    shares = scenario.share_axes
    for axis in scenario.axes:
        if axis not in (*SEARCHED, *_LOOKED_FOR) and axis.removesuffix("_share") not in shares:
            raise InputError(
                f"axes must have none but {listed((*SEARCHED, *_LOOKED_FOR))} where a capacity is looked for, got "
                f"{axis!r}: pass one value of it."
            )
    return {axis: list(labels) for axis, labels in scenario.axes.items() if axis in SEARCHED}


def _from_pools(scenario: Scenario, name: str, replaced: Collection[str]) -> dict[str, Any]:
    """Return what to compare where the classes of a scenario are served by pools, and what these have in common."""
    pools = [pool for pool in scenario.pools.values() if pool.classes is None or name in pool.classes]
    if "pue" not in replaced and any(pool.pue_by_load is not None for pool in pools):
        raise InputError(
            "pools must state no pue_by_load where a capacity is looked for, which has the same PUE at any load: pass "
            "pue=1.2, or a distribution."
        )
    found = {axis: _different([getattr(pool, axis) for pool in pools]) for axis in SEARCHED[:-1]}
    for setting in ("pue", *POOL_SETTINGS):
        found[setting] = _different([getattr(pool, setting) for pool in pools])
        if len(found[setting]) > 1 and setting not in replaced:
            raise InputError(
                f"pools must state one {setting} for all of class {name!r} where a capacity is looked for, got "
                f"{shown(found[setting])}: pass one."
            )
    return {key: values if len(values) > 1 else values[0] for key, values in found.items() if values}


def _different(values: Sequence[Any]) -> list[Any]:
    """Return what was stated, each once."""
    stated = [value for value in values if value is not None]
    return [one for number, one in enumerate(stated) if one not in stated[:number]]
