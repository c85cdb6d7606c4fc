"""What of measurements stands in the rows that the load model was fitted to: there it counts already."""

from __future__ import annotations

from functools import cache

import numpy as np

from wattquery.throughput.load import QUANTITIES, Observations, shipped_observations

__all__ = ["in_the_fit", "rows_in_the_fit"]

Number = tuple[str, str, str, str]


def in_the_fit(rows: Observations) -> tuple[int, int]:
    """Return how many measured numbers of rows the shipped model was fitted to, and how many there are."""
    own = {number for _, number in _numbers(rows)}
    return len(own & _fitted().keys()), len(own)


def rows_in_the_fit(rows: Observations) -> int:
    """Return how many rows the shipped model was fitted to: all numbers of them stand there, at their output length."""
    stands = np.zeros(len(rows), dtype=bool)
    other = np.zeros(len(rows), dtype=bool)
    for row, number in _numbers(rows):
        is_there = _length(rows, row) in _fitted().get(number, ())
        stands[row] |= is_there
        other[row] |= not is_there
    return int((stands & ~other).sum())


def _numbers(rows: Observations) -> list[tuple[int, Number]]:
    """Return what was measured, in five digits: as many as sources publish, and enough to tell numbers apart."""
    return [
        (i, (quantity, rows.architecture[i], rows.hardware[i], f"{rows.measured(quantity)[i]:.4e}"))
        for quantity in QUANTITIES
        for i in np.flatnonzero(np.isfinite(rows.measured(quantity))).tolist()
    ]


def _length(rows: Observations, row: int) -> int:
    length = rows.output_tokens[row]
    return -1 if np.isnan(length) else round(float(length))


@cache
def _fitted() -> dict[Number, set[int]]:
    """Return the numbers of the rows that ship, each with the output lengths that it was measured at."""
    rows = shipped_observations()
    found: dict[Number, set[int]] = {}
    for row, number in _numbers(rows):
        found.setdefault(number, set()).add(_length(rows, row))
    return found
