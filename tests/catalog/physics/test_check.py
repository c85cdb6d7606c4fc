"""All checks at once: the impossible first, and a sentence for numbers of any size."""

from __future__ import annotations

import dataclasses
import math
import random

import pytest

from wattquery.catalog.physics import Accelerator, Architecture, OperatingPoint, findings

MODEL = Architecture(
    "Ours 200B", 200e9, 20e9, 19e9, routed=190e9, expert_share=1 / 19, cache=1e5, cache_full_layers=2e4, window=1024.0
)
DEVICE = Accelerator(
    "Theirs", 8.0, 141 * 2.0**30, 4.8e12, ((16, 989e12), (8, 1979e12)), power=700.0, idle=120.0, node_power=10.2
)
POINT = OperatingPoint(MODEL, DEVICE, 8.0, "FP8", 1024.0, 1024.0)
NUMBERS = [
    one.name
    for one in dataclasses.fields(OperatingPoint)
    if one.type == "float | None" and one.name not in ("accelerators", "nodes")
]


def kinds(**numbers) -> list[str]:
    return [one.kind for one in findings(dataclasses.replace(POINT, **numbers))]


def test_nothing_known_is_nothing_wrong():
    assert findings(OperatingPoint()) == []
    assert findings(POINT) == []


@pytest.mark.parametrize(("share", "found"), [(0.99, ["above-compute-with-input"]), (1.01, ["above-compute"])])
def test_the_peak_is_two_operations_for_each_parameter(share, found):
    peak = 8 * 1979e12 / (2 * 19e9)
    assert kinds(output_rate=share * peak, input_tokens=1.0, output_tokens=1e6) == found


def test_bandwidth_is_of_the_experts_that_are_touched():
    """One sequence touches 20 of 200 billion parameters; many touch all."""
    one = 19e9
    assert MODEL.touched(1.0) == pytest.approx(one)
    assert MODEL.touched(1e6) == pytest.approx(199e9)
    step = one / (8 * 4.8e12)
    assert kinds(concurrency=1.0, output_rate=1.05 / step, speculation="off", input_tokens=None) == []
    assert kinds(concurrency=1.0, output_rate=1.15 / step, speculation="off", input_tokens=None) == ["above-bandwidth"]
    assert kinds(concurrency=1.0, output_rate=1.15 / step, input_tokens=None) == []


def test_windowed_layers_keep_their_window():
    assert MODEL.cached(512.0) == 512.0 * 1e5
    assert MODEL.cached(10_000.0) == 10_000.0 * 2e4 + 1024.0 * 8e4


def test_weights_of_a_larger_variant_are_a_question():
    assert [one.severity for one in findings(dataclasses.replace(POINT, accelerators=1.0))] == ["questionable"]
    sixteen = dataclasses.replace(POINT, accelerators=1.0, precision="BF16")
    assert [one.severity for one in findings(sixteen)] == ["impossible"]


def test_the_impossible_comes_first():
    found = findings(dataclasses.replace(POINT, output_rate=1e7, per_token=39.0, power=5200.0, phase="decode only"))
    severities = [one.severity for one in found]
    assert severities == sorted(severities)
    assert len(set(severities)) == 2


def test_numbers_of_any_size_end_in_sentences():
    draw = random.Random(7)
    said = 0
    for _ in range(2000):
        numbers = {name: math.exp(draw.uniform(-60, 60)) for name in NUMBERS if draw.random() < 0.5}
        point = dataclasses.replace(POINT, **numbers, boundary=draw.choice(["node", "accelerator"]))
        for finding in findings(point, draw.choice(["", "MoE"])):
            said += 1
            assert finding.kind
            assert finding.sentence.count(".") < 40
            assert "None" not in finding.sentence
    assert said > 2000
