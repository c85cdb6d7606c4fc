"""Fleets under load for tests: one class of queries, and a small fleet of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

import wattquery as wq

__all__ = ["MODEL", "PUE", "SMALL", "fleet", "one"]

PUE = wq.LogNormal(1.1, 1.4)
MODEL = "Llama 3.1 70B"
SMALL: Mapping[str, Any] = {"queries_per_day": 1e9, "structural": False, "shared_draws": 2**10}


def one(share: float | str = 1, lengths: str = "azure_conversation", **arguments: Any) -> dict[str, Any]:
    stated = {"model": MODEL, "hardware": "H100 SXM", "load": 0.5, "pue": PUE, "workload": lengths}
    return {"share": share, **stated, **arguments}


def fleet(classes: Mapping[str, Any], **arguments: Any) -> xr.Dataset:
    return wq.fleet(classes=classes, **{**SMALL, **arguments})
