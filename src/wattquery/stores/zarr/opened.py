"""What a store holds as a Dataset, whose values are read when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from wattquery.errors import InputError
from wattquery.stores.zarr.dates import as_dates
from wattquery.stores.zarr.guarded import Guarded
from wattquery.stores.zarr.untrusted import check_metadata

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["opened"]


def opened(store: Store, shown: str) -> xr.Dataset:
    """Return what a store holds; labels are read at once, and are text as in memory, and all is in its order there.

    Parameters
    ----------
    store
        The store, which anybody may have written: what it holds is checked before it is opened.
    shown
        What it is called in messages.

    Raises
    ------
    InputError
        If it holds what no store of this package does.
    """
    arrays = check_metadata(store, shown)
    try:
        ds: xr.Dataset = xr.open_zarr(
            Guarded(store, arrays),
            chunks=None,
            consolidated=True,
            mask_and_scale=False,
            decode_times=False,
            decode_timedelta=False,
        )
    except InputError:
        raise
    except Exception as error:  # whatever a library says of metadata that nobody has thought of
        raise InputError(f"{shown!r} cannot be opened: {type(error).__name__}: {error}.") from error
    # Text of any length is a type of its own, of which most of xarray and pandas knows little.
    labels = {name: one.load() for name, one in ds.coords.items()}
    text = {
        name: xr.Variable(one.dims, one.values.astype(object).astype(str), one.attrs)
        for name, one in labels.items()
        if one.dtype.kind == "T"
    }
    dates = {name: as_dates(one.variable) for name, one in labels.items() if one.dtype.kind == "i"}
    ds = ds.assign_coords(text).assign_coords(dates)
    return ds[[name for name in arrays if name in ds.variables]]
