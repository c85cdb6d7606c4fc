"""Dates of sources to decimal years: what is not known of a date counts as its middle."""

from __future__ import annotations

import math
import re
from datetime import date

__all__ = ["decimal_years"]

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_MONTHS, _DAYS = 12.0, 365.25
_MIDDLE = 0.5


def decimal_years(written: str) -> float:
    """Return the decimal year of a date, NaN where there is none [years].

    Parameters
    ----------
    written
        Year, month and day as far as they are known: ``"2026-01-29"``, ``"2026-01"``, ``"2026"``. What stands behind
        is not looked at.

    Examples
    --------
    >>> [round(decimal_years(one), 2) for one in ("2026-01-29", "2026-01", "2026", "")]
    [2026.08, 2026.04, 2026.5, nan]
    """
    found = _DATE.match(written.strip())
    if found is None:
        return math.nan
    year = int(found[1])
    month, day = (None if part is None else int(part) for part in found.groups()[1:])
    if month is None:
        return year + _MIDDLE
    if not 1 <= month <= _MONTHS:
        return math.nan
    if day is None:
        return year + (month - _MIDDLE) / _MONTHS
    try:
        return year + (date(year, month, day).timetuple().tm_yday - _MIDDLE) / _DAYS
    except ValueError:  # the 30th of February
        return math.nan
