"""Numbers as users write them: what counts as one, and how it is printed. No distribution is known here."""

from __future__ import annotations

import math
import numbers
from typing import Any, TypeGuard

import numpy as np

from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.quantities import LARGEST, SMALLEST

__all__ = ["finite", "is_number", "is_whole", "plain", "shortest", "shown", "unquoted"]

LONG_BITS = 10_000
"""Of whole numbers beyond every float."""


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a value is a plain real number; truth values, durations and text are not."""
    if type(value) is float or type(value) is int:  # what else is one is asked of an abstract class, ten times slower
        return True
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.timedelta64))


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a plain whole number: an int, or NumPy's, whose durations are integers too."""
    return is_number(value) and isinstance(value, (int, np.integer))


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
        fix = unquoted(value) if isinstance(value, str) else "Pass a plain int or float."
        raise InputTypeError(f"{name} must be a finite number, got {shown(value)}. {fix}")
    is_float = True
    try:
        number = float(value)
    except OverflowError:  # a whole number or fraction that is finite all the same
        number, is_float = math.inf, False
    if math.isnan(number) or (math.isinf(number) and is_float):
        raise InputError(f"{name} must be a finite number, got {shown(value)}. Replace it by one.")
    if abs(number) > LARGEST or 0.0 < abs(number) < SMALLEST or (number == 0.0 and value != 0):
        raise InputError(
            f"{name} must be a finite number, 0 or of a magnitude from {SMALLEST:g} to {LARGEST:g}, got "
            f"{shown(value)}, which is too {'large' if abs(number) > 1.0 else 'close to 0'}. Check its unit and its "
            "exponent."
        )
    return number + 0.0  # -0.0 equals 0.0 but prints and hashes otherwise


def unquoted(text: str) -> str:
    """Return how a number that is text is to be written, one in percent as a share.

    Examples
    --------
    >>> unquoted("50%"), unquoted("half")
    ('Write 50% as 0.5, without quotes.', 'Write the number without quotes.')
    """
    written = text.strip()
    try:
        share = float(written.removesuffix("%")) / 100.0
    except ValueError:
        return "Write the number without quotes."
    if not written.endswith("%") or not math.isfinite(share):
        return "Write the number without quotes."
    return f"Write {written} as {share:g}, without quotes."


def shortest(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return repr(plain(value)).removesuffix(".0")


def shown(value: object, limit: int = 80) -> str:
    """Return a value as its user would write it, cut to a length that fits a message."""
    try:
        if is_number(value) and not (isinstance(value, int) and value.bit_length() > LONG_BITS):
            return quoted(plain(value), limit)
        return quoted(value, limit)
    except Exception:  # lists nested too deep, fractions beyond any float, and whatever a user's class does
        return f"a value of the type {type(value).__name__}"
