"""Fleets with pools for tests: two classes on two pools, and a day with three loads."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

import wattquery as wq
from wattquery import catalog
from wattquery.throughput.load.deployments import LengthCase, LoadCases, LoadTable, load_table
from wattquery.workloads.converters import workload

MODEL = "Llama 3.1 70B"
CLASSES = {
    "chat": {"share": 0.7, "model": MODEL, "workload": "azure_conversation"},
    "code": {"share": "rest", "model": MODEL, "workload": "azure_code"},
}
H100 = {"hardware": "H100 SXM", "precision": "FP8", "accelerators": 2, "load": 0.6, "share": 0.6, "reserve": 2}
B200 = {"hardware": "B200", "precision": "FP8", "accelerators": 1, "interactivity": 40}
POOLS = {"h100": H100, "b200": B200}
QUERIES = 4e7
PROFILE = np.repeat([0.4, 1.5, 0.7], [8, 12, 4])
PUE = 1.2
BATCH = ((0.7, "azure_conversation"), (0.3, "azure_code"))


def fleet(pools: Any = POOLS, **arguments: Any) -> xr.Dataset:
    """Return the fleet with other arguments."""
    stated = {"queries_per_day": QUERIES, "load_profile": PROFILE, "pue": PUE, "shared_draws": 2**10, "overhead": {}}
    return wq.fleet(**{"classes": CLASSES, "pools": pools, "structural": False, **stated, **arguments})


def requests() -> np.ndarray:
    """Return the queries of each hour."""
    return QUERIES * PROFILE / PROFILE.sum()


def table(pool: dict[str, Any], loads: Any, attributed: str = "azure_conversation") -> LoadTable:
    """Return what the load model says of a pool's instances at loads, with the batch that both classes fill."""
    return load_table(
        LoadCases(
            models=(catalog.architecture(MODEL),),
            hardware=(catalog.accelerator(pool["hardware"]),),
            serving=("vLLM",),
            precision=(pool["precision"],),
            accelerators=(pool["accelerators"],),
            loads=tuple(np.asarray(loads).tolist()),
            lengths=(LengthCase.of(workload(attributed), batch=[(share, workload(name)) for share, name in BATCH]),),
        )
    )


def rates(of: LoadTable) -> np.ndarray:
    """Return queries per second of an instance."""
    return of.throughput / sum(share * workload(name).mean("output_tokens") for share, name in BATCH)


def node_wh(of: LoadTable) -> np.ndarray:
    """Return the mean energy of a query at the node [Wh]."""
    return of.units[1].T @ of.points.own_drivers[:, 0] / 3.6
