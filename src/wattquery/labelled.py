"""Arrays to a Dataset: dims, coordinates, units and provenance. And back: the histogram of one labelled cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Catalog
from wattquery.engine.answers import Answers
from wattquery.errors import InputError
from wattquery.lattice import BIN_WIDTH, Histogram
from wattquery.lowering.lower import Lowered
from wattquery.quantities import AXES, QUANTITIES
from wattquery.specs.axis import Axis
from wattquery.specs.factors import LeverSet
from wattquery.specs.grid import Grid

__all__ = [
    "KERNEL_DEFINITION",
    "attribute",
    "bin_coordinates",
    "grid_attributes",
    "grid_coordinates",
    "histogram_of",
    "in_words",
    "package_version",
    "to_dataset",
    "variable",
]

KERNEL_DEFINITION = (
    "log-energy-2: ln E = ln(P/3.6) + ln PUE + ln PU + ln(L_out + w L_in) "
    "- min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max) - sum ln M_k; "
    "Philox4x32-10, 32-bit uniforms with 64-bit tails, single precision; lattice of 1024 bins per unit of ln E"
)
"""What the numbers of this version are made by; it changes when they would."""

MOST_QUERIES_OUTSIDE = 0.5
LARGEST_PORTABLE_INTEGER = 2**31 - 1


def to_dataset(
    grid: Grid, lowered: Lowered, answers: Answers, catalog: Catalog, provenance: Mapping[str, object]
) -> xr.Dataset:
    """Return the labelled result of a grid.

    Parameters
    ----------
    grid
        The labels.
    lowered
        What the catalog held for them.
    answers
        The statistics of every cell.
    catalog
        The catalog, for provenance.
    provenance
        Further attributes of the dataset.
    """
    dims = tuple(axis.name for axis in grid.dimensions)
    shape = tuple(axis.size for axis in grid.dimensions)
    levels = len(answers.levels)

    def cellwise(name: str, values: NDArray[np.generic]) -> xr.Variable:
        return variable(name, dims, values.reshape(shape))

    def by_level(name: str, values: NDArray[np.generic]) -> xr.Variable:
        return variable(name, (*dims, "quantile"), values.reshape((*shape, levels)))

    throughput, extrapolated = _throughputs(grid, lowered)
    variables = {
        "energy": by_level("energy", answers.quantiles),
        "energy_mean": cellwise("energy_mean", answers.means),
        "energy_std": cellwise("energy_std", answers.stds),
        "energy_stderr": by_level("energy_stderr", answers.stderrs),
        "throughput": cellwise("throughput", throughput),
        "supported": cellwise("supported", _over_grid(grid, lowered.plan.supported)),
        "extrapolated": cellwise("extrapolated", extrapolated),
    }
    coordinates = grid_coordinates(grid, lowered)
    coordinates["quantile"] = variable("quantile", ("quantile",), np.array(answers.levels))
    if answers.keep_histograms:
        variables["histogram"], bins = _histograms(answers, dims, shape)
        coordinates |= bins
    attributes = grid_attributes(grid, catalog, {"title": "Energy per LLM query", **provenance})
    return xr.Dataset(variables, coordinates, attributes)


def grid_coordinates(grid: Grid, lowered: Lowered) -> dict[str, xr.Variable]:
    """Return the coordinates of all ten axes: as given, or as found in the catalog where they were left out."""
    coordinates = {axis.name: _coordinate(axis) for axis in grid.axes if axis.labels != ("",)}
    coordinates |= _found_coordinates(grid, lowered)
    return {name: coordinates[name] for name in AXES}


def grid_attributes(grid: Grid, catalog: Catalog, provenance: Mapping[str, object]) -> dict[str, object]:
    """Return what a result says about where it comes from, title and further provenance included."""
    attributes = {
        "title": provenance.get("title", ""),
        "Conventions": "CF-1.11",
        "wattquery_version": package_version(),
        "catalog": catalog.name,
        "catalog_hash": catalog.content_hash,
        "kernel_definition": KERNEL_DEFINITION,
        "prefill_weight": grid.prefill_weight,
        "round_tokens": int(grid.round_tokens),
    }
    return attributes | {name: attribute(value) for name, value in provenance.items()}


def variable(name: str, dims: Sequence[str], values: NDArray[np.generic]) -> xr.Variable:
    """Return a variable with the unit, long name and boundary of its quantity."""
    return xr.Variable(dims, values, QUANTITIES[name].attributes)


def attribute(value: object) -> object:
    """Return an attribute in a form that every netCDF format can hold.

    Truth values become 0 and 1, and whole numbers beyond 32 bits become text: the older format has neither.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and abs(value) > LARGEST_PORTABLE_INTEGER:
        return str(value)
    return value


def package_version() -> str:
    """Return the version of this package as installed."""
    try:
        return version("wattquery")
    except PackageNotFoundError:
        return "unknown"


def in_words(coordinate: xr.DataArray) -> str:
    """Return a coordinate as text with its unit: a name with what it stands for, one value or one for each label."""
    unit = coordinate.attrs.get("units", coordinate.attrs.get("parameter_units", ""))
    unit = "" if unit in ("", "1") else f" {unit}"
    if coordinate.ndim == 0:
        text = str(coordinate.attrs.get("definitions", _shown(coordinate.item()))).replace(" = ", ": ")
        return f"{text}{unit}"
    labels = coordinate.stack(all=coordinate.dims)
    parts = [
        f"{'/'.join(map(str, key))}: {_shown(value)}{unit}"
        for key, value in zip(labels["all"].values.tolist(), labels.values.tolist(), strict=True)
        if value == value and value != ""
    ]
    return "; ".join(parts)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


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
    return Histogram(int(cell["bin"].values[0]), np.asarray(cell["histogram"].values))


