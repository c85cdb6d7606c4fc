"""Sums over the classes of a mix, in which a number does not depend on what else is summed in the same call.

In a product of matrices it would: in which order it adds, and what it rounds, goes by their shapes. So a part of a
fleet's points would come out with other last digits than all of them do.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

__all__ = ["added", "mixed"]

Array = NDArray[np.float64]


def mixed(weights: Array, values: Array) -> Array:
    """Return sums of weights times values over the last axis of the one and the first of the other, term by term.

    Parameters
    ----------
    weights
        Classes along the last axis, such as shares by row.
    values
        Classes along the first axis.

    Examples
    --------
    >>> mixed(np.array([[0.9, 0.1], [0.0, 1.0]]), np.array([1.0, 10.0]))
    array([ 1.9, 10. ])
    """
    total = np.multiply.outer(weights[..., 0], values[0])
    for number in range(1, len(values)):
        total += np.multiply.outer(weights[..., number], values[number])
    return np.asarray(total)


def added(values: Array) -> Array:
    """Return the sum over the last axis, term by term."""
    return np.asarray(reduce(np.add, np.moveaxis(values, -1, 0)))
