"""The course of demand over a day, of which a fleet's peak power and its nodes follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wattquery.errors import InputError, InputTypeError
from wattquery.specs.containers import as_mapping, is_listlike, items
from wattquery.specs.scalars import finite, is_number, shown

__all__ = ["HOURS", "LoadProfile", "from_spans", "is_spans"]

HOURS = 24
_SPAN = re.compile(r"\s*(\d{1,2})\s*-\s*(\d{1,2})\s*", re.ASCII)


@dataclass(frozen=True)
class LoadProfile:
    """Demand by hour of the day, relative to any number.

    Attributes
    ----------
    hourly
        24 values from the hour that begins at 0:00 [any unit].

    Raises
    ------
    InputError, InputTypeError
        If there are more or fewer, or one is not a number of 0 or more, or all are zero.

    Examples
    --------
    >>> LoadProfile.parse({"00-08": 0.5, "08-24": 1.25}).peak_to_mean
    1.25
    """

    hourly: tuple[float, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.hourly, (list, tuple)):
            raise InputTypeError(
                f"load_profile must be {HOURS} numbers, got {shown(self.hourly)}. Pass one for each hour of the day."
            )
        if len(self.hourly) != HOURS:
            raise InputError(
                f"load_profile must have {HOURS} numbers, one for each hour of the day, or be a table of spans such as "
                f"{{'00-08': 0.5, '08-24': 1.2}}, got {len(self.hourly)} numbers. "
                f"{'Fill the gap' if len(self.hourly) < HOURS else 'Leave out the rest'}."
            )
        numbers = tuple(_checked(number, hour) for hour, number in enumerate(self.hourly))
        if not any(numbers):
            raise InputError(
                "load_profile must be above 0 in one hour at least, got 0 in all. Pass the demand of each hour."
            )
        object.__setattr__(self, "hourly", numbers)

    @property
    def peak_to_mean(self) -> float:
        """The highest hour over the mean of the day [1]."""
        highest = max(self.hourly)
        return HOURS / sum(number / highest for number in self.hourly)  # numbers may be too large or small to be summed

    @classmethod
    def parse(cls, value: object) -> LoadProfile:
        """Return the profile that a user wrote: 24 numbers, or a table of spans of hours such as ``{"00-08": 0.5}``.

        A whole number from 0 to 23 is the span of the hour that begins then, so that a Series is read by its hours.

        Raises
        ------
        InputError, InputTypeError
            If an hour is missing or given twice, or a number is negative, not finite, or all are zero.
        """
        if isinstance(value, LoadProfile):
            return value
        value = as_mapping(value, "load_profile")
        if isinstance(value, Mapping):
            hourly: list[Any] = from_spans(value)
        elif is_listlike(value):
            hourly = items(value, "load_profile")
        else:
            raise InputTypeError(
                f"load_profile must be {HOURS} numbers or a table of spans of hours, got {shown(value)}. Write for "
                "example {'00-08': 0.5, '08-24': 1.2}."
            )
        return cls(tuple(hourly))


def _checked(value: object, hour: int) -> float:
    if value is None or (is_number(value) and value != value):
        raise InputError(
            f"load_profile must have a number of 0 or more for every hour, got a gap: nothing for the hour from "
            f"{hour}:00. Fill it in."
        )
    number = finite(value, f"load_profile, hour {hour}")
    if number < 0.0:
        raise InputError(f"load_profile, hour {hour} must be 0 or more, got {number:g}. Correct it.")
    return number


def is_spans(value: Mapping[object, object]) -> bool:
    """Return whether a key of a table is an hour of the day, or a span of them as text; others are then mistakes."""
    return any(is_number(key) or _SPAN.fullmatch(str(key)) for key in value)


def from_spans(spans: Mapping[object, object], name: str = "load_profile") -> list[object]:
    """Return what a table has for each hour of the day, None where it has nothing.

    Parameters
    ----------
    spans
        By spans of whole hours such as ``"08-18"``, or by hours from 0 to 23.
    name
        What the user calls the table.

    Raises
    ------
    InputError
        If a key is neither, or an hour comes twice.
    """
    hourly: list[object] = [None] * HOURS
    for span, value in spans.items():
        if is_number(span):
            start = int(span) if 0 <= span < HOURS and int(span) == span else -1
            stop = start + 1
        else:
            match = _SPAN.fullmatch(str(span))
            start, stop = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 0 <= start < stop <= HOURS:
            raise InputError(
                f"{name} must have spans of whole hours of one day as keys, such as '08-18' (up to 18:00) or "
                f"'22-24', or hours from 0 to 23, got {shown(span)}. Split a span that passes midnight in two."
            )
        for hour in range(start, stop):
            if hourly[hour] is not None:
                raise InputError(
                    f"{name} must give each hour once, got that from {hour}:00 twice, the second time in "
                    f"{span!r}. Correct the spans."
                )
            hourly[hour] = value
    return hourly
