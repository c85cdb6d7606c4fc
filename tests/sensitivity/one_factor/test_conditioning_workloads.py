"""A workload as one factor of analyses that fix, cut or move factors, against sums over its pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from correlated import MODEL, PAIRS, WEIGHT, WORKLOAD, node_energies
from wattquery import sensitivity

GRID: dict[str, Any] = {
    "workload": {"mine": WORKLOAD, "one": wq.Workload([300], [500])},
    "prefill_weight": WEIGHT,
    "pue": 1.1,
    "power_utilization": wq.LogNormal(0.4, 0.6),
}
POWER = wq.LogNormal(0.4, 0.6)
MEDIAN = POWER.ppf(0.5)


def in_order() -> tuple[np.ndarray, np.ndarray]:
    """Return the energies of the pairs in their order, and their weights."""
    values, weights = node_energies(power=MEDIAN)
    order = np.argsort(values)
    return values[order], weights[order]


@pytest.mark.parametrize(
    ("analysis", "argument"),
    [(sensitivity.tornado, {"ends": [0.05, 0.95]}), (sensitivity.spider, {"levels": [0.05, 0.95]})],
)
def test_levels_are_those_of_the_energy_of_the_lengths(analysis, argument) -> None:
    ds = analysis(MODEL, **argument, **GRID)
    values, weights = in_order()
    places = np.searchsorted(np.cumsum(weights), [0.05, 0.95])
    np.testing.assert_allclose(ds["median"].sel(workload="mine", factor="workload"), values[places], rtol=1e-9)
    one = ds["median"].sel(workload="one", factor="workload").values
    np.testing.assert_allclose(one, ds["baseline"].sel(workload="one").item(), rtol=1e-9)


def test_bins_part_the_queries_and_not_their_energy() -> None:
    ds = sensitivity.given(MODEL, factor="workload", bins=[0, 0.5, 0.9, 1], **GRID)
    shares = ds["factor_bin_high"] - ds["factor_bin_low"]
    whole = wq.sweep(MODEL, **GRID, method="exact")["energy_mean"]
    np.testing.assert_allclose((ds["energy_mean"] * shares).sum("factor_bin"), whole, rtol=1e-4)
    values, weights = in_order()
    ends = np.append(0.0, np.cumsum(weights))
    upper = np.diff(np.clip(ends, 0.9, 1.0)) / 0.1
    of_power = whole.sel(workload="mine").item() / (weights @ values)
    assert ds["energy_mean"].sel(workload="mine")[-1].item() == pytest.approx(upper @ values * of_power, rel=1e-4)


def test_an_elasticity_moves_both_lengths() -> None:
    ds = sensitivity.elasticity(MODEL, **{**GRID, "workload": WORKLOAD})
    assert "output_tokens" not in ds["parameter"]
    step = 1e-3
    outputs, inputs, weights = PAIRS
    moved = [
        wq.Workload(np.exp(sign * step) * outputs, np.exp(sign * step) * inputs, weights=weights) for sign in (1, -1)
    ]
    high, low = (
        np.log(wq.sweep(MODEL, **{**GRID, "workload": one}, method="exact", quantiles=[0.5])["energy"].item())
        for one in moved
    )
    found = ds["elasticity"].sel(parameter="workload").item()
    assert found == pytest.approx((high - low) / (2.0 * step), abs=2e-3)
    assert found > 1.0


def test_a_workload_of_one_pair_drives_nothing() -> None:
    ds = sensitivity.moment_independent(MODEL, bins=8, **GRID)
    assert ds["delta"].sel(workload="one", factor="workload") == 0.0
    assert ds["delta"].sel(workload="mine", factor="workload") > ds["delta"].sel(
        workload="mine", factor="power_utilization"
    )


def test_factors_are_named_by_the_workload() -> None:
    ds = sensitivity.tornado(MODEL, **GRID)
    assert ds["factor"].values.tolist() == ["workload", "power_utilization"]
    with pytest.raises(wq.InputError, match="'output_tokens', which is random in no cell"):
        sensitivity.given(MODEL, factor="output_tokens", **GRID)


def test_the_order_is_that_of_each_deployment() -> None:
    """Long prompts cost more on one model than on the other: bins are monotone in both."""
    models = [MODEL, "Llama 3.1 70B"]
    numbers = {"pue": 1.1, "power_utilization": [0.5, wq.ThroughputProportional(0.24, 0.56)], "workload": "agent"}
    ds = sensitivity.given(models, factor="workload", bins=8, **numbers)
    assert (ds["energy_mean"].diff("factor_bin") > 0.0).all()
    high = sensitivity.spider(models, factors=["workload"], levels=[0.25, 0.5, 0.75], **numbers)
    assert (high["median"].diff("factor_level") > 0.0).all()
    np.testing.assert_allclose(high["median"].isel(factor=0, factor_level=1), high["baseline"], rtol=1e-3)
    delta = sensitivity.moment_independent(models, bins=16, **{**numbers, "power_utilization": POWER})["delta"]
    assert (delta.sel(factor="workload") > 0.5).all()
