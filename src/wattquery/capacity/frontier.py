"""Which candidates no other one beats in two things at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.capacity.candidates import Array

__all__ = ["on_frontier"]


def on_frontier(first: Array, second: Array) -> NDArray[np.bool_]:
    """Return which have less of one or the other than each of those that have no more of both.

    Parameters
    ----------
    first, second
        What is better the less there is of it; NaN for those that do not take part.

    Examples
    --------
    >>> on_frontier(np.array([1.0, 2.0, 2.0, 3.0]), np.array([5.0, 4.0, 3.0, 3.0])).tolist()
    [True, False, True, False]
    """
    order = np.lexsort((second, first))
    found = np.zeros(first.size, dtype=np.bool_)
    least, at = np.inf, np.nan
    for number in order:
        one, other = first[number], second[number]
        if np.isnan(one) or np.isnan(other):
            continue
        if other < least:
            least, at = other, one
            found[number] = True
        elif other == least and one == at:  # the same twice
            found[number] = True
    return found
