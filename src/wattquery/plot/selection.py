"""What a picture needs of a Dataset: the right variables, and no axes of the grid that it has no room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.specs.display_names import display_label, display_name, display_value
from wattquery.specs.scalars import shown
from wattquery.sweeps.results import checked_bins, checked_dataset

__all__ = [
    "NOT_GRID",
    "SAID",
    "NoDataError",
    "axis_label",
    "axis_name",
    "check_variables",
    "context",
    "example",
    "only",
    "over_axis",
    "panels_for",
]

NOT_GRID = ("quantile", "bin", "replicate", "node")
SAID = (
    *("model", "hardware", "serving", "precision", "accelerators", "load", "concurrency"),
    *("workload", "output_tokens", "input_tokens", "cached_tokens", "levers", "dependence"),
)
LONGEST = 40

LARGEST = 1e100
"""No energy, share or factor is larger; axes of pictures end at 1e300."""


class NoDataError(InputError):
    """No cell of what is to be drawn has data."""


def check_variables(
    ds: object,
    needed: Mapping[str, Sequence[str]],
    made_by: str,
    positive: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> xr.Dataset:
    """Return the dataset if it has what the picture needs, with attributes that can be written.

    Parameters
    ----------
    ds
        What a user passed.
    needed
        Variables with numbers, each with dimensions that it must have.
    made_by
        What makes such a dataset.
    positive
        Those of the variables whose values must be above 0 where they are known.
    texts
        Variables and coordinates that must be there besides.

    Raises
    ------
    InputTypeError
        If it is not a Dataset, or a variable holds no numbers.
    InputError
        If a variable, dimension or label is missing; the message says what makes it.
    """
    ds = checked_dataset(ds, needed, made_by, texts=texts)
    for name in needed:
        _check_drawable(ds[name], name in positive, made_by)
    if "bin" in ds.dims:
        ds = checked_bins(ds)
    return _with_plain_attributes(ds)


def _check_drawable(variable: xr.DataArray, positive: bool, made_by: str) -> None:
    """Refuse a variable with a value that no axis can show."""
    values = variable.values
    with np.errstate(invalid="ignore"):
        known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
        beyond = np.abs(known.astype(np.float64)) > LARGEST
    if beyond.any() or (positive and np.any(known <= 0)):
        allowed = f"above 0 and at most {LARGEST:g}" if positive else f"at most {LARGEST:g} in magnitude"
        wrong = known[beyond][0] if beyond.any() else known.min()
        raise InputError(
            f"{variable.name} must be {allowed} to be drawn, got {wrong:g}. Pass the result of {made_by} as it is."
        )


def _with_plain_attributes(ds: xr.Dataset) -> xr.Dataset:
    """Return a dataset without attributes that are neither text nor one number: a file may hold anything."""
    kept = {name: fact for name, fact in ds.attrs.items() if isinstance(fact, (str, int, float, np.number))}
    ds = ds.drop_attrs(deep=False).assign_attrs(kept)
    for variable in ds.variables.values():
        variable.attrs = {name: fact for name, fact in variable.attrs.items() if isinstance(fact, str)}
    return ds


def only(ds: xr.Dataset, variable: str, allowed: Sequence[str], *, panels: bool = False) -> xr.Dataset:
    """Return the dataset without dimensions of length one, if ``variable`` has no others than those allowed.

    Where a picture can have ``panels``, the message names the axis that would have one for each label.

    Raises
    ------
    InputError
        If it has; the message says which to select.
    """
    single = [dim for dim in ds[variable].dims if ds.sizes[dim] == 1 and dim not in allowed and dim not in NOT_GRID]
    ds = ds.squeeze(single)
    left = [str(dim) for dim in ds[variable].dims if dim not in allowed and dim not in NOT_GRID]
    if left:
        raise InputError(
            f"{variable} has the dimension{'s' if len(left) > 1 else ''} {listed(left)}, for which the picture has no "
            f"room. Select one label of each: ds.sel({example(ds, left)}).{panels_for(ds, left) if panels else ''}"
        )
    return ds


def panels_for(ds: xr.Dataset, left: Sequence[str]) -> str:
    """Return a sentence on the axis that a picture has no room for, where one panel for each of its labels would do."""
    of = "" if len(left) == 1 else " of one of them"
    return f" For a panel for each label{of}, pass facet={left[0]!r}."


def over_axis(
    ds: xr.Dataset, variable: str, over: str | None, *, kept: Sequence[str] = (), panels: bool = False
) -> tuple[xr.Dataset, str | None]:
    """Return the dataset with at most one axis left beside those that the picture itself needs, and that axis.

    Parameters
    ----------
    ds
        What is drawn.
    variable
        Whose dimensions count.
    over
        The axis whose labels are compared; by default the only one that is longer than one.
    kept
        Dimensions that the picture has room for; by default those that are no axes of a grid.
    panels
        Whether the picture can have panels, which the message then says.

    Raises
    ------
    InputError
        If ``over`` is not a dimension, is left out where several are there, or others are left beside it.
    """
    grid = [str(dim) for dim in ds[variable].dims if dim not in (kept or NOT_GRID)]
    if over is not None:
        if not isinstance(over, str) or over not in grid:
            of = f"one of {listed(grid)}" if grid else "and there is none to compare along"
            raise InputError(
                f"over must be a dimension of the dataset, {of}, got {shown(over)}: leave it out, or name one."
                f"{did_you_mean(over, grid)}"
            )
        return only(ds, variable, [over, *kept], panels=panels), over
    long = [dim for dim in grid if ds.sizes[dim] > 1]
    if len(long) > 1:
        needed = [dim for dim in kept if dim in ds[variable].dims]
        beside = f" beside {listed(needed)}" if needed else ""
        raise InputError(
            f"{variable} has the dimensions {listed(long)}{beside}, of which a picture shows one. Select one label of "
            f"each other: over={long[0]!r} with ds.sel({example(ds, long[1:])})."
            f"{panels_for(ds, long[1:]) if panels else ''}"
        )
    return only(ds, variable, [*long, *kept]), long[0] if long else None


def example(ds: xr.Dataset, dims: Sequence[str]) -> str:
    """Return the arguments of a selection: the first label of each dimension."""
    return ", ".join(f"{dim}={ds[dim].values.tolist()[0]!r}" for dim in dims)


def axis_name(ds: xr.Dataset, axis: str) -> str:
    """Return what people call an axis; that of the share of a class is described by the result itself."""
    if axis.endswith("_share") and axis in ds.coords:
        return str(ds[axis].attrs.get("long_name", axis))
    return display_name(axis)


def axis_label(ds: xr.Dataset, axis: str, label: object) -> str:
    """Return a label with the name of its axis."""
    return display_label(axis, label) if axis == "model" else f"{axis_name(ds, axis)}: {display_value(axis, label)}"


def context(ds: xr.Dataset, *skip: str | None) -> str:
    """Return in a line what was held fixed: short scalar coordinates that tell which cell this is."""
    parts = []
    for name in SAID:
        if name not in ds.coords or name in skip or ds[name].ndim:
            continue
        value = ds[name].item()
        label = f"{value:g}" if isinstance(value, float) else str(value)
        if label and label != "none" and len(label) <= LONGEST:
            parts.append(display_label(name, label))
    return ", ".join(parts)
