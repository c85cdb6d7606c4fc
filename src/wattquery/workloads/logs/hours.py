"""Times of requests: how many come in each hour of the day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions.base import FloatArray
from wattquery.workloads.logs.requests import numbers_of

__all__ = ["UNITS", "Hours"]

UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
"""What numbers of times count, per second."""

_OF_EPOCH = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""From which number on a time since 1970 is in a unit: in each, these are dates from March 1973 on."""

HOUR = 3600.0
DAY = 24
LEAST_OF_AN_HOUR = 0.5
"""Hours that a log must cover of each hour of the day, for a mean to say anything."""

LEAST_REQUESTS = 20
"""From which number on it can be told that a few times lie apart."""

FAR = 4.0
"""Times that a log may be as long as without its first and last requests, until this is said."""

MOST_HOURS = 2**17
"""That are counted: fifteen years."""


class Hours:
    """How many requests come in each hour.

    Parameters
    ----------
    unit
        Of times that are numbers, where it is known: a key of `UNITS`.
    relative
        The unit of numbers that are no times since 1970, where it is known.
    """

    def __init__(self, unit: str | None = None, relative: str | None = None) -> None:
        self._unit, self._relative = unit, relative
        self.is_epoch = True
        self.untimed = 0
        self.unknown_unit = False
        self._first, self._last = np.inf, -np.inf
        self._hours: NDArray[np.int64] = np.empty(0, np.int64)
        self._counts: NDArray[np.int64] = np.empty(0, np.int64)

    @property
    def timed(self) -> int:
        """Number of requests that have a time."""
        return int(self._counts.sum())

    @property
    def span(self) -> float:
        """Hours from the first to the last request."""
        return float(max(0.0, (self._last - self._first) / HOUR)) if self.timed else 0.0

    @property
    def far_apart(self) -> tuple[float, float] | None:
        """Hours from the first to the last request, and those that all but 1 % are within, where that is far less."""
        count = self.timed
        if count < LEAST_REQUESTS:
            return None
        left_out = max(1, int(0.005 * count))
        first, last = np.searchsorted(np.cumsum(self._counts), (left_out + 1, count - left_out))
        within = float(self._hours[last] - self._hours[first] + 1)
        return (self.span, within) if self.span > FAR * max(within, DAY) else None

    def add(self, times: Any) -> None:
        """Add the times of requests, a Series of numbers or of texts.

        Texts are dates in ISO 8601, taken to be in UTC where they say no other offset.
        """
        seconds = self._seconds(times)
        seconds = seconds[np.isfinite(seconds) & (np.abs(seconds) < 1e13)]
        self.untimed += len(times) - len(seconds)
        if not len(seconds):
            return
        self._first, self._last = min(self._first, seconds.min()), max(self._last, seconds.max())
        hours, counts = np.unique(np.floor(seconds / HOUR).astype(np.int64), return_counts=True)
        self._hours, places = np.unique(np.concatenate([self._hours, hours]), return_inverse=True)
        both = np.concatenate([self._counts, counts])
        self._counts = np.bincount(places, both, len(self._hours)).astype(np.int64)
        if len(self._hours) > MOST_HOURS:  # no course of days, whatever it is
            keep = np.argsort(-self._counts, kind="stable")[:MOST_HOURS]
            self._hours, self._counts = self._hours[np.sort(keep)], self._counts[np.sort(keep)]

    def by_hour_of_day(self) -> tuple[float, ...] | None:
        """Return the mean number of requests in each hour of the day; None where the log does not cover a day."""
        if not self.timed:
            return None
        first, last = int(np.floor(self._first / HOUR)), int(np.floor(self._last / HOUR))
        if last - first > MOST_HOURS:  # a few wrong dates: the hours in between have no requests, evenly
            covered = np.full(DAY, (last - first + 1) / DAY)
        else:
            hours = np.arange(first, last + 1)
            shares = np.ones(len(hours))
            shares[-1] -= 1.0 - (self._last / HOUR - last)
            shares[0] -= self._first / HOUR - first
            covered = np.bincount(hours % DAY, shares, DAY)
        if covered.min() < LEAST_OF_AN_HOUR:
            return None
        found: FloatArray = np.bincount(self._hours % DAY, self._counts, DAY) / covered
        return tuple(found.tolist())

    def _seconds(self, times: Any) -> FloatArray:
        import pandas as pd

        if times.dtype.kind == "M":
            return _of_dates(times)
        numbers, _ = numbers_of(times)
        if np.isfinite(numbers).sum() * 2 < len(numbers):
            texts = times.where(times.map(lambda one: isinstance(one, str)))
            return _of_dates(pd.to_datetime(texts, errors="coerce", utc=True, format="ISO8601"))
        known = numbers[np.isfinite(numbers)]
        if self._unit is None:
            size = float(np.median(np.abs(known))) if len(known) else 0.0
            self._unit = next((unit for least, unit in _OF_EPOCH if size >= least), self._relative)
            self.unknown_unit = self._unit is None
        if self._unit is None:
            return np.full(len(numbers), np.nan)
        seconds = numbers / UNITS[self._unit]
        self.is_epoch = self.is_epoch and bool(np.median(seconds[np.isfinite(seconds)]) >= _OF_EPOCH[-1][0])
        return seconds


def _of_dates(dates: Any) -> FloatArray:
    """Return dates as seconds since 1970, NaN where there is none."""
    plain = dates.dt.tz_convert("UTC").dt.tz_localize(None) if dates.dt.tz is not None else dates
    whole = plain.to_numpy("datetime64[us]")
    return np.where(np.isnat(whole), np.nan, whole.astype(np.int64) / 1e6)
