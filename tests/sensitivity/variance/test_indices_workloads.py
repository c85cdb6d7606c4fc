"""Variance-based indices of a workload: one factor, whose variance is a sum over its pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from correlated import MODEL, PAIRS, WEIGHT, WORKLOAD, energies, node_energies
from wattquery import sensitivity
from wattquery.specs.distributions.lognormal import Z95

POWER = wq.LogNormal(0.4, 0.6)
SIGMA = np.log(0.6 / 0.4) / (2.0 * Z95)
GRID: dict[str, Any] = {"workload": WORKLOAD, "prefill_weight": WEIGHT, "pue": 1.1, "power_utilization": POWER}


def spread(values: np.ndarray, weights: np.ndarray) -> float:
    return float(weights @ values**2 - (weights @ values) ** 2)


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
def test_first_and_total_order_against_sums(method: str) -> None:
    ds = sensitivity.sobol(MODEL, **GRID, method=method, draws=2**14, seed=4).sel(factor="workload")
    values, weights = node_energies()
    logs = spread(np.log(values), weights)
    second = np.exp(SIGMA**2)
    mean, square = weights @ values, weights @ values**2
    total = second * square - mean**2
    expected = {
        ("first_order", "log_energy"): logs / (logs + SIGMA**2),
        ("total_order", "log_energy"): logs / (logs + SIGMA**2),
        ("first_order", "energy"): spread(values, weights) / total,
        ("total_order", "energy"): second * spread(values, weights) / total,
    }
    for (name, scale), value in expected.items():
        found = ds.sel(scale=scale)
        # The interval is one of 95 %; three times its half width is six standard errors.
        reach = 3.0 * (found[f"{name}_high"] - found[f"{name}_low"]).item() / 2.0
        assert abs(found[name].item() - value) < reach + 1e-4, (name, scale)


def test_all_factors_and_groups() -> None:
    ds = sensitivity.sobol(MODEL, **GRID, draws=2**10, groups={"both": ["workload", "power_utilization"]})
    assert ds["factor"].values.tolist() == ["both"]
    np.testing.assert_allclose(ds["total_order"], 1.0, atol=1e-3)


def test_which_workload_is_a_factor_of_its_own() -> None:
    short = wq.Workload(PAIRS[0] / 10.0, PAIRS[1], weights=PAIRS[2])
    ds = sensitivity.sobol(
        MODEL, **{**GRID, "workload": {"a": WORKLOAD, "b": short}}, over="workload", draws=2**14, seed=4
    ).sel(scale="log_energy")
    assert ds["factor"].values.tolist() == ["workload", "power_utilization", "workload:label"]
    means = []
    for outputs in (PAIRS[0], PAIRS[0] / 10.0):
        means.append(PAIRS[2] / PAIRS[2].sum() @ np.log(energies(np.maximum(1.0, outputs), PAIRS[1])))
    between = np.var(means)
    share = ds["first_order"].sel(factor="workload:label").item()
    total = between / share
    assert total > between
    assert ds["first_order"].sel(factor="power_utilization").item() == pytest.approx(SIGMA**2 / total, abs=0.01)
