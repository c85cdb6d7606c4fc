"""Dates of sources to decimal years."""

from __future__ import annotations

import math

import pytest

from wattquery.throughput.load.dates import decimal_years


@pytest.mark.parametrize(
    ("written", "years"),
    [
        ("2026-01-29", 2026.0780),
        ("2026-12-31", 2026.9979),
        ("2024-02-29", 2024.1629),
        ("2026-01", 2026.0417),
        ("2026", 2026.5),
        (" 2026-1-29 (approx.)", 2026.0780),
    ],
)
def test_what_is_not_known_of_a_date_counts_as_its_middle(written: str, years: float) -> None:
    assert decimal_years(written) == pytest.approx(years, abs=1e-3)


@pytest.mark.parametrize("written", ["", "soon", "2026-13", "2026-02-30", "26"])
def test_what_is_no_date_is_not_a_number(written: str) -> None:
    assert math.isnan(decimal_years(written))
