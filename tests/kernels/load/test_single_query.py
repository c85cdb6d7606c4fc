"""The energy of a query in single precision, against that in double, which it is arranged after."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_queries import REACHES, UNITS
from wattquery.kernels.load.query import query_joules
from wattquery.kernels.load.single_query import (
    FARTHEST,
    capped_joules,
    capped_numbers,
    caps_of,
    plain_joules,
    plain_numbers,
    twice_capped_joules,
    twice_capped_numbers,
)

RNG = np.random.default_rng(4)
LENGTHS = np.exp(RNG.uniform(0.0, np.log(1e6), (2, 20_000)))
OUTPUTS, INPUTS, CACHED = (one.astype(np.float32) for one in (*LENGTHS, LENGTHS[1] * RNG.uniform(0.0, 1.0, 20_000)))
KERNELS = {
    "plain": (plain_numbers, plain_joules, ("plain",)),
    "capped": (capped_numbers, capped_joules, ("window", "top")),
    "twice": (twice_capped_numbers, twice_capped_joules, ("both", "window", "top", "plain")),
}
CASES = [(kernel, reach) for kernel, (*_, reaches) in KERNELS.items() for reach in reaches]


def single(kernel: str, units: tuple[float, ...], reach: tuple[float, ...]) -> np.ndarray:
    numbers, joules, _ = KERNELS[kernel]

    @njit
    def loop(units, reach, outputs, inputs, cached):
        own = numbers(units, reach)
        out = np.empty_like(outputs)
        for i in range(out.size):
            out[i] = joules(own, outputs[i], inputs[i], cached[i])
        return out

    return loop(units, reach, OUTPUTS, INPUTS, CACHED)


@pytest.mark.parametrize(("kernel", "reach"), CASES)
@pytest.mark.parametrize("scale", [(1.0,) * 5, (0.0, 1.0, 100.0, 0.0, 0.0), (0.0, 1e-9, 0.0, 0.0, 100.0)], ids=str)
def test_close_to_double_precision(kernel, reach, scale):
    """Whatever weighs most: lengths that are no whole tokens, and windows far below a context or just above."""
    units = tuple(unit * one for unit, one in zip(UNITS, scale, strict=True))
    lengths = (one.astype(np.float64) for one in (OUTPUTS, INPUTS, CACHED))
    expected = query_joules(units, REACHES[reach], *lengths)
    found = single(kernel, units, REACHES[reach])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=2e-6)


def test_caps_that_no_layer_has_are_far():
    assert caps_of(REACHES["plain"]) == (FARTHEST, FARTHEST)
    assert caps_of(REACHES["window"]) == (FARTHEST, 512.0)
    assert caps_of(REACHES["top"]) == (1024.0, FARTHEST)
    assert caps_of((1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 512.0, np.inf, 0.05)) == (FARTHEST, FARTHEST)
