"""What the page computes with: numbers of deployments, factors of labels, lengths, and which sliders there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from wattquery.catalog import Preset
from wattquery.errors import InputError
from wattquery.explorer.arrays import packed
from wattquery.explorer.distributions import described
from wattquery.explorer.rows import Columns, load_columns, row_columns
from wattquery.explorer.terms import length_entries, term_tables
from wattquery.inputs.ladder import ACCELERATOR
from wattquery.plans.lever_terms import columns_of
from wattquery.plans.plan import Plan
from wattquery.quantities import AXES, QUANTITIES
from wattquery.specs.axis import Axis
from wattquery.specs.display_names import display_name
from wattquery.specs.grid import Grid
from wattquery.specs.lever import Lever
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.study import preset_levers

__all__ = ["engine_of"]

MOST_ROWS = 20_000
"""Instances at a load between which the page interpolates; of more of them it has those of the labels alone."""

MOST_TABLES = 8
"""Factors of a cell that are neither numbers nor lognormal: the page has points of so many dimensions."""

LOADS = 24
"""Loads that are computed for a slider."""


def engine_of(run: Run) -> dict[str, Any]:
    """Return what the page needs to compute the energy of a query in any cell of a grid, as JSON.

    Parameters
    ----------
    run
        Of the grid, by the exact method.
    """
    plan, grid = run.plan, run.grid
    _check_tables(plan)
    under_load = run.lowered.under_load is not None
    axis = next((one for one in (grid.load, grid.concurrency) if under_load and one.values[0] is not None), None)
    rows, load = _rows_over_load(run, axis) if axis is not None else (run, None)
    boundaries = grid.boundary.values
    kinds = [int(one.counted != ACCELERATOR.name) for one in boundaries] if under_load else [0] * len(boundaries)
    columns = load_columns(rows) if under_load else (row_columns(rows),)
    levers = {} if plan.levers_by_load else _levers(run.study.preset, grid.levers)
    return {
        "under_load": under_load,
        "prefill_weight": plan.prefill_weight,
        "row_axes": list(AXES[: plan.leading]),
        "row_shape": list(rows.plan.shape[: plan.leading]),
        "columns": [_packed(one) if kind in kinds else None for kind, one in enumerate(columns)],
        "load": load,
        "boundary": {"counts_pue": list(plan.counts_pue), "kind": kinds},
        "terms": term_tables(rows.plan),
        "lengths": length_entries(run),
        "levers": [_lever(one, run.study.preset) for one in levers.values()],
        "sliders": list(_sliders(run, load, levers.values())),
        "blends": _blends(run),
        "method": _method(run),
    }


def _method(run: Run) -> str:
    """Return what a call says of how to compute, to give the numbers of the page."""
    draws = "" if run.settings.method == "exact" else f", draws={run.settings.draws}"
    return f'method="{run.settings.method}"{draws}'


def _check_tables(plan: Plan) -> None:
    tables = sum(max((len(columns) for columns in columns_of(table)), default=0) for table in plan.terms.values())
    if tables > MOST_TABLES:
        raise InputError(
            f"No sliders: a page computes with at most {MOST_TABLES} factors of a cell that are neither numbers nor "
            f"lognormal, got {tables}."
        )


def _packed(columns: Columns) -> dict[str, Any]:
    return {name: packed(values) for name, values in columns.items()}


def _rows_over_load(run: Run, axis: Axis[Any]) -> tuple[Run, dict[str, Any]]:
    """Return the run whose deployments are the rows, and where the loads of labels, and others, lie among them."""
    labels = [float(value) for value in axis.values]
    fine = sorted({*labels, *_between(axis.name, labels)})
    if len(run.plan.deployments) // len(labels) * len(fine) > MOST_ROWS:
        return run, {"axis": axis.name, "values": labels, "places": list(range(len(labels))), "between": False}
    finer = replace(axis, labels=tuple(fine), values=tuple(fine), is_dimension=True)
    rows = prepare(replace(run.study, grid=_with_axis(run.grid, finer)), run.settings)
    return rows, {
        "axis": axis.name,
        "values": fine,
        "places": [fine.index(label) for label in labels],
        "between": True,
    }


def _with_axis(grid: Grid, axis: Axis[Any]) -> Grid:
    return replace(grid, load=axis) if axis.name == "load" else replace(grid, concurrency=axis)


def _between(name: str, labels: list[float]) -> list[float]:
    """Return the loads that a slider passes: a share up to 1, or running sequences."""
    if name == "load":
        return _evenly(min(0.02, *labels), 1.0)
    # What is known changes at one running sequence.
    return [1.0, 1.001, *_evenly(min(1.0, *labels), max(256.0, *labels))]


def _evenly(low: float, high: float) -> list[float]:
    return [float(f"{value:.3g}") for value in np.geomspace(low, high, LOADS).tolist()]


def _levers(preset: Preset, axis: Axis[Any]) -> dict[str, Lever]:
    """Return the levers that a preset or a label names and that no load changes, by name."""
    named = [*preset_levers(preset).values(), *(lever for one in axis.values for lever in one.levers)]
    return {one.name: one for one in named if one.by_concurrency is None}


def _lever(lever: Lever, preset: Preset) -> dict[str, Any]:
    factor = lever.factor
    low, high = (float(factor.ppf(level)) if factor.is_random else float(factor.support()[0]) for level in (0.05, 0.95))
    return {
        "name": lever.name,
        "title": display_name(f"lever:{lever.name}"),
        "low": low,
        "high": high,
        "distribution": described(factor, logarithms=True),
        "source": lever.source,
        "named": preset_levers(preset).get(lever.name) == lever,
    }


def _sliders(run: Run, load: Mapping[str, Any] | None, levers: Iterable[Lever]) -> Any:
    """Yield what the page lets people move, with limits that no grid goes beyond."""
    grid = run.grid
    if grid.counts_pue:
        yield _slider("pue", "site", 1.0, 2.0, 0.01)
    if load is None:
        yield _slider("power_utilization", "power", 0.1, 1.0, 0.01)
        yield _slider("node_power", "power", 1.0, 150.0, 0.1, logarithmic=True)
    else:
        values = load["values"]
        step = 0.001 if load["axis"] == "load" else 0.1
        found = _slider(load["axis"], "load", min(values), max(values), step, logarithmic=True)
        if not load["between"]:
            found["values"] = values
        if len(values) > 1:
            yield found
    yield _slider("output_tokens", "lengths", 1, 100_000, 1, logarithmic=True)
    yield _slider("input_tokens", "lengths", 1, 200_000, 1, logarithmic=True)
    if load is not None:
        yield _slider("cached_tokens", "lengths", 0, 200_000, 1)
    for lever in levers:
        yield {**_slider(f"lever:{lever.name}", "levers", 1.0, 20.0, 0.01, logarithmic=True), "unit": "1"}


def _slider(
    name: str, group: str, minimum: float, maximum: float, step: float, *, logarithmic: bool = False
) -> dict[str, Any]:
    row = QUANTITIES.get(name)
    return {
        "name": name,
        "title": display_name(name),
        "unit": "" if row is None else row.unit,
        "minimum": minimum,
        "maximum": maximum,
        "step": step,
        "logarithmic": logarithmic,
        "group": group,
    }


def _blends(run: Run) -> list[dict[str, Any]]:
    """Return the frontier of the preset, where the grid has its models, each once."""
    grid, preset = run.grid, run.study.preset
    deployed = [grid.hardware, grid.serving, grid.precision]
    if run.lowered.under_load is not None or any(axis.is_dimension for axis in deployed):
        return []
    if run.study.catalog.name != preset.catalog:
        return []
    try:
        models = frontier_models(preset)
    except InputError:
        return []
    labels = [str(label) for label in grid.model.labels]
    if not set(models) <= set(labels):
        return []
    return [
        {
            "label": "frontier",
            "title": f"frontier models: {', '.join(models)}, in equal parts",
            "models": [labels.index(one) for one in models],
            "trim": list(preset.blend_trim or (0.0, 1.0)),
        }
    ]
