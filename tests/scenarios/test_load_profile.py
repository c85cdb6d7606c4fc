"""A day's demand: 24 numbers or spans of hours, every hour once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattquery.errors import InputError
from wattquery.scenarios import LoadProfile


def test_spans_are_hours() -> None:
    by_span = LoadProfile.parse({"00-08": 0.5, "08-22": 1.5, "22-24": 1.0})
    assert by_span == LoadProfile.parse([0.5] * 8 + [1.5] * 14 + [1.0] * 2)
    assert by_span.peak_to_mean == pytest.approx(1.5 / ((4 + 21 + 2) / 24))


@given(st.lists(st.floats(0.01, 1e6), min_size=24, max_size=24))
def test_the_peak_is_at_least_the_mean_and_needs_no_unit(hourly: list[float]) -> None:
    profile = LoadProfile.parse(hourly)
    assert 1.0 - 1e-12 <= profile.peak_to_mean <= 24.0
    assert LoadProfile.parse([7.0 * one for one in hourly]).peak_to_mean == pytest.approx(profile.peak_to_mean)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1.0] * 23, "got 23 numbers. Fill the gap"),
        ([1.0] * 25, "got 25 numbers. Leave out the rest"),
        ([1.0] * 23 + [None], "a gap: nothing for the hour from 23:00"),
        ([math.nan] + [1.0] * 23, "a gap: nothing for the hour from 0:00"),
        ({"00-08": 1, "09-24": 1}, "a gap: nothing for the hour from 8:00"),
        ({"00-08": 1, "07-24": 1}, "got that from 7:00 twice, the second time in '07-24'"),
        ({"22-06": 1}, "Split a span that passes midnight"),
        ({"night": 1}, "must have spans of whole hours.*got"),
        ([1.0] * 23 + [-1.0], "hour 23 must be 0 or more, got -1"),
        ([0.0] * 24, "got 0 in all"),
        ([math.inf] + [1.0] * 23, "must be a finite number, got inf"),
        (["1"] + [1.0] * 23, "must be a finite number, got '1'"),
        ("flat", "must be 24 numbers or a table"),
        (1.0, "must be 24 numbers or a table"),
    ],
)
def test_other_profiles_are_refused(value: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        LoadProfile.parse(value)


def test_an_array_is_as_good_as_a_list() -> None:
    assert LoadProfile.parse(np.arange(1, 25)) == LoadProfile.parse(list(range(1, 25)))
    with pytest.raises(InputError, match="got 23 numbers"):
        LoadProfile.parse(np.ones(23))


@pytest.mark.parametrize("hourly", [(1.0, 2.0), (0.0,) * 24, (-1.0,) * 24, ("a",) * 24, (math.inf,) * 24])
def test_an_object_is_checked_as_what_users_write(hourly: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="load_profile"):
        LoadProfile(hourly)
