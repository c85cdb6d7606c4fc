"""What a user asks of a fleet, checked: scenarios with what replaces parts of them, and how to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from wattquery import catalog as catalogs
from wattquery import scenarios
from wattquery.catalog import Preset
from wattquery.engine.threads import available_threads
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_keys
from wattquery.quantities import FLEET_AXES
from wattquery.scenarios.query_class import REST, QueryClass
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX, checked_share_axis, share_table
from wattquery.specs.containers import as_mapping, is_listlike
from wattquery.specs.factors import LENGTHS, LEVER
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import finite, shown
from wattquery.sweeps.settings import Settings, checked_draws, checked_quantiles, checked_seed, settings
from wattquery.uncertainty.scopes import ALL_LEVERS, SCOPES, Scope
from wattquery.uncertainty.shared_draws import checked_shared_draws
from wattquery.uncertainty.throughput_draws import checked_sigma

__all__ = ["FleetSettings", "chosen_presets", "chosen_scenarios", "fleet_settings", "scopes_of"]

METHODS = ("exact", "monte_carlo")
PAPERS_DRAWS = 10_000
"""Draws per model of the estimate in Oviedo et al., Joule 2026."""


@dataclass(frozen=True)
class FleetSettings:
    """How to compute.

    Attributes
    ----------
    level, credible
        Probability of the intervals, and levels of the quantiles over shared factors.
    scopes
        As the user wrote them.
    sigma
        Of ln TPS where a throughput fit has no degrees of freedom; 0 to take all fits as known.
    outer, seed
        Draws of the shared factors, and what names them.
    sampled
        How means are sampled, ``None`` where they are exact.
    draws
        Per model, of the estimate whose sampling error is stated.
    structural
        Whether the structural choices are computed.
    carbon_intensity, water_intensity
        As passed [gCO2e/kWh, L/kWh].
    """

    level: float
    credible: tuple[float, ...]
    scopes: Mapping[str, Scope]
    sigma: float
    outer: int
    seed: int
    sampled: Settings | None
    draws: int
    structural: bool
    carbon_intensity: float | None
    water_intensity: float | None


def fleet_settings(
    *,
    level: object,
    credible: Sequence[float],
    scopes: Mapping[str, Scope] | None,
    throughput_fit: bool | float,
    outer: object,
    method: object,
    draws: object,
    seed: int | None,
    threads: int | None,
    structural: bool,
    carbon_intensity: object,
    water_intensity: object,
) -> FleetSettings:
    """Return the settings, checked."""
    if not isinstance(method, str) or method not in METHODS:
        raise InputError(
            f"method = {shown(method)} came. Allowed are {listed(METHODS)}.{did_you_mean(method, METHODS)}"
        )
    probability = finite(level, "level")
    if not 0.0 < probability < 1.0:
        raise InputError(f"level = {probability:g} came. Allowed is between 0 and 1: the probability of an interval.")
    levels, outer = checked_quantiles(credible, "credible"), checked_shared_draws(outer)
    _check_reached(probability, levels, outer)
    if not isinstance(structural, (bool, np.bool_)):
        raise InputTypeError(f"structural = {shown(structural)} came. Allowed are True and False.")
    if scopes is not None and not isinstance(scopes, Mapping):
        raise InputTypeError(f"scopes = {shown(scopes)} came. Allowed is a dict of scopes: scopes={{'pue': 'query'}}.")
    count = checked_draws(PAPERS_DRAWS if draws is None else draws)
    available_threads(threads)
    seed = checked_seed(seed)
    how = None
    if method == "monte_carlo":
        # Sampled apart from each other, so that errors of classes and models do not go together.
        how = settings(method="monte_carlo", draws=count, seed=seed, threads=threads, common_random_numbers=False)
    return FleetSettings(
        level=probability,
        credible=levels,
        scopes={} if scopes is None else scopes,
        sigma=checked_sigma(throughput_fit) or 0.0,
        outer=outer,
        seed=seed,
        sampled=how,
        draws=count,
        structural=structural,
        carbon_intensity=_intensity("carbon_intensity", carbon_intensity),
        water_intensity=_intensity("water_intensity", water_intensity),
    )


def chosen_scenarios(
    scenario: Any, classes: Any, changes: Mapping[str, Any], shares: Mapping[str, object] | None
) -> tuple[list[Scenario], bool]:
    """Return the scenarios that were asked for, and whether they are an axis.

    Parameters
    ----------
    scenario
        One or several, as names, paths or `Scenario`; or ``None`` where ``classes`` are given.
    classes
        Of a scenario that is made here.
    changes
        What replaces parts of each scenario: its fields, and its axes.
    shares
        Shares by class that replace those of each scenario.

    Raises
    ------
    InputError
        If neither or both were given, or anything in them is not allowed.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    if (scenario is None) == (classes is None):
        raise InputError(
            f"{'Neither a scenario nor classes' if scenario is None else 'Both a scenario and classes'} came. Allowed "
            f"is one of them: a scenario by name ({listed(scenarios.names())}), path or object, or "
            "classes={'chat': wq.scenarios.QueryClass(share=1, model='frontier')} with queries_per_day=."
        )
    if scenario is None:
        queries = given.pop("queries_per_day", None)
        if queries is None:
            raise InputError("queries_per_day is missing. Pass the queries of all classes in one day: 1e9.")
        made = Scenario(name="fleet", classes=classes, queries_per_day=queries)
        return [_changed(made, given, shares)], False
    several = isinstance(scenario, (list, tuple, Mapping))
    if isinstance(scenario, Mapping):
        found = [replace(scenarios.load(one), name=str(label)) for label, one in scenario.items()]
    elif isinstance(scenario, (list, tuple)):
        found = [scenarios.load(one) for one in scenario]
    else:
        found = [scenarios.load(scenario)]
    names = [one.name for one in found]
    if not found or len(set(names)) < len(names):
        raise InputError(
            f"scenario = {shown(scenario)} came. Allowed are one or more different ones; files of one name are told "
            "apart by {label: path}."
        )
    return [_changed(one, given, shares) for one in found], several


