"""The reciprocal form in the one equation, against the method's formula in linear space, from Python and compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

import naive
from wattquery.kernels.equation import (
    THROUGHPUT_NUMBERS,
    is_reciprocal,
    log_length_part,
    log_length_part_of,
    log_reciprocal_throughput,
    log_throughput,
    log_throughput_of,
    query_seconds,
)

OUTPUTS = np.array([1.0, 2.0, 37.5, 300.0, 2048.0, 5000.0, 1e5])
INPUTS = np.array([1.0, 500.0, 64.0, 500.0, 10.0, 1e5, 3.0])
RATES = [
    naive.Reciprocal(2e-4, 3e-8, 2.5e-5, 4300.0),
    naive.Reciprocal(0.0, 3e-7, 0.0, 5000.0),
    naive.Reciprocal(3e-4, 0.0, 1e-4, 2900.0),
]
LINEAR = (9.762, -0.585, 0.227, math.log(4572.23))
logs = OUTPUTS, np.log(OUTPUTS), INPUTS, np.log(INPUTS)


def numbers_of(rate: naive.Reciprocal) -> tuple[float, ...]:
    return 0.0, 0.0, 0.0, math.log(rate.maximum), rate.a, rate.b, rate.c


@njit
def by_a_user(numbers, outputs, inputs, weight, base, span):
    parts = np.empty((2, outputs.size))
    for i in range(outputs.size):
        output, log_output, input_, log_input = outputs[i], np.log(outputs[i]), inputs[i], np.log(inputs[i])
        parts[0, i] = log_length_part_of(numbers, output, log_output, input_, log_input, weight, base, span)
        parts[1, i] = log_throughput_of(numbers, input_, log_input, output, log_output)
    return parts


@pytest.mark.parametrize("weight", [0.0, 1 / 30, 1.0])
@pytest.mark.parametrize(("base", "span"), [(1.0, 0.0), (0.24, 0.56), (0.01, 0.99)])
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_the_equation(rate, weight, base, span):
    power = naive.Proportional(base, span) if span else 1.0
    of = naive.Cell(rate, 3.6, 1.0, power=power, prefill_weight=weight)
    found = log_length_part_of(numbers_of(rate), *logs, weight, base, span)
    np.testing.assert_allclose(found, np.log(of.typical(OUTPUTS, INPUTS)), rtol=1e-13, atol=1e-13)
    if span:
        above = rate(OUTPUTS, INPUTS) > rate.maximum
        assert set(above.tolist()) == {True, False}
    compiled = by_a_user(numbers_of(rate), OUTPUTS, INPUTS, weight, base, span)
    np.testing.assert_allclose(compiled[0], found, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(compiled[1], np.log(rate(OUTPUTS, INPUTS)), rtol=1e-13)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_query_takes_its_tokens_over_the_throughput(rate):
    seconds = query_seconds(rate.a, rate.b, rate.c, OUTPUTS, INPUTS)
    np.testing.assert_allclose(seconds, OUTPUTS / rate(OUTPUTS, INPUTS), rtol=1e-13)
    found = log_reciprocal_throughput(rate.a, rate.b, rate.c, INPUTS, OUTPUTS)
    np.testing.assert_allclose(found, np.log(rate(OUTPUTS, INPUTS)), rtol=1e-13)


def test_the_time_of_a_query_is_a_sum_over_its_tokens():
    """Token n of the output has the input and n - 1/2 outputs as its context on average; a prompt is read once."""
    a, b, c = 2e-4, 3e-8, 2.5e-5
    own = sum(a + b * (500.0 + n - 0.5) for n in range(1, 301)) + 500.0 * c
    assert query_seconds(a, b, c, 300.0, 500.0) == pytest.approx(own, rel=1e-12)


def test_the_log_linear_form_is_what_it_was_to_the_bit():
    numbers = (*LINEAR, 0.0, 0.0, 0.0)
    for rest in ((0.0, 1.0, 0.0), (1 / 30, 0.24, 0.56)):
        np.testing.assert_array_equal(log_length_part_of(numbers, *logs, *rest), log_length_part(*logs, *LINEAR, *rest))
        compiled = by_a_user(numbers, OUTPUTS, INPUTS, *rest)
        np.testing.assert_allclose(compiled[0], log_length_part(*logs, *LINEAR, *rest), rtol=1e-15, atol=1e-15)
    rates = log_throughput_of(numbers, INPUTS, np.log(INPUTS), OUTPUTS, np.log(OUTPUTS))
    np.testing.assert_array_equal(rates, log_throughput(*LINEAR, np.log(INPUTS), np.log(OUTPUTS)))


@pytest.mark.parametrize("place", [4, 5, 6])
def test_one_coefficient_makes_a_reciprocal_form(place):
    assert len(THROUGHPUT_NUMBERS) == 7
    numbers = np.zeros(7)
    assert not is_reciprocal(numbers)
    numbers[place] = 1e-12
    assert is_reciprocal(numbers)
