"""Idle power, measured and guessed."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.deployments.idle_power import idle_share, idle_watts


def test_measured_where_it_was_and_a_share_of_the_rating_elsewhere():
    assert idle_watts(accelerators()["A100 SXM 80GB"]) == 70.0
    assert idle_watts(Accelerator("Abacus", tdp_w=1000.0)) == pytest.approx(1000.0 * idle_share())
    assert idle_watts(Accelerator("Abacus", tdp_w=1000.0, idle_w=5.0)) == 5.0
    assert np.isnan(idle_watts(Accelerator("Abacus")))


def test_the_share_is_the_median_of_those_measured():
    shares = [70 / 400, 62 / 400, 120 / 700, 140 / 1000]
    assert idle_share() == pytest.approx(np.median(shares))
