"""`fleet`: a mix of queries in, energy per day, power, nodes and three kinds of interval out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from wattquery.catalog import Catalog, Preset
from wattquery.errors import InputError
from wattquery.fleets.arguments import FleetSettings, chosen_presets, chosen_scenarios, fleet_settings
from wattquery.fleets.combine import gathered, joined, origins
from wattquery.fleets.fleet_dataset import one_preset
from wattquery.fleets.structural_choices import (
    Choice,
    TrimmedShares,
    alternatives,
    choices,
    means_by_choice,
    structural_remarks,
)
from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.provenance import portable
from wattquery.uncertainty.scopes import Scope

__all__ = ["fleet"]

LEVEL = 0.95
CREDIBLE = (0.05, 0.25, 0.5, 0.75, 0.95)


def fleet(
    scenario: str | os.PathLike[str] | Scenario | Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    classes: Mapping[str, QueryClass | Mapping[str, Any]] | None = None,
    queries_per_day: float | None = None,
    shares: Mapping[str, Any] | None = None,
    overhead: object = None,
    preset: str | Preset | Sequence[str | Preset] | None = None,
    catalog: str | os.PathLike[str] | Catalog | None = None,
    boundary: object = None,
    levers: object = None,
    pue: object = None,
    power_utilization: object = None,
    node_power: object = None,
    input_tokens: object = None,
    load_profile: object = None,
    occupancy: float | None = None,
    node_time_levers: Sequence[str] | None = None,
    carbon_intensity: float | None = None,
    water_intensity: float | None = None,
    level: float = LEVEL,
    credible: Sequence[float] = CREDIBLE,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    structural: bool = True,
    method: str = "exact",
    draws: int | None = None,
    outer: int = 2**13,
    seed: int | None = 0,
    threads: int | None = None,
) -> xr.Dataset:
    r"""Return the energy per day of a fleet that answers a mix of queries.

    .. math::

        G = N \prod_j O_j \sum_c s_c \sum_m w_{cm} E_{cm}

    with N queries per day, overheads O, shares s of classes c, weights w of the models that answer a class, and E the
    energy of one query. The expected total takes the mean of E over everything random. A billion queries average out
    what differs between queries, the lengths, and not what they share: PUE, power utilization, levers and throughput
    fits, each of which is one unknown number for the whole fleet.

    Parameters
    ----------
    scenario
        A shipped scenario by name (`wattquery.scenarios.names`), a TOML file, or a `wattquery.scenarios.Scenario`.
        Several in a list, or a dict that names them, become the dimension ``scenario``.
    classes
        In the place of a scenario: classes by name, as `wattquery.scenarios.QueryClass` or a dict of its arguments.
    queries_per_day
        Queries of all classes [1/day].
    shares
        Share by class in the place of the scenario's [1]; a list becomes the dimension ``CLASS_share``. What is left
        goes to the class with the share ``"rest"``, or to all others in their proportions.
    overhead
        Factors on the energy by name: a number, or ``{"factor": 1.1, "source": "..."}`` [1].
    preset
        Where all that is left out comes from; a list becomes the dimension ``preset``.
    catalog
        Where throughputs come from.
    boundary, levers, pue, power_utilization, node_power, input_tokens
        As in `wattquery.sweep`, for all classes in the place of what the scenario says; lists and dicts become
        dimensions. The overhead is counted beyond the boundary.
    load_profile
        Demand by hour of the day, relative: 24 numbers, or a dict of spans such as ``{"00-08": 0.5, "08-24": 1.2}``.
    occupancy
        Share of the time in which a node serves at its benchmark throughput [1].
    node_time_levers
        Levers that shorten the time for which a query holds a node; by default model, serving and routing.
    carbon_intensity, water_intensity
        For ``carbon`` and ``water``, which are not computed without: per kWh at the boundary [gCO2e/kWh, L/kWh].
    level
        Probability of the intervals of sampling and of shared factors.
    credible
        Probability levels of ``energy_credible``.
    scopes
        ``"query"`` for factors that are drawn anew for each query and so average out, such as ``{"pue": "query"}``.
    throughput_fit
        Whether throughput fits are drawn in the interval ``epistemic``; as in `wattquery.sensitivity.nested`.
    structural
        Whether the structural choices are computed.
    method, draws
        ``"exact"``: means are sums, and ``draws`` per model is what the sampling interval is stated for, by default
        the paper's 10,000. ``"monte_carlo"``: means are sampled with so many draws per model.
    outer
        Draws of the shared factors, a power of two from 256.
    seed
        Names the random numbers; ``None`` takes a fresh one, which the attributes tell.
    threads
        Number of threads of ``"monte_carlo"``.

    Returns
    -------
    xarray.Dataset
        Dims: ``scenario``, ``preset``, ``CLASS_share`` and axes as given. ``energy_per_day`` [GWh/day], and
        ``energy_per_day_by`` (..., query_class, component), which sums to it; ``energy_per_query`` (..., query_class)
        [Wh], overhead included. ``energy_interval`` (..., interval, bound) [GWh/day]: ``sampling`` of the estimate,
        ``shared_factors`` with throughput fits as known, ``epistemic`` with these drawn as well, ``structural``: the
        range of ``energy_by_choice`` (..., choice). ``energy_credible`` (..., credible) [GWh/day]. How well these are
        known: ``energy_interval_stderr`` and ``energy_credible_stderr`` [GWh/day], 0 in closed form, infinite where
        too few draws lie beyond;
        ``variance_query``, ``variance_shared`` and ``variance_total`` [Wh2] of one query, fits as known.
        ``power_mean``, ``power_peak`` [MW], ``node_hours`` [h/day], ``nodes``. Where the scenario names a published
        figure: ``published``, ``allowed`` [GWh/day] and ``reproduced``. ``attrs["notes"]`` says what to know.

    Raises
    ------
    InputError
        If shares do not sum to one, a class has no data, a lever comes twice, or anything else is not allowed.

    Notes
    -----
    Given the throughput fits the expected total is exact; under a t-distributed fit the mean over fits does not exist,
    so fits enter the interval and not the total. A factor of one name has one quantile level in all classes.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.fleet(["traditional", "mixed", "mixed-improved"])
    >>> ds["energy_per_day"].round(2).to_series().to_dict()
    {'traditional': 0.73, 'mixed': 1.71, 'mixed-improved': 0.8}
    >>> ds["energy_interval"].sel(scenario="traditional", interval="sampling").round(3).values
    array([0.721, 0.741])
    """
    how = fleet_settings(
        level=level,
        credible=credible,
        scopes=scopes,
        throughput_fit=throughput_fit,
        outer=outer,
        method=method,
        draws=draws,
        seed=seed,
        threads=threads,
        structural=structural,
        carbon_intensity=carbon_intensity,
        water_intensity=water_intensity,
    )
    changes = {
        "queries_per_day": queries_per_day,
        "overhead": overhead,
        "preset": preset,
        "catalog": catalog,
        "boundary": boundary,
        "levers": levers,
        "pue": pue,
        "power_utilization": power_utilization,
        "node_power": node_power,
        "input_tokens": input_tokens,
        "load_profile": load_profile,
        "occupancy": occupancy,
        "node_time_levers": node_time_levers,
    }
    found, several = chosen_scenarios(scenario, classes, changes, shares)
    trimmed = TrimmedShares()
    parts = [_named(one, how, trimmed, several=len(found) > 1) for one in found]
    ds = joined(parts, "scenario", [one.name for one in found], is_axis=several)
    notes = {one.name: part.attrs["notes"] for one, part in zip(found, parts, strict=True)}
    return ds.assign_attrs(_attributes(found, notes, how))


def _named(scenario: Scenario, how: FleetSettings, trimmed: TrimmedShares, *, several: bool) -> xr.Dataset:
    """Return one scenario, and say which where one of several cannot be computed."""
    try:
        return _one_scenario(scenario, how, trimmed)
    except InputError as error:
        if not several:
            raise
        raise type(error)(f"scenario {scenario.name!r}: {error}") from error


def _one_scenario(scenario: Scenario, how: FleetSettings, trimmed: TrimmedShares) -> xr.Dataset:
    presets, several = chosen_presets(scenario)
    by_choice: dict[Choice, Any] = {}
    notes = []
    for choice in choices(scenario, presets) if how.structural else ():
        try:
            by_choice[choice] = means_by_choice(scenario, choice, trimmed)
        except InputError as error:
            if choice.preset in presets and not choice.trimmed:
                raise
            # Other presets may lack a workload or a model that the scenario's own one has.
            notes.append(f"structural choice {choice.label!r} left out: {error}")
    parts = []
    for preset in presets:
        mine = alternatives(preset)
        part = one_preset(scenario, preset, {one: at for one, at in by_choice.items() if one.preset.name in mine}, how)
        said = structural_remarks(scenario, preset) if how.structural else ()
        parts.append(part.assign_attrs(notes=" | ".join([part.attrs["notes"], *said])))
    ds = joined(parts, "preset", [preset.name for preset in presets], is_axis=several)
    of_presets = {preset.name: part.attrs["notes"] for preset, part in zip(presets, parts, strict=True)}
    return ds.assign_attrs(notes=" | ".join(dict.fromkeys([*gathered(of_presets), *notes])))


def _attributes(found: Sequence[Scenario], notes: Mapping[str, str], how: FleetSettings) -> dict[str, object]:
    attributes: dict[str, object] = {
        "method": "exact" if how.sampled is None else "monte_carlo",
        "draws": how.draws,
        "level": how.level,
    }
    if how.carbon_intensity is not None:
        attributes["carbon_intensity_g_per_kwh"] = how.carbon_intensity
    if how.water_intensity is not None:
        attributes["water_intensity_l_per_kwh"] = how.water_intensity
    common = origins("Energy of a fleet per day", found, notes, how)
    return common | {name: portable(value) for name, value in attributes.items()}
