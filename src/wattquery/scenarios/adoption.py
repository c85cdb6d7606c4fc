"""Adoption of a lever over time: what share of the queries is served with it on a date."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_keys
from wattquery.scenarios.dates import as_date, ascending, checked_date, date_list, in_years, looks_like_date
from wattquery.specs.containers import as_mapping, is_listlike, items, one_per_label
from wattquery.specs.entries import checked_entries
from wattquery.specs.scalars import finite, is_number, shown

__all__ = ["CURVES", "Adoption", "adoptions"]

CURVES = ("logistic", "linear", "table")
_EXAMPLE = "Adoption.logistic('2029-01-01', years=5), {'2026-01-01': 0.1, '2030-01-01': 0.6}, or a number"
ODDS = 2.0 * math.log(9.0)
"""From a share of 10 % to one of 90 % the logarithm of the odds grows by this."""


SHORTEST, LONGEST = 1e-3, 1e3
"""Years of a logistic curve: a working day, and a thousand years."""


@dataclass(frozen=True)
class Adoption:
    r"""The share of queries that are served with a lever, over time; made by `logistic`, `linear` or `table`.

    A logistic curve has, with years t, midpoint m, and T years from 10 % to 90 % of the way between its ends,

    .. math::

        a(t) = a_0 + \frac{a_1 - a_0}{1 + e^{-2 \ln 9\,(t - m) / T}}

    Attributes
    ----------
    curve
        ``"logistic"``, ``"linear"`` or ``"table"``.
    dates
        The midpoint of a logistic curve, otherwise the dates of the shares.
    shares
        Floor and ceiling of a logistic curve, otherwise the shares on the dates [1].
    years
        Of a logistic curve, from 10 % to 90 % of the way.

    Examples
    --------
    >>> Adoption.logistic("2030-01-01", years=4, ceiling=0.8).share(["2028-01-01", "2030-01-01"]).round(3).tolist()
    [0.08, 0.4]
    >>> Adoption.linear("2026-01-01", "2030-01-01", 0.1, 0.5).share(["2025-01-01", "2028-01-01"]).round(3).tolist()
    [0.1, 0.3]
    """

    curve: str
    dates: tuple[dt.date, ...]
    shares: tuple[float, ...]
    years: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.curve, str) or self.curve not in CURVES:
            raise InputError(
                f"curve must be one of {listed(CURVES)}, got {shown(self.curve)}. Pass one, or use Adoption.logistic, "
                f"linear or table.{did_you_mean(self.curve, CURVES)}"
            )
        object.__setattr__(self, "dates", ascending(self.dates, "dates"))
        object.__setattr__(self, "shares", self._checked_shares())
        if self.curve == "logistic":
            object.__setattr__(self, "years", self._checked_years())
        elif len(self.shares) != len(self.dates):
            raise InputError(
                f"shares must be one for each date, got {len(self.shares)} for {len(self.dates)} dates. Add or remove "
                "some."
            )

    def _checked_shares(self) -> tuple[float, ...]:
        # Beside a list of dates, a Series of shares is read by its dates.
        shares: Any = as_mapping(self.shares, "shares")
        if isinstance(shares, Mapping) and self.curve != "logistic":
            by_date = {str(as_date(date) or date): share for date, share in shares.items()}
            shares = one_per_label(by_date, "shares", [str(date) for date in self.dates], "share")
        if not is_listlike(shares):
            raise InputTypeError(
                f"shares must be a list of shares from 0 to 1, got {shown(self.shares)}. Pass for example [0.1, 0.9]."
            )
        return tuple(_share(share, "share") for share in items(shares, "shares"))

    def _checked_years(self) -> float:
        if len(self.shares) != 2 or len(self.dates) != 1 or self.shares[0] > self.shares[1]:
            raise InputError(
                "floor and ceiling must be shares from 0 to 1, the floor not above the ceiling, got "
                f"{listed(self.shares)}. For a lever that is given up again write a table."
            )
        years = finite(self.years, "years")
        if not SHORTEST <= years <= LONGEST:
            raise InputError(
                f"years must be from {SHORTEST:g} to {LONGEST:g}, got {years:g}: the years from 10 % to 90 % of "
                "the way from floor to ceiling."
            )
        return years

    @classmethod
    def logistic(cls, midpoint: object, years: float, ceiling: float = 1.0, floor: float = 0.0) -> Adoption:
        """Return an S-shaped curve.

        Parameters
        ----------
        midpoint
            When half of the way is gone.
        years
            From 10 % to 90 % of the way.
        ceiling, floor
            Shares long after and long before [1].
        """
        low, high = _share(floor, "floor"), _share(ceiling, "ceiling")
        return cls("logistic", (checked_date(midpoint, "midpoint"),), (low, high), years)

    @classmethod
    def linear(cls, start: object, stop: object, first: float = 0.0, last: float = 1.0) -> Adoption:
        """Return a straight line between two dates, with the share of the nearer one before and after them."""
        dates = checked_date(start, "start"), checked_date(stop, "stop")
        return cls("linear", dates, (_share(first, "from"), _share(last, "to")))

    @classmethod
    def table(cls, shares: Mapping[Any, float]) -> Adoption:
        """Return shares by date, on a straight line between them, and held before the first and after the last."""
        shares = _checked_table(shares)
        dates = ascending(list(shares), "dates")
        return cls(
            "table", dates, tuple(_share(share, str(at)) for at, share in zip(dates, shares.values(), strict=True))
        )

    @classmethod
    def parse(cls, value: object) -> Adoption:
        """Return the adoption that a user wrote: itself, a number for all dates, a table, or the keys of a curve.

        Raises
        ------
        InputError, InputTypeError
            If a share is outside 0 to 1, dates are out of order, or a key is missing or unknown.
        """
        if isinstance(value, Adoption):
            return value
        if is_number(value):
            return cls("table", (dt.date(2000, 1, 1),), (_share(value, "share"),))
        value = as_mapping(value, "the curve")
        if not isinstance(value, Mapping) or not value:
            raise InputTypeError(f"A curve is needed, got {shown(value)}. Pass for example {_EXAMPLE}.")
        if all(looks_like_date(key) for key in value):
            return cls.table(value)
        curve = value.get("curve")
        if not isinstance(curve, str) or curve not in CURVES:
            raise InputError(
                f"curve must be one of {listed(CURVES)}, got {shown(curve)}. Pass one, or write a table of shares by "
                f"date.{did_you_mean(curve, CURVES)}"
            )
        if curve == "logistic":
            entries = checked_entries(value, "the curve", ("curve", "midpoint", "years"), ("ceiling", "floor"))
        elif curve == "linear":
            entries = checked_entries(value, "the curve", ("curve", "start", "stop"), ("from", "to"))
            entries = {{"from": "first", "to": "last"}.get(key, key): entry for key, entry in entries.items()}
        else:
            entries = checked_entries(value, "the curve", ("curve", "shares"))
        del entries["curve"]
        adoption: Adoption = getattr(cls, str(curve))(**entries)
        return adoption

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `parse`."""
        dates = [str(date) for date in self.dates]
        if self.curve == "logistic":
            floor, ceiling = self.shares
            return {
                "curve": "logistic",
                "midpoint": dates[0],
                "years": self.years,
                "ceiling": ceiling,
                "floor": floor,
            }
        if self.curve == "linear" and len(dates) == 2:
            (start, stop), (first, last) = dates, self.shares
            return {"curve": "linear", "start": start, "stop": stop, "from": first, "to": last}
        return {"curve": "table", "shares": dict(zip(dates, self.shares, strict=True))}

    def share(self, dates: Sequence[object]) -> NDArray[np.float64]:
        """Return the share of queries that are served with the lever [1], one per date."""
        days = date_list(dates)
        if self.curve == "logistic":
            floor, ceiling = self.shares
            assert self.years is not None  # checked when made
            reached = ODDS * (in_years(days) - in_years(self.dates)) / self.years
            # As a hyperbolic tangent it does not overflow far from the midpoint.
            return np.asarray(floor + (ceiling - floor) * 0.5 * (1.0 + np.tanh(0.5 * reached)))
        places, known = ([float(date.toordinal()) for date in row] for row in (days, self.dates))
        return np.asarray(np.interp(places, known, self.shares))


