"""Indices of all cells as arrays, made from pick-freeze sums some cells at a time: sums are 40 times as large."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wattquery.methods.pick_freeze import Sums, SumsOfCells
from wattquery.sensitivity.variance.estimators import Indices, Interval, estimate

__all__ = ["IndexArrays", "named_indices"]

Array = NDArray[np.float64]


class IndexArrays:
    """Indices of all cells by name, with the dimensions that they have beside cells; NaN where a cell has no data.

    Parameters
    ----------
    supported
        Which cells of the result have data: sums are of these, in their order.
    blank
        Sums of no cell, which have the groups and replicates of all.
    estimator, level
        As of `wattquery.sensitivity.variance.estimators.estimate`.
    """

    def __init__(self, supported: NDArray[np.bool_], blank: Sums, estimator: str, level: float) -> None:
        self._rows = np.flatnonzero(supported)
        self._estimator, self._level = estimator, level
        self.of: dict[str, tuple[tuple[str, ...], Interval]] = {
            name: (dims, Interval(*(np.full((supported.size, *part.shape[1:]), np.nan) for part in interval.parts)))
            for name, dims, interval in named_indices(estimate(blank, estimator, level), ("scale",))
        }

    @staticmethod
    def nbytes(cells: int, groups: int, pairs: bool) -> int:
        """Return how much memory the indices of so many cells take."""
        return cells * 3 * 8 * 2 * (1 + 3 * groups + groups * groups * pairs)

    def put(self, block: SumsOfCells) -> None:
        """Enter the indices of some cells."""
        rows = self._rows[block.start : block.stop]
        # Sums were of E in units of exp(centre).
        units = np.column_stack([np.exp(2.0 * block.sums.centres), np.ones(rows.size)])
        indices = estimate(block.sums, self._estimator, self._level)
        for name, _, interval in named_indices(indices, ("scale",)):
            unit = units if name == "variance" else 1.0
            for whole, part in zip(self.of[name][1].parts, interval.parts, strict=True):
                whole[rows] = part * unit


def named_indices(indices: Indices, dims: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Interval]]:
    """Yield name, dims and values of all indices, and of the variance that they are shares of."""
    for name, interval in (
        ("first_order", indices.first),
        ("total_order", indices.total),
        ("interaction", indices.interaction),
    ):
        yield name, (*dims, "factor"), interval
    if indices.second is not None:
        yield "second_order", (*dims, "factor", "factor_2"), indices.second
    yield "variance", dims, indices.variance
