"""Levers in a plan of capacity: energies as a sweep has them, time as nodes, and idle nodes as they are."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.capacity.lever_effects import lever_effects

MODEL = "Llama 3.1 70B"
CASE = {
    "hardware": "B200", "accelerators": 2, "precision": "FP8", "pue": 1.2, "output_tokens": 300, "input_tokens": 1000,
}  # fmt: skip
PLAN = {**CASE, "requests_per_hour": 1e9, "interactivity": 45}
DRAFT = wq.Lever(
    "draft model",
    by_concurrency={4: wq.LogNormal(p5=1.4, p95=1.8), 256: 1.1},
    time_factor={4: 1.9, 256: wq.LogNormal(p5=1.1, p95=1.3)},
)


@pytest.fixture(scope="module")
def plain():
    return wq.plan_capacity(MODEL, **PLAN).isel(candidate=0)


def test_energies_are_those_of_a_sweep_and_time_is_nodes(plain) -> None:
    found = wq.plan_capacity(MODEL, **PLAN, levers=DRAFT).isel(candidate=0)
    running = float(found["running_sequences"])
    sweep = wq.sweep(MODEL, **CASE, concurrency=running, levers=DRAFT, method="exact", quantiles=[0.5])
    assert found["energy_per_query"].item() == pytest.approx(sweep["energy_mean"].item(), rel=1e-3)
    assert found["interactivity"].item() == pytest.approx(plain["interactivity"].item(), rel=1e-3)
    faster = float(DRAFT.time_at(running).ppf(0.5))
    assert found["nodes"].item() == pytest.approx(plain["nodes"].item() / faster, rel=1e-3)
    # What is not known of it is in the intervals.
    wide = [np.log(np.divide(*one["energy_per_query_interval"].values)) for one in (found, plain)]
    assert wide[0] < wide[1] < 0.0
    assert found.attrs["notes"].endswith("Targets are held against latencies without levers.")


def test_a_lever_without_time_leaves_nodes_and_idle_ones(plain) -> None:
    lever = wq.Lever("serving", 2.0)
    found = wq.plan_capacity(MODEL, **PLAN, levers=lever).isel(candidate=0)
    assert found["nodes"].item() == plain["nodes"].item()
    assert found["energy_per_query"].item() == pytest.approx(0.5 * plain["energy_per_query"].item(), rel=1e-9)
    assert "leaves nodes as they are" in found.attrs["notes"]
    waiting = [
        one["power_mean"].item() - wq.plan_capacity(MODEL, **PLAN, **more, reserve=100)["power_mean"].item()
        for one, more in ((found, {"levers": lever}), (plain, {}))
    ]
    assert waiting[0] == pytest.approx(waiting[1], rel=1e-6)


def test_factors_of_levers_are_those_of_draws() -> None:
    running = np.array([2.0, 4.0, 32.0, 256.0, 999.0])
    found = lever_effects([DRAFT, wq.Lever("x", 1.5, time_factor=wq.Triangular(1.0, 1.2, 1.5))], running)
    rng = np.random.default_rng(5)
    level, other = rng.random((2, 200_000))
    for place, one in enumerate(running):
        drawn = 1.0 / DRAFT.at(one).factor.ppf(level)
        assert found.energy[place] == pytest.approx(drawn.mean(), rel=2e-3)
        assert found.energy_variance[place] == pytest.approx(np.log(drawn).var(), abs=2e-4)
        times = DRAFT.time_at(one).ppf(level) * wq.Triangular(1.0, 1.2, 1.5).ppf(other)
        assert found.rate[place] == pytest.approx(np.median(times), rel=5e-3)
        assert found.rate_variance[place] == pytest.approx(np.log(times).var(), rel=0.03)
