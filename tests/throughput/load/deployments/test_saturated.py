"""Watts of accelerators under their heaviest load: they move power near the largest load, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from load_deployments import cases
from own_points import POINT, measured
from wattquery.catalog.facts import accelerators
from wattquery.throughput.load.deployments import LoadCases, load_table
from wattquery.throughput.load.deployments.saturated import BOARD_SD, HEAVIEST_SHARE, HEAVIEST_SHARE_SD

ASKED = {
    "models": "gemma-3-27b", "precision": ("BF16",), "accelerators": (2,), "loads": (0.001, 1.0),
    "hardware": "H100 SXM, B200",
}  # fmt: skip


def table(**watts):
    return load_table(cases(**ASKED, measured=measured(**watts) if watts else None))


@pytest.fixture(scope="module")
def before():
    return table()


def test_power_near_the_largest_load_moves_by_what_instances_have_in_common(before):
    after = table(saturated_watts={"H100 SXM": (500.0, 0.02)})
    common = before.uncertainty.knowledge.saturated.in_common
    apart = np.log(500.0 / (HEAVIEST_SHARE * before.points.numbers[34, 0]))
    gain = common / (common + HEAVIEST_SHARE_SD**2 + 0.02**2)
    moved = np.log(after.power / before.power)
    assert moved[1] == pytest.approx(gain * apart, rel=1e-9)
    assert abs(moved[0]) < 0.3 * abs(moved[1])
    assert moved[2:].tolist() == [0.0, 0.0]  # B200
    assert (after.throughput == before.throughput).all()
    assert after.log_sds["power"][1] < before.log_sds["power"][1]
    assert after.units[0, :, 1].sum() < before.units[0, :, 1].sum()
    assert after.sigma[0, 1] < before.sigma[0, 1]
    assert common > BOARD_SD**2
    assert any("Under its heaviest load H100 SXM 500 W, give or take 2 %" in note for note in after.notes)


def test_watts_of_another_accelerator_change_nothing_and_are_said(before):
    after = table(saturated_watts={"H200": (500.0, 0.02)})
    assert np.array_equal(after.power, before.power)
    assert any("Measured watts of H200 are of no accelerator of this grid" in note for note in after.notes)


def test_an_accelerator_that_no_fit_saw_is_moved_further(before):
    own = wq.Accelerator("Abacus", memory_gb=80, bandwidth_tbps=3.35, fp16_tflops=989, tdp_w=700).facts
    facts = (accelerators()["H100 SXM"], own)
    asked = cases(**ASKED)
    of_both = {name: getattr(asked, name) for name in ("models", "serving", "precision", "accelerators", "lengths")}
    watts = dict.fromkeys(("H100 SXM", "Abacus"), (450.0, 0.01))
    tables = [
        load_table(LoadCases(hardware=facts, loads=(1.0,), **of_both, measured=one))
        for one in (None, measured(saturated_watts=watts))
    ]
    moved = np.log(tables[1].power / tables[0].power)
    assert moved[1] < 1.5 * moved[0] < 0.0


def test_beside_measured_power_of_the_model_they_count_nothing():
    point = {**POINT, "power_w_per_accelerator": 600.0}
    alone, both = (
        load_table(cases(**{**ASKED, "hardware": "H100 SXM"}, measured=measured(point, **watts)))
        for watts in ({}, {"saturated_watts": {"H100 SXM": (400.0, 0.0)}})
    )
    assert np.array_equal(both.power, alone.power)
    assert np.array_equal(both.sigma, alone.sigma)
