"""Studies that tests look at, each made once."""

from __future__ import annotations

from functools import cache
from typing import Any

import xarray as xr

import wattquery as wq
from wattquery.explorer.payload import payload_of
from wattquery.explorer.presets import preset_study
from wattquery.explorer.rebuilding import computing
from wattquery.sweeps.dataset import to_dataset
from wattquery.sweeps.run import Run
from wattquery.sweeps.study import study

LOADED: dict[str, Any] = {
    "hardware": ["H100 SXM", "B200"],
    "load": [0.1, 0.5],
    "workload": ["azure_conversation", "agent"],
    "levers": ["none", "model"],
    "boundary": ["accelerator", "facility"],
}


def computed(model: Any, **arguments: Any) -> tuple[xr.Dataset, Run]:
    """Return a study's Dataset and its run."""
    run = computing(study(model, **arguments))
    return to_dataset(run.computed()), run


def payload(model: Any, **arguments: Any) -> dict[str, Any]:
    """Return what the page of a study holds."""
    ds, run = computed(model, **arguments)
    return payload_of(ds, run, "", title="a study")


@cache
def paper() -> dict[str, Any]:
    """The paper's preset."""
    model, arguments = preset_study("v2-code")
    return payload(model, **arguments)


@cache
def loaded() -> dict[str, Any]:
    """Two models on two accelerators under a load."""
    return payload(["Llama 3.1 70B", "gpt-oss-120b"], **LOADED)


@cache
def loaded_dataset() -> xr.Dataset:
    """The same as a Dataset."""
    return wq.sweep(["Llama 3.1 70B", "gpt-oss-120b"], method="exact", **LOADED)
