"""The arguments that `fleet` and `trajectory` have in common: scenarios, what replaces parts of them, and settings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from inspect import signature
from typing import Any, TypeAlias

from wattquery import catalog as catalogs
from wattquery import scenarios
from wattquery.catalog import Preset
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.fleets.replaced_levers import with_levers
from wattquery.fleets.replaced_loads import with_loads
from wattquery.fleets.settings import FleetSettings, fleet_settings
from wattquery.inputs.arguments import refuse_unknown
from wattquery.inputs.names import clean_keys
from wattquery.quantities import FLEET_AXES
from wattquery.scenarios.load_profile import LoadProfile
from wattquery.scenarios.pool import POOL_SETTINGS, Pool, changed_pools
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX, with_shares
from wattquery.specs.arguments import Array, Factor, Spec
from wattquery.specs.containers import as_mapping, is_listlike
from wattquery.specs.scalars import shown
from wattquery.specs.steps import Step
from wattquery.sweeps.load_study import LOAD_SETTINGS
from wattquery.uncertainty.throughput_draws import sigma_of

__all__ = [
    "DailyProfile",
    "OverheadFactors",
    "Pools",
    "Request",
    "ScenarioAxis",
    "SharesByClass",
    "chosen_presets",
    "requested",
]

ScenarioLike: TypeAlias = str | os.PathLike[str] | Scenario
ScenarioAxis: TypeAlias = ScenarioLike | Sequence[ScenarioLike] | Mapping[str, ScenarioLike] | None
"""What ``scenario`` takes: one, or several as an axis."""

SharesByClass: TypeAlias = Mapping[str, float | Sequence[float] | Array]
"""What ``shares`` takes: one share of a class, or several as an axis."""

OverheadFactors: TypeAlias = Mapping[str, Factor | Spec] | Sequence[Step]
"""What ``overhead`` takes: factors by name, each with its source or without."""

Pools: TypeAlias = Mapping[str, Pool | Mapping[str, Any] | None]
"""What ``pools`` takes: pools by name, or what is to be another in those of a scenario."""

DailyProfile: TypeAlias = LoadProfile | Sequence[float] | Mapping[Any, float] | Array
"""What ``load_profile`` takes: the demand of each hour, or of spans of hours."""

REPLACEABLE = {field.name for field in fields(Scenario)} - {"name", "classes", "axes", "trajectory"} | {
    *FLEET_AXES,
    *LOAD_SETTINGS,
}
"""Arguments that replace a part of each scenario: its fields, its axes, and what all classes ask of their instances."""

KEEPS_FIGURE = {"preset", "load_profile", "occupancy", "node_time_levers"}
"""What may be replaced in a scenario whose total is still the one that its source published."""

_SETTINGS = tuple(signature(fleet_settings).parameters)


@dataclass(frozen=True, eq=False)
class Request:
    """What a user asks of fleets, checked.

    Attributes
    ----------
    scenarios
        Each with what replaces parts of it.
    is_axis
        Whether they are an axis of the result.
    settings
        How to compute.
    """

    scenarios: Sequence[Scenario]
    is_axis: bool
    settings: FleetSettings


def requested(function: str, passed: Mapping[str, Any]) -> Request:
    """Return what the arguments of `wattquery.fleet` or `wattquery.trajectory` ask for.

    Parameters
    ----------
    function
        Its name.
    passed
        All of its arguments by name, those that it does not have under ``"unknown"``: its ``locals()``.

    Raises
    ------
    InputError, InputTypeError
        If an argument is unknown, or not allowed.
    """
    refuse_unknown(function, passed["unknown"], (name for name in passed if name != "unknown"))
    settings = fleet_settings(**{name: passed[name] for name in _SETTINGS if name in passed})
    changes = {name: value for name, value in passed.items() if name in REPLACEABLE and value is not None}
    chosen, is_axis = _chosen_scenarios(passed["scenario"], passed["classes"], changes)
    if passed["classes"] is None:
        chosen = [with_loads(scenario, changes) for scenario in chosen]
    changed = [_changed(scenario, changes, passed["shares"]) for scenario in chosen]
    sigma_of(passed["throughput_fit"], under_load=any(scenario.is_under_load for scenario in changed))
    return Request(changed, is_axis, settings)


def chosen_presets(scenario: Scenario) -> tuple[list[Preset], bool]:
    """Return the presets of a scenario, and whether they are an axis.

    Raises
    ------
    InputError, InputTypeError
        If there is none of a name, or one comes twice.
    """
    value = scenario.axes.get("preset", scenario.preset)
    if isinstance(value, (str, Preset)):
        return [catalogs.preset(value)], False
    if not isinstance(value, (list, tuple)) or not value:
        raise InputTypeError(
            f"preset must be a name or a list of names, got {shown(value)}. Shipped are "
            f"{listed(catalogs.preset_names())}."
        )
    presets = [catalogs.preset(name) for name in value]
    names = [preset.name for preset in presets]
    if len(set(names)) < len(names):
        raise InputError(f"preset must name each preset once, got {listed(names)}. Remove the second one.")
    return presets, True


def _chosen_scenarios(scenario: Any, classes: Any, changes: dict[str, Any]) -> tuple[list[Scenario], bool]:
    """Return the scenarios as they are, and whether they are an axis; what classes need is taken from the changes."""
    if (scenario is None) == (classes is None):
        given = "neither" if scenario is None else "both"
        raise InputError(
            f"Either a scenario or classes must be given, got {given}. Pass a scenario by name "
            f"({listed(scenarios.names())}), path or object, or "
            "classes={'chat': wq.scenarios.QueryClass(share=1, model='frontier')} with queries_per_day=."
        )
    if scenario is None:
        queries = changes.pop("queries_per_day", None)
        if queries is None:
            raise InputError("queries_per_day is missing. Pass the queries of all classes in one day: 1e9.")
        pools = changed_pools({}, changes.pop("pools", None), {})
        return [Scenario(name="fleet", classes=classes, queries_per_day=queries, pools=pools)], False
    if isinstance(scenario, Mapping):
        chosen = [replace(scenarios.load(entry), name=str(label)) for label, entry in scenario.items()]
    elif isinstance(scenario, (list, tuple)):
        chosen = [scenarios.load(entry) for entry in scenario]
    else:
        return [scenarios.load(scenario)], False
    if not chosen or len({one.name for one in chosen}) < len(chosen):
        raise InputError(
            f"scenario must be one or more different scenarios, got {shown(scenario)}. Tell files of one name apart "
            "by {label: path}."
        )
    return chosen, True


def _changed(scenario: Scenario, changes: Mapping[str, Any], shares: object) -> Scenario:
    """Return a scenario in which some fields, axes and shares are others."""
    if "levers" in changes:
        scenario = with_levers(scenario, changes["levers"])
    shares_of = _checked_shares(shares, scenario)
    axes = {**scenario.axes, **{name: value for name, value in changes.items() if name in FLEET_AXES}}
    parts = {name: value for name, value in changes.items() if name not in (*FLEET_AXES, *LOAD_SETTINGS)}
    asked = {name: value for name, value in changes.items() if name in LOAD_SETTINGS}
    of_pools: dict[str, Any] = {}
    if scenario.pools or "pools" in changes:
        # What instances are asked for is for pools to say; a class that stated it would be refused.
        of_pools = {name: asked.pop(name) for name in POOL_SETTINGS if name in asked}
    classes: Mapping[str, Any] = {name: replace(each, **asked) for name, each in scenario.classes.items()}
    fixed: dict[str, object] = {}
    for name, share in shares_of.items():
        if is_listlike(share):
            axes[name + SUFFIX] = share
        else:
            fixed[name + SUFFIX] = [share]
            axes.pop(name + SUFFIX, None)
    if fixed or asked:
        parts["classes"] = with_shares(classes, fixed) if fixed else classes
    if "pools" in parts or scenario.pools:
        parts["pools"] = changed_pools(scenario.pools, parts.pop("pools", None), of_pools)
    if set(changes) - KEEPS_FIGURE or shares_of:
        parts["published"] = ""
        replaced = sorted([*(set(changes) - KEEPS_FIGURE), *(["shares"] if shares_of else [])])
        parts["title"] = f"{scenario.title}; replaced: {', '.join(replaced)}".removeprefix("; ")
    return replace(scenario, axes=axes, **parts)


def _checked_shares(shares: object, scenario: Scenario) -> dict[Any, Any]:
    """Return shares by the name of a class that the scenario has."""
    shares = as_mapping(shares, "shares")
    if shares is not None and not isinstance(shares, Mapping):
        raise InputTypeError(f"shares must be a dict of shares by class, got {shown(shares)}. Write {{'long': 0.2}}.")
    by_class = clean_keys(shares or {}, "shares")
    for name in by_class:
        if name not in scenario.classes:
            raise InputError(
                f"shares names {name!r}, which is no class of scenario {scenario.name!r}; it has "
                f"{listed(scenario.classes)}. Correct the name, or leave it out.{did_you_mean(name, scenario.classes)}"
            )
    return by_class
