"""How many measured numbers stand in the rows that the load model was fitted to: there they count already."""

from __future__ import annotations

from functools import cache

import numpy as np

from wattquery.throughput.load import QUANTITIES, Observations, shipped_observations

__all__ = ["in_the_fit"]


def in_the_fit(rows: Observations) -> tuple[int, int]:
    """Return how many measured numbers of rows the shipped model was fitted to, and how many there are."""
    own = _numbers(rows)
    return len(own & _fitted()), len(own)


@cache
def _fitted() -> frozenset[tuple[str, str, str, str]]:
    return frozenset(_numbers(shipped_observations()))


def _numbers(rows: Observations) -> set[tuple[str, str, str, str]]:
    """Return what was measured, in five digits: as many as sources publish, and enough to tell numbers apart."""
    return {
        (quantity, rows.architecture[i], rows.hardware[i], f"{rows.measured(quantity)[i]:.4e}")
        for quantity in QUANTITIES
        for i in np.flatnonzero(np.isfinite(rows.measured(quantity)))
    }
