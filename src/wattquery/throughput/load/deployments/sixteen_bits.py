"""BF16 and FP16: one precision to the equations, two labels in the measured rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.evidence import evidence, levels_of_labels
from wattquery.throughput.load.gathered import taken
from wattquery.throughput.load.observations import Observations

__all__ = ["SIXTEEN_BITS", "counted_as"]

SIXTEEN_BITS = ("BF16", "FP16")
"""Labels of weights of the same bytes, whose products run at the same rate."""


def counted_as(rows: Observations, at: Conditions) -> NDArray[np.object_]:
    """Return the precision whose measured rows count for each instance: its own, but one and the same for 16 bits.

    Rows of one configuration carry one of the two labels as a rule, by the habit of who measured. What the equations
    leave over there is known by that label, so that it counts for both: the first of instance, deployment and
    architecture of which rows in 16 bits were measured decides, and BF16 where they carry both labels, or none were.

    Parameters
    ----------
    rows, at
        The instances.
    """
    made = rows.precision.copy()
    usual, other = SIXTEEN_BITS
    made[made == other] = usual
    measured = {architecture for architecture, label in evidence().levels[-1] if label == other}
    sixteen = np.flatnonzero((made == usual) & np.isin(rows.architecture.astype(str), sorted(measured)))
    if not len(sixteen):
        return made
    # Of precisions the conditions know bytes and rates alone, which are those of both.
    some, there = rows.take(sixteen), taken(at, sixteen)
    told = np.full(len(some), "", dtype=object)
    by_label = {
        label: levels_of_labels(replace(some, precision=np.full(len(some), label, dtype=object)), there)
        for label in SIXTEEN_BITS
    }
    for level, seen in enumerate(evidence().levels):
        for label in SIXTEEN_BITS:
            was = np.array([one in seen for one in by_label[label][level]], dtype=bool)
            told[(told == "") & was] = label
    made[sixteen] = told
    return made
