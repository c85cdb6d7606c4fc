"""How predictions change with parameters: finite differences, of all effects by one grouping at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.evidence import Evidence

__all__ = ["jacobian"]

Numbers = NDArray[np.float64]

_STEP = 1e-3
"""Of a parameter, in its prior standard deviations."""


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
    layout, base = equations.layout, equations.cells.numbers(vector)
    _, sd = layout.prior
    made = np.zeros((len(predicted), len(vector)))

    def differences(places: slice) -> Numbers:
        moved = vector.copy()
        moved[places] += _STEP * sd[places]
        numbers = equations.cells.numbers(moved)
        changed = numbers.differs(base)
        if not changed.any():
            return np.zeros(len(predicted))
        there = evidence.predicted(equations.rates_of(numbers, changed))
        return np.where(changed[evidence.rows], there - predicted, 0.0)

    for place in layout.places.values():
        made[:, place] = differences(slice(place, place + 1)) / (_STEP * sd[place])
    for (_, grouping), block in layout.blocks.items():
        codes = equations.cells.codes[grouping][evidence.rows]
        rows = np.flatnonzero(codes >= 0)
        columns = block.start + codes[rows]
        if len(rows):
            made[rows, columns] = differences(block)[rows] / (_STEP * sd[columns])
    return made
