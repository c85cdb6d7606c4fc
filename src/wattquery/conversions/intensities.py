"""What a user writes for an intensity, checked: a number, 24 hours, regions, a file, a distribution, with a source."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import xarray as xr

from wattquery.conversions.files import from_file, from_frame
from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.names import clean_name
from wattquery.quantities import QUANTITIES, UncheckedNumber
from wattquery.scenarios.load_profile import HOURS, from_spans, is_spans
from wattquery.specs.containers import as_mapping, is_listlike, items
from wattquery.specs.distributions import Distribution, Fixed
from wattquery.specs.distributions.convert import as_distribution
from wattquery.specs.expressions import parse_factor
from wattquery.specs.labelled import is_of
from wattquery.specs.ranges import ranged, ranged_number
from wattquery.specs.scalars import finite, is_number, shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Intensity", "intensity"]

WEAK = (
    "AMD CLP COP CRC GNF HUF IDR INR IQD IRR ISK JPY KHR KRW KZT LAK LBP LKR MMK MNT MWK NGN PKR PYG RSD RUB TZS UGX "
    "UZS VND XAF XOF"
)
"""Currencies a unit of which is worth some hundredths of a dollar or less: prices in them are larger numbers."""

WEAKER = 1000.0

NOT_STATED = "not stated"
"""The source of a value that was passed without one."""


@dataclass(frozen=True, eq=False)
class Intensity:
    """An intensity.

    Attributes
    ----------
    values
        Numbers, with the dimensions ``region`` and ``hour`` as far as they differ along them; or the mean of a
        distribution.
    distribution
        What is known of it where it is not known exactly.
    source
        Where it is from, as the user said.
    is_unchecked
        Whether a number lies outside of its physical range, as the user meant it.
    """

    values: xr.DataArray
    distribution: Distribution | None
    source: str
    is_unchecked: bool = False

    @property
    def by_hour(self) -> bool:
        """Whether it differs by the hour of the day."""
        return "hour" in self.values.dims


def intensity(value: object, name: str, quantity: str, currency: str = "") -> Intensity:
    """Return an intensity, checked.

    Parameters
    ----------
    value
        What the user wrote.
    name
        What the user calls it.
    quantity
        The row of the table of quantities that has its range.
    currency
        Of a price.

    Raises
    ------
    InputError, InputTypeError
        If it is none of the forms, a number is no plausible intensity, or hours are missing.
    """
    source = NOT_STATED
    if isinstance(value, Mapping) and set(value) == {"value", "source"}:
        source = str(value["source"]).strip() or source
        value = value["value"]
    if isinstance(value, (str, os.PathLike)) and str(value).casefold().endswith(".csv"):
        source = f"{Path(value).name}{'' if source == NOT_STATED else f', {source}'}"
        value = from_file(value, name)
    elif isinstance(value, str):
        value = parse_factor(name, value)
    elif is_of(value, "pandas", "DataFrame"):
        value = from_frame(cast("pd.DataFrame", value), name)
    reader = _Reader(name, quantity, currency)
    if isinstance(value, Distribution) or (isinstance(value, Mapping) and "distribution" in value):
        given = as_distribution(value, name)
        if given.is_random:
            known = reader.distribution(given)
            return Intensity(xr.DataArray(known.mean()), known, source, bool(known.outside_range))
    found = reader.read(value)
    return Intensity(found, None, source, reader.is_unchecked)


class _Reader:
    """Reads the numbers of an intensity, and remembers whether one was passed as unchecked."""

    def __init__(self, name: str, quantity: str, currency: str) -> None:
        self.name, self.quantity = name, quantity
        self.scale = WEAKER if quantity == "electricity_price" and currency in WEAK.split() else 1.0
        self.is_unchecked = False

    def read(self, value: object) -> xr.DataArray:
        """Return the numbers with their dimensions."""
        value = as_mapping(value, self.name, range(HOURS))
        if not isinstance(value, Mapping) or (value and is_spans(value)):
            return self._hours(value, self.name)
        if not value:
            raise InputError(f"{self.name} must have a number or a region, got an empty table. Fill it in.")
        regions = [clean_name(str(region), f"{self.name}: region") for region in value]
        twice = [region for place, region in enumerate(regions) if region in regions[:place]]
        if twice:
            raise InputError(f"{self.name} must have each region once, got {twice[0]!r} twice. Leave one out.")
        each = [self._hours(one, f"{self.name}, {region}") for region, one in zip(regions, value.values(), strict=True)]
        labels = xr.Variable(("region",), regions, QUANTITIES["region"].attributes)
        return xr.concat(xr.broadcast(*each), "region").assign_coords(region=labels)

    def _hours(self, value: object, name: str) -> xr.DataArray:
        """Return what stands for one region: a number, or one for each hour."""
        value = as_mapping(value, name, range(HOURS))
        if isinstance(value, Mapping):
            if not value or not is_spans(value):
                raise InputError(
                    f"{name} must be a number, {HOURS} of them, or a table of spans such as {{'00-08': 300, '08-24': "
                    f"400}}, got {shown(value)}. Regions are the outermost keys."
                )
            value = from_spans(value, name)
        if not is_listlike(value):
            return xr.DataArray(self._number(value, name))
        hourly: Sequence[Any] = items(value, name)
        missing = [hour for hour, one in enumerate(hourly) if one is None or one == ""]
        if len(hourly) != HOURS or missing:
            said = f"nothing for the hour from {missing[0]}:00" if missing else f"{len(hourly)} numbers"
            raise InputError(
                f"{name} must have a number for each of the {HOURS} hours of the day, got {said}. Fill it in."
            )
        numbers = [self._number(one, f"{name}, hour {hour}") for hour, one in enumerate(hourly)]
        return xr.DataArray(np.array(numbers), dims="hour")

    def _number(self, value: object, name: str) -> float:
        """Return a number within its physical range, or one that was passed as unchecked."""
        if isinstance(value, str):
            value = parse_factor(name, value)
        if isinstance(value, Distribution) and value.is_random:
            raise InputTypeError(
                f"{name} must be a number where hours or regions differ, got {shown(value)}. Pass one for all."
            )
        vouched = isinstance(value, UncheckedNumber) or (isinstance(value, Fixed) and value.outside_range)
        plain = value.value if isinstance(value, Fixed) else value
        if isinstance(plain, bool) or not is_number(plain):
            raise InputTypeError(f"{name} must be a number, got {shown(value)}. Pass one, such as 0.1.")
        number = finite(plain, name)
        row = QUANTITIES[self.quantity]
        if vouched:
            self.is_unchecked = True
            return number
        if row.lowest >= 0.0:
            return float(ranged_number(self.quantity, number, name))
        if not self.scale * row.lowest <= number <= self.scale * row.highest:
            raise InputError(row.refusal(name, f"{number:g}"))
        return number

    def distribution(self, value: Distribution) -> Distribution:
        """Return what is not known exactly, which stays above 0."""
        if self.scale != 1.0:
            raise InputError(
                f"{self.name} must be a number in this currency, got {value}. Pass its mean, or its ends as regions."
            )
        return ranged(self.quantity, value, self.name)
