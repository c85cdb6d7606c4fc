"""Dates as a store holds them: whole days, with a unit by which readers of these conventions know them."""

from __future__ import annotations

import numpy as np
import xarray as xr

__all__ = ["as_dates", "as_days"]

UNITS = {"units": "days since 1970-01-01", "calendar": "proleptic_gregorian"}


def as_days(variable: xr.Variable) -> xr.Variable:
    """Return dates as days; anything else as it is."""
    if variable.dtype.kind != "M":
        return variable
    days = variable.values.astype("datetime64[D]").astype(np.int64)
    return xr.Variable(variable.dims, days, {**variable.attrs, **UNITS})


def as_dates(variable: xr.Variable) -> xr.Variable:
    """Return days that a store holds as dates; anything else as it is."""
    if variable.dtype.kind != "i" or any(variable.attrs.get(name) != text for name, text in UNITS.items()):
        return variable
    dates = variable.values.astype("datetime64[D]").astype("datetime64[ns]")
    return xr.Variable(variable.dims, dates, {name: one for name, one in variable.attrs.items() if name not in UNITS})