def _checked_table(shares: object) -> Mapping[Any, float]:
    """Return shares by date, of a dict or a Series."""
    table = as_mapping(shares, "shares")
    if not isinstance(table, Mapping):
        raise InputTypeError(
            f"shares must be a dict or a pandas Series of shares by date, got {shown(shares)}. Write for example "
            "{'2026-01-01': 0.1, '2030-01-01': 0.9}."
        )
    return table


def adoptions(value: object) -> dict[str, Adoption]:
    """Return the adoption of each lever by its name.

    Raises
    ------
    InputError, InputTypeError
        If it is no mapping, a lever comes twice, or a curve is not allowed.
    """
    value = as_mapping(value, "adoption")
    if not isinstance(value, Mapping):
        raise InputTypeError(
            f"adoption must be a dict of curves by lever, got {shown(value)}. Write for example "
            "{'serving': wq.scenarios.Adoption.logistic('2029-01-01', years=5)}."
        )
    curves: dict[str, Adoption] = {}
    for key, curve in clean_keys(value, "adoption").items():
        name = key if isinstance(key, str) else ""
        if not name or "+" in name or name == "none":
            raise InputError(
                f"adoption must name one lever for each curve, got {shown(key)}. Give each of several a curve of its "
                "own."
            )
        if name in curves:
            raise InputError(f"adoption must name each lever once, got {name!r} twice. Remove one.")
        try:
            curves[name] = Adoption.parse(curve)
        except InputError as error:
            raise type(error)(f"adoption of {name!r}: {error}") from error
    return curves


def _share(value: object, name: str) -> float:
    share = finite(value, name)
    if not 0.0 <= share <= 1.0:
        raise InputError(f"{name} must be from 0 to 1, a share of all queries, got {share:g}. Write 10 % as 0.1.")
    return share
