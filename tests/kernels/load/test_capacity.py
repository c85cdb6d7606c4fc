"""How many sequences fit, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import CELLS, DENSE, INPUTS, numbers_of, table
from wattquery.kernels.load.capacity import capacity, held_at_once, maximum_batch


@njit
def by_a_user(numbers, contexts):
    made = np.empty((3, contexts.size))
    for i in range(contexts.size):
        made[0, i] = capacity(numbers, contexts[i])
        made[1, i] = maximum_batch(numbers, contexts[i])
        made[2, i] = held_at_once(100.0, made[0, i])
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers = table(CELLS[cell])
    places = capacity(numbers, INPUTS)
    expected = np.array([places, maximum_batch(numbers, INPUTS), held_at_once(100.0, places)])
    np.testing.assert_allclose(by_a_user(CELLS[cell], INPUTS), expected, rtol=1e-12)


def test_memory_over_the_cache_of_a_sequence():
    assert capacity(CELLS["dense"], 2000.0) == pytest.approx(4e11 / (2000 * 327680 + 1))
    assert capacity(CELLS["dense"], 1e9) == 1.0
    assert capacity(numbers_of({**DENSE, "cache_memory_bytes": -1.0}), 10.0) == 1.0


def test_the_scheduler_limits_short_ones():
    assert maximum_batch(CELLS["dense"], 10.0) == 1024.0
    assert maximum_batch(CELLS["dense"], 1e5) == capacity(CELLS["dense"], 1e5)


def test_those_held_tend_to_both_limits():
    assert held_at_once(1.0, 100.0) == pytest.approx(1.0)
    assert held_at_once(1e6, 100.0) == pytest.approx(100.0)
    assert held_at_once(100.0, 100.0) == pytest.approx(100.0 / 2 ** (1 / 6))