def chosen_presets(scenario: Scenario) -> tuple[list[Preset], bool]:
    """Return the presets of a scenario, and whether they are an axis."""
    value = scenario.axes.get("preset", scenario.preset)
    if isinstance(value, (str, Preset)):
        return [catalogs.preset(value)], False
    if not isinstance(value, (list, tuple)) or not value:
        raise InputTypeError(f"preset = {shown(value)} came. Allowed is a name, or a list of names.")
    found = [catalogs.preset(one) for one in value]
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise InputError(f"preset = {listed(names)} names one twice. Allowed is each once.")
    return found, True


def scopes_of(scopes: Mapping[str, Scope], random: Sequence[str]) -> dict[str, Scope]:
    """Return the scopes of the factors of a fleet: shared, where nothing else is said.

    Raises
    ------
    InputError
        If a name is none of a random factor, or a scope is none.
    """
    found: dict[str, Scope] = {}
    levers = [name for name in random if name.startswith(LEVER)]
    for name, scope in scopes.items():
        if not isinstance(scope, str) or scope not in SCOPES:
            raise InputError(f"scopes[{name!r}] = {shown(scope)} came. Allowed are {listed(SCOPES)}.")
        if name in LENGTHS:
            raise InputError(
                f"scopes gives {name!r} a scope. Allowed are factors that multiply or divide: lengths differ between "
                "queries. For a length that all queries share see wattquery.sensitivity.nested."
            )
        if name not in random and not (name == ALL_LEVERS and levers):
            raise InputError(
                f"scopes names {name!r}, which is no random factor of this fleet. Allowed are {listed(random)}."
                f"{did_you_mean(name, random)}"
            )
        found |= dict.fromkeys(levers, scope) if name == ALL_LEVERS else {name: scope}
    return found


def _changed(scenario: Scenario, given: Mapping[str, Any], shares: Mapping[str, object] | None) -> Scenario:
    """Return a scenario in which some fields, axes and shares are others."""
    axes = dict(scenario.axes)
    fields = {}
    for name, value in given.items():
        if name in FLEET_AXES:
            axes[name] = value
        else:
            fields[name] = value
    shares = cast(Mapping[str, object] | None, as_mapping(shares, "shares"))
    if shares is not None and not isinstance(shares, Mapping):
        raise InputTypeError(f"shares = {shown(shares)} came. Allowed is a dict of shares by class: {{'long': 0.2}}.")
    fixed: dict[str, object] = {}
    for name, share in clean_keys(shares or {}, "shares").items():
        if name not in scenario.classes:
            raise InputError(
                f"shares names {name!r}, which scenario {scenario.name!r} has not. Allowed are "
                f"{listed(scenario.classes)}.{did_you_mean(name, scenario.classes)}"
            )
        if is_listlike(share):
            axes[name + SUFFIX] = share
        else:
            fixed[name + SUFFIX] = [share]
            axes.pop(name + SUFFIX, None)
    if fixed:
        fields["classes"] = _with_shares(scenario.classes, fixed)
    # A figure that was published is one for what the scenario says, presets apart.
    changed = set(given) - {"preset", "load_profile", "occupancy", "node_time_levers"}
    if changed or shares:
        fields["published"] = ""
        replaced = sorted([*changed, *(["shares"] if shares else [])])
        fields["title"] = f"{scenario.title}; replaced: {', '.join(replaced)}".removeprefix("; ")
    return replace(scenario, axes=axes, **fields)


def _with_shares(classes: Mapping[str, QueryClass], given: Mapping[str, object]) -> dict[str, QueryClass]:
    """Return classes with other shares: what these leave goes to the others, as `share_table` says."""
    swept = dict(checked_share_axis(axis, values, classes) for axis, values in given.items())
    shares = share_table(classes, swept).ravel().tolist()
    return {
        name: one if one.share == REST else replace(one, share=share)
        for (name, one), share in zip(classes.items(), shares, strict=True)
    }


def _check_reached(level: float, credible: Sequence[float], outer: int) -> None:
    """Refuse probabilities with less than one draw beyond: what came back would be the outermost draw."""
    least = min(0.5 * (1.0 - level), *credible, *(1.0 - one for one in credible))
    if least * outer < 1.0:
        name = "level" if least == 0.5 * (1.0 - level) else "credible"
        raise InputError(
            f"{name} leaves a probability of {least:.2g} beyond, and outer = {outer} draws of shared factors do not "
            f"reach that far. Allowed is {1.0 / outer:.2g} or more. Pass a larger outer=, or another {name}=."
        )


def _intensity(name: str, value: object) -> float | None:
    if value is None:
        return None
    return ranged_number(name, value)
