"""Requests by hour of the day, from times of any kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wattquery.workloads.logs.hours import Hours

START = 1_700_006_400
"""A midnight."""


def seconds(days: float = 2.0) -> np.ndarray:
    """Return times with two requests in an hour from 8:00 to 20:00, and one in the others."""
    hours = np.arange(int(24 * days))
    twice = (hours % 24 >= 8) & (hours % 24 < 20)
    return np.sort(np.concatenate([hours * 3600.0, hours * 3600.0 + 3599.0, hours[twice] * 3600.0 + 1800.0]))


EXPECTED = tuple(3.0 if 8 <= hour < 20 else 2.0 for hour in range(24))


@pytest.mark.parametrize(
    "times",
    [
        START + seconds(),
        (START + seconds()) * 1e3,
        (START + seconds()) * 1e6,
        (START + seconds()).astype(int) * 10**9,
        [str(int(one)) for one in (START + seconds())],
        pd.to_datetime(START + seconds(), unit="s"),
        [str(one) for one in pd.to_datetime(START + seconds(), unit="s")],
        [one.isoformat() for one in pd.to_datetime(START + seconds(), unit="s", utc=True).tz_convert("Asia/Tokyo")],
    ],
    ids=["s", "ms", "us", "ns", "text", "dates", "texts of dates", "another zone"],
)
def test_times_of_any_kind_are_the_same_hours(times):
    hours = Hours()
    for part in (slice(0, 50), slice(50, None)):
        hours.add(pd.Series(list(times)[part]))
    assert hours.by_hour_of_day() == pytest.approx(EXPECTED, rel=1e-3)
    assert hours.is_epoch
    assert hours.untimed == 0


def test_numbers_from_a_start_need_their_unit():
    unknown = Hours()
    unknown.add(pd.Series(seconds()))
    assert unknown.unknown_unit
    assert unknown.by_hour_of_day() is None
    for known in (Hours("ms"), Hours(relative="ms")):
        known.add(pd.Series(seconds() * 1e3))
        assert known.by_hour_of_day() == pytest.approx(EXPECTED, rel=1e-3)
        assert not known.is_epoch
    given = Hours(relative="ms")
    given.add(pd.Series(START + seconds()))  # since 1970, whatever the log is known for
    assert given.is_epoch


def test_less_than_a_day_says_nothing_of_a_day():
    hours = Hours()
    hours.add(pd.Series(START + seconds()[:20]))
    assert hours.by_hour_of_day() is None
    assert 0.0 < hours.span < 24.0


def test_hours_that_are_covered_in_part_count_in_part():
    hours = Hours()
    times = START + np.arange(0, 36.5 * 3600, 60.0)  # once a minute, for a day and a half
    hours.add(pd.Series(times))
    assert hours.by_hour_of_day() == pytest.approx((60.0,) * 24, rel=0.02)
    assert hours.far_apart is None


def test_a_wrong_date_changes_no_course():
    hours = Hours()
    hours.add(pd.Series([*(START + seconds(40.0)), 0.0, None, np.inf, 10**400], dtype=object))
    found = np.array(hours.by_hour_of_day())
    assert hours.untimed == 3
    assert hours.far_apart == pytest.approx((START / 3600.0 + 960.0, 960.0), rel=0.03)
    assert found / found.mean() == pytest.approx(np.array(EXPECTED) / np.mean(EXPECTED), rel=0.05)