def bin_coordinates(first_bin: int, bins: int) -> dict[str, xr.Variable]:
    """Return the coordinates of the ``bin`` dimension: lattice index, lower and upper edge."""
    index = np.arange(first_bin, first_bin + bins, dtype=np.int64)
    return {
        "bin": variable("bin", ("bin",), index),
        "bin_lower": variable("bin_lower", ("bin",), np.exp(index * BIN_WIDTH)),
        "bin_upper": variable("bin_upper", ("bin",), np.exp((index + 1) * BIN_WIDTH)),
    }


def _coordinate(axis: Axis[object]) -> xr.Variable:
    """Return the coordinate of an axis: its labels, or one label without a dimension.

    Where a label is a name, the attribute ``definitions`` keeps what it stood for.
    """
    labels = np.array(axis.labels)
    attributes = dict(QUANTITIES[axis.name].attributes)
    if labels.dtype.kind == "U" and "units" in attributes:
        # Text labels name distributions: the numbers inside keep the unit of the quantity.
        attributes["parameter_units"] = attributes.pop("units")
    definitions = [f"{label} = {value}" for label, value in _definitions(axis).items()]
    if definitions:
        attributes["definitions"] = "; ".join(definitions)
    if axis.is_dimension:
        return xr.Variable((axis.name,), labels, attributes)
    return xr.Variable((), labels[0], attributes)


def _definitions(axis: Axis[object]) -> dict[str, str]:
    """Return what the labels of an axis stand for, where a label does not say it itself."""
    if axis.name == "levers":
        levers = {lever.name: lever for one in axis.values if isinstance(one, LeverSet) for lever in one.levers}
        named = {
            str(label): one.label
            for label, one in zip(axis.labels, axis.values, strict=True)
            if isinstance(one, LeverSet) and set(str(label).split("+")) != set(one.label.split("+"))
        }
        return named | {name: str(lever.distribution) for name, lever in levers.items()}
    if axis.name in AXES[:4]:
        return {
            str(label): str(value)
            for label, value in zip(axis.labels, axis.values, strict=True)
            if str(label) != str(value)
        }
    return {
        label: str(value)
        for label, value in zip(axis.labels, axis.values, strict=True)
        if isinstance(label, str) and label != str(value)
    }


def _found_coordinates(grid: Grid, lowered: Lowered) -> dict[str, xr.Variable]:
    """Return the coordinates of axes that were left out: what the catalog or preset gave, by deployment."""
    found = {}
    for name in ("hardware", "serving", "precision"):
        if getattr(grid, name).labels == ("",):
            labels = ["" if one is None else getattr(one, name) for one in lowered.deployments]
            found[name] = _by_deployment(grid, name, np.array(labels))
    if grid.node_power.labels == ("",):
        powers = [np.nan if one is None else one for one in lowered.node_powers]
        found["node_power"] = _by_deployment(grid, "node_power", np.array(powers))
    return found


def _by_deployment(grid: Grid, name: str, values: NDArray[np.generic]) -> xr.Variable:
    """Return one value per deployment: a scalar where all are the same, else along the axes that tell them apart."""
    attributes = QUANTITIES[name].attributes
    if np.all(values == values[0]):
        return xr.Variable((), values[0], attributes)
    axes = [axis for axis in grid.axes[:4] if axis.is_dimension]
    return xr.Variable([axis.name for axis in axes], values.reshape([axis.size for axis in axes]), attributes)


def _over_grid(grid: Grid, values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return values over the leading axes repeated over all cells, flat."""
    tail = (1,) * (len(AXES) - values.ndim)
    return np.broadcast_to(values.reshape(values.shape + tail), grid.shape).ravel()


def _throughputs(grid: Grid, lowered: Lowered) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """Return for every cell the throughput at the median lengths [tokens/s], and whether it is extrapolated."""
    outputs, inputs = grid.output_tokens.values, grid.input_tokens.values
    throughput = np.full((len(lowered.deployments), len(outputs), len(inputs)), np.nan)
    extrapolated = np.zeros(throughput.shape, dtype=np.bool_)
    for i, deployed in enumerate(lowered.plan.deployments):
        if deployed is None:
            continue
        model = deployed.throughput
        for j, output in enumerate(outputs):
            for k, input_ in enumerate(inputs):
                throughput[i, j, k] = model.predict(input_.ppf(0.5), output.ppf(0.5))
                extrapolated[i, j, k] = model.share_outside(input_, output) > MOST_QUERIES_OUTSIDE
    by_axes = (*grid.shape[:4], len(outputs), len(inputs))
    return _over_grid(grid, throughput.reshape(by_axes)), _over_grid(grid, extrapolated.reshape(by_axes))


def _histograms(
    answers: Answers, dims: tuple[str, ...], shape: tuple[int, ...]
) -> tuple[xr.Variable, dict[str, xr.Variable]]:
    """Return all histograms on their common window, and the coordinates of its bins."""
    kept = answers.histograms
    if not kept:
        return variable("histogram", (*dims, "bin"), np.zeros((*shape, 0))), bin_coordinates(0, 0)
    first = min(one.first_bin for one in kept.values())
    bins = max(one.first_bin + one.masses.size for one in kept.values()) - first
    masses = np.zeros((answers.cells, bins), dtype=next(iter(kept.values())).masses.dtype)
    for cell, one in kept.items():
        masses[cell] = one.aligned(first, bins)
    return variable("histogram", (*dims, "bin"), masses.reshape((*shape, bins))), bin_coordinates(first, bins)
