"""What was asked for of fleets, in words and numbers that another call on a store is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import xarray as xr

from wattquery.fleets.arguments import chosen_presets
from wattquery.fleets.box import SCENARIO
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.whole import Whole
from wattquery.measured import MeasuredPoints
from wattquery.quantities import FLEET_AXES
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.axis import Axis
from wattquery.specs.digest import digest
from wattquery.sweeps.blockwise.differences import NAMES
from wattquery.sweeps.provenance import KERNEL_DEFINITION, UNDER_LOAD
from wattquery.throughput.load.shipped_model import shipped_fingerprint

__all__ = ["asked"]

LEFT_OUT = {"name", "title", "classes", "axes", "trajectory", "preset", "catalog"}
"""Fields of a scenario that are said otherwise, or follow from others."""


def asked(name: str, whole: Whole, told: xr.Dataset) -> dict[str, Any]:
    """Return what was asked for, as `wattquery.sweeps.blockwise.asked.asked` does of a study.

    Parameters
    ----------
    name
        Of the function that was called.
    whole
        What is computed.
    told
        What is known of its result.
    """
    request, settings = whole.request, whole.request.settings
    under_load = any(one.is_under_load for one in request.scenarios)
    fixed: dict[str, Any] = {
        "analysis": name,
        "method": "exact" if settings.sampled is None else "monte_carlo",
        "seed": settings.seed,
        "shared_draws": settings.shared_draws,
        "level": list(settings.intervals.quantiles),
        "throughput_fit": settings.sigma,
        "scopes": {str(factor): str(scope) for factor, scope in settings.scopes.items()},
        "catalog": told.attrs["catalog"],
        "catalog_hash": told.attrs["catalog_hash"],
        "load_model": shipped_fingerprint() if under_load else "",
        "method definition": UNDER_LOAD if under_load else KERNEL_DEFINITION,
    }
    for scenario in request.scenarios:
        fixed |= whole.analysis.options(scenario, settings)
        fixed[f"classes of {scenario.name}"] = ", ".join(scenario.classes)
        fixed |= dict(_stated(scenario, told))
        fixed[f"{NAMES}{scenario.name}"] = _resolved(whole.firsts[scenario.name], told)
        fixed[f"title of {scenario.name}"] = scenario.title
    return {"axes": dict(_axes(whole, told)), "fixed": fixed, "draws": settings.draws}


def _stated(scenario: Scenario, told: xr.Dataset) -> Iterator[tuple[str, Any]]:
    """Yield what a scenario states: its own fields, those of its classes, and axes of one value."""
    own = {one.name: getattr(scenario, one.name) for one in fields(scenario) if one.name not in LEFT_OUT}
    own |= {name: value for name, value in scenario.axes.items() if name not in {*told.dims, "preset"}}
    for name, value in own.items():
        yield f"{name} of {scenario.name}", _worded(value)
    for label, query_class in scenario.classes.items():
        for one in fields(query_class):
            yield f"{one.name} of class {label} of {scenario.name}", _worded(getattr(query_class, one.name))


def _worded(value: Any) -> Any:
    """Return a value as JSON: itself, or in words, with a number that tells it from all others."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, MeasuredPoints):
        return {"words": repr(value), "digest": value.fingerprint}
    if isinstance(value, Mapping):
        words = ", ".join(f"{name}: {one}" for name, one in value.items())
    else:
        words = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return {"words": words or "nothing", "digest": digest(value)}


def _resolved(evaluations: Sequence[Evaluation], told: xr.Dataset) -> str:
    """Return a digest of what names stand for: models, lengths, workloads and presets."""
    grids = [grid for one in evaluations for grid in one.grids]
    # Labels of axes are said on their own, but levers have factors of their own in each class.
    said = {str(name) for name in told.dims} - {"levers"}
    values = [axis.values for grid in grids for run in grid.runs for axis in run.grid.axes if axis.name not in said]
    loads = [run.study.load for grid in grids for run in grid.runs]
    measured = [one.measured.fingerprint for one in loads if one is not None and one.measured is not None]
    return digest([[one.preset for one in evaluations], [grid.members for grid in grids], values, *measured])


def _axes(whole: Whole, told: xr.Dataset) -> Iterator[tuple[str, Any]]:
    """Yield every axis: whether it is a dimension, and its labels with what they stand for."""
    scenarios = whole.request.scenarios
    names = [one.name for one in scenarios]
    yield SCENARIO, _axis(names, names, [names], whole.request.is_axis)
    presets, is_axis = chosen_presets(scenarios[0])
    labels = [preset.name for preset in presets]
    yield "preset", _axis(labels, labels, [labels], is_axis)
    of_scenarios = [{axis.name: axis for axis in whole.firsts[one.name][0].axes} for one in scenarios]
    for name in map(str, told.dims):
        if name in FLEET_AXES[1:] and name in of_scenarios[0]:
            axes: list[Axis[Any]] = [axes[name] for axes in of_scenarios]
            values = [axis.values for axis in axes]
            yield name, _axis(list(axes[0].labels), list(map(str, values[0])), values, True)
        elif name in scenarios[0].axes and name not in FLEET_AXES:
            shares = told[name].values.tolist()
            yield name, _axis(shares, list(map(str, shares)), [shares], True)


def _axis(labels: list[Any], words: list[str], values: Sequence[Sequence[Any]], is_dimension: bool) -> dict[str, Any]:
    digests = [digest(list(of_label)) for of_label in zip(*values, strict=True)]
    return {"is_dimension": is_dimension, "labels": labels, "words": words, "digests": digests}
