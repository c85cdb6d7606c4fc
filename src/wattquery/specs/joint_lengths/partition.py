"""Any number of rows to few nodes that have the same means: a weighted k-d partition, its margins set right.

1.  **Cells.** The rows are cut in two where the mean of a logarithm of a length is, along the length that varies most;
    then the part with the most left to cut, until there are as many parts as nodes. Each node has the weight and the
    mean lengths of its part.
2.  **Settling.** Parts that stand side by side have nearly the same mean of one length, so that the margins have steps
    of several per cent: `wattquery.specs.joint_lengths.settling` moves the nodes until they have not.
3.  **Choice.** This is done along several directions of the plane of lengths, and the nodes with the least error are
    kept, see `wattquery.specs.joint_lengths.stated_error`.

For n rows this takes a time of n log n, and memory for some copies of the table. What is cut is at most a group for
each per cent of the lengths, however many rows there are.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.interval_means import Margin
from wattquery.specs.joint_lengths.rows import Rows
from wattquery.specs.joint_lengths.settling import CYCLES, Settling
from wattquery.specs.joint_lengths.stated_error import Reference

__all__ = ["WAYS", "Way", "candidates", "compressed"]

Places = NDArray[np.intp]

MOST_ROWS = 2**15
"""Rows that are cut one by one; of more, those within one per cent of each other are grouped first."""


@dataclass(frozen=True)
class Way:
    """How a table is cut and its nodes are moved.

    Attributes
    ----------
    half_angle
        Tangent of half the angle that the plane of output and new input tokens is turned by before it is cut [1].
    weight_power
        Power of a part's weight in what decides whether it is cut next [1]: 1, as in a sum of squares, cuts the tails
        finer, 2 the middle.
    cycles
        How often nodes are moved towards each quantity.
    """

    half_angle: float = 0.0
    weight_power: float = 1.5
    cycles: int = CYCLES


WAYS = tuple(Way(half_angle) for half_angle in (0.0, 0.14, -0.14, 0.33, -0.33))


def compressed(
    rows: Rows, count: int, ways: Sequence[Way] = WAYS, *, margins: Sequence[Margin] | None = None
) -> tuple[Rows, float]:
    """Return at most so many nodes for the rows, and the largest relative error of their quantiles.

    Parameters
    ----------
    rows
        The full table, in its one order.
    count
        How many nodes there may be.
    ways
        Of which the best is taken.
    margins
        Of output, new and cached tokens, where they are known better than from the rows.
    """
    reference = Reference.of(rows)
    measured = (
        (reference.error(nodes), place, nodes) for place, nodes in enumerate(candidates(rows, count, ways, margins))
    )
    error, _, nodes = min(measured, key=lambda candidate: candidate[:2])
    return nodes, error


def candidates(rows: Rows, count: int, ways: Sequence[Way], margins: Sequence[Margin] | None = None) -> Iterator[Rows]:
    """Yield nodes for the rows, cut and moved in each of the ways."""
    grouped = rows if len(rows) <= MOST_ROWS else _merged(rows, _alike(rows))
    settling = Settling(rows, margins)
    for way in ways:
        yield settling.settled(_cells(grouped, count, way), way.cycles)


def _folded(lengths: FloatArray) -> FloatArray:
    """Return the logarithm to base 2 of lengths, drawn as straight lines between powers of 2; 0 below one token.

    It is as good as a logarithm to cut at, and exact on every machine, which logarithms are not.
    """
    mantissas, exponents = np.frexp(np.maximum(lengths, 1.0))
    return np.asarray(2.0 * mantissas - 2.0 + exponents)


def _alike(rows: Rows) -> Places:
    """Return a number for each row, the same for rows that agree within about one per cent in all lengths."""
    codes = np.stack([np.floor(_folded(part) * 64.0) for part in rows.parts])
    return np.asarray(np.unique(codes, axis=1, return_inverse=True)[1].ravel(), np.intp)


def _merged(rows: Rows, groups: Places) -> Rows:
    """Return one row for each group, with its weight and the means of its lengths."""
    weights = np.bincount(groups, rows.weights).astype(np.float64)
    means = [np.bincount(groups, rows.weights * part).astype(np.float64) / weights for part in rows.parts]
    return Rows.of_parts(means, weights)


def _cells(rows: Rows, count: int, way: Way) -> Rows:
    """Return the means of the cells of a k-d partition."""
    t = way.half_angle
    cosine, sine = (1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t)
    output, new, cached = map(_folded, rows.parts)
    places = np.stack([cosine * output + sine * new, cosine * new - sine * output, cached])
    serial = 0

    def cell(members: Places) -> tuple[float, int, Places, int, float]:
        """Return what a cell has to gain, its number, its rows, the axis to cut it along, and where."""
        nonlocal serial
        serial += 1
        inside, weights = places[:, members], rows.weights[members]
        total = weights.sum()
        means = (inside * weights).sum(axis=1) / total
        variances = (np.square(inside - means[:, None]) * weights).sum(axis=1) / total
        axis = int(np.argmax(variances))
        return -(total**way.weight_power) * variances[axis], serial, members, axis, means[axis]

    cells = [cell(np.arange(len(rows)))]
    while len(cells) < count:
        _, _, members, axis, cut = cells[0]
        low = places[axis, members] <= cut
        if low.all() or not low.any():  # nothing is left to cut but rounding
            break
        heapq.heapreplace(cells, cell(members[low]))
        heapq.heappush(cells, cell(members[~low]))
    groups = np.empty(len(rows), np.intp)
    for number, (_, _, members, *_) in enumerate(cells):
        groups[members] = number
    return _merged(rows, groups)
