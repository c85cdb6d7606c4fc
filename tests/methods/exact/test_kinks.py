"""Where ln E bends: there, and nowhere else, the naive throughput is the largest observed one."""

from __future__ import annotations

import math

import numpy as np
import pytest

import naive
from exact_pairs import RATE, model_of
from wattquery.methods.exact.kinks import input_kinks, output_kinks, power_bends, tangent_input

SPAN = 0.56
RECIPROCAL = [
    naive.Reciprocal(2e-4, 3e-8, 2.5e-5, 4300.0),
    naive.Reciprocal(1e-5, 2e-7, 5e-5, 5000.0),
    naive.Reciprocal(0.0, 3e-7, 0.0, 5000.0),
    naive.Reciprocal(3e-4, 0.0, 1e-4, 2900.0),
    naive.Reciprocal(1e-6, 1e-7, 3e-4, 5000.0),
]
GRID = np.geomspace(1e-3, 1e7, 200_001)


def numbers_of(rate: naive.Throughput | naive.Reciprocal) -> tuple[float, ...]:
    return model_of(rate).kernel_numbers


def crossings(above: np.ndarray) -> list[float]:
    """Return where on the grid a comparison changes."""
    at = np.flatnonzero(above[1:] != above[:-1])
    return np.sqrt(GRID[at] * GRID[at + 1]).tolist()


@pytest.mark.parametrize("other", [0.5, 20.0, 90.0, 500.0, 5000.0])
@pytest.mark.parametrize("rate", RECIPROCAL, ids=str)
def test_power_bends_at_the_largest_observed_throughput(rate, other: float) -> None:
    numbers = numbers_of(rate)
    for found, rates in (
        (output_kinks(numbers, SPAN, other), rate(GRID, other)),
        (input_kinks(numbers, SPAN, other), rate(other, GRID)),
    ):
        expected = crossings(rates > rate.maximum)
        inside = sorted(one for one in found if GRID[0] < one < GRID[-1])
        np.testing.assert_allclose(inside, expected, rtol=2e-4)
    for one in output_kinks(numbers, SPAN, other):
        assert rate(one, other) == pytest.approx(rate.maximum, rel=1e-9)
    for one in input_kinks(numbers, SPAN, other):
        assert rate(other, one) == pytest.approx(rate.maximum, rel=1e-9)


def test_two_outputs_may_have_the_largest_throughput() -> None:
    assert len(output_kinks(numbers_of(RECIPROCAL[1]), SPAN, 90.0)) == 2


@pytest.mark.parametrize("rate", RECIPROCAL, ids=str)
def test_power_of_its_own_has_no_kink(rate) -> None:
    numbers = numbers_of(rate)
    assert output_kinks(numbers, 0.0, 90.0) == input_kinks(numbers, 0.0, 90.0) == tangent_input(numbers, 0.0) == []
    assert not power_bends(numbers, 0.0, (1.0, 1e5), (1.0, 1e5))


@pytest.mark.parametrize("rate", RECIPROCAL, ids=str)
def test_above_the_tangent_no_output_bends(rate) -> None:
    numbers = numbers_of(rate)
    found = tangent_input(numbers, SPAN)
    assert len(found) == bool(rate.b and rate.c)
    for input_ in found:
        assert float(rate(GRID, input_).max()) == pytest.approx(rate.maximum, rel=1e-6)
        assert len(output_kinks(numbers, SPAN, input_ * (1 - 1e-6))) == 2
        assert output_kinks(numbers, SPAN, input_ * (1 + 1e-6)) == []


@pytest.mark.parametrize("case", range(60))
def test_power_bends_in_a_box_where_some_rates_are_above_and_some_below(case: int) -> None:
    rng = np.random.default_rng(case)
    rate = RECIPROCAL[case % len(RECIPROCAL)]
    outputs, inputs = (tuple(np.sort(10.0 ** rng.uniform(0.0, 4.5, 2)).tolist()) for _ in range(2))
    x, y = np.meshgrid(np.geomspace(*inputs, 400), np.geomspace(*outputs, 400))
    above = rate(y, x) > rate.maximum
    assert power_bends(numbers_of(rate), SPAN, outputs, inputs) == (0 < above.sum() < above.size)


def test_the_cap_of_the_other_form() -> None:
    numbers = numbers_of(RATE)
    for span in (0.0, SPAN):
        (output,), (input_,) = output_kinks(numbers, span, 500.0), input_kinks(numbers, span, 300.0)
        for pair in ((output, 500.0), (300.0, input_)):
            fitted = RATE.b0 + RATE.b1 * math.log(pair[1]) + RATE.b2 * math.log(pair[0])
            assert fitted == pytest.approx(math.log(RATE.maximum), rel=1e-12)
    flat = numbers_of(naive.Throughput(6.0, 0.0, 0.0, 600.0))
    assert output_kinks(flat, SPAN, 500.0) == input_kinks(flat, SPAN, 500.0) == tangent_input(flat, SPAN) == []
