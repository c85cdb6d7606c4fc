"""What a store holds as a Dataset, whose values are read when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["opened"]


def opened(store: Store) -> xr.Dataset:
    """Return what a store holds; labels are read at once, and are text as in memory."""
    ds: xr.Dataset = xr.open_zarr(store, chunks=None)
    # Text of any length is a type of its own, of which most of xarray and pandas knows little.
    labels = {name: one.load() for name, one in ds.coords.items()}
    text = {
        name: xr.Variable(one.dims, one.values.astype(object).astype(str), one.attrs)
        for name, one in labels.items()
        if one.dtype.kind == "T"
    }
    return ds.assign_coords(text)
