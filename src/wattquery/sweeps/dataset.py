"""Arrays to a Dataset: dims, coordinates, units and provenance. And back: the histogram of one labelled cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, first_problems
from wattquery.histograms import BIN_WIDTH, Histogram, common_window
from wattquery.methods.replicates import Replicates
from wattquery.plans.build import Lowered, deployment_labels
from wattquery.quantities import AXES, CATALOG_AXES, STATISTICS
from wattquery.specs.grid import Grid
from wattquery.sweeps.coordinates import coordinates, counted, median_lengths, throughput_attribute
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.load_dataset import load_attribute, load_variables
from wattquery.sweeps.power_notes import POWER_NOTES, power_notes
from wattquery.sweeps.run import Computed, Run

__all__ = [
    "MOST_QUERIES_OUTSIDE",
    "at_boundary",
    "attributes_of",
    "bin_coordinates",
    "grid_coordinates",
    "histogram_of",
    "kept_variables",
    "replicates_of",
    "statistic_variables",
    "to_dataset",
]

ENERGIES = ("Wh", "Wh2")
"""Units of what has a boundary that a sweep decides."""

MOST_QUERIES_OUTSIDE = 0.5
"""Share of queries beyond the lengths of a throughput fit from which a cell counts as extrapolated."""

Variables: TypeAlias = dict[str, xr.Variable]


def to_dataset(computed: Computed) -> xr.Dataset:
    """Return the labelled result of a run."""
    run, statistics = computed.run, computed.statistics
    grid, lowered = run.grid, run.lowered
    dims = tuple(axis.name for axis in grid.dimensions)
    shape = tuple(axis.size for axis in grid.dimensions)
    variables = statistic_variables(statistics.arrays, dims, shape)
    if lowered.under_load is not None:
        variables |= load_variables(grid, lowered, statistics.arrays)
    else:
        variables |= _of_rows(grid, lowered, dims, shape)
    coords = grid_coordinates(grid, lowered)
    coords["quantile"] = labelled("quantile", ("quantile",), np.array(statistics.levels))
    if statistics.keep_histograms:
        kept, labels = kept_variables(statistics.histograms, statistics.replicates, statistics.size, dims, shape)
        variables |= kept
        coords |= labels
    attributes = attributes_of(run, computed.attributes)
    return at_boundary(xr.Dataset(variables, coords, attributes), counted(grid))


def attributes_of(run: Run, made_by: Mapping[str, object]) -> dict[str, object]:
    """Return all attributes of a result: what made it, and what is to be said of its throughputs and node powers."""
    grid, lowered = run.grid, run.lowered
    attributes = {
        **made_by,
        **throughput_attribute(grid, lowered),
        **load_attribute(grid, lowered, run.study.preset),
    }
    if lowered.undetermined:
        attributes["undetermined"] = "\n".join(first_problems(undetermined(lowered)))
    if said := power_notes(run.study, lowered):
        attributes[POWER_NOTES] = "\n".join(said)
    return attributes


def _of_rows(grid: Grid, lowered: Lowered, dims: Sequence[str], shape: Sequence[int]) -> Variables:
    """Return what is known of throughputs that come from benchmark rows, and how many rows there are."""
    variables = {}
    for name, values in _throughputs(grid, lowered).items():
        variables[name] = labelled(name, dims, _over_grid(grid, values).reshape(shape))
        if name == "supported":
            variables["benchmark_rows"] = _benchmark_rows(grid, lowered)
    return variables


def statistic_variables(
    arrays: Mapping[str, NDArray[np.float64]], dims: Sequence[str], shape: Sequence[int]
) -> Variables:
    """Return statistics by name as variables over a grid, those of quantiles with the dimension ``quantile`` last.

    Parameters
    ----------
    arrays
        One row for each cell; those that are no row of `wattquery.quantities.STATISTICS` are left out.
    dims, shape
        Of the grid.
    """
    variables = {}
    for name, statistic in STATISTICS.items():
        if name in arrays:
            values = arrays[name]
            own = ("quantile",) if statistic.by_quantile else ()
            variables[name] = labelled(name, (*dims, *own), values.reshape((*shape, *values.shape[1:])))
    return variables


def at_boundary(ds: xr.Dataset, text: str) -> xr.Dataset:
    """Return a new dataset, with what its energies count as the attribute ``boundary`` of each."""
    for variable in ds.variables.values():
        if variable.attrs.get("units") in ENERGIES:
            variable.attrs["boundary"] = text
    return ds


def grid_coordinates(grid: Grid, lowered: Lowered) -> Variables:
    """Return the coordinates of all axes: as given, or as found in the catalog where they were left out."""
    found = coordinates(grid, lowered)
    return {name: xr.Variable(one.dims, one.values, dict(one.attributes)) for name, one in found.items()}


def histogram_of(cell: xr.Dataset) -> Histogram:
    """Return the histogram of a dataset from which one cell was selected.

    Raises
    ------
    InputError
        If the dataset has no histogram.
    """
    if "histogram" not in cell:
        raise InputError(
            "The dataset has no histogram, from which this is computed. Make it with sweep(..., keep_histogram=True)."
        )
    first_bin, masses = int(cell["bin"].values[0]), np.asarray(cell["histogram"].values)
    occupied = np.flatnonzero(masses)
    if occupied.size == 0:
        return Histogram(first_bin, masses)
    # The bins of a dataset are those of all its cells: one cell has a tenth of them.
    return Histogram(first_bin + int(occupied[0]), masses[occupied[0] : occupied[-1] + 1])


def replicates_of(cell: xr.Dataset) -> Replicates | None:
    """Return the replicates of a dataset from which one cell was selected, None where it has none."""
    if "replicate_deviation" not in cell:
        return None
    deviations = np.asarray(cell["replicate_deviation"].transpose("replicate", "node").values, dtype=np.float64)
    steps = np.asarray(cell["hidden_error"].values, dtype=np.float64)
    return Replicates(int(cell["node"].values[0]), deviations, steps)


def kept_variables(
    histograms: Mapping[int, Histogram],
    replicates: Mapping[int, Replicates],
    cells: int,
    dims: Sequence[str],
    shape: Sequence[int],
) -> tuple[Variables, Variables]:
    """Return the variables that hold histograms and replicates by cell number, and the coordinates of these."""
    of_histograms, bins = _histograms(histograms, cells, dims, shape)
    of_replicates, nodes = _replicates(replicates, cells, dims, shape)
    return of_histograms | of_replicates, bins | nodes


def _histograms(
    histograms: Mapping[int, Histogram], cells: int, dims: Sequence[str], shape: Sequence[int]
) -> tuple[Variables, Variables]:
    """Return the variable that holds histograms by cell number on their common window, and its coordinates."""
    first, bins = common_window(histograms.values())
    kind = next(iter(histograms.values())).masses.dtype if histograms else np.dtype(np.float64)
    masses = np.zeros((cells, bins), dtype=kind)
    for cell, histogram in histograms.items():
        masses[cell] = histogram.aligned(first, bins)
    variables = {"histogram": labelled("histogram", (*dims, "bin"), masses.reshape((*shape, bins)))}
    return variables, bin_coordinates(first, bins)


def _replicates(
    replicates: Mapping[int, Replicates], cells: int, dims: Sequence[str], shape: Sequence[int]
) -> tuple[Variables, Variables]:
    """Return the variables and coordinates that hold replicates by cell number, on their common window; or none."""
    if not replicates:
        return {}, {}
    kept = next(iter(replicates.values())).deviations.shape[0]
    first = min(of_cell.first_node for of_cell in replicates.values())
    nodes = max(of_cell.first_node + of_cell.steps.size for of_cell in replicates.values()) - first
    # Half the digits are far more than the error of an error needs.
    deviations = np.full((cells, kept, nodes), np.nan, dtype=np.float32)
    steps = np.full((cells, nodes), np.nan, dtype=np.float32)
    for cell, of_cell in replicates.items():
        wide = of_cell.aligned(first, nodes)
        deviations[cell], steps[cell] = wide.deviations, wide.steps
    variables = {
        "replicate_deviation": labelled(
            "replicate_deviation", (*dims, "replicate", "node"), deviations.reshape((*shape, kept, nodes))
        ),
        "hidden_error": labelled("hidden_error", (*dims, "node"), steps.reshape((*shape, nodes))),
    }
    coords = {
        "replicate": labelled("replicate", ("replicate",), np.arange(kept)),
        "node": labelled("node", ("node",), np.arange(first, first + nodes, dtype=np.int64)),
    }
    return variables, coords


def bin_coordinates(first_bin: int, bins: int) -> Variables:
    """Return the coordinates of the ``bin`` dimension: lattice index, lower and upper edge."""
    index = np.arange(first_bin, first_bin + bins, dtype=np.int64)
    return {
        "bin": labelled("bin", ("bin",), index),
        "bin_lower": labelled("bin_lower", ("bin",), np.exp(index * BIN_WIDTH)),
        "bin_upper": labelled("bin_upper", ("bin",), np.exp((index + 1) * BIN_WIDTH)),
    }


def _benchmark_rows(grid: Grid, lowered: Lowered) -> xr.Variable:
    """Return the number of rows behind each deployment's throughput, over the axes that tell deployments apart."""
    axes = [axis for axis in grid.dimensions if axis.name in CATALOG_AXES]
    found = zip(lowered.deployments, lowered.plan.deployments, strict=True)
    counts = [0 if one is None or deployed is None else len(one.rows) for one, deployed in found]
    values = np.array(counts, dtype=np.int64).reshape([axis.size for axis in axes])
    return labelled("benchmark_rows", [axis.name for axis in axes], values)


