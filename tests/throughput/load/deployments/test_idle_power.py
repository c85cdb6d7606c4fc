"""Idle power, measured and guessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from load_deployments import cases
from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.deployments import load_table
from wattquery.throughput.load.deployments.idle_power import IDLE_SD, idle_relative_sd, idle_share, idle_watts


def test_measured_where_it_was_and_a_share_of_the_rating_elsewhere():
    assert idle_watts(accelerators()["A100 SXM 80GB"]) == 70.0
    assert idle_watts(Accelerator("Abacus", tdp_w=1000.0)) == pytest.approx(1000.0 * idle_share())
    assert idle_watts(Accelerator("Abacus", tdp_w=1000.0, idle_w=5.0)) == 5.0
    assert np.isnan(idle_watts(Accelerator("Abacus")))


def test_the_share_is_the_median_of_those_measured():
    shares = [70 / 400, 62 / 400, 120 / 700, 140 / 1000]
    assert idle_share() == pytest.approx(np.median(shares))


def test_what_is_guessed_is_in_doubt_and_what_is_stated_is_not():
    assert idle_relative_sd(Accelerator("Abacus", tdp_w=1000.0)) == IDLE_SD
    assert idle_relative_sd(Accelerator("Abacus", tdp_w=1000.0, idle_w=5.0)) == 0.0


def of_idle(watts, load):
    """The table of an accelerator that stands idle most of the time, with its idle power stated or not."""
    asked = cases("llama-3.1-8b", "H100 SXM", loads=(load,))
    return load_table(replace(asked, hardware=tuple(replace(one, idle_w=watts) for one in asked.hardware)))


def test_a_guess_of_what_idle_accelerators_draw_is_an_effect_of_the_accelerator():
    guessed, stated = of_idle(None, 1e-5), of_idle(113.0, 1e-5)
    for boundary in (0, 1):
        (idle,) = (one for one in guessed.effects(0, boundary) if one.name == "load_model:idle")
        assert idle.key == "H100 SXM"
        assert guessed.sigma[boundary, 0] == pytest.approx(np.hypot(stated.sigma[boundary, 0], idle.sigma), rel=0.01)
        assert all(one.name != "load_model:idle" for one in stated.effects(0, boundary))
    (alone,) = (one.sigma for one in guessed.effects(0, 0) if one.name == "load_model:idle")
    assert alone == pytest.approx(np.sqrt(np.log1p(IDLE_SD**2)), rel=0.05)  # nearly all of the energy is idle
    assert guessed.log_sds["power"][0] == pytest.approx(IDLE_SD, rel=0.05)
    assert stated.log_sds["power"][0] < 0.05


def test_what_never_idles_has_no_such_effect():
    busy = of_idle(None, 0.5)
    assert all(one.name != "load_model:idle" for one in busy.effects(0, 1))
    assert any("give or take 30 %" in note for note in of_idle(None, 1e-5).notes)
