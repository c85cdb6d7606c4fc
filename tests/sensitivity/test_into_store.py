"""Analyses into a store: what is solved box by box is what is solved at once, to the last digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery.sensitivity import into_store

PAPER: dict[str, Any] = {
    "model": wq.ALL,
    "output_tokens": [100, wq.LogNormal(p5=100, p95=2000)],
    "pue": [1.1, wq.Uniform(1.1, 1.4)],
    "levers": ["none", "model"],
    "catalog": "oviedo2026",
}
LOAD: dict[str, Any] = {
    "model": ["Llama 3.1 8B", "DeepSeek-R1"],
    "hardware": ["H100 SXM", "A100 SXM 40GB"],
    "load": [0.1, 1.0],
    "workload": ["azure_code", "azure_conversation"],
    "boundary": ["accelerator", "facility"],
}
SOBOL: dict[str, Any] = {"draws": 256, "replicates": 4, "threads": 2}


def same(stored: xr.Dataset, whole: xr.Dataset, own_attributes: frozenset[str] = frozenset()) -> None:
    """Hold a stored result against one in memory."""
    assert set(stored.variables) - set(whole.variables) == {"done"}
    assert bool(stored["done"].all())
    assert stored.attrs == {name: value for name, value in whole.attrs.items() if name not in own_attributes}
    for name, expected in whole.variables.items():
        found = stored.variables[name]
        assert found.dims == expected.dims
        assert found.attrs == expected.attrs, name
        if expected.dtype.kind == "f":
            np.testing.assert_array_equal(found.values, expected.values, err_msg=str(name))
        else:
            assert found.values.astype(object).tolist() == expected.values.astype(object).tolist(), name


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(into_store, "MOST_CELLS", 3)


@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"over": "model", "second_order": True, "model": ["DeepSeek-R1", "Llama 3.1 405B"]},
        {"method": "monte_carlo", "estimator": "jansen_1999"},
    ],
    ids=["plain", "over", "independent"],
)
def test_indices(asked: dict[str, Any], how: dict[str, Any], tmp_path: Path) -> None:
    asked = {**asked, **SOBOL, **how}
    if "over" in how and "hardware" in asked:
        asked["hardware"] = ["H100 SXM", "B200"]  # of which both models have data
        asked["model"] = ["Llama 3.1 8B", "DeepSeek-R1"]
    same(wq.sensitivity.sobol(**asked, store=tmp_path / "a.zarr"), wq.sensitivity.sobol(**asked))


NESTED = frozenset({"inner_solutions", "shared_draws", "shared_draws_method"})
"""Attributes that are known of a result once all of it is there."""


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        (PAPER, {}),
        (PAPER, {"method": "monte_carlo", "draws": 2000}),
        (PAPER, {"over": "model", "model": ["DeepSeek-R1", "Llama 3.1 405B"], "throughput_fit": False}),
        (PAPER, {"scopes": {"output_tokens": "shared", "pue": "query"}, "method": "monte_carlo", "draws": 200}),
        (LOAD, {}),
    ],
    ids=["fits", "sampled", "over", "scopes", "load"],
)
def test_nested_quantiles(asked: dict[str, Any], how: dict[str, Any], tmp_path: Path) -> None:
    asked = {**asked, "shared_draws": 256, "threads": 2, **how}
    stored = wq.sensitivity.nested(**asked, store=tmp_path / "a.zarr")
    same(stored.drop_attrs(deep=False).assign_attrs(_without(stored, NESTED)), wq.sensitivity.nested(**asked), NESTED)


def _without(ds: xr.Dataset, names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in ds.attrs.items() if name not in names}
