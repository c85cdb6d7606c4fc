"""Two results that are the same to the last bit: values, types, labels, attributes, and the order of all of them."""

from __future__ import annotations

from typing import Any

import xarray as xr

import wattquery as wq

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


def assert_same(found: xr.Dataset, expected: xr.Dataset) -> None:
    """Hold a result against another."""
    assert list(found.variables) == list(expected.variables)
    assert list(found.attrs.items()) == list(expected.attrs.items())
    assert set(found.coords) == set(expected.coords)
    for name, variable in expected.variables.items():
        other = found.variables[name]
        assert (other.dims, other.dtype, other.shape) == (variable.dims, variable.dtype, variable.shape), name
        assert list(other.attrs.items()) == list(variable.attrs.items()), name
        assert other.values.tobytes() == variable.values.tobytes(), name
