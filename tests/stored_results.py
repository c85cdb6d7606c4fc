"""A result from a store held against one in memory."""

from __future__ import annotations

import numpy as np
import xarray as xr

KEPT = ("bin", "node")


def same(stored: xr.Dataset, whole: xr.Dataset, *, order: bool = True) -> None:
    """Hold a stored result against one in memory, which has fewer bins: those that something fell into.

    Parameters
    ----------
    stored, whole
        The two.
    order
        Whether the labels of the store stand in the order of the call, as attributes that list them do.
    """
    assert set(stored.variables) - set(whole.variables) == {"done"}
    assert bool(stored["done"].all())
    same_order(stored, whole)
    if order:
        assert stored.attrs == whole.attrs
    for name in KEPT:
        if name in whole.dims:
            counted = "histogram" if name == "bin" else "hidden_error"
            if name == "bin":
                assert not stored[counted].drop_sel(bin=whole["bin"]).any(), "there are masses in other bins"
            stored = stored.sel({name: whole[name]})
    for name, expected in whole.variables.items():
        found = stored.variables[name]
        assert found.dims == expected.dims
        assert not order or found.attrs == expected.attrs, name
        if expected.dtype.kind == "f":
            np.testing.assert_array_equal(found.values, expected.values, err_msg=str(name))
        else:
            assert found.values.astype(object).tolist() == expected.values.astype(object).tolist(), name


def same_order(stored: xr.Dataset, whole: xr.Dataset) -> None:
    """Hold the order of dimensions, coordinates and variables of a stored result against that in memory."""
    for mapping in ("sizes", "coords", "data_vars"):
        names = [name for name in getattr(stored, mapping) if name != "done"]
        assert names == list(getattr(whole, mapping)), mapping
