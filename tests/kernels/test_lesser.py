"""The lesser of two, from Python and compiled, of numbers and arrays."""

from __future__ import annotations

import numpy as np
from numba import njit

from wattquery.kernels.lesser import lesser

VALUES = np.array([-np.inf, -1.0, 0.0, 2.0, np.inf, np.nan])


@njit
def each(values, bound):
    out = np.empty_like(values)
    for i in range(values.size):
        out[i] = lesser(values[i], bound)
    return out, lesser(values, bound)


def test_it_is_the_minimum():
    for bound in (-1.0, 1.0, np.inf):
        expected = np.minimum(VALUES, bound)
        np.testing.assert_array_equal(lesser(VALUES, bound), expected)
        for found in each(VALUES, bound):
            np.testing.assert_array_equal(found, expected)
    assert lesser(3.0, 2.0) == 2.0
