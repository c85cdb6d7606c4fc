"""Whether a Dataset is what a function needs: the variables, dims, labels and facts that a sweep's result has.

Results come back from files and from users' own code, so that anything may be in them.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from wattquery.errors import InputError, InputTypeError, listed

__all__ = ["checked_bins", "checked_dataset", "checked_histograms", "number_of_draws"]

SUM_ERROR = 1e-6
"""How far the probabilities of a cell may be from a sum of 1: those of the exact method are rounded."""

FURTHEST_BIN = 700 * 1024
"""ln E of an energy that a float can hold, in bins."""

_LAST = ("quantile", "bin")


def checked_dataset(
    ds: object, needed: Mapping[str, Sequence[str]], made_by: str, facts: Sequence[str] = ()
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
            f"ds is of the type {type(ds).__name__}. Allowed is an xarray.Dataset: the result of {made_by}. "
            f"{fix or 'Pass that result as it is.'}"
        )
    missing = [*(name for name in needed if name not in ds), *(fact for fact in facts if fact not in ds.attrs)]
    if missing:
        raise InputError(
            f"The dataset has no {listed(missing)}. Allowed is the result of {made_by}, with its attributes. "
            "Pass that result as it is."
        )
    for name, dims in needed.items():
        if ds[name].dtype.kind not in "fiub":
            raise InputTypeError(
                f"{name} holds {ds[name].dtype.name} values. Allowed are numbers, as {made_by} makes them. "
                "Pass that result as it is."
            )
        for dim in dims:
            if dim not in ds[name].dims:
                raise InputError(
                    f"{name} has no dimension {dim!r}. Allowed is the result of {made_by}; single labels are selected "
                    f"in a list, which keeps the dimension: ds.sel({dim}=[...])."
                )
    for label in dict.fromkeys(dim for name in needed for dim in ds[name].dims):
        dim = str(label)
        if dim not in ds.coords:
            raise InputError(
                f"The dimension {dim!r} has no labels. Allowed is the result of {made_by}. Keep its labels."
            )
        if ds.sizes[dim] == 0 and dim != "bin":
            raise InputError(
                f"The dimension {dim!r} is empty. At least one label is needed. Select one or more: ds.isel({dim}=[0])."
            )
        if not ds.indexes[dim].is_unique:
            raise InputError(
                f"The dimension {dim!r} has a label twice. Allowed is each label once. Remove one: "
                f"ds.drop_duplicates({dim!r})."
            )
    return ds.transpose(..., *_LAST, missing_dims="ignore")


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
            "The bins of the histogram are not consecutive. Allowed are all bins that the sweep made. Select cells, "
            "and "
            "leave the dimension 'bin' as it is."
        )
    masses = ds["histogram"].values if "histogram" in ds else np.zeros(0)
    if not np.all(np.isfinite(masses) & (masses >= 0.0)):
        raise InputError(
            "The histogram of a cell has a mass that is negative or missing. Allowed is the histogram that the sweep "
            "made. Pass its result as it is."
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
            "The histogram of a cell is not whole: its masses sum neither to 1 nor to the draws. Allowed is the "
            "histogram "
            "that the sweep made. Pass its result as it is."
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
            f"The dataset's attribute draws is {draws!r}. Allowed is the whole number that the sweep wrote. Restore it."
        )
    return int(draws)
