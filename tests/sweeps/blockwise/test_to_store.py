"""What is solved box by box is what is solved at once, to the last digit and label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery.sweeps.blockwise import laid_out

PAPER: dict[str, Any] = {
    "model": wq.ALL,
    "output_tokens": [100, wq.LogNormal(p5=100, p95=2000)],
    "pue": [1.1, 1.3],
    "levers": ["none", "serving"],
}
LOAD: dict[str, Any] = {
    "model": ["Llama 3.1 8B", "DeepSeek-R1"],
    "hardware": ["H100 SXM", "B200"],
    "load": [0.1, 1.0],
    "workload": ["azure_code", "azure_conversation"],
    "boundary": ["accelerator", "facility"],
}


def same(stored: xr.Dataset, whole: xr.Dataset) -> None:
    """Hold a stored result against one in memory."""
    assert set(stored.variables) - set(whole.variables) == {"done"}
    assert bool(stored["done"].all())
    assert stored.attrs == whole.attrs
    for name, expected in whole.variables.items():
        found = stored.variables[name]
        assert found.dims == expected.dims
        assert found.attrs == expected.attrs, name
        if expected.dtype.kind == "f":
            np.testing.assert_array_equal(found.values, expected.values, err_msg=str(name))
        else:
            assert found.values.astype(object).tolist() == expected.values.astype(object).tolist(), name


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
def test_a_store_holds_what_memory_would(
    asked: dict[str, Any], method: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)
    how = {"method": method, "draws": 512, "threads": 2}
    same(wq.sweep(**asked, **how, store=tmp_path / "a.zarr"), wq.sweep(**asked, **how))
