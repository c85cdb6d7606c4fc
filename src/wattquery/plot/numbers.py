"""Numbers as pictures write them: few digits, and more where values that differ would look the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_DIGITS", "table_texts", "value_text", "value_texts"]

Floats = NDArray[np.float64]
Text = Callable[[float, int], str]
"""Writes a number, with so many more digits than it needs."""

MOST_DIGITS = 5
"""Values that differ less than in the fifth digit may look the same."""

_DECIMALS = ((100.0, 0), (10.0, 1), (0.1, 2), (0.01, 3), (0.001, 4))


def value_text(value: float, more: int = 0) -> str:
    """Return a number as people write it, with two or three digits that mean something, or some more.

    Examples
    --------
    >>> value_text(0.3312), value_text(0.3312, 1), value_text(1234.5), value_text(2e-5)
    ('0.33', '0.331', '1,234', '2.0e-05')
    """
    if not math.isfinite(value):
        return "-"
    size = abs(float(f"{value:.3g}"))
    if size >= 1e6 or 0.0 < size < 1e-4:
        return f"{value:.{1 + more}e}"
    for least, decimals in _DECIMALS:
        if size >= least:
            return f"{value:,.{decimals + more}f}"
    return f"{value:.{5 + more}f}" if size else "0"


def value_texts(values: Floats | Sequence[float], text: Text = value_text) -> list[str]:
    """Return numbers as texts of so many digits that no two that differ look the same.

    Parameters
    ----------
    values
        Numbers.
    text
        Writes one of them, with so many more digits than it needs.

    Examples
    --------
    >>> value_texts([0.331, 0.334, 0.5]), value_texts([0.331, 0.331, 0.5])
    (['0.331', '0.334', '0.500'], ['0.33', '0.33', '0.50'])
    """
    numbers = np.asarray(values, dtype=np.float64)
    # Sorted, the nearest are neighbours: no others need more digits.
    known = np.unique(numbers[np.isfinite(numbers)]).tolist()
    more = _more_digits(list(pairwise(known)), text)
    return [text(value, more) for value in numbers.tolist()]


def table_texts(table: Floats, text: Text = value_text) -> list[list[str]]:
    """Return the numbers of a table as texts of so many digits that no neighbours that differ look the same.

    Examples
    --------
    >>> table_texts(np.array([[0.331, 0.5], [0.334, 0.5]]))
    [['0.331', '0.500'], ['0.334', '0.500']]
    """
    more = _more_digits(_neighbours(table), text)
    return [[text(value, more) for value in row] for row in table.tolist()]


def _more_digits(pairs: Sequence[tuple[float, float]], text: Text) -> int:
    """Return the least number of further digits at which the numbers of each pair look different."""
    apart = [pair for pair in pairs if _differ(*pair)]
    for more in range(MOST_DIGITS - 2):
        if all(text(one, more) != text(other, more) for one, other in apart):
            return more
    return MOST_DIGITS - 2


def _neighbours(values: Floats) -> list[tuple[float, float]]:
    """Return the pairs of numbers beside and below each other."""
    beside = zip(values[:, :-1].ravel().tolist(), values[:, 1:].ravel().tolist(), strict=True)
    below = zip(values[:-1].ravel().tolist(), values[1:].ravel().tolist(), strict=True)
    return [*beside, *below]


def _differ(one: float, other: float) -> bool:
    """Return whether two numbers differ in the digits that a picture may have."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return False
    return f"{one:.{MOST_DIGITS - 1}e}" != f"{other:.{MOST_DIGITS - 1}e}"
