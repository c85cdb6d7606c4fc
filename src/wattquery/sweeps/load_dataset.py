"""What a result says of a grid under load beside the statistics of its cells: rates, latencies, power, and support."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.plans.build import Lowered
from wattquery.plans.load_build import LEADING
from wattquery.specs.grid import Grid
from wattquery.specs.idle_names import tells_nothing
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.load_levers import levers_of, overlap_notes, told_notes
from wattquery.sweeps.support_words import SUPPORT
from wattquery.throughput.load.deployments import LoadTable

__all__ = [
    "EXTRAPOLATED",
    "LOAD_NOTES",
    "SAME_PUE",
    "energy_parts",
    "instance_variables",
    "load_attribute",
    "load_notes",
    "load_variables",
    "over_leading",
    "support_variables",
    "table_of",
]

LOAD_NOTES = "load_notes"
"""The attribute of a result that says what the load model assumes."""

SAME_PUE = "PUE is taken to be the same at every load."

Variables: TypeAlias = dict[str, xr.Variable]

_INSTANCE = {"long_name": "median output throughput of one instance", "boundary": "instance"}
_STDERR = {"long_name": "standard deviation of ln TPS of what the load model predicts"}
_ROWS = {"long_name": "measured rows behind the support of the combination"}
EXTRAPOLATED = {"long_name": "whether the model, the accelerator, the stack or what is asked of it was never measured"}
"""Attributes of ``extrapolated`` under a load, where it says nothing of a throughput fit."""


def table_of(lowered: Lowered) -> LoadTable:
    """Return the table of a grid under load.

    Raises
    ------
    LookupError
        If the grid is under none.
    """
    if lowered.under_load is None:
        raise LookupError("the grid is under no load")
    return lowered.under_load[1]


def load_variables(grid: Grid, lowered: Lowered, arrays: Mapping[str, NDArray[np.float64]]) -> Variables:
    """Return the variables of a grid under load but its statistics, which `energy_parts` are made of.

    Parameters
    ----------
    grid, lowered
        The grid, and its plan with the table that says it.
    arrays
        The statistics of all cells by name.
    """
    table = table_of(lowered)
    dims, shape = tuple(axis.name for axis in grid.dimensions), tuple(axis.size for axis in grid.dimensions)
    variables = {
        name: labelled(name, dims, values.reshape(shape))
        for name, values in energy_parts(grid, lowered, arrays).items()
    }
    whole = {
        "throughput": (table.throughput, _INSTANCE),
        "throughput_stderr": (table.log_sds["throughput"], _STDERR),
        "supported": (table.reason == "", {}),
        "extrapolated": (table.support == "extrapolated", EXTRAPOLATED),
    }
    for name, (values, attributes) in whole.items():
        over_grid = np.broadcast_to(_leading(grid, values), grid.shape).reshape(shape)
        variables[name] = labelled(name, dims, over_grid, **attributes)
    return variables | instance_variables(grid, lowered)


def instance_variables(grid: Grid, lowered: Lowered) -> Variables:
    """Return what a result says of instances under load, over the leading axes: known before any cell is solved."""
    table, variables = table_of(lowered), {}
    with np.errstate(divide="ignore"):
        interactivity = 1.0 / table.time_per_output_token
    for name, values in {
        "power": table.power,
        "time_per_output_token": table.time_per_output_token,
        "time_to_first_token": table.time_to_first_token,
        "interactivity": interactivity,
        "running_sequences": table.batch,
        "most_sequences": table.most_sequences,
    }.items():
        variables[name] = over_leading(grid, name, values)
    variables["benchmark_rows"] = over_leading(grid, "benchmark_rows", table.support_rows, **_ROWS)
    return variables | support_variables(grid, lowered)


def support_variables(grid: Grid, lowered: Lowered) -> Variables:
    """Return what the predictions of a grid under load rest on, or why there are none: `SUPPORT`, no more."""
    table = table_of(lowered)
    said = (table.support.astype(str), table.support_rows, table.support_basis.astype(str), table.reason.astype(str))
    return {name: over_leading(grid, name, values) for name, values in zip(SUPPORT, said, strict=True)}


def energy_parts(
    grid: Grid, lowered: Lowered, arrays: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Return the mean energy of prefill and of decoding of every cell [Wh], whose sum is the mean energy.

    What multiplies or divides does so for both alike, so that each is its share of the mean query's.
    """
    plan, table = lowered.plan, table_of(lowered)
    kinds = plan.kinds if plan.kinds.size else np.ones(grid.boundary.size, dtype=np.int64)
    # The boundary is the last axis: all others lie between it and those that tell deployments apart.
    between = plan.cells_of_a_deployment // grid.boundary.size
    shares = np.repeat(table.prefill_share[kinds].T[:, None, :], between, axis=1).ravel()
    mean = arrays["energy_mean"]
    prefill = shares * mean
    return {"energy_prefill": prefill, "energy_decode": mean - prefill}


def load_notes(grid: Grid, lowered: Lowered, preset: Preset) -> list[str]:
    """Return what to say of a grid under load, a line for each.

    Parameters
    ----------
    grid, lowered
        The grid, and its plan with the table that says it.
    preset
        Where what was left out comes from.
    """
    own = dict.fromkeys(note for one in (*grid.model.values, *grid.hardware.values) for note in one.notes)
    site = [SAME_PUE] if grid.counts_pue else []
    taken = "its PUE and lengths" if grid.counts_pue else "its lengths"
    of_preset = (
        f"Of preset {preset.name!r} count {taken}, where none are given, and the levers and steps that it names; its "
        "catalog, node power, power utilization and prefill weight do not count under a load."
    )
    varies = grid.model.is_dimension or grid.precision.is_dimension
    steps = dict.fromkeys(step.name for boundary in grid.boundary.values for step in boundary.steps)
    levers, table = levers_of(grid), table_of(lowered)
    of_levers = [*overlap_notes(levers, varies=varies), *told_notes(levers, table.batch)]
    return [*own, *table.notes, *site, of_preset, *of_levers, *_of_steps(steps)]


def _of_steps(names: Iterable[str]) -> list[str]:
    """Return which steps of a boundary may count idle capacity twice, for all that their names tell."""
    unclear = [name for name in names if tells_nothing(name)]
    if not unclear:
        return []
    return [
        f"step {', '.join(unclear)}: whether it holds idle capacity, which a load counts already, cannot be told from "
        "its name"
    ]


def load_attribute(grid: Grid, lowered: Lowered, preset: Preset) -> dict[str, str]:
    """Return what to say of a grid under load as an attribute, none where it is under no load."""
    told = [] if lowered.under_load is None else load_notes(grid, lowered, preset)
    return {LOAD_NOTES: "\n".join(told)} if told else {}


def _leading(grid: Grid, values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return values by deployment in the shape of the grid, with later axes of length 1."""
    return values.reshape((*grid.shape[:LEADING], *(1,) * (len(grid.shape) - LEADING)))


def over_leading(grid: Grid, name: str, values: NDArray[np.generic], **attributes: str) -> xr.Variable:
    """Return a variable over those of the leading axes that are dimensions of the result.

    Parameters
    ----------
    grid
        The grid.
    name
        The quantity.
    values
        One for each combination of the leading axes.
    **attributes
        What takes the place of an attribute of the quantity.
    """
    axes = [axis for axis in grid.axes[:LEADING] if axis.is_dimension]
    return labelled(name, [axis.name for axis in axes], values.reshape([axis.size for axis in axes]), **attributes)
