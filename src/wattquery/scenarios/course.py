"""The course of a fleet over time, as a scenario or a user says it: dates, demand, adoption of levers, rebound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.scenarios.adoption import Adoption, adoptions
from wattquery.scenarios.dates import STEPS, ascending, checked_date, date_row
from wattquery.scenarios.growth import Growth, growth_axis, rebound_axis
from wattquery.scenarios.writing import state, stated, written
from wattquery.specs.axis import Axis
from wattquery.specs.entries import checked_entries
from wattquery.specs.scalars import shown

__all__ = ["Course"]

_SPAN = ("start", "stop", "step")


@dataclass(frozen=True)
class Course:
    """What changes over time.

    Parameters
    ----------
    dates : sequence of dates, optional
        When; or by ``start``, ``stop`` and ``step``.
    start, stop : date, optional
        First and last date.
    step : str
        ``"year"``, ``"quarter"`` or ``"month"``.
    growth : float, mapping or list
        A yearly rate [1/year], a table ``{date: queries per day}``, or several as an axis.
    rebound : float, mapping or list
        Share of the expected saving that additional queries take back [1]; or several as an axis.
    adoption : mapping
        `Adoption` by lever.

    Raises
    ------
    InputError, InputTypeError
        If anything is not allowed; the message says what is.

    Examples
    --------
    >>> Course(start="2026-01-01", stop="2028-06-30").when()[-1]
    datetime.date(2028, 1, 1)
    """

    dates: Any = None
    start: Any = None
    stop: Any = None
    step: Any = "year"
    growth: Any = 0.0
    rebound: Any = 0.0
    adoption: Mapping[str, Any] = field(default_factory=dict)
    growth_axis: Axis[Growth] = field(init=False, repr=False, compare=False)
    rebound_axis: Axis[float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.dates is not None and (self.start is not None or self.stop is not None):
            raise InputError("Either dates or start and stop must be given, got both. Leave one of the two out.")
        if not isinstance(self.step, str):
            raise InputTypeError(f"step must be one of {listed(STEPS)}, got {shown(self.step)}. Pass one.")
        changes: dict[str, Any] = {
            "dates": None if self.dates is None else ascending(self.dates, "dates"),
            "start": None if self.start is None else checked_date(self.start, "start"),
            "stop": None if self.stop is None else checked_date(self.stop, "stop"),
            "growth_axis": growth_axis(self.growth),
            "rebound_axis": rebound_axis(self.rebound),
            "adoption": MappingProxyType(adoptions(self.adoption)),
        }
        for name, value in changes.items():
            object.__setattr__(self, name, value)
        if self.start is not None and self.stop is not None:
            date_row(self.start, self.stop, self.step)

    def __hash__(self) -> int:
        return hash((self.dates, self.start, self.stop, self.step))  # read-only mappings cannot be hashed

    def __reduce__(self) -> tuple[Any, ...]:
        return state(self)

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `parse`."""
        return {name: written(value) for name, value in stated(self).items()}

    @classmethod
    def parse(cls, value: object) -> Course:
        """Return the course that the table of a file says, or itself.

        Raises
        ------
        InputError, InputTypeError
            If a key is unknown, or a value is not allowed.
        """
        if isinstance(value, Course):
            return value
        if not isinstance(value, Mapping):
            raise InputTypeError(f"trajectory = {shown(value)} is not a table. Write [trajectory] and its keys.")
        known = [part.name for part in fields(cls) if part.init]
        try:
            return cls(**checked_entries(value, "trajectory", (), known))
        except InputError as error:
            said = str(error)
            raise type(error)(said if said.startswith("trajectory") else f"trajectory: {said}") from error

    def changed(self, passed: Mapping[str, Any]) -> Course:
        """Return the course with what a user passed in the place of its own, ``None`` left out."""
        parts = {name: value for name, value in passed.items() if value is not None}
        dated = {"dates"} if any(name in parts for name in _SPAN) else set()
        if "dates" in parts:
            dated = {"start", "stop"}
        blank = {name: None for name in dated if name not in parts}
        return replace(self, **{**blank, **parts})

    def when(self) -> tuple[dt.date, ...]:
        """Return the dates.

        Raises
        ------
        InputError
            If none were given.
        """
        if self.dates is not None:
            return tuple(self.dates)
        for name in ("start", "stop"):
            if getattr(self, name) is None:
                raise InputError(
                    f"{name} is missing: the scenario has no dates of its own. Pass start='2026-01-01' and "
                    "stop='2035-01-01', or a list of dates."
                )
        return date_row(self.start, self.stop, self.step)

    def adopted(self) -> dict[str, Adoption]:
        """Return the adoption of each lever."""
        return dict(self.adoption)
