"""The rate of requests that a fleet has to serve, by hour of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.scenarios.load_profile import HOURS, LoadProfile
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import is_number, shown

__all__ = ["Demand", "demand_of"]


@dataclass(frozen=True, eq=False)
class Demand:
    """Requests by hour.

    Attributes
    ----------
    hourly
        In each hour of the day from midnight on; one hour alone where it is the same in all [1/h].
    """

    hourly: NDArray[np.float64]

    @property
    def peak(self) -> float:
        """In the hour of highest demand [1/h]."""
        return float(self.hourly.max())

    @property
    def per_day(self) -> float:
        """In a day [1/day]."""
        return float(self.hourly.mean()) * HOURS


def demand_of(queries_per_day: object, requests_per_hour: object, load_profile: object) -> Demand:
    """Return the rate of requests that a user wrote, in one of two ways.

    Parameters
    ----------
    queries_per_day
        A number, for which the profile says how it is spread over the hours.
    requests_per_hour
        A number, or 24 of them, or a table of spans of hours.
    load_profile
        Demand by hour relative to any number; the same in all hours where it is left out.

    Raises
    ------
    InputError, InputTypeError
        If both or none is given, or what is given is not a rate.
    """
    if (queries_per_day is None) == (requests_per_hour is None):
        both = f"queries_per_day = {shown(queries_per_day)} and requests_per_hour = {shown(requests_per_hour)}"
        got = "neither" if queries_per_day is None else both
        raise InputTypeError(
            "plan_capacity needs one rate of requests, queries_per_day or requests_per_hour, got "
            f"{got}: pass queries_per_day=1e6, or requests_per_hour as a number or 24 of them."
        )
    if requests_per_hour is not None:
        return _hour_by_hour(requests_per_hour, load_profile)
    total = ranged_number("queries_per_day", queries_per_day)
    if load_profile is None:
        return Demand(np.array([total / HOURS]))
    shape = np.array(LoadProfile.parse(load_profile).hourly)
    shape /= shape.max()
    return Demand(total * shape / shape.sum())


def _hour_by_hour(written: object, load_profile: object) -> Demand:
    if load_profile is not None:
        raise InputError(
            "load_profile must be left out beside requests_per_hour, which may say every hour itself, got "
            f"load_profile = {shown(load_profile)}: pass requests_per_hour as 24 numbers or spans, or queries_per_day."
        )
    try:
        hourly = [written] if is_number(written) else list(LoadProfile.parse(written).hourly)
    except InputError as error:
        raise type(error)(str(error).replace("load_profile", "requests_per_hour")) from None
    if len(hourly) == 1:
        ranged_number("queries_per_day", hourly[0], "requests_per_hour")
    else:
        ranged_number("queries_per_day", sum(hourly), "requests_per_hour, of all hours")
    return Demand(np.array(hourly, dtype=np.float64))
