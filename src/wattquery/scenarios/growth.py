"""Growth of demand: queries per day over time, and the share of savings that more queries take back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.scenarios.dates import as_date, ascending, date_list, in_years, looks_like_date
from wattquery.specs.axis import Axis, parse_axis
from wattquery.specs.containers import as_mapping, is_listlike, items, one_per_label
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import finite, is_number, shown

__all__ = ["Growth", "growth_axis", "rebound_axis"]

LARGEST_RATE = 10.0

LARGEST_REBOUND = 10.0
"""Far beyond any that was observed: backfire is above 1."""

MOST_QUERIES = 1e18
"""Per day: a hundred million for everybody on earth."""


@dataclass(frozen=True)
class Growth:
    """Queries per day over time: a yearly rate, or numbers by date.

    Attributes
    ----------
    rate
        Per calendar year [1/year]: 0.3 for 30 % more queries per day each year; ``None`` for a table.
    dates, queries
        Of a table [1/day]; between two dates demand grows by the same share every day.

    Examples
    --------
    >>> Growth(0.3).demand(["2026-01-01", "2028-01-01"], 1e9).round().tolist()
    [1000000000.0, 1690000000.0]
    """

    rate: float | None
    dates: tuple[dt.date, ...] = ()
    queries: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.rate is None:
            dates = ascending(self.dates, "growth: dates")
            table = as_mapping(self.queries, "growth: queries")
            if isinstance(table, Mapping):
                table = {str(as_date(date) or date): number for date, number in table.items()}
            numbers = one_per_label(table, "growth: queries", [str(date) for date in dates], "number")
            queries = tuple(
                ranged_number("queries_per_day", number, f"growth, {date}")
                for date, number in zip(dates, numbers, strict=True)
            )
            object.__setattr__(self, "dates", dates)
            object.__setattr__(self, "queries", queries)
            return
        rate = finite(self.rate, "growth")
        if not -1.0 < rate <= LARGEST_RATE:
            raise InputError(
                f"growth must be above -1 and up to {LARGEST_RATE:g} per year, got {rate:g}. Write 30 % as 0.3, and "
                "faster growth as a table of queries per day by date."
            )
        if any(is_listlike(part) and items(part, "growth") for part in (self.dates, self.queries)):
            raise InputError("growth must be a rate or a table, got both. Leave one of the two out.")
        object.__setattr__(self, "rate", rate)

    @property
    def label(self) -> str:
        """The rate, or the table in words."""
        if self.rate is not None:
            return f"{self.rate:g}"
        return "; ".join(f"{date}: {number:g}" for date, number in zip(self.dates, self.queries, strict=True))

    def to_dict(self) -> dict[str, float] | float:
        """Return the rate, or the table of queries per day by date, as `parse` reads it back."""
        if self.rate is not None:
            return self.rate
        return {str(date): number for date, number in zip(self.dates, self.queries, strict=True)}

    @classmethod
    def parse(cls, value: object) -> Growth:
        """Return the growth that a user wrote: a rate, or a table ``{date: queries per day}``.

        Raises
        ------
        InputError, InputTypeError
            If a rate is -1 or less or looks like per cent, dates are out of order, or a demand is not above 0.
        """
        if isinstance(value, Growth):
            return value
        value = as_mapping(value, "growth")
        if isinstance(value, Mapping):
            return cls(None, ascending(list(value), "growth: dates"), tuple(value.values()))
        if not is_number(value):
            raise InputTypeError(
                f"growth must be a yearly rate or a table of queries per day, got {shown(value)}. Write 0.3 for 30 % "
                "more each year, or {'2026-01-01': 1e9, '2030-01-01': 4e9}."
            )
        return cls(value)

    def demand(self, dates: Sequence[object], queries_per_day: float) -> NDArray[np.float64]:
        """Return the queries per day [1/day].

        Parameters
        ----------
        dates
            When.
        queries_per_day
            On the first of them [1/day]; a table does not ask for it.

        Raises
        ------
        InputError
            If a date lies outside those of a table.
        """
        days = date_list(dates)
        if self.rate is not None:
            years = in_years(days)
            logs = np.log(queries_per_day) + np.log1p(self.rate) * (years - years[0])
            beyond = np.flatnonzero(logs > np.log(MOST_QUERIES))
            if beyond.size:
                raise InputError(
                    f"growth = {self.rate:g} per year must keep demand up to {MOST_QUERIES:g} queries per day, got "
                    f"1e{logs[beyond[0]] / np.log(10.0):.0f} on {days[beyond[0]]}. Use a smaller rate, an earlier last "
                    "date, or a table of queries per day by date."
                )
            return np.asarray(queries_per_day * np.exp(np.log1p(self.rate) * (years - years[0])))
        outside = [date for date in days if not self.dates[0] <= date <= self.dates[-1]]
        if outside:
            raise InputError(
                f"dates must lie within the table of growth, from {self.dates[0]} to {self.dates[-1]}, got "
                f"{outside[0]}: demand beyond would be a guess. Add a date to the table."
            )
        places, known = ([float(date.toordinal()) for date in row] for row in (days, self.dates))
        return np.asarray(np.exp(np.interp(places, known, np.log(self.queries))))


def growth_axis(value: object) -> Axis[Growth]:
    """Return growth as an axis: a list of rates or a dict of labels is one; a rate or a table by date is none."""
    value = as_mapping(value, "growth")
    if isinstance(value, Mapping) and value and all(looks_like_date(key) for key in value):
        value = Growth.parse(value)
    elif isinstance(value, Mapping) and any(looks_like_date(key) for key in value):
        raise InputError(
            "growth must have dates as keys, for one table of queries per day, or labels, for several courses, got "
            f"{listed(map(str, value))}. Correct the keys that are neither."
        )
    return parse_axis("growth", value, Growth.parse)


def rebound_axis(value: object) -> Axis[float]:
    """Return rebound as an axis: a list or a dict of labels is one, a number is none."""
    return parse_axis("rebound", value, _checked_rebound)


def _checked_rebound(value: object) -> float:
    rebound = finite(value, "rebound")
    if not 0.0 <= rebound <= LARGEST_REBOUND:
        raise InputError(
            f"rebound must be from 0 to {LARGEST_REBOUND:g}, got {rebound:g}: the share of the expected saving that "
            "additional queries take back. 0 is none of it, 1 all of it; write 20 % as 0.2."
        )
    return rebound
