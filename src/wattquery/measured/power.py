"""What a meter said of an accelerator without load and under its heaviest: the watts of idle and saturated boards."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from wattquery.catalog.facts import Accelerator as Facts
from wattquery.catalog.facts import accelerators
from wattquery.catalog.own import Accelerator
from wattquery.catalog.physics.constants import LEAST_POWER, MOST_OF_RATING
from wattquery.catalog.records import labels_with_aliases
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.measured.tables.names import hardware_of

__all__ = ["READING_ERROR", "MeasuredPower"]

READING_ERROR = 0.05
"""Relative standard deviation of the mean power that a board reports of itself [1]: a judgement. Readings are good to
about 5 %, and those of one board are off alike, so that a long mean is no better."""

MOST_IDLE = 0.6
"""Share of its rating above which an accelerator is not idle, a judgement: 0.18 is the most in the tables, and a server
that polls for requests may keep clocks up."""

_LEAST_SATURATED = 0.2
_LEAST_ERROR, _MOST_ERROR = 0.001, 0.5
_KILO = 1000.0
_COUNTS = (2, 4, 8, 16)


@dataclass(frozen=True)
class MeasuredPower:
    """Power of one accelerator that you metered, without load and under the heaviest.

    Parameters
    ----------
    hardware : str or wattquery.Accelerator
        The accelerator.
    idle : float, optional
        Mean power of one with a model loaded and no request [W].
    saturated : float, optional
        Mean power of one while as many sequences run as fit [W].
    relative_error : float, optional
        Standard deviation of the readings as a share of them [1]; 0.05 where it is left out, a judgement of what boards
        report of themselves.

    Raises
    ------
    InputError, InputTypeError
        In one sentence: if neither power is given, one is no accelerator's, or idle is not below saturated.

    Examples
    --------
    >>> import wattquery as wq
    >>> metered = wq.MeasuredPower("H100", idle=118, saturated=620)
    >>> metered.hardware, metered.idle, metered.saturated
    ('H100 SXM', 118.0, 620.0)
    >>> wq.MeasuredPower("H100", saturated=5000)
    Traceback (most recent call last):
    wattquery.errors.InputError: MeasuredPower: saturated = 5000 W is 7.14 times the 700 W that one H100 SXM is rated \
at: it looks like the power of 8 accelerators, divide it by how many were metered.
    """

    hardware: str
    idle: float | None = field(default=None, kw_only=True)
    saturated: float | None = field(default=None, kw_only=True)
    relative_error: float | None = field(default=None, kw_only=True)
    own: Facts | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        facts = _facts(self.hardware)
        object.__setattr__(self, "own", None if accelerators().get(facts.hardware) == facts else facts)
        object.__setattr__(self, "hardware", facts.hardware)
        if self.idle is None and self.saturated is None:
            raise InputError("MeasuredPower: neither idle nor saturated is given, and one of them is needed: idle=118.")
        for name in ("idle", "saturated"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _watts(name, getattr(self, name), facts))
        if self.idle is not None and self.saturated is not None and not self.idle < self.saturated:
            raise InputError(
                f"MeasuredPower: idle = {self.idle:g} W must be below saturated = {self.saturated:g} W: correct one of "
                "them."
            )
        error = READING_ERROR if self.relative_error is None else _number("relative_error", self.relative_error)
        if not _LEAST_ERROR <= error <= _MOST_ERROR:
            raise InputError(
                f"MeasuredPower: relative_error must be {_LEAST_ERROR:g} to {_MOST_ERROR:g}, got {error:g}: write 5 % "
                "as 0.05."
            )
        object.__setattr__(self, "relative_error", error)


def _facts(hardware: object) -> Facts:
    if isinstance(hardware, Accelerator):
        return hardware.facts
    if not isinstance(hardware, str):
        raise InputTypeError(
            f"MeasuredPower: hardware must be text or a wattquery.Accelerator, got {quoted(hardware)}: write 'H100'."
        )
    found = hardware_of(hardware)
    if not found:
        known = list(labels_with_aliases("hardware"))
        raise InputError(
            f"MeasuredPower: hardware {quoted(hardware)} is not known, which {listed(known, 6)} are:"
            f"{did_you_mean(hardware, known) or ' pass a wattquery.Accelerator of your own.'}"
        )
    return accelerators()[found]


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise InputTypeError(f"MeasuredPower: {name} must be a number, got {quoted(value)}: write it as 118.0.")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"MeasuredPower: {name} must be a finite number, got {quoted(value)}: write it as 118.0.")
    return number


def _watts(name: str, value: object, facts: Facts) -> float:
    """Return a power that one accelerator may draw."""
    power, rating = _number(name, value), facts.tdp_w
    given = f"MeasuredPower: {name} = {power:g} W"
    of_one = f"{facts.hardware}, which is rated"
    if power < LEAST_POWER:
        likely = "it looks like kilowatts" if 0.0 < power * _KILO <= (rating or math.inf) else "correct it"
        fix = f"{likely}, write {power * _KILO:g}" if likely != "correct it" else likely
        raise InputError(f"{given} is less than any accelerator draws: {fix}.")
    if rating is None:
        return power
    if power > MOST_OF_RATING * rating:
        raise InputError(
            f"{given} is {power / rating:.3g} times the {rating:g} W that one {facts.hardware} is rated at: "
            f"{_of(power, rating)}."
        )
    if name == "idle" and power > MOST_IDLE * rating:
        raise InputError(
            f"{given} is too much for an idle {of_one} at {rating:g} W: pass it as saturated= if it is busy."
        )
    if name == "saturated" and power < _LEAST_SATURATED * rating:
        raise InputError(f"{given} is too little for a busy {of_one} at {rating:g} W: pass it as idle= if it is idle.")
    return power


def _of(power: float, rating: float) -> str:
    """Return what a power above the rating of one accelerator probably is."""
    count = next((one for one in _COUNTS if power / one <= rating), None)
    if count is not None:
        return f"it looks like the power of {count} accelerators, divide it by how many were metered"
    if LEAST_POWER <= power / _KILO <= rating:
        return f"it looks like milliwatts, write {power / _KILO:g}"
    return "it is of more than one node, divide it by how many accelerators were metered"
