"""Rates at a given batch and at maximum load, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import BATCHES, CELLS, CONTEXTS, INPUTS, OUTPUTS, table
from wattquery.kernels.load.capacity import maximum_batch
from wattquery.kernels.load.fixed_batch import at_batch, at_maximum_load
from wattquery.kernels.load.prefill import prefill_seconds
from wattquery.kernels.load.step import step_seconds


@njit
def by_a_user(numbers, inputs, outputs, contexts, batches):
    made = np.empty((7, inputs.size))
    for i in range(inputs.size):
        made[0, i], made[1, i], made[2, i] = at_batch(numbers, inputs[i], outputs[i], contexts[i], batches[i])
        made[3, i], made[4, i], made[5, i], made[6, i] = at_maximum_load(numbers, inputs[i], outputs[i], contexts[i])
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers = table(CELLS[cell])
    expected = np.array(
        [
            *at_batch(numbers, INPUTS, OUTPUTS, CONTEXTS, BATCHES),
            *at_maximum_load(numbers, INPUTS, OUTPUTS, CONTEXTS),
        ]
    )
    np.testing.assert_allclose(by_a_user(CELLS[cell], INPUTS, OUTPUTS, CONTEXTS, BATCHES), expected, rtol=1e-12)


def test_a_round_is_a_step_and_the_prefill_of_those_that_come():
    numbers = CELLS["sparse"]
    per_token, throughput, round_s = at_batch(numbers, 1000.0, 200.0, 1100.0, 40.0)
    decode = 0.6 * step_seconds(numbers, 1100.0, 40.0)
    prefill = 40 / 200 * prefill_seconds(numbers, 1000.0) / 2
    assert round_s == pytest.approx(decode + prefill)
    assert per_token == pytest.approx(decode + 0.5 * prefill)
    assert throughput == pytest.approx(40 / round_s / 16)


def test_maximum_load_is_what_fits_with_a_factor():
    numbers = CELLS["dense"]
    per_token, throughput, round_s, batch = at_maximum_load(numbers, 2000.0, 500.0, 2250.0)
    assert batch == maximum_batch(numbers, 2500.0)
    plain = at_batch(numbers, 2000.0, 500.0, 2250.0, batch)
    assert (per_token, throughput, round_s) == pytest.approx((plain[0], plain[1] * 1.1, plain[2]))
