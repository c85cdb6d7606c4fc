"""The labels of a fleet: axes, classes, components, choices, and what they stand for in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.intervals import INTERVALS
from wattquery.fleets.layout import share_coordinates
from wattquery.fleets.settings import FleetSettings
from wattquery.scenarios.load_profile import HOURS
from wattquery.specs.grid import Grid
from wattquery.sweeps.dataset import grid_coordinates
from wattquery.sweeps.labelled import labelled

__all__ = ["fleet_coordinates"]


def fleet_coordinates(
    evaluation: Evaluation, components: Sequence[str], choices: Sequence[str], settings: FleetSettings
) -> dict[str, xr.Variable]:
    """Return the coordinates of a scenario under a preset.

    Parameters
    ----------
    evaluation
        The scenario under the preset.
    components, choices
        Names of the components of the energy, and labels of the structural choices.
    settings
        How it is computed.
    """
    run = evaluation.grids[0].run
    first = grid_coordinates(run.grid, run.lowered)
    coordinates = share_coordinates(evaluation.scenario)
    coordinates |= {name: first[name] for name in dict.fromkeys([*(axis.name for axis in evaluation.axes), "boundary"])}
    if "levers" in coordinates:
        coordinates["levers"].attrs["definitions"] = _lever_factors(evaluation)
        coordinates["levers_save"] = _what_levers_save(evaluation)
    labels: dict[str, Any] = {
        "query_class": [grid.name for grid in evaluation.grids],
        "component": components,
        "interval": INTERVALS,
        "bound": ["lower", "upper"],
        **_of_pools(evaluation, settings),
        "credible": settings.intervals.quantiles,
        **({"choice": choices} if choices else {}),
    }
    coordinates |= {name: labelled(name, (name,), np.array(values)) for name, values in labels.items()}
    coordinates |= _texts_by_class(evaluation)
    sources = evaluation.component_sources()
    words = np.array([sources[name] for name in components])
    coordinates["component_source"] = labelled("component_source", ("component",), words)
    queries = np.array(evaluation.scenario.queries_per_day)
    coordinates["queries_per_day"] = labelled("queries_per_day", (), queries)
    return coordinates


def _of_pools(evaluation: Evaluation, settings: FleetSettings) -> dict[str, Any]:
    """Return the labels of pools, and those of hours where these are told of."""
    if not evaluation.scenario.pools:
        return {}
    hours = {"hour": np.arange(HOURS)} if settings.by_hour else {}
    return {"pool": list(evaluation.scenario.pools), **hours}


def _texts_by_class(evaluation: Evaluation) -> dict[str, xr.Variable]:
    """Return in words what answers each class, how long its queries are, and its levers where these are no axis."""
    grids = evaluation.grids
    texts = {
        "models": (
            "models that answer, with their shares of the class",
            [grid.models_in_words for grid in grids],
        ),
        "lengths": ("generated tokens per query", [_lengths(grid.run.grid) for grid in grids]),
    }
    if evaluation.scenario.is_under_load:
        words = [", ".join(dict.fromkeys(name for row in grid.companions for name in row)) for grid in grids]
        texts["shares_instances_with"] = "classes on the same instances", words
    if all(axis.name != "levers" for axis in evaluation.axes):
        labels = [grid.run.grid.levers.values[0].label for grid in grids]
        texts["class_levers"] = "efficiency levers applied", labels
    return {
        name: xr.Variable(("query_class",), np.array(words), {"long_name": long_name})
        for name, (long_name, words) in texts.items()
    }


def _lengths(grid: Grid) -> str:
    """Return how long the queries of a class are, or which workload they are."""
    axis = grid.workload if grid.workloads else grid.output_tokens
    return str(axis.labels[0])


def _what_levers_save(evaluation: Evaluation) -> xr.Variable:
    """Return by combination whether its levers leave nodes as they are, where they can be compared."""
    shortening = set(evaluation.scenario.node_time_levers)
    every = zip(*(grid.run.grid.levers.values for grid in evaluation.grids), strict=True)
    words = []
    for values in every:
        levers = [lever for value in values for lever in value.levers]
        found = [lever.saves_time or lever.name in shortening for lever in levers]
        words.append("energy and nodes" if any(found) else "energy, nodes as they are" if found else "")
    return xr.Variable(("levers",), np.array(words), {"long_name": "what the levers save"})


def _lever_factors(evaluation: Evaluation) -> str:
    """Return the factors of all levers, by class where classes have their own."""
    by_lever: dict[str, dict[str, str]] = {}
    for grid in evaluation.grids:
        for lever in (lever for levers in grid.run.grid.levers.values for lever in levers.levers):
            by_lever.setdefault(lever.name, {})[grid.name] = lever.definition
    words = []
    for name, factors in by_lever.items():
        if len(set(factors.values())) == 1:
            words.append(f"{name} = {next(iter(factors.values()))}")
        else:
            words += [f"{name} of {label} = {factor}" for label, factor in factors.items()]
    return "; ".join(words)
