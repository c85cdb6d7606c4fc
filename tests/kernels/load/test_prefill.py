"""What the input takes, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import CELLS, INPUTS, SPARSE, numbers_of, table
from wattquery.kernels.load.prefill import first_pass_seconds, prefill_seconds


@njit
def by_a_user(numbers, inputs):
    made = np.empty((2, inputs.size))
    for i in range(inputs.size):
        made[0, i] = prefill_seconds(numbers, inputs[i])
        made[1, i] = first_pass_seconds(numbers, inputs[i])
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers = table(CELLS[cell])
    expected = np.array([prefill_seconds(numbers, INPUTS), first_pass_seconds(numbers, INPUTS)])
    np.testing.assert_allclose(by_a_user(CELLS[cell], INPUTS), expected, rtol=1e-12)


def test_attention_grows_until_the_window_and_the_selected_tokens():
    numbers = numbers_of({**SPARSE, "window_attention_s": 2e-10})
    assert prefill_seconds(numbers, 1000.0) == pytest.approx(1000 * (3e-5 + 6e-10 * 500))
    assert prefill_seconds(numbers, 10000.0) == pytest.approx(10000 * (3e-5 + 4e-10 * 2048 + 2e-10 * 1024))


def test_a_short_first_pass_reads_the_weights():
    assert first_pass_seconds(CELLS["dense"], 1.0) == pytest.approx((6e-3**2 + 5e-3**2) ** 0.5, rel=1e-6)
    assert first_pass_seconds(CELLS["sparse"], 1.0) == pytest.approx(1.3 * (6e-3**2 + 5e-3**2) ** 0.5, rel=1e-6)
