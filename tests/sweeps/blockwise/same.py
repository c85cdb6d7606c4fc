"""What a store holds, held against a result in memory."""

from __future__ import annotations

import numpy as np
import xarray as xr

from stored_results import same_order

__all__ = ["same"]


def same(stored: xr.Dataset, whole: xr.Dataset, later: frozenset[str] = frozenset()) -> None:
    """Hold a stored result against one in memory, but for attributes that depend on what was solved."""
    assert set(stored.variables) - set(whole.variables) == {"done"}
    assert bool(stored["done"].all())
    same_order(stored, whole)
    assert {**stored.attrs, **dict.fromkeys(later)} == {**whole.attrs, **dict.fromkeys(later)}
    for name, expected in whole.variables.items():
        found = stored.variables[name]
        assert found.dims == expected.dims
        assert found.attrs == expected.attrs, name
        if expected.dtype.kind == "f":
            np.testing.assert_array_equal(found.values, expected.values, err_msg=str(name))
        else:
            assert found.values.astype(object).tolist() == expected.values.astype(object).tolist(), name
