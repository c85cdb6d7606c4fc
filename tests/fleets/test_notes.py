"""Notes of fleets under a load: why a class is extrapolated, and steps that may hold idle capacity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import xarray as xr

import wattquery as wq


def one(share: float = 1, **arguments: Any) -> dict[str, Any]:
    stated = {
        "model": "Llama 3.1 70B",
        "hardware": "H100 SXM",
        "load": 0.5,
        "pue": 1.2,
        "workload": "azure_conversation",
    }
    return {"share": share, **stated, **arguments}


def fleet(classes: Mapping[str, Any], **arguments: Any) -> xr.Dataset:
    return wq.fleet(classes=classes, queries_per_day=1e9, structural=False, shared_draws=2**10, **arguments)


def test_a_model_that_nobody_measured_is_said_to_be_so() -> None:
    own = wq.Model("Mine", total_parameters=100, active_parameters=10)
    ds = fleet({"known": one(0.5), "own": one(0.5, model=own)})
    assert "extrapolated: class own, Mine: no row of this model" in ds.attrs["notes"]
    assert "lie outside the lengths" not in ds.attrs["notes"]
    assert "throughput fit" not in ds["extrapolated"].attrs["long_name"]


def test_each_reason_for_which_a_class_is_extrapolated_is_said() -> None:
    """An accelerator without a rate for a precision, and one on which a model was never measured, are no lengths."""
    own = wq.Accelerator("X", memory_gb=80, bandwidth_tbps=3.0, fp16_tflops=900, tdp_w=700)
    classes = {"a": one(0.5, precision="FP8", hardware="A100 SXM 80GB"), "b": one(0.5, hardware=own)}
    ds = fleet(classes, overhead={})
    said = [note for note in ds.attrs["notes"].split(" | ") if note.startswith("extrapolated")]
    assert len(said) == 2
    assert "class a, " in said[0]
    assert "no rate of products in FP8 is known of A100 SXM 80GB" in said[0]
    assert "class b, " in said[1]
    assert "no row of X" in said[1]
    assert not any("lie outside the lengths" in note for note in said)


@pytest.mark.parametrize("name", ["standby", "spare capacity", "Stand-by machines", "headroom", "over-provisioning"])
def test_idle_capacity_by_another_name_is_refused(name: str) -> None:
    with pytest.raises(wq.InputError, match="count twice"):
        fleet({"chat": one()}, overhead={name: 1.2})


def test_a_step_whose_name_tells_nothing_carries_a_note() -> None:
    told = fleet({"chat": one()}, overhead={"ours": {"factor": 1.2, "source": "us"}, "network": 1.05}).attrs["notes"]
    assert "step ours: whether it holds idle capacity" in told
