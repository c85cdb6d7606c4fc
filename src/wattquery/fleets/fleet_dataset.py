"""Arrays of a fleet to its Dataset: dims, coordinates, units, and what a reader should know."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.fleets.arguments import FleetSettings, scopes_of
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.intervals import INTERVALS, epistemic, sampling_stderr, symmetric
from wattquery.fleets.name_checks import check_names
from wattquery.fleets.notes import error_remarks, remarks
from wattquery.fleets.published import compared
from wattquery.fleets.quantities import labelled, share_coordinates
from wattquery.fleets.structural_choices import Choice
from wattquery.fleets.totals import check_total, mixed_variances
from wattquery.quantities import GWH_PER_WH, MW_PER_GWH_A_DAY
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.dataset import grid_coordinates

__all__ = ["one_preset"]

Array = NDArray[np.float64]

HOURS = 24.0
SECONDS_PER_HOUR = 3600.0
CUBIC_METRES = 1e3
"""Of what is used with 1 GWh at 1 L/kWh."""


def one_preset(scenario: Scenario, preset: Preset, by_choice: dict[Choice, Array], how: FleetSettings) -> xr.Dataset:
    """Return the Dataset of a scenario under one preset; ``by_choice`` holds means of the structural choices [Wh]."""
    of = Evaluation(scenario, preset, {}, how.sampled)
    if how.scopes:
        of = replace(of, scopes=scopes_of(how.scopes, of.factor_names))
    check_names(of)
    daily = scenario.queries_per_day * GWH_PER_WH
    axis_dims = tuple(axis.name for axis in of.axes)
    dims = (*of.share_dims, *axis_dims)
    shape = (*of.share_shape, *(axis.size for axis in of.axes))

    def over_points(values: Array) -> Array:
        """Return values by point and row of shares along the dims of the result, those of shares first."""
        return np.moveaxis(values, 1, 0).reshape((*shape, *values.shape[2:]))

    with np.errstate(over="ignore", invalid="ignore"):  # said below
        energy = of.means @ of.shares.T
        check_total(daily * energy, "The energy of a fleet")
    stderr = sampling_stderr(of, how.draws)
    found = epistemic(of, how.level, how.credible, how.seed, how.outer, how.sigma)
    choices = np.array([of.shares @ one.T for one in by_choice.values()]).reshape(-1, *energy.T.shape)
    spread = np.full((*energy.shape, 2), np.nan)
    if len(choices):
        spread = np.stack([choices.min(axis=0).T, choices.max(axis=0).T], axis=-1)
    intervals = np.stack([symmetric(energy, stderr, how.level), found.known_fits, found.ends, spread], axis=2)
    # The sampling interval is a sum, about a centre that may be sampled; choices are sums.
    centre = stderr if how.sampled is not None else 0.0 * stderr
    of_ends = np.stack([centre, centre], axis=-1)
    errors = np.stack([of_ends, found.known_fits_stderr, found.ends_stderr, 0.0 * spread], axis=2)
    components, split = of.components()
    by = np.einsum("sc,pck->psck", of.shares, split)
    variances = [mixed_variances(one, of.shares, any_shared=of.any_shared) for one in of.moments]
    per_day = daily * energy
    values: dict[str, tuple[tuple[str, ...], Array]] = {
        "energy_per_day": ((), per_day),
        "energy_per_day_by": (("query_class", "component"), daily * by),
        "energy_interval": (("interval", "bound"), daily * intervals),
        "energy_interval_stderr": (("interval", "bound"), daily * errors),
        "energy_credible": (("credible",), daily * found.credible),
        "energy_credible_stderr": (("credible",), daily * found.credible_stderr),
        "energy_stderr": ((), daily * centre),
    }
    values |= {name: ((), one) for name, one in _site(of, per_day, how).items()}
    for i, part in enumerate(("query", "shared", "total")):
        values[f"variance_{part}"] = ((), np.array([one[i] for one in variances]))
    over_queries = GWH_PER_WH * np.sqrt(scenario.queries_per_day * values["variance_query"][1])
    values["energy_std_queries"] = ((), over_queries)
    variables = {name: labelled(name, (*dims, *own), over_points(one)) for name, (own, one) in values.items()}
    if len(choices):
        variables["energy_by_choice"] = labelled(
            "energy_by_choice", (*dims, "choice"), over_points(daily * np.moveaxis(choices, 0, -1).swapaxes(0, 1))
        )
    variables["share"] = labelled(
        "share", (*of.share_dims, "query_class"), of.shares.reshape((*of.share_shape, len(of.grids)))
    )
    variables["energy_per_query"] = labelled(
        "energy_per_query",
        (*axis_dims, "query_class"),
        of.means.reshape((*shape[len(of.share_shape) :], len(of.grids))),
    )
    outside = of.outside()
    variables["extrapolated"] = labelled(
        "extrapolated", ("query_class",), np.array([grid.name in outside for grid in of.grids])
    )
    if not dims:
        table = compared(scenario, preset, float(energy[0, 0]), of)
        variables |= {name: labelled(name, (), np.array(value)) for name, value in table.items()}
    coordinates = _coordinates(scenario, of, components, [one.label for one in by_choice], how)
    noise = float(np.max(over_queries / per_day))
    said = [*remarks(of, how, outside, noise), *error_remarks(variables, how)]
    return xr.Dataset(variables, coordinates, {"notes": " | ".join(said)})


def _site(of: Evaluation, per_day: Array, how: FleetSettings) -> dict[str, Array]:
    """Return what an energy per day [GWh/day] asks of a site: power, nodes, and what intensities make of it."""
    scenario = of.scenario
    hours = scenario.queries_per_day * (of.node_seconds() @ of.shares.T) / SECONDS_PER_HOUR
    peak = math.nan if scenario.load_profile is None else scenario.load_profile.peak_to_mean
    at_peak = 1.0 if scenario.load_profile is None else peak
    occupancy = math.nan if scenario.occupancy is None else scenario.occupancy
    found = {
        "power_mean": per_day * MW_PER_GWH_A_DAY,
        "power_peak": per_day * MW_PER_GWH_A_DAY * peak,
        "node_hours": hours,
        "nodes": hours / HOURS * at_peak / occupancy,
    }
    if how.carbon_intensity is not None:
        found["carbon"] = per_day * how.carbon_intensity  # 1 GWh at 1 g/kWh is 1 t
    if how.water_intensity is not None:
        found["water"] = per_day * CUBIC_METRES * how.water_intensity
    return found


def _lever_factors(of: Evaluation) -> str:
    """Return the factors of all levers, by class where classes have their own."""
    by_lever: dict[str, dict[str, str]] = {}
    for grid in of.grids:
        for lever in (lever for one in grid.asked.grid.levers.values for lever in one.levers):
            by_lever.setdefault(lever.name, {})[grid.name] = str(lever.distribution)
    words = []
    for name, factors in by_lever.items():
        if len(set(factors.values())) == 1:
            words.append(f"{name} = {next(iter(factors.values()))}")
        else:
            words += [f"{name} of {label} = {factor}" for label, factor in factors.items()]
    return "; ".join(words)


def _coordinates(
    scenario: Scenario, of: Evaluation, components: list[str], choices: list[str], how: FleetSettings
) -> dict[str, xr.Variable]:
    first = grid_coordinates(of.grids[0].asked.grid, of.grids[0].lowered)
    found = share_coordinates(scenario)
    for axis in of.axes:
        found[axis.name] = first[axis.name]
        if axis.name == "levers":
            found[axis.name].attrs["definitions"] = _lever_factors(of)
    names: dict[str, Any] = {
        "query_class": [grid.name for grid in of.grids],
        "component": components,
        "interval": list(INTERVALS),
        "bound": ["lower", "upper"],
        "credible": list(how.credible),
    }
    if choices:
        names["choice"] = choices
    found |= {name: labelled(name, (name,), np.array(one)) for name, one in names.items()}
    on_axis = {axis.name for axis in of.axes}
    if "boundary" not in on_axis:
        found["boundary"] = first["boundary"]
    of_class = {
        "models": [", ".join(f"{model} {weight:.3g}" for model, weight in grid.members) for grid in of.grids],
        "lengths": [str(grid.asked.grid.output_tokens.labels[0]) for grid in of.grids],
    }
    if "levers" not in on_axis:
        of_class["class_levers"] = [grid.asked.grid.levers.values[0].label for grid in of.grids]
    texts = {
        "models": "models that answer, with their shares of the class",
        "lengths": "generated tokens per query",
        "class_levers": "efficiency levers applied",
    }
    for name, words in of_class.items():
        found[name] = xr.Variable(("query_class",), np.array(words), {"long_name": texts[name]})
    sources = of.component_sources()
    found["component_source"] = labelled(
        "component_source", ("component",), np.array([sources[name] for name in components])
    )
    found["queries_per_day"] = labelled("queries_per_day", (), np.array(scenario.queries_per_day))
    return found
