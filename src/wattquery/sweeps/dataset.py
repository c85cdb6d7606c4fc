"""Arrays to a Dataset: dims, coordinates, units and provenance. And back: the histogram of one labelled cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.methods.replicates import Replicates
from wattquery.methods.statistics import Answers
from wattquery.plans.build import Lowered
from wattquery.quantities import AXES
from wattquery.specs.grid import Grid
from wattquery.sweeps.coordinates import coordinates, counted, throughput_notes
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.run import Computed

__all__ = [
    "MOST_QUERIES_OUTSIDE",
    "at_boundary",
    "bin_coordinates",
    "grid_coordinates",
    "histogram_of",
    "replicate_variables",
    "replicates_of",
    "to_dataset",
]

ENERGIES = ("Wh", "Wh2")
"""Units of what has a boundary that a sweep decides."""

MOST_QUERIES_OUTSIDE = 0.5


def to_dataset(computed: Computed) -> xr.Dataset:
    """Return the labelled result of a run."""
    run, answers = computed.run, computed.statistics
    grid, lowered = run.grid, run.lowered
    dims = tuple(axis.name for axis in grid.dimensions)
    shape = tuple(axis.size for axis in grid.dimensions)
    levels = len(answers.levels)

    def cellwise(name: str, values: NDArray[np.generic]) -> xr.Variable:
        return labelled(name, dims, values.reshape(shape))

    def by_level(name: str, values: NDArray[np.generic]) -> xr.Variable:
        return labelled(name, (*dims, "quantile"), values.reshape((*shape, levels)))

    throughput, fit_stderr, extrapolated = _throughputs(grid, lowered)
    variables = {
        "energy": by_level("energy", answers.quantiles),
        "energy_mean": cellwise("energy_mean", answers.means),
        "energy_std": cellwise("energy_std", answers.stds),
        "energy_stderr": by_level("energy_stderr", answers.stderrs),
        "energy_mean_stderr": cellwise("energy_mean_stderr", answers.mean_stderrs),
        "throughput": cellwise("throughput", throughput),
        "throughput_stderr": cellwise("throughput_stderr", fit_stderr),
        "supported": cellwise("supported", _over_grid(grid, lowered.plan.supported)),
        "extrapolated": cellwise("extrapolated", extrapolated),
    }
    coords = grid_coordinates(grid, lowered)
    coords["quantile"] = labelled("quantile", ("quantile",), np.array(answers.levels))
    if answers.keep_histograms:
        variables["histogram"], bins = _histograms(answers, dims, shape)
        coords |= bins
        kept, nodes = replicate_variables(answers.replicates, answers.cells, dims, shape)
        variables |= kept
        coords |= nodes
    attributes = dict(computed.attributes)
    if notes := throughput_notes(grid, lowered):
        attributes["throughput_notes"] = "\n".join(notes)
    return at_boundary(xr.Dataset(variables, coords, attributes), counted(grid))


def at_boundary(ds: xr.Dataset, text: str) -> xr.Dataset:
    """Return a new dataset, with what its energies count as the attribute ``boundary`` of each."""
    for one in ds.variables.values():
        if one.attrs.get("units") in ENERGIES:
            one.attrs["boundary"] = text
    return ds


def grid_coordinates(grid: Grid, lowered: Lowered) -> dict[str, xr.Variable]:
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


def replicate_variables(
    replicates: Mapping[int, Replicates], cells: int, dims: Sequence[str], shape: tuple[int, ...]
) -> tuple[dict[str, xr.Variable], dict[str, xr.Variable]]:
    """Return the variables and coordinates that hold replicates by cell number, on their common window; or none."""
    if not replicates:
        return {}, {}
    kept = next(iter(replicates.values())).deviations.shape[0]
    first = min(one.first_node for one in replicates.values())
    nodes = max(one.first_node + one.steps.size for one in replicates.values()) - first
    # Half the digits are far more than the error of an error needs.
    deviations = np.full((cells, kept, nodes), np.nan, dtype=np.float32)
    steps = np.full((cells, nodes), np.nan, dtype=np.float32)
    for cell, one in replicates.items():
        wide = one.aligned(first, nodes)
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


def bin_coordinates(first_bin: int, bins: int) -> dict[str, xr.Variable]:
    """Return the coordinates of the ``bin`` dimension: lattice index, lower and upper edge."""
    index = np.arange(first_bin, first_bin + bins, dtype=np.int64)
    return {
        "bin": labelled("bin", ("bin",), index),
        "bin_lower": labelled("bin_lower", ("bin",), np.exp(index * BIN_WIDTH)),
        "bin_upper": labelled("bin_upper", ("bin",), np.exp((index + 1) * BIN_WIDTH)),
    }


def _over_grid(grid: Grid, values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return values over the leading axes repeated over all cells, flat."""
    tail = (1,) * (len(AXES) - values.ndim)
    return np.broadcast_to(values.reshape(values.shape + tail), grid.shape).ravel()


def _throughputs(grid: Grid, lowered: Lowered) -> tuple[NDArray[np.generic], ...]:
    """Return for every cell the throughput at the median lengths [tokens/s], its error and whether it is extrapolated.

    The error is the standard error of ln TPS [1].
    """
    outputs, inputs = grid.output_tokens.values, grid.input_tokens.values
    throughput = np.full((len(lowered.deployments), len(outputs), len(inputs)), np.nan)
    stderr, extrapolated = throughput.copy(), np.zeros(throughput.shape, dtype=np.bool_)
    medians = [np.array([float(one.ppf(0.5)) for one in lengths]) for lengths in (outputs, inputs)]
    for i, deployed in enumerate(lowered.plan.deployments):
        if deployed is not None:
            model = deployed.throughput
            throughput[i] = model.predict(medians[1], medians[0][:, None])
            stderr[i] = model.log_stderr(medians[1], medians[0][:, None])
            extrapolated[i] = model.shares_outside(inputs, outputs) > MOST_QUERIES_OUTSIDE
    by_axes = (*grid.shape[:4], len(outputs), len(inputs))
    return tuple(_over_grid(grid, one.reshape(by_axes)) for one in (throughput, stderr, extrapolated))


def _histograms(
    answers: Answers, dims: tuple[str, ...], shape: tuple[int, ...]
) -> tuple[xr.Variable, dict[str, xr.Variable]]:
    """Return all histograms on their common window, and the coordinates of its bins."""
    kept = answers.histograms
    if not kept:
        return labelled("histogram", (*dims, "bin"), np.zeros((*shape, 0))), bin_coordinates(0, 0)
    first = min(one.first_bin for one in kept.values())
    bins = max(one.first_bin + one.masses.size for one in kept.values()) - first
    masses = np.zeros((answers.cells, bins), dtype=next(iter(kept.values())).masses.dtype)
    for cell, one in kept.items():
        masses[cell] = one.aligned(first, bins)
    return labelled("histogram", (*dims, "bin"), masses.reshape((*shape, bins))), bin_coordinates(first, bins)
