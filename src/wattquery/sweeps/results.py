"""Whether a Dataset is what a function needs: the variables, dims, labels and facts that a sweep's result has.

Results come back from files and from users' own code, so that anything may be in them.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.arguments import renamed_result

__all__ = ["checked_bins", "checked_dataset", "checked_histograms", "number_of_draws"]

SUM_ERROR = 1e-6
"""How far the probabilities of a cell may be from a sum of 1: those of the exact method are rounded."""

FURTHEST_BIN = 700 * 1024
"""ln E of an energy that a float can hold, in bins."""

_LAST = ("quantile", "bin")


def checked_dataset(
    ds: object,
    needed: Mapping[str, Sequence[str]],
    made_by: str,
    facts: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> xr.Dataset:
    """Return a dataset that has what is needed, with ``quantile`` and ``bin`` as its last dimensions.

    Parameters
    ----------
    ds
        What a user passed.
    needed
        Variables with numbers, each with dimensions that it must have.
    made_by
        What makes such a dataset, for messages.
    facts
        Attributes that it must have.
    texts
        Variables and coordinates that must be there besides, whatever they hold.

    Raises
    ------
    InputTypeError
        If it is no Dataset, or a variable holds no numbers.
    InputError
        If a variable, a dimension, its labels or an attribute is missing, a dimension is empty, or a label is there
        twice.
    """
    if not isinstance(ds, xr.Dataset):
        fix = "Open the file first: xr.open_dataset(path)." if isinstance(ds, str) or hasattr(ds, "__fspath__") else ""
        raise InputTypeError(
            f"ds must be an xarray.Dataset, the result of {made_by}, got an object of type {type(ds).__name__}. "
            f"{fix or 'Pass that result as it is.'}"
        )
    missing = [
        *(name for name in (*needed, *texts) if name not in ds),
        *(fact for fact in facts if fact not in ds.attrs),
    ]
    if missing:
        renamed = "".join(renamed_result(name, ds.data_vars) for name in missing)
        raise InputError(
            f"The dataset has no {listed(missing)}; it has {listed(ds.data_vars)}.{renamed} It must be the result of "
            f"{made_by}, with its attributes. Pass that result as it is."
        )
    for name, dims in needed.items():
        _check_variable(ds[name], dims, made_by)
    for dim in dict.fromkeys(str(dim) for name in needed for dim in ds[name].dims):
        _check_dimension(ds, dim, made_by)
    return ds.transpose(..., *_LAST, missing_dims="ignore")


def _check_variable(variable: xr.DataArray, dims: Sequence[str], made_by: str) -> None:
    """Refuse a variable without numbers, or without a dimension that it must have."""
    if variable.dtype.kind not in "fiub":
        raise InputTypeError(
            f"{variable.name} must hold numbers, as {made_by} makes them, got {variable.dtype.name} values. "
            "Pass that result as it is."
        )
    for dim in dims:
        if dim not in variable.dims:
            raise InputError(
                f"{variable.name} must have the dimension {dim!r}, as in the result of {made_by}, got "
                f"{listed(variable.dims) or 'none'}. Select single labels in a list, which keeps the dimension: "
                f"ds.sel({dim}=[...])."
            )


def _check_dimension(ds: xr.Dataset, dim: str, made_by: str) -> None:
    """Refuse a dimension without labels, of none of them, or with one of them twice."""
    if dim not in ds.coords:
        raise InputError(
            f"The dimension {dim!r} has no labels; the result of {made_by} has some on each dimension. Keep its labels."
        )
    if ds.sizes[dim] == 0 and dim != "bin":
        raise InputError(
            f"The dimension {dim!r} is empty, and must have at least one label. Select one or more: ds.isel({dim}=[0])."
        )
    if not ds.indexes[dim].is_unique:
        raise InputError(
            f"The dimension {dim!r} must have each label once, and has a label twice. Remove one: "
            f"ds.drop_duplicates({dim!r})."
        )


def checked_bins(ds: xr.Dataset) -> xr.Dataset:
    """Return a dataset with the bins of its histograms in order.

    Raises
    ------
    InputError
        If bins are missing, or are none of the lattice, or masses are negative or not known.
    """
    ds = ds.sortby("bin")
    bins = ds["bin"].values
    whole = bins.dtype.kind in "iu" and np.array_equal(bins, np.arange(bins.size) + (bins[0] if bins.size else 0))
    if not whole or (bins.size and np.abs(bins).max() > FURTHEST_BIN):
        raise InputError(
            "The bins of the histogram are not consecutive; all bins that the sweep made must be there. Select cells, "
            "and leave the dimension 'bin' as it is."
        )
    masses = ds["histogram"].values if "histogram" in ds else np.zeros(0)
    if not np.all(np.isfinite(masses) & (masses >= 0.0)):
        raise InputError(
            "The histogram of a cell has a mass that is negative or missing, and must be as the sweep made it. Pass "
            "its result as it is."
        )
    return ds


def checked_histograms(ds: xr.Dataset) -> xr.Dataset:
    """Return a dataset with its bins in order, if each cell with data has a whole histogram.

    Raises
    ------
    InputError
        If bins are missing, or the masses of a cell are not those of a distribution.
    """
    ds = checked_bins(ds)
    total = ds["histogram"].sum("bin", dtype=np.float64)
    # Counts of draws, or probabilities of the exact method and of blends.
    whole = (np.abs(total - 1.0) < SUM_ERROR) | (np.abs(total - max(1, number_of_draws(ds))) < SUM_ERROR)
    if not bool((whole | ~ds["supported"].astype(bool)).all()):
        raise InputError(
            "The histogram of a cell is not whole: its masses must sum to 1 or to the draws. Pass the result of the "
            "sweep as it is."
        )
    return ds


def number_of_draws(ds: xr.Dataset) -> int:
    """Return the draws per cell that a dataset states, 0 for an exact one.

    Raises
    ------
    InputTypeError
        If it is no number.
    """
    draws = ds.attrs.get("draws", 0)
    if isinstance(draws, (bool, np.bool_)) or not isinstance(draws, numbers.Integral) or draws < 0:
        raise InputTypeError(
            f"The dataset's attribute draws must be the whole number that the sweep wrote, got {draws!r}. Restore it."
        )
    return int(draws)
