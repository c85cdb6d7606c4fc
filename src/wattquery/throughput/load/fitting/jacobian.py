"""How predictions change with parameters: finite differences, of all effects by one grouping at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.evidence import Evidence
from wattquery.throughput.load.gathered import taken

__all__ = ["jacobian"]

Numbers = NDArray[np.float64]

_STEP = 1e-3
"""Of a parameter, in its prior standard deviations."""

_FEW = 32
"""Rows of which all steps are computed at once: a call for each takes longer than its arithmetic."""


def jacobian(equations: LoadEquations, evidence: Evidence, vector: Numbers, predicted: Numbers) -> Numbers:
    """Return the derivatives of predicted logarithms, one row for each measurement, one column for each parameter.

    A row has one label of each grouping: all effects of a parameter by it are stepped together, and each row's
    difference is the derivative by the effect of its own label.

    Parameters
    ----------
    equations, evidence
        Of the rows, and what is measured there.
    vector
        Where the derivatives are taken.
    predicted
        What is predicted there.
    """
    layout = equations.layout
    steps = _STEP * layout.prior[1]
    made = np.zeros((len(predicted), len(vector)))
    groupings = [""] * len(layout.places) + [grouping for _, grouping in layout.blocks]
    moves = [*(slice(place, place + 1) for place in layout.places.values()), *layout.blocks.values()]
    moved = [_moved(vector, steps, move) for move in moves]
    differences = (_at_once if len(equations.at) <= _FEW else _in_turn)(equations, evidence, vector, moved, predicted)
    for grouping, move, difference in zip(groupings, moves, differences, strict=True):
        if not grouping:
            made[:, move.start] = difference / steps[move.start]
            continue
        codes = equations.cells.codes[grouping][evidence.rows]
        rows = np.flatnonzero(codes >= 0)
        made[rows, move.start + codes[rows]] = difference[rows] / steps[move.start + codes[rows]]
    return made


def _moved(vector: Numbers, steps: Numbers, move: slice) -> Numbers:
    """Return the vector with some of its numbers a step further."""
    found = vector.copy()
    found[move] += steps[move]
    return found


def _in_turn(
    equations: LoadEquations, evidence: Evidence, vector: Numbers, moved: Sequence[Numbers], predicted: Numbers
) -> Iterator[Numbers]:
    """Yield how predictions differ with each vector, computing again what changes."""
    base = equations.cells.numbers(vector)
    for one in moved:
        numbers = equations.cells.numbers(one)
        changed = numbers.differs(base)
        if changed.any():
            there = evidence.predicted(equations.rates_of(numbers, changed))
            yield np.where(changed[evidence.rows], there - predicted, 0.0)
        else:
            yield np.zeros(len(predicted))


def _at_once(
    equations: LoadEquations, evidence: Evidence, vector: Numbers, moved: Sequence[Numbers], predicted: Numbers
) -> Iterator[Numbers]:
    """Yield how predictions differ with each vector, from one call for copies of the rows, one copy for each vector."""
    count = len(equations.at)
    copies = LoadEquations(equations.layout, taken(equations.at, np.tile(np.arange(count), len(moved))))
    vectors = np.repeat(np.stack(moved, axis=1), count, axis=1)
    rates = copies.rates_of(copies.cells.numbers_of_each(vectors))
    for copy in range(len(moved)):
        yield replace(evidence, rows=evidence.rows + copy * count).predicted(rates) - predicted
