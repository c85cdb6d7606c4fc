"""A run of the deployment under a load: against the joint process drawn and updated in NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

import wattquery as wq
from load_effects import run_of
from wattquery.sensitivity import worth_measuring
from wattquery.sensitivity.worth.benchmark import scatter
from wattquery.sensitivity.worth.measurements import METERED, RUN
from wattquery.throughput.load.residuals.levels import LEVELS
from wattquery.throughput.load.shipped_model import shipped

NEW = wq.Model("new-50b", total_parameters=50)
"""Of which no row was measured: all that is known of its residuals is the prior."""

CASE = {"hardware": "H100 SXM", "precision": "FP8", "boundary": "accelerator", "concurrency": [8, 64]}
RUNS = 60_000


def prior_draws(log_loads: list[float], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return residuals at loads of one configuration, (runs, loads, 3), without and with what a run adds of its own."""
    shared = np.zeros((RUNS, len(log_loads), 3))
    levels = shipped().posterior.levels
    for level, covariance in zip(LEVELS, levels, strict=False):
        reach = dict(level.along).get("log_load")
        apart = np.subtract.outer(log_loads, log_loads)
        kernel = np.ones_like(apart) if reach is None else np.exp(-0.5 * (apart / reach) ** 2)
        root = np.linalg.cholesky(kernel + 1e-12 * np.eye(len(log_loads)))
        z = rng.standard_normal((RUNS, len(log_loads), 3)) @ np.linalg.cholesky(covariance).T
        shared += np.einsum("lm,rma->rla", root, z)
    own = rng.standard_normal(shared.shape) @ np.linalg.cholesky(levels[-1]).T
    return shared, shared + own


@pytest.mark.parametrize(("kind", "seen"), [(RUN, [0]), (METERED, [0, 2])])
def test_against_the_joint_process(kind: str, seen: list[int]) -> None:
    whole = run_of(NEW, **CASE)
    _, table = whole.lowered.under_load
    factors, batch = table.uncertainty.knowledge.factors, table.points.batch[0]
    shared, runs = prior_draws(np.log(batch).tolist(), np.random.default_rng(5))
    ds = worth_measuring(NEW, **CASE)
    at = [8, 64].index(int(ds["run_at"].sel(measurement=kind).values[0]))
    measured = runs[:, at][:, seen]  # its own effect is no other run's
    measured_factor = shipped().calibration.outer("measured", "joules_per_output_token")
    factor = float(factors["joules_per_output_token"][0])
    for place in range(2):
        residual = shared[:, place, [0, 2]].sum(axis=1) + (runs - shared)[::-1, place, [0, 2]].sum(axis=1)
        # Linear updates are exact for normals: what is left is what a regression on the measured values leaves.
        left = residual - measured @ np.linalg.lstsq(measured, residual, rcond=None)[0]
        before = math.log(ds["width_ratio_before"].values[place]) / (2.0 * ndtri(0.95))
        rest = before**2 / factor**2 - np.var(residual)
        expected = measured_factor * math.sqrt(rest + np.var(left))
        found = math.log(ds["width_ratio"].sel(measurement=kind).values[place]) / (2.0 * ndtri(0.95))
        assert found == pytest.approx(expected, rel=4.0 / math.sqrt(RUNS))
        assert found < 0.95 * before


def test_meters_tell_more_and_better_runs_too() -> None:
    one = {"hardware": "H100 SXM", "load": 0.5}
    usual = worth_measuring("Llama 3.1 70B", **one)["width_ratio"]
    assert usual.sel(measurement=METERED) < usual.sel(measurement=RUN)
    better = worth_measuring("Llama 3.1 70B", **one, measured_to={RUN: 0.01, METERED: 0.01})["width_ratio"]
    assert better.sel(measurement=RUN) < usual.sel(measurement=RUN)
    assert better.sel(measurement=METERED) < better.sel(measurement=RUN)
    assert math.sqrt(scatter(RUN, None)[0, 0]) == pytest.approx(0.059, abs=5e-4)


def test_one_run_is_for_all_loads_where_it_says_most() -> None:
    loads = [0.1, 0.5, 1.0]
    ds = worth_measuring("Llama 3.1 70B", hardware="H100 SXM", load=loads)
    (at,) = set(ds["run_at"].sel(measurement=RUN).values.tolist())
    assert at == 0.5
    ratio = ds["width_ratio"].sel(measurement=RUN)
    for load in loads:
        alone = worth_measuring("Llama 3.1 70B", hardware="H100 SXM", load=load)
        own = alone["width_ratio"].sel(measurement=RUN).item()
        assert alone["run_at"].sel(measurement=RUN).item() == load
        assert ratio.sel(load=load).item() >= own - 1e-6
        assert (ratio.sel(load=load).item() > 1.001 * own) is (load != at)


def test_idle_power_is_measured_as_such() -> None:
    """What is small in the energy is known by its own meter all the same."""
    ds = worth_measuring("Llama 3.1 70B", hardware="H100 SXM", concurrency=0.2)
    names = ds["measurement"].values.tolist()
    assert names[0] == METERED
    assert "node_watts" in names
