"""A scenario under one preset as a Dataset: totals of a day and of a query, intervals, power, nodes, what to know.

An output joins here with a line (`_site` has those that follow from the energy per day), and in the table of quantities
with its unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.fleets.evaluation import Evaluation, Look
from wattquery.fleets.extremes import ERRORS, extremes, settled
from wattquery.fleets.fleet_coordinates import fleet_coordinates
from wattquery.fleets.intervals import INTERVALS, epistemic, symmetric
from wattquery.fleets.layout import layout, share_variable
from wattquery.fleets.mixes import mixed
from wattquery.fleets.name_checks import check_names
from wattquery.fleets.notes import remarks
from wattquery.fleets.pooled.totals import POOL_DIMS, pooled_totals
from wattquery.fleets.published import compared
from wattquery.fleets.settings import FleetSettings, fleet_scopes
from wattquery.fleets.structural_choices import structural_remarks
from wattquery.fleets.totals import check_total, mixed_variances
from wattquery.quantities import GWH_PER_WH, MW_PER_GWH_A_DAY
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.load_dataset import EXTRAPOLATED
from wattquery.sweeps.stages import stages

__all__ = ["fleet_dataset", "fleet_look"]

Array = NDArray[np.float64]

EPISTEMIC = INTERVALS.index("epistemic")
HOURS = 24.0
SECONDS_PER_HOUR = 3600.0
CUBIC_METRES = 1e3
"""Of what is used with 1 GWh at 1 L/kWh."""

OWN_DIMS = {
    "energy_per_day_by_class": ("query_class", "component"),
    "energy_interval": ("interval", "bound"),
    "energy_interval_stderr": ("interval", "bound"),
    "energy_credible": ("credible",),
    "energy_credible_stderr": ("credible",),
    "energy_by_choice": ("choice",),
    **POOL_DIMS,
}
"""Dimensions of a variable beside those of the totals."""


def fleet_dataset(
    scenario: Scenario,
    preset: Preset,
    by_choice: Mapping[str, Array],
    settings: FleetSettings,
    progress: Progress | None,
) -> xr.Dataset:
    """Return the Dataset of a scenario under one preset.

    Parameters
    ----------
    scenario, preset
        What is computed.
    by_choice
        Mean energy of a query under each structural choice [Wh], a row per point and a column per class.
    settings, progress
        How to compute, and what receives the share of this that is done.
    """
    sampling, drawing = (None, progress) if settings.sampled is None else stages(progress, 2)
    sampled = None if settings.sampled is None else replace(settings.sampled, progress=sampling)
    evaluation = _with_scopes(Evaluation(scenario, preset, {}, sampled), settings)
    per_query = _mean_energy(evaluation)
    names, components = evaluation.components()
    totals = _totals(evaluation, per_query, components, by_choice, settings, drawing)
    arrangement = layout(evaluation)
    variables = {name: arrangement.variable(name, array, OWN_DIMS.get(name, ())) for name, array in totals.items()}
    variables |= _by_class(evaluation)
    if not arrangement.dims:
        figures = compared(scenario, preset, float(per_query[0, 0]), evaluation)
        variables |= {name: labelled(name, (), np.array(value)) for name, value in figures.items()}
    # Of a part, notes are those of the whole.
    notes = settled([] if settings.choices is not None else _notes(evaluation, settings), extremes(totals), settings)
    coordinates = fleet_coordinates(evaluation, names, list(by_choice), settings)
    attributes = {"notes": " | ".join(notes), "throughput_model": evaluation.throughput_model}
    return xr.Dataset(variables, coordinates, attributes)


def fleet_look(scenario: Scenario, preset: Preset, choices: Sequence[str], settings: FleetSettings) -> Look:
    """Return what is known of the Dataset of a scenario under one preset before it is solved.

    Parameters
    ----------
    scenario, preset
        What is to be computed.
    choices
        Labels of the structural choices.
    settings
        How to compute.
    """
    sampled = None if settings.sampled is None else replace(settings.sampled, progress=None)
    evaluation = _with_scopes(Evaluation(scenario, preset, {}, sampled, is_look=True), settings)
    coordinates = fleet_coordinates(evaluation, evaluation.component_names(), choices, settings)
    attributes = {"notes": " | ".join(_notes(evaluation, settings)), "throughput_model": evaluation.throughput_model}
    variables = {"share": share_variable(evaluation), "extrapolated": _extrapolated(evaluation)}
    return Look(xr.Dataset(variables, coordinates, attributes), evaluation)


def _with_scopes(evaluation: Evaluation, settings: FleetSettings) -> Evaluation:
    """Return an evaluation with the scopes of its factors, and its names checked."""
    is_part = settings.choices is not None
    if settings.scopes:
        scopes = fleet_scopes(settings.scopes, evaluation.factor_names, is_part=is_part)
        evaluation = replace(evaluation, scopes=scopes)
    if not is_part:
        check_names(evaluation)
    return evaluation


def _notes(evaluation: Evaluation, settings: FleetSettings) -> list[str]:
    """Return the remarks on a scenario under a preset, with the places of those on its values."""
    scenario, has_choices = evaluation.scenario, settings.structural and not evaluation.scenario.pools
    structural = structural_remarks(scenario, evaluation.preset) if has_choices else ()
    return [*remarks(evaluation, settings), ERRORS, *structural]


def _mean_energy(evaluation: Evaluation) -> Array:
    """Return the mean energy of a query of all classes [Wh] (point, shares), checked."""
    with np.errstate(over="ignore", invalid="ignore"):  # refused in the next line
        energy = mixed(evaluation.means, evaluation.shares.T)
        check_total(evaluation.scenario.queries_per_day * GWH_PER_WH * energy, "The energy of a fleet")
    return energy


def _totals(
    evaluation: Evaluation,
    per_query: Array,
    components: Array,
    by_choice: Mapping[str, Array],
    settings: FleetSettings,
    progress: Progress | None,
) -> dict[str, Array]:
    """Return what has the dimensions of the totals, by name: arrays by point and row of shares."""
    queries = evaluation.scenario.queries_per_day
    daily = queries * GWH_PER_WH
    per_day = daily * per_query
    in_wh = _intervals(evaluation, per_query, by_choice, settings, progress)
    by_class = np.einsum("sc,pck->psck", evaluation.shares, components)
    site = _site(evaluation, per_day, settings)
    if evaluation.scenario.pools:
        site |= pooled_totals(evaluation, settings)
        site["power_mean_interval"] = MW_PER_GWH_A_DAY * daily * in_wh["energy_interval"][:, :, EPISTEMIC]
    variances = [mixed_variances(moments, evaluation.shares) for moments in evaluation.moments]
    within, between, total = (np.array(part) for part in zip(*variances, strict=True))
    return {
        "energy_per_day": per_day,
        "energy_per_day_by_class": daily * by_class,
        **{name: daily * array for name, array in in_wh.items()},
        **site,
        "variance_query": within,
        "variance_shared": between,
        "variance_total": total,
        "energy_std_queries": GWH_PER_WH * np.sqrt(queries * within),
    }


def _intervals(
    evaluation: Evaluation,
    per_query: Array,
    by_choice: Mapping[str, Array],
    settings: FleetSettings,
    progress: Progress | None,
) -> dict[str, Array]:
    """Return intervals and their standard errors by name, of the mean energy of a query [Wh]."""
    stderr = evaluation.sampling_stderr(settings.draws)
    shared = epistemic(evaluation, settings, progress)
    ends, known = shared.drawn_fits.at_ends(), shared.known_fits
    of_choices = [mixed(evaluation.shares, means.T) for means in by_choice.values()]
    choices = np.array(of_choices).reshape(-1, *per_query.T.shape)
    spread = np.full((*per_query.shape, 2), np.nan)
    if len(choices):
        spread = np.stack([choices.min(axis=0).T, choices.max(axis=0).T], axis=-1)
    sampling = symmetric(per_query, stderr, settings.intervals.largest)
    # The sampling interval is a sum, about a centre that may be sampled; choices are sums.
    centre = stderr if settings.sampled is not None else 0.0 * stderr
    of_ends = np.stack([centre, centre], axis=-1)
    arrays = {
        "energy_interval": np.stack([sampling, known.values, ends.values, spread], axis=2),
        "energy_interval_stderr": np.stack([of_ends, known.stderr, ends.stderr, 0.0 * spread], axis=2),
        "energy_credible": shared.drawn_fits.values,
        "energy_credible_stderr": shared.drawn_fits.stderr,
        "energy_per_day_stderr": centre,
    }
    if len(choices):
        arrays["energy_by_choice"] = np.moveaxis(choices, 0, -1).swapaxes(0, 1)
    return arrays


def _site(evaluation: Evaluation, per_day: Array, settings: FleetSettings) -> dict[str, Array]:
    """Return what an energy per day [GWh/day] asks of a site: power, nodes, and what intensities make of it."""
    scenario = evaluation.scenario
    peak = math.nan if scenario.load_profile is None else scenario.load_profile.peak_to_mean
    at_peak = 1.0 if scenario.load_profile is None else peak
    values = {
        "power_mean": per_day * MW_PER_GWH_A_DAY,
        "power_peak": per_day * MW_PER_GWH_A_DAY * peak,
        **(_instances if scenario.is_under_load else _nodes)(evaluation, at_peak),
    }
    if settings.carbon_intensity is not None:
        values["carbon"] = per_day * settings.carbon_intensity  # 1 GWh at 1 g/kWh is 1 t
    if settings.water_intensity is not None:
        values["water"] = per_day * CUBIC_METRES * settings.water_intensity
    return values


def _nodes(evaluation: Evaluation, at_peak: float) -> dict[str, Array]:
    """Return the nodes that queries hold: over a day, and in the hour of highest demand."""
    hours = _hours(evaluation, evaluation.node_seconds())
    occupancy = evaluation.scenario.occupancy
    return {
        "node_hours": hours,
        "nodes": hours / HOURS * at_peak / (math.nan if occupancy is None else occupancy),
    }


def _instances(evaluation: Evaluation, at_peak: float) -> dict[str, Array]:
    """Return the same of instances, which are as busy as their load says all day, and of their accelerators."""
    hours = _hours(evaluation, evaluation.node_seconds())
    of_accelerators = _hours(evaluation, evaluation.accelerator_seconds())
    return {
        "instance_hours": hours,
        "instances": hours / HOURS * at_peak,
        "accelerators_per_instance": of_accelerators / hours,
        "accelerator_hours": of_accelerators,
    }


def _hours(evaluation: Evaluation, seconds: Array) -> Array:
    """Return hours a day for which all queries hold something, from seconds of a query by point and class [h/day]."""
    return evaluation.scenario.queries_per_day * mixed(seconds, evaluation.shares.T) / SECONDS_PER_HOUR


def _by_class(evaluation: Evaluation) -> dict[str, xr.Variable]:
    """Return what is said of each class without its share: the energy of a query, and whether it is extrapolated."""
    dims = (*(axis.name for axis in evaluation.axes), "query_class")
    shape = (*(axis.size for axis in evaluation.axes), len(evaluation.grids))
    return {
        "share": share_variable(evaluation),
        "energy_per_query": labelled("energy_per_query", dims, evaluation.means.reshape(shape)),
        "extrapolated": _extrapolated(evaluation),
    }


def _extrapolated(evaluation: Evaluation) -> xr.Variable:
    outside = evaluation.outside
    extrapolated = np.array([grid.name in outside for grid in evaluation.grids])
    why = EXTRAPOLATED if evaluation.scenario.is_under_load else {}
    return labelled("extrapolated", ("query_class",), extrapolated, **why)
