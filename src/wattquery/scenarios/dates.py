"""Dates as users write them, and rows of dates; nothing is known here of what happens on them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.axis_sizes import check_count
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.scalars import shown

__all__ = [
    "STEPS",
    "Date",
    "as_date",
    "ascending",
    "checked_date",
    "date_list",
    "date_row",
    "in_years",
    "looks_like_date",
]

Date: TypeAlias = str | dt.date | np.datetime64
"""A day as users write it."""

STEPS = {"month": 1, "quarter": 3, "year": 12}
"""Steps between dates [months]."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
MIDNIGHT = dt.time()


def as_date(value: object) -> dt.date | None:
    """Return the day that a value stands for, ``None`` where it is none: a date, ISO text or a `numpy.datetime64`."""
    if isinstance(value, np.datetime64):
        value = None if np.isnat(value) else value.astype("datetime64[us]").item()
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        if value != value:  # NaT of pandas, which is a datetime without a day
            return None
        # An hour would be passed over, and a zone may be of another day.
        return value.date() if value.time() == MIDNIGHT and value.tzinfo is None else None
    return value if isinstance(value, dt.date) else None


def looks_like_date(value: object) -> bool:
    """Return whether a key of a table is a date, and no label."""
    return as_date(value) is not None


def checked_date(value: object, name: str) -> dt.date:
    """Return a user's date.

    Raises
    ------
    InputTypeError, InputError
        If it is none, has an hour, or lies outside the years 1900 to 2200.
    """
    date = as_date(value)
    if date is None:
        raise InputTypeError(
            f"{name} must be a day (datetime.date, '2026-01-31' or numpy.datetime64), got {shown(value)}. Write year, "
            "month and day, without an hour."
        )
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise InputError(f"{name} must lie in the years {FIRST_YEAR} to {LAST_YEAR}, got {date}. Correct the year.")
    return date


def ascending(values: object, name: str) -> tuple[dt.date, ...]:
    """Return dates of which each is later than the one before.

    Raises
    ------
    InputTypeError, InputError
        If there are none, one is no date, or they are out of order.
    """
    check_count(name, values)
    if not is_listlike(values) or not items(values, name):
        raise InputTypeError(
            f"{name} must be a list of dates, at least one, got {shown(values)}. Write for example "
            "['2026-01-01', '2027-01-01']."
        )
    dates = tuple(checked_date(value, name) for value in items(values, name))
    for earlier, later in itertools.pairwise(dates):
        if later <= earlier:
            raise InputError(
                f"{name} must be dates of which each is later than the one before, got {later} after {earlier}. Sort "
                "them, and give each once."
            )
    return dates


def date_list(dates: object) -> list[dt.date]:
    """Return dates in any order.

    Raises
    ------
    InputTypeError, InputError
        If there are none, or one is no date.
    """
    check_count("dates", dates)
    if not is_listlike(dates) or not items(dates, "dates"):
        raise InputTypeError(
            f"dates must be a list of dates, got {shown(dates)}. Write for example ['2026-01-01', '2027-01-01']."
        )
    return [checked_date(date, "dates") for date in items(dates, "dates")]


def date_row(start: dt.date, stop: dt.date, step: object) -> tuple[dt.date, ...]:
    """Return the dates from the first to the last, both included where a step falls on the latter.

    Parameters
    ----------
    start, stop
        First date, and what no date is later than.
    step
        ``"year"``, ``"quarter"`` or ``"month"``. Where a month is too short for the day of ``start``, its last day.

    Raises
    ------
    InputError
        If the last date is before the first, or the step is another one.
    """
    if not isinstance(step, str) or step not in STEPS:
        raise InputError(
            f"step must be one of {listed(STEPS)}, got {shown(step)}. Pass one.{did_you_mean(step, STEPS)}"
        )
    if stop < start:
        raise InputError(f"stop must not be before start = {start}, got {stop}. Pass the same day or a later one.")
    months = range(0, 12 * (stop.year - start.year) + stop.month - start.month + 1, STEPS[step])
    dates = (_months_later(start, count) for count in months)
    return tuple(date for date in dates if date <= stop)


def in_years(dates: Iterable[dt.date]) -> NDArray[np.float64]:
    """Return dates as years with decimals, of which a calendar year is one, leap or not.

    Examples
    --------
    >>> in_years([dt.date(2026, 1, 1), dt.date(2028, 7, 1)]).round(4).tolist()
    [2026.0, 2028.4973]
    """
    return np.array([date.year + (date.timetuple().tm_yday - 1) / _days(date.year) for date in dates])


def _days(year: int) -> int:
    return (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days


def _months_later(date: dt.date, months: int) -> dt.date:
    year, month = divmod(12 * date.year + date.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(dt.date(year, month + 1, 1) + dt.timedelta(days=date.day - 1), following - dt.timedelta(days=1))
