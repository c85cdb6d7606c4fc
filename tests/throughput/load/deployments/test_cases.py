"""What cases and settings refuse, and in which precision weights were published."""

from __future__ import annotations

import pytest

import wattquery as wq
from load_deployments import cases
from wattquery.catalog.facts import architectures
from wattquery.throughput.load.deployments import LoadSettings, native_precision
from wattquery.throughput.load.kernel_classes import WEIGHT_BYTES


def test_every_architecture_has_a_precision_that_the_equations_know():
    assert {native_precision(one) for one in architectures().values()} <= set(WEIGHT_BYTES)


@pytest.mark.parametrize("load", [0.0, -0.5, 1.5, float("nan"), float("inf")])
def test_loads_outside_0_to_1_are_refused(load):
    with pytest.raises(wq.InputError, match="load must be above 0, to 1"):
        cases(loads=(0.5, load))


def test_a_concurrency_may_be_any_number_above_0():
    assert cases(loads=(0.5, 300.0), is_concurrency=True).loads == (0.5, 300.0)
    with pytest.raises(wq.InputError, match="concurrency must be above 0"):
        cases(loads=(0.0,), is_concurrency=True)


@pytest.mark.parametrize("count", [0, 2.5])
def test_instances_have_whole_numbers_of_accelerators(count):
    with pytest.raises(wq.InputError, match="accelerators must be"):
        cases(accelerators=(count,))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"kv_precision": "fp8"}, "kv_precision must be one of"),
        ({"speculation": "maybe"}, "speculation must be one of"),
        ({"max_sequences": 0}, "max_sequences must be a whole number"),
    ],
)
def test_settings_are_checked(setting, words):
    with pytest.raises(wq.InputError, match=words):
        LoadSettings(**setting)


def test_no_half_sequences():
    with pytest.raises(wq.InputTypeError, match="max_sequences"):
        LoadSettings(max_sequences=2.5)