def undetermined(lowered: Lowered) -> list[str]:
    """Return a line for each deployment that counts as one without data although it has rows, with why it does."""
    found = [(lowered.deployments[number], why) for number, why in lowered.undetermined.items()]
    return [f"{', '.join(deployment_labels(one))}: {why.partition('. ')[0]}" for one, why in found if one is not None]


def _over_grid(grid: Grid, values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return values over the leading axes repeated over all cells, flat."""
    tail = (1,) * (len(AXES) - values.ndim)
    return np.broadcast_to(values.reshape(values.shape + tail), grid.shape).ravel()


def _throughputs(grid: Grid, lowered: Lowered) -> dict[str, NDArray[np.generic]]:
    """Return what is known of the throughput of every deployment at the median lengths, over the leading axes."""
    first = len(CATALOG_AXES)
    by_lengths = grid.shape[first : 1 + AXES.index("input_tokens")]
    # Load and size of an instance are left out here: the axis of workloads is the next one.
    of_a_table = (len(lowered.deployments), grid.workload.size, grid.output_tokens.size, grid.input_tokens.size)
    throughput = np.full(of_a_table, np.nan)
    stderr, extrapolated = throughput.copy(), np.zeros(throughput.shape, dtype=np.bool_)
    for place, (outputs, inputs) in enumerate(grid.length_tables()):
        medians = median_lengths(outputs, inputs)
        for i, deployed in enumerate(lowered.plan.deployments):
            if deployed is not None:
                model = deployed.model
                throughput[i, place] = model.predict(*medians)
                stderr[i, place] = model.log_stderr(*medians)
                extrapolated[i, place] = grid.shares_outside(model, place) > MOST_QUERIES_OUTSIDE
    by_axes = (*grid.shape[:first], *by_lengths)
    return {
        "throughput": throughput.reshape(by_axes),
        "throughput_stderr": stderr.reshape(by_axes),
        "supported": lowered.plan.supported,
        "extrapolated": extrapolated.reshape(by_axes),
    }
