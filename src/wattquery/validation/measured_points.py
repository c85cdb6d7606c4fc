"""Some measured points of each configuration that is left out calibrate the predictions of its others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load import QUANTITIES, Observations
from wattquery.validation.folds import hashed
from wattquery.validation.long_table import scored

__all__ = ["calibrating"]


def calibrating(rows: Observations, configurations: NDArray[np.object_], points: int) -> NDArray[np.intp]:
    """Return which rows of each configuration calibrate its others.

    They come first in the order of a hash of their `Observations.row_id`, which has nothing to do with what was
    measured there. Only configurations that have more usable rows than that take part; rows of low confidence, or of
    which nothing was measured at the boundary of the accelerators, calibrate nothing.

    Parameters
    ----------
    rows
        Operating points.
    configurations
        Key of the configuration of each.
    points
        Rows of each configuration that are given [1].

    Returns
    -------
    numpy.ndarray
        Their numbers, shape (rows,), rising.
    """
    usable = np.any([scored(rows, quantity) for quantity in QUANTITIES], axis=0) & (rows.confidence != "low")
    order = sorted(np.flatnonzero(usable), key=lambda row: hashed(rows.row_id[row]))
    members: dict[object, list[int]] = {}
    for row in order:
        members.setdefault(configurations[row], []).append(int(row))
    given = [row for mine in members.values() if len(mine) > points for row in mine[:points]]
    return np.array(sorted(given), dtype=np.intp)
