"""Any number of rows to few nodes that have the same means: a weighted k-d partition, its margins set right.

1.  **Cells.** The rows are cut in two where the mean of a logarithm of a length is, along the length that varies most;
    then the part with the most left to cut, until there are as many parts as nodes. Each node has the weight and the
    mean lengths of its part.
2.  **Settling.** Parts that stand side by side have nearly the same mean of one length, so that the margins have steps
    of several per cent: `wattquery.specs.joint_lengths.settling` moves the nodes until they have not.
3.  **Choice.** This is done along several directions of the plane of lengths, and the nodes with the least error are
    kept, see `wattquery.specs.joint_lengths.stated_error`.

For n rows this takes a time of n log n, and memory for some copies of the table. What is cut is at most a group for each
per cent of the lengths, however many rows there are.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.rows import Rows
from wattquery.specs.joint_lengths.settling import Settling
from wattquery.specs.joint_lengths.stated_error import Reference

__all__ = ["compressed"]

DIRECTIONS = ((1.0, 0.0), (0.96, 0.28), (0.96, -0.28), (0.8, 0.6), (0.8, -0.6))
"""Cosine and sine of the angles that the plane of output and new input tokens is turned by before it is cut."""

WEIGHT_POWER = 1.5
"""Of the weight of a part, in what decides whether it is cut next. Measured: 1, that of a sum of squares, leaves the
middle of the distribution too coarse, 2 its tails."""

MOST_ROWS = 2**15
"""Rows that are cut one by one; of more, those within one per cent of each other are grouped first."""


def compressed(rows: Rows, count: int) -> tuple[Rows, float]:
    """Return at most so many nodes for the rows, and the largest relative error of their quantiles.

    Parameters
    ----------
    rows
        The full table, in its one order.
    count
        How many nodes there may be.
    """
    reference = Reference(rows)
    best = min(
        ((reference.error(nodes), place, nodes) for place, nodes in enumerate(_candidates(rows, count))),
        key=lambda candidate: candidate[:2],
    )
    return best[2], best[0]


def _candidates(rows: Rows, count: int) -> Iterator[Rows]:
    grouped = rows if len(rows) <= MOST_ROWS else _merged(rows, _alike(rows))
    settling = Settling(rows)
    for direction in DIRECTIONS:
        cells = _cells(grouped, count, direction)
        yield cells
        yield settling.settled(cells)


def _folded(lengths: FloatArray) -> FloatArray:
    """Return the logarithm to base 2 of lengths, drawn as straight lines between powers of 2; 0 below one token.

    It is as good as a logarithm to cut at, and exact on every machine, which logarithms are not.
    """
    mantissas, exponents = np.frexp(np.maximum(lengths, 1.0))
    return np.asarray(2.0 * mantissas - 2.0 + exponents)


def _alike(rows: Rows) -> FloatArray:
    """Return a number for each row, the same for rows that agree within about one per cent in all lengths."""
    codes = np.stack([np.floor(_folded(part) * 64.0) for part in rows.parts])
    return np.unique(codes, axis=1, return_inverse=True)[1].ravel()


def _merged(rows: Rows, groups: FloatArray) -> Rows:
    """Return one row for each group, with its weight and the means of its lengths."""
    weights = np.bincount(groups, rows.weights)
    means = [np.bincount(groups, rows.weights * part) / weights for part in rows.parts]
    return Rows.of_parts(means, weights)


def _cells(rows: Rows, count: int, direction: tuple[float, float]) -> Rows:
    """Return the means of the cells of a k-d partition."""
    cosine, sine = direction
    output, new, cached = map(_folded, rows.parts)
    places = np.stack([cosine * output + sine * new, cosine * new - sine * output, cached])
    serial = 0

    def cell(members: FloatArray) -> tuple[float, int, FloatArray, int, float]:
        """Return what a cell has to gain, its number, its rows, the axis to cut it along, and where."""
        nonlocal serial
        serial += 1
        inside, weights = places[:, members], rows.weights[members]
        total = weights.sum()
        means = (inside * weights).sum(axis=1) / total
        variances = (np.square(inside - means[:, None]) * weights).sum(axis=1) / total
        axis = int(np.argmax(variances))
        return -(total**WEIGHT_POWER) * variances[axis], serial, members, axis, means[axis]

    cells = [cell(np.arange(len(rows)))]
    while len(cells) < count:
        _, _, members, axis, cut = cells[0]
        low = places[axis, members] <= cut
        if low.all() or not low.any():  # nothing is left to cut but rounding
            break
        heapq.heapreplace(cells, cell(members[low]))
        heapq.heappush(cells, cell(members[~low]))
    groups = np.empty(len(rows), np.int64)
    for number, (_, _, members, *_) in enumerate(cells):
        groups[members] = number
    return _merged(rows, groups)
