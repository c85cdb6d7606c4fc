"""The axes and variables of a Dataset as the page shows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from wattquery.explorer.arrays import packed, packed_text
from wattquery.explorer.calls import axis_calls
from wattquery.histograms import Histogram
from wattquery.quantities import AXES, QUANTITIES
from wattquery.specs.display_names import display_name
from wattquery.sweeps.dataset import histogram_of
from wattquery.sweeps.run import Run

__all__ = ["STORED_LEVELS", "axes_of", "notes_of", "sampling_of", "variables_of"]

_SHOWN = (
    *("energy", "energy_mean", "energy_std", "energy_prefill", "energy_decode", "throughput", "power"),
    *("interactivity", "time_per_output_token", "time_to_first_token", "running_sequences", "most_sequences"),
    *("supported", "extrapolated", "support", "support_rows", "support_basis", "unsupported_reason", "benchmark_rows"),
)
"""Variables that the page shows, where a Dataset has them."""

_NOTES = (
    *("outside_range", "load_notes", "throughput_notes", "workload_notes", "undetermined", "node_power_notes"),
    "measured_notes",
)

LEAST_TOLD = 0.01
"""Relative standard error of a quantile that a page speaks of."""

STORED_LEVELS = tuple(np.round(np.linspace(0.005, 0.995, 100), 4).tolist())
"""Quantiles that are stored of a cell with a histogram, where the page cannot compute them."""


def axes_of(ds: xr.Dataset, run: Run | None) -> list[dict[str, Any]]:
    """Return the axes of a Dataset in the order of grids: dimensions, and coordinates with one label."""
    known = {} if run is None else {axis.name: axis for axis in run.grid.axes}
    found = []
    for name in AXES:
        if name not in ds.coords or (ds[name].ndim and ds[name].dims != (name,)):
            continue
        entry = _axis(ds[name])
        axis = known.get(name)
        if axis is not None and axis.labels != ("",) and axis.size == len(entry["labels"]):
            written = axis_calls(axis, run.study) if run is not None else []
            entry |= {"python": [one for one, _ in written], "shell": [one for _, one in written], "left_out": False}
        found.append(entry)
    return found


def _axis(coordinate: xr.DataArray) -> dict[str, Any]:
    name = str(coordinate.name)
    labels = np.atleast_1d(coordinate.values).tolist()
    numbers = labels if coordinate.dtype.kind in "fiu" else None
    unit = str(coordinate.attrs.get("units", ""))
    return {
        "name": name,
        "title": display_name(name),
        "unit": "" if unit == "1" else unit,
        "labels": [f"{label:g}" if isinstance(label, float) else str(label) for label in labels],
        "numbers": numbers,
        "definitions": _definitions(str(coordinate.attrs.get("definitions", ""))),
        "python": [None] * len(labels),
        "shell": [None] * len(labels),
        "left_out": True,
    }


def _definitions(text: str) -> dict[str, str]:
    """Return what labels stand for: ``traditional = Exponential(median=300); long = ...``."""
    pairs = [part.split(" = ", 1) for part in text.split("; ") if " = " in part]
    return dict(pairs)


def variables_of(ds: xr.Dataset, *, with_curves: bool) -> dict[str, Any]:
    """Return the variables of a Dataset that the page shows, and its coordinates along several axes.

    Parameters
    ----------
    ds
        The result of a sweep or blend.
    with_curves
        Whether many quantiles of each cell are taken from its histogram, if it has one.
    """
    found = {name: _variable(ds[name]) for name in _SHOWN if name in ds}
    for name in AXES:
        if name in ds.coords and ds[name].ndim and ds[name].dims != (name,):
            found[name] = _variable(ds[name])
    if with_curves and "histogram" in ds:
        found["energy_levels"] = _curves(ds)
    return found


def _variable(array: xr.DataArray) -> dict[str, Any]:
    name = str(array.name)
    by_level = "quantile" in array.dims
    values = array.transpose(..., "quantile") if by_level else array
    flat = values.values
    unit = str(array.attrs.get("units", ""))
    return {
        "title": str(array.attrs.get("long_name", display_name(name))),
        "unit": "" if unit == "1" else unit,
        "boundary": str(array.attrs.get("boundary", "")),
        "axes": [str(dim) for dim in values.dims if dim != "quantile"],
        "by_level": by_level,
        # Text has one of several types, by the format that it was read from.
        "array": packed(flat) if flat.dtype.kind in "fiub" else packed_text(flat.ravel().tolist(), flat.shape),
    }


def _curves(ds: xr.Dataset) -> dict[str, Any]:
    """Return many quantiles of each cell, from its histogram."""
    dims = [str(dim) for dim in ds["energy_mean"].dims]
    shape = [ds.sizes[dim] for dim in dims]
    values = np.full((int(np.prod(shape)), len(STORED_LEVELS)), np.nan)
    for number in range(len(values)):
        place = np.unravel_index(number, shape) if shape else ()
        cell = ds.isel({dim: int(i) for dim, i in zip(dims, place, strict=True)})
        if not bool(cell["supported"].all()) or not np.isfinite(cell["energy_mean"].item()):
            continue
        histogram: Histogram = histogram_of(cell)
        values[number] = histogram.quantiles(STORED_LEVELS)
    return {
        "title": QUANTITIES["energy"].long_name,
        "unit": "Wh",
        "boundary": str(ds["energy"].attrs.get("boundary", "")),
        "axes": dims,
        "by_level": False,
        "array": packed(values),
    }


def notes_of(ds: xr.Dataset) -> list[str]:
    """Return what must be known of the numbers of a Dataset, a sentence each."""
    notes = []
    for name in _NOTES:
        for line in str(ds.attrs.get(name, "")).splitlines():
            notes.append(f"outside physical ranges: {line}" if name == "outside_range" else line)
    return [note for note in notes if note]


def sampling_of(ds: xr.Dataset) -> str:
    """Return how far the quantiles of a Dataset may be from what more draws would give; nothing where that is little.

    A page computes without draws what is changed in it, so that it would seem that the change did it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = ds["energy_stderr"].values / ds["energy"].values
    known = errors[~np.isnan(errors)]
    if not known.size or float(known.max()) <= LEAST_TOLD:
        return ""
    far = float(known.max())
    size = f"up to {100 * far:.2g} %" if np.isfinite(far) else "unknown at some"
    return (
        f"the study was drawn at random, {ds.attrs.get('draws', 'few')} draws of a cell: a standard error of its "
        f"quantiles is {size}."
    )
