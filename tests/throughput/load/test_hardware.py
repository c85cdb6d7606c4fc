"""Accelerators as the equations see them."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.throughput.load.hardware import families, hardware_of


def test_facts_in_base_units():
    found = hardware_of(["B200", "H100 SXM"])
    assert found.memory_bytes[1] == 80e9
    assert found.bandwidth[1] == pytest.approx(3.35e12)
    assert found.power_w[0] == 1000
    assert found.flops_4[0] > found.flops_8[0] > found.flops_16[0] > 1e15


def test_a_missing_rate_is_that_of_the_next_wider():
    found = hardware_of(["A100 SXM 80GB", "H100 SXM"])
    assert found.flops_4[0] == found.flops_8[0] == found.flops_16[0]
    assert found.flops_4[1] == found.flops_8[1] > found.flops_16[1]


def test_what_is_not_known_is_nan():
    assert np.isnan(hardware_of(["abacus"]).power_w[0])


def test_families():
    names = ["GH200", "GB200 NVL72", "A800", "MI355X", "L40S", "RTX PRO 6000 Blackwell SE", "H100 PCIe"]
    expected = ["Hopper", "Blackwell", "Ampere", "CDNA 4", "Ada", "Blackwell workstation", "Hopper"]
    assert list(families(names)) == expected
