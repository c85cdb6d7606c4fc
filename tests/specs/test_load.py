"""Numbers of an instance under load: what each may be."""

from __future__ import annotations

import pytest

from wattquery.errors import InputError
from wattquery.specs.load import LOAD_CONVERTERS


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("accelerators", 8.0, 8),
        ("load", 1, 1.0),
        ("load", 0.0001, 0.0001),
        ("concurrency", 0.5, 0.5),
        ("cached_tokens", 0, 0.0),
        ("cached_tokens", 0.99, 0.99),
        ("cached_tokens", 2, 2.0),
    ],
)
def test_numbers_that_are_taken(name, value, found) -> None:
    assert LOAD_CONVERTERS[name](value) == found


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("accelerators", 3.5, "a whole number"),
        ("accelerators", 0, "above 0"),
        ("load", 50, r"write 50 % as 0\.5"),
        ("load", 0, "above 0"),
        ("concurrency", -1, "above 0"),
        ("cached_tokens", 1, "may be meant as either"),
        ("cached_tokens", 1.0, "may be meant as either"),
        ("cached_tokens", 1.5, "2 tokens or more, got 1.5"),
        ("cached_tokens", -3, "0 or more"),
    ],
)
def test_numbers_that_are_refused(name, value, message) -> None:
    with pytest.raises(InputError, match=message):
        LOAD_CONVERTERS[name](value)
