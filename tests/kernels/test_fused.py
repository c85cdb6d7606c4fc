"""A product and a sum rounded once: against exact fractions, from Python and compiled."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numba import njit

from wattquery.kernels.fused import multiply_add


@njit
def in_a_loop(a, b, c):
    out = np.empty_like(a)
    for i in range(a.size):
        out[i] = multiply_add(a[i], b[i], c[i])
    return out


def test_it_rounds_once():
    a, b, c = np.random.default_rng(3).normal(size=(3, 1001)).astype(np.float32)
    c[:500] = -a[:500] * b[:500]  # what a product alone would have lost
    exact = [Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z)) for x, y, z in zip(a, b, c, strict=True)]
    expected = np.array([np.float32(float(one)) for one in exact])
    for found in (in_a_loop(a, b, c), np.array([multiply_add(*one) for one in zip(a, b, c, strict=True)])):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected)
    assert np.count_nonzero(in_a_loop(a, b, c)[:500]) > 400
