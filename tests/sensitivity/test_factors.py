"""The factors of a cell, kept apart, against the same cell with its lognormals merged; and plans with one changed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.plans.build import lower
from wattquery.sensitivity import sobol, tornado
from wattquery.specs.grid import factor_names
from wattquery.sweeps.study import study

GRID: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B", "Mistral Large"],
    "output_tokens": {"random": wq.Exponential(300), "known": 300, "one": wq.Empirical(samples=[40, 40])},
    "power_utilization": {
        "random": wq.LogNormal(0.4, 0.9),
        "known": 0.6,
        "follows": wq.ThroughputProportional(0.24, 0.56),
        "flat": wq.ThroughputProportional(0.5, 0.0),
    },
    "pue": [wq.LogNormal(1.05, 1.6), 1.2],
    "levers": {
        "none": "none",
        "both": ["serving", wq.Lever("known", 2.0)],
        "other": [wq.Lever("own", wq.LogNormal(2, 3)), "serving"],
    },
}


@pytest.mark.parametrize("node_power", [None, [wq.LogNormal(8, 12), 10.0]])
def test_factors_are_what_terms_merge(node_power: Any) -> None:
    asked = study(**GRID, node_power=node_power)
    lowered = lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True)
    assert lowered.plan.cells.size > 100
    for number in lowered.plan.cells:
        cell = lowered.plan.cell(int(number))
        signed = [one for one in cell.factors if one.sign]
        mean = cell.constant + sum(one.sign * one.distribution.mu for one in signed)
        assert mean == pytest.approx(cell.log_factors, abs=1e-12)
        assert sum(one.distribution.sigma**2 for one in signed) == pytest.approx(cell.sigma**2, abs=1e-12)
        lengths = [one.name for one in cell.factors if not one.sign]
        assert lengths == (["output_tokens"] if cell.output_tokens.distribution == wq.Exponential(300) else [])


def test_names_in_the_order_of_the_equation() -> None:
    asked = study(**GRID, node_power=wq.Uniform(8, 12))
    assert factor_names(asked.grid) == (
        "output_tokens",
        "power_utilization",
        "pue",
        "node_power",
        "lever:serving",
        "lever:own",
    )


def test_variances_and_medians_count_what_is_fixed() -> None:
    """Indices are blind to constants; the variance in Wh2 and the medians are not."""
    ds = sobol(**GRID, draws=2**14, level=0.99999)["variance"]
    exact = wq.sweep(**GRID, method="exact", round_tokens=True)
    ratio = np.sqrt(ds.sel(scale="energy")) / exact["energy_std"].where(exact["energy_std"] > 1e-9)
    assert abs(ratio - 1).max() < 0.1
    assert ratio.notnull().sum() > 50
    legs = tornado(**GRID)
    np.testing.assert_allclose(legs["baseline"], exact["energy"].sel(quantile=0.5), rtol=1e-12)
    for label, value in (("p5", 0.05), ("p95", 0.95)):
        pue = wq.LogNormal(1.05, 1.6)
        expected = wq.sweep(**{**GRID, "pue": [float(pue.ppf(value)), 1.2]}, method="exact")["energy"].sel(quantile=0.5)
        np.testing.assert_allclose(legs["median"].sel(factor="pue", end=label), expected, rtol=1e-9)


def test_memory_does_not_grow_with_the_samples() -> None:
    code = (
        "import resource, wattquery as wq\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "run = lambda n: wq.sensitivity.sobol('DeepSeek-R1', levers='model+serving+hardware', draws=n)\n"
        "run(2**12); first = peak(); run(2**21); print((peak() - first) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # A single output of 2**21 samples would take 16 MB.
    assert float(done.stdout) < 10.0
