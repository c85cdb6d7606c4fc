"""The places of the numbers have the names that they are told by."""

from __future__ import annotations

from wattquery.kernels.load import numbers


def test_each_name_has_a_constant_that_is_its_place():
    for place, name in enumerate(numbers.LOAD_NUMBERS):
        assert getattr(numbers, name.upper()) == place
    assert len(set(numbers.LOAD_NUMBERS)) == len(numbers.LOAD_NUMBERS)
    assert set(numbers.__all__) == {"LOAD_NUMBERS", *(name.upper() for name in numbers.LOAD_NUMBERS)}
