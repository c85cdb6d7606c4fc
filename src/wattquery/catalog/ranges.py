"""Numbers of tables and presets within the physical ranges of their quantities. Nothing here needs NumPy.

What may be a distribution is checked in `wattquery.specs.ranges`, with the same ranges.
"""

from __future__ import annotations

import contextlib
import math
import numbers
from typing import Any

from wattquery.errors import InputError, InputTypeError
from wattquery.quantities import LARGEST, QUANTITIES, SMALLEST, UncheckedNumber

__all__ = ["is_allowed", "ranged_value"]


def is_allowed(quantity: str, value: float) -> bool:
    """Return whether a number is above 0 and within its physical range, or only bounded where it is unchecked."""
    if isinstance(value, UncheckedNumber):
        return SMALLEST <= value <= LARGEST
    row = QUANTITIES[quantity]
    return 0.0 < value <= row.highest and row.lowest <= value


def ranged_value(quantity: str, value: Any, owner: str, allowed: str = "") -> float:
    """Return a number that Python code put into a row, preset or claim.

    Parameters
    ----------
    quantity
        Its name in the table of quantities.
    value
        A number, or one from `wattquery.unchecked`.
    owner
        What the user calls it.
    allowed
        What may stand there instead, for messages.

    Raises
    ------
    InputError, InputTypeError
        If it is no number above 0, or outside the physical range.

    Examples
    --------
    >>> ranged_value("node_power", 10.2, "node_power")
    10.2
    """
    if getattr(value, "outside_range", "") and hasattr(value, "value"):
        value = UncheckedNumber(value.value)
    row, kind = QUANTITIES[quantity], UncheckedNumber if isinstance(value, UncheckedNumber) else float
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputTypeError(f"{owner} must be a number, {row.range_in_words}{allowed}, got {value!r}. Write a number.")
    number: float = math.inf
    with contextlib.suppress(OverflowError):  # of whole numbers that no float holds
        number = kind(value)
    if is_allowed(quantity, number):
        return number
    if SMALLEST <= number <= LARGEST:
        raise InputError(row.refusal(owner, f"{number:g}" if number.is_integer() else repr(number)))
    text = "nan" if math.isnan(number) else f"{number:g}"
    suggestion = f" {row.suggestion}." if row.suggestion else ""
    raise InputError(f"{owner} must be a positive number within {row.range_in_words}, got {text}.{suggestion}")
