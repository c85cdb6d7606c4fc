"""A workload in two-level runs: of each query, or one unknown pair for all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from correlated import MODEL, WEIGHT, WORKLOAD, node_energies
from wattquery import sensitivity

POWER = wq.LogNormal(0.4, 0.6)
GRID: dict[str, Any] = {"workload": WORKLOAD, "prefill_weight": WEIGHT, "pue": 1.1, "power_utilization": POWER}


def test_queries_within_and_power_without() -> None:
    ds = sensitivity.nested(MODEL, **GRID, throughput_fit=False)
    assert "workload = query" in ds.attrs["scopes"]
    fixed = wq.sweep(MODEL, **{**GRID, "power_utilization": POWER.ppf(0.5)}, method="exact")["energy"]
    np.testing.assert_allclose(ds["energy"].isel(credible=1), fixed, rtol=1e-9)


def test_a_shared_workload_is_one_pair_for_all_queries() -> None:
    numbers = {**GRID, "power_utilization": 0.5, "scopes": {"workload": "shared"}, "shared_draws": 1024}
    ds = sensitivity.nested(MODEL, **numbers, level=0.5, throughput_fit=False)
    values, weights = node_energies()
    # Without anything else random, all quantiles over queries are that of the pair.
    assert np.ptp(ds["energy"].values, axis=0).max() < 1e-3 * ds["energy"].max()
    order = np.argsort(values)
    middle = values[order][np.searchsorted(np.cumsum(weights[order]), [0.4, 0.6])]
    assert middle[0] < ds["energy"].isel(quantile=0, credible=1) < middle[1]


def test_shared_workloads_of_as_many_pairs_are_not_taken_for_each_other() -> None:
    """They share the number of nodes, the weights and the pair in the middle, and nothing else."""
    grid = {"near": wq.Workload([90, 300, 310], [500] * 3), "far": wq.Workload([9, 300, 3000], [500] * 3)}
    ds = sensitivity.nested(
        MODEL,
        workload=grid,
        pue=1.1,
        power_utilization=0.5,
        scopes={"workload": "shared"},
        shared_draws=256,
        throughput_fit=False,
    )
    near, far = (ds["energy"].sel(workload=name).isel(quantile=0).values for name in ("near", "far"))
    assert far[2] > 3.0 * near[2]


@pytest.mark.parametrize("over", [None, "model"])
def test_fits_are_drawn_with_a_workload(over) -> None:
    models = [MODEL, "Llama 3.1 70B"]
    ds = sensitivity.nested(models, **GRID, throughput_fit=True, shared_draws=256, over=over)
    assert np.isfinite(ds["energy"]).all()
