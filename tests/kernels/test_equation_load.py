"""The load form in the one equation, against the method's formula, from Python and compiled."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_queries import ALL, FORMS, REACHES, UNITS, kilojoules
from wattquery.kernels.equation import (
    LENGTH_FORM_NUMBERS,
    LOAD_FORM_NUMBERS,
    THROUGHPUT_NUMBERS,
    cached_of_input,
    is_load_form,
    is_reciprocal,
    log_length_part_of,
)

OUTPUTS = np.array([1.0, 2.0, 37.5, 300.0, 2048.0, 5000.0, 1e5])
INPUTS = np.array([1.0, 500.0, 64.0, 900.0, 10.0, 1e5, 3.0])
CACHED = np.array([0.0, 500.0, 32.0, 100.0, 10.0, 9e4, 1.0])
LOGS = OUTPUTS, np.log(OUTPUTS), INPUTS, np.log(INPUTS)


@njit
def by_a_user(numbers, outputs, inputs, cached):
    parts = np.empty((2, outputs.size))
    for i in range(outputs.size):
        lengths = outputs[i], np.log(outputs[i]), inputs[i], np.log(inputs[i])
        parts[0, i] = log_length_part_of(numbers, *lengths, 0.0, 1.0, 0.0)
        parts[1, i] = log_length_part_of(numbers, *lengths, 0.0, 1.0, 0.0, cached[i])
    return parts


@pytest.mark.parametrize("form", ALL.values(), ids=ALL)
def test_the_equation(form):
    numbers = form.kernel_numbers
    found = log_length_part_of(numbers, *LOGS, 0.0, 1.0, 0.0)
    np.testing.assert_allclose(found, np.log(kilojoules(form, OUTPUTS, INPUTS)), rtol=1e-13, atol=1e-13)
    own = log_length_part_of(numbers, *LOGS, 0.0, 1.0, 0.0, CACHED)
    np.testing.assert_allclose(own, np.log(kilojoules(form, OUTPUTS, INPUTS, CACHED)), rtol=1e-13, atol=1e-13)
    for given in (numbers, np.array(numbers)):
        compiled = by_a_user(given, OUTPUTS, INPUTS, CACHED)
        np.testing.assert_allclose(compiled, [found, own], rtol=1e-14, atol=1e-14)


def test_a_power_or_a_prefill_weight_is_no_part_of_it():
    numbers = FORMS["both"].kernel_numbers
    plain = log_length_part_of(numbers, *LOGS, 0.0, 1.0, 0.0)
    np.testing.assert_array_equal(log_length_part_of(numbers, *LOGS, 0.3, 0.24, 0.56), plain)


def test_no_more_is_cached_than_there_is():
    np.testing.assert_array_equal(cached_of_input(0.0, 300.0, np.array([1.0, 300.0, 301.0])), [1.0, 300.0, 300.0])
    np.testing.assert_array_equal(cached_of_input(1.0, 5.0, INPUTS), INPUTS)
    assert cached_of_input(0.25, 0.0, 400.0) == 100.0


def test_numbers_tell_the_form():
    numbers = FORMS["plain"].kernel_numbers
    assert len(numbers) == len(LENGTH_FORM_NUMBERS) == len(THROUGHPUT_NUMBERS) + len(LOAD_FORM_NUMBERS) == 23
    by_name = dict(zip(LENGTH_FORM_NUMBERS, numbers, strict=True))
    assert [by_name[name] for name in LOAD_FORM_NUMBERS[:14]] == [*UNITS, *REACHES["plain"]]
    assert is_load_form(numbers)
    assert not is_reciprocal(numbers)
    assert not is_load_form((0.0,) * 23)
