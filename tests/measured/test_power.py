"""Watts that were metered: of one accelerator, in watts, idle below saturated."""

from __future__ import annotations

import pytest

import wattquery as wq
from one_sentence import is_one_sentence

CHIP = wq.Accelerator("Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, fp8_tflops=2400, tdp_w=800)


def test_either_power_alone_is_one():
    assert wq.MeasuredPower("nvidia h100", idle=118).saturated is None
    assert wq.read_measured(wq.MeasuredPower("B200", saturated=900)).saturated_watts == {"B200": (900.0, 0.05)}
    assert len(wq.read_measured(wq.MeasuredPower("B200", saturated=900))) == 0


def test_own_accelerators_are_metered_too():
    points = wq.read_measured(wq.MeasuredPower(CHIP, idle=100, relative_error=0.02))
    assert points.idle_watts == {"Abacus 2": (100.0, 0.02)}
    assert points.known.accelerator("Abacus 2").tdp_w == 800.0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({}, "neither idle nor saturated"),
        ({"idle": 0.118}, "kilowatts, write 118"),
        ({"saturated": 5000}, "8 accelerators"),
        ({"idle": 118_000, "saturated": 620}, "milliwatts, write 118"),
        ({"idle": 600}, "saturated="),
        ({"saturated": 90}, "idle="),
        ({"idle": 400, "saturated": 300}, "below saturated"),
        ({"idle": 0}, "less than any"),
        ({"idle": -5}, "less than any"),
        ({"idle": float("nan")}, "finite"),
        ({"idle": 10**400}, "finite"),
        ({"idle": "118"}, "number"),
        ({"idle": True}, "number"),
        ({"idle": 118, "relative_error": 5}, "0.05"),
        ({"idle": 118, "relative_error": 0}, "0.05"),
        ({"idle": 118, "hardware": "TPU v9"}, "not known"),
        ({"idle": 118, "hardware": 5}, "must be text"),
    ],
)
def test_what_no_accelerator_draws_is_questioned_in_one_sentence(arguments, named):
    with pytest.raises(wq.InputError) as error:
        wq.MeasuredPower(**{"hardware": "H100", **arguments})
    assert named in str(error.value)
    assert is_one_sentence(str(error.value)), str(error.value)


def test_two_powers_of_one_accelerator_contradict():
    two = [wq.MeasuredPower("H100", idle=118), wq.MeasuredPower("H100", idle=70)]
    with pytest.raises(wq.InputError, match="two idle powers"):
        wq.read_measured(two)
