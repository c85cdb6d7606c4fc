"""Numbers as users write them: what counts as one, and how it is printed. No distribution is known here."""

from __future__ import annotations

import math
import numbers
import re
from typing import Any, TypeGuard

import numpy as np

from wattquery.errors import InputError, InputTypeError
from wattquery.quantities import LARGEST, SMALLEST

__all__ = ["finite", "is_number", "plain", "shortest", "shown"]

MOST_BITS = 14_000
"""Python writes out no whole number of more than 4,300 digits unless told to."""

_NEW_LINE = re.compile(r"\s*\n\s*")


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a value is a plain real number; truth values, durations and text are not."""
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.timedelta64))


def plain(value: Any) -> int | float:
    """Return a number as a builtin, so that it prints the same whichever library it came from."""
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def finite(value: object, name: str) -> float:
    """Return a user's number as a float.

    Raises
    ------
    InputTypeError
        If it is not a number.
    InputError
        If it is NaN or infinite, or its magnitude is neither 0 nor between `SMALLEST` and `LARGEST`.
    """
    if not is_number(value):
        fix = "Write the number without quotes." if isinstance(value, str) else "Pass a plain int or float."
        raise InputTypeError(f"{name} = {shown(value)} is not a number. Allowed is a finite number. {fix}")
    is_float = True
    try:
        number = float(value)
    except OverflowError:  # a whole number or fraction that is finite all the same
        number, is_float = math.inf, False
    if math.isnan(number) or (math.isinf(number) and is_float):
        raise InputError(f"{name} = {shown(value)} is not finite. Allowed is a finite number. Replace it by one.")
    if abs(number) > LARGEST or 0.0 < abs(number) < SMALLEST or (number == 0.0 and value != 0):
        raise InputError(
            f"{name} = {shown(value)} is too {'large' if abs(number) > 1.0 else 'close to 0'}. Allowed is a finite "
            f"number: 0, or a magnitude from {SMALLEST:g} to {LARGEST:g}. Check its unit and its exponent."
        )
    return number + 0.0  # -0.0 equals 0.0 but prints and hashes otherwise


def shortest(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return repr(plain(value)).removesuffix(".0")


def shown(value: object, limit: int = 80) -> str:
    """Return a value as its user would write it, cut to a length that fits a message."""
    try:
        text = _digits(value) if is_number(value) else _NEW_LINE.sub(" ", repr(value))  # arrays have several lines
    except Exception:  # lists nested too deep, and whatever a user's class does
        text = f"a value of the type {type(value).__name__}"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _digits(value: int | float) -> str:
    if isinstance(value, int) and value.bit_length() > MOST_BITS:  # Python itself refuses to write it out
        return f"a whole number of about {round(value.bit_length() * math.log10(2.0)):,} digits"
    try:
        return repr(plain(value))
    except OverflowError:  # a fraction
        return f"a {type(value).__name__} beyond any float"
