"""A decode step by phases, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

from load_cells import BATCHES, CELLS, CONTEXTS, DENSE, SPARSE, table
from wattquery.kernels.load.cache import bytes_held, bytes_read
from wattquery.kernels.load.step import phase_seconds, soft_maximum, step_seconds, touched_share


@njit
def by_a_user(numbers, contexts, batches):
    made = np.empty((8, batches.size))
    for i in range(batches.size):
        made[0, i], made[1, i], made[2, i], made[3, i] = phase_seconds(numbers, contexts[i], batches[i])
        made[4, i] = step_seconds(numbers, contexts[i], batches[i])
        made[5, i] = touched_share(numbers, batches[i])
        made[6, i] = bytes_read(numbers, contexts[i])
        made[7, i] = bytes_held(numbers, contexts[i])
    return made


def in_numpy(numbers, contexts, batches):
    return np.array(
        [
            *phase_seconds(numbers, contexts, batches),
            step_seconds(numbers, contexts, batches),
            touched_share(numbers, batches),
            bytes_read(numbers, contexts),
            bytes_held(numbers, contexts),
        ]
    )


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers = CELLS[cell]
    compiled = by_a_user(numbers, CONTEXTS, BATCHES)
    assert np.all(compiled > 0) or cell == "dense"
    np.testing.assert_allclose(in_numpy(table(numbers), CONTEXTS, BATCHES), compiled, rtol=1e-12)


def test_the_phases_of_a_mixture():
    """Two stages of 8 attention ranks, 6 sequences each, a context that windows and selection cut."""
    one = SPARSE
    host, weights, cache, compute = phase_seconds(CELLS["sparse"], 5000.0, 12.0)
    read = 40000 * 2048 + 30000 * 1024 + 8000 * 5000 + 2 * 3e7
    assert host == pytest.approx(0.95 * (one["host_s"] + one["host_s_per_sequence"] * 6 / 8 + 4e-6 * 6))
    assert weights == pytest.approx(0.95 * (6e-3 + 2e-2 * (1 - (1 - 8 / 256) ** 6)))
    assert cache == pytest.approx(0.95 * 6 / 8 * read / one["key_value_bandwidth"])
    assert compute == pytest.approx(0.95 * one["compute_s_per_sequence"] * 6)
    assert bytes_held(CELLS["sparse"], 5000.0) == pytest.approx(40000 * 5000 + 30000 * 1024 + 8000 * 5000 + 3e7)


def test_a_step_is_its_phases_less_what_overlaps():
    host, weights, cache, compute = phase_seconds(CELLS["dense"], 1000.0, 100.0)
    device = ((weights + cache) ** 4 + compute**4) ** 0.25
    expected = host + device - DENSE["overlap"] * min(host, device)
    assert step_seconds(CELLS["dense"], 1000.0, 100.0) == pytest.approx(expected)


def test_a_dense_model_touches_everything():
    assert touched_share(CELLS["dense"], 0.5) == 1.0


def test_a_soft_maximum():
    assert soft_maximum(3.0, 4.0) == pytest.approx((3**4 + 4**4) ** 0.25)
    assert soft_maximum(1.0, 1.0) == pytest.approx(2**0.25)
    assert math.isclose(soft_maximum(1.0, 1e-6), 1.0)
