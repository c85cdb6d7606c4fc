"""A run of the deployment under a load: against the joint process drawn and updated in NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import wattquery as wq
from load_effects import run_of
from own_points import POINT, measured
from wattquery import catalog
from wattquery.sensitivity import worth_measuring
from wattquery.sensitivity.worth.benchmark import scatter
from wattquery.sensitivity.worth.measurements import METERED, RUN
from wattquery.throughput.load.deployments.idle_power import idle_watts
from wattquery.throughput.load.residuals.levels import LEVELS
from wattquery.throughput.load.shipped_model import shipped
from wattquery.throughput.load.support import FEW_POINTS

NEW = wq.Model("new-50b", total_parameters=50)
"""Of which no row was measured: all that is known of its residuals is the prior."""

CASE: dict[str, Any] = {"hardware": "H100 SXM", "precision": "FP8", "boundary": "accelerator", "concurrency": [8, 64]}
POINTS: dict[str, Any] = {
    "model": "Gemma 3 27B",
    "hardware": "H100 SXM",
    "precision": "BF16",
    "accelerators": 2,
    "concurrency": 64,
}
POINTS |= {"input_tokens": 1000, "boundary": "accelerator"}
"""Of which `own_points.POINT` is one."""

RUNS = 60_000


def prior_draws(log_loads: list[float], same_lengths: bool, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return residuals of cells at some loads, and of runs of the same configuration there, (runs, loads, 3) each."""
    cells, runs = np.zeros((2, RUNS, len(log_loads), 3))
    levels = shipped().posterior.levels
    apart = np.subtract.outer(log_loads, log_loads)
    for level, covariance in zip((*LEVELS, None), levels, strict=True):
        reach = None if level is None else dict(level.along).get("log_load")
        kernel = np.ones_like(apart) if reach is None else np.exp(-0.5 * (apart / reach) ** 2)
        root = np.linalg.cholesky(kernel + 1e-12 * np.eye(len(log_loads)))

        def drawn(root: np.ndarray = root, covariance: np.ndarray = covariance) -> np.ndarray:
            z = rng.standard_normal((RUNS, len(log_loads), 3)) @ np.linalg.cholesky(covariance).T
            return np.einsum("lm,rma->rla", root, z)

        own = drawn()
        cells += own
        # What a run has of its own, and of lengths that are not those of the cell, is no part of the answer.
        runs += drawn() if level is None or ("lengths" in level.labels and not same_lengths) else own
    return cells, runs


@pytest.mark.parametrize(("lengths", "is_fixed"), [({}, False), ({"output_tokens": 400, "input_tokens": 700}, True)])
def test_against_the_joint_process(lengths: dict[str, int], is_fixed: bool) -> None:
    whole = run_of(NEW, **CASE, **lengths)
    _, table = whole.lowered.under_load
    quantity = "joules_per_output_token"
    factor, batch = float(table.uncertainty.knowledge.factors[quantity][0]), table.points.batch[0]
    cells, runs = prior_draws(np.log(batch).tolist(), is_fixed, np.random.default_rng(5))
    ds = worth_measuring(NEW, **CASE, **lengths)
    # Of fixed lengths, the configuration then counts as one of which a point was measured.
    classes = ("measured", *FEW_POINTS.values())
    after_factor = max(shipped().calibration.outer(one, quantity) for one in classes) if is_fixed else factor
    for kind, seen in ((RUN, [0]), (METERED, [0, 2])):
        at = CASE["concurrency"].index(int(ds["run_at"].sel(measurement=kind).values[0]))
        told = runs[:, at][:, seen]
        for place in range(2):
            residual = cells[:, place, [0, 2]].sum(axis=1)
            # Linear updates are exact for normals: what is left is what a regression on the measured values leaves.
            left = residual - told @ np.linalg.lstsq(told, residual, rcond=None)[0]
            before = math.log(ds["width_ratio_before"].values[place]) / (2.0 * ndtri(0.95))
            rest = before**2 / factor**2 - np.var(residual)
            expected = after_factor * math.sqrt(rest + np.var(left))
            found = math.log(ds["width_ratio"].sel(measurement=kind).values[place]) / (2.0 * ndtri(0.95))
            assert found == pytest.approx(expected, rel=4.0 / math.sqrt(RUNS))
            assert found < 0.97 * before


@pytest.mark.parametrize("output", [300, wq.Exponential(median=208)], ids=["fixed", "varying"])
def test_what_is_promised_comes_true_and_once_measured_there_is_less_to_gain(output: Any) -> None:
    """A run that says what is expected, through `measured=`: the interval is what was promised of it."""
    case = {**POINTS, "output_tokens": output}
    before, cell = worth_measuring(**case), wq.sweep(**case, method="exact")
    point = {**POINT, "output_tps_per_accelerator": cell["throughput"].item() / 2}
    after = worth_measuring(**case, measured=measured(point))
    promised = math.log(before["width_ratio"].sel(measurement=RUN).item())
    # A table of throughputs tells a little of the time to first token as well.
    assert math.log(after["width_ratio_before"].item()) == pytest.approx(promised, rel=0.01)
    assert promised < 0.9 * math.log(before["width_ratio_before"].item())
    narrower = [one["narrower"].sel(measurement=RUN).item() for one in (before, after)]
    assert 0.0 < narrower[1] < 0.3 * narrower[0]


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
    """What is small in the energy is known by its own meter all the same: as `measured=` has it."""
    case: dict[str, Any] = {"model": "Llama 3.1 8B", "hardware": "B200", "concurrency": 0.3, "boundary": "accelerator"}
    before = worth_measuring(**case, measured_to={"idle_watts": 0.1})
    watts = measured(idle_watts={"B200": (idle_watts(catalog.accelerator("B200")), 0.1)})
    after = worth_measuring(**case, measured=watts)
    promised = math.log(before["width_ratio"].sel(measurement="idle_watts").item())
    assert math.log(after["width_ratio_before"].item()) == pytest.approx(promised, rel=2e-3)
    assert promised < 0.95 * math.log(before["width_ratio_before"].item())
    # All together knows the better of both runs, and this.
    rest = before["width_ratio"].sel(measurement=[METERED, "idle_watts"]).min().item()
    assert before["width_ratio"].sel(measurement="all").item() < 0.99 * rest
