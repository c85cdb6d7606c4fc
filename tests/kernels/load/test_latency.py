"""What a request waits for, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import CELLS, DENSE, INPUTS, OUTPUTS, numbers_of, table
from wattquery.kernels.load.latency import decoding_seconds, prefill_delay, steps_before_prefill, token_seconds

STEP_S, BATCH = 0.02, 12.0


@njit
def by_a_user(numbers, inputs, outputs):
    made = np.empty((4, inputs.size))
    for i in range(inputs.size):
        made[0, i] = prefill_delay(numbers, inputs[i], outputs[i])
        made[1, i] = token_seconds(numbers, STEP_S, BATCH, made[0, i])
        made[2, i] = decoding_seconds(made[1, i], outputs[i])
        made[3, i] = steps_before_prefill(numbers, inputs[i])
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers = table(CELLS[cell])
    delay = prefill_delay(numbers, INPUTS, OUTPUTS)
    per_token = token_seconds(numbers, STEP_S, BATCH, delay)
    expected = [delay, per_token, decoding_seconds(per_token, OUTPUTS), steps_before_prefill(numbers, INPUTS)]
    np.testing.assert_allclose(by_a_user(CELLS[cell], INPUTS, OUTPUTS), np.array(expected), rtol=1e-12)


def test_prefill_of_others_delays_each_token():
    numbers = numbers_of({**DENSE, "full_attention_s": 0.0, "stages": 2.0, "steps_per_token": 0.5})
    delay = prefill_delay(numbers, 1000.0, 250.0)
    assert delay == pytest.approx(0.5 * 1000 * 3e-5 / 2 / 250)
    assert token_seconds(numbers, 0.02, 10.0, delay) == pytest.approx(0.5 * 0.02 + 10 * delay)


def test_one_token_takes_as_long_as_two():
    np.testing.assert_allclose(decoding_seconds(0.5, np.array([1.0, 2.0, 11.0])), [0.5, 0.5, 5.0])


def test_long_prompts_wait_for_more_steps():
    assert steps_before_prefill(CELLS["dense"], 0.0) == 1.5
    assert steps_before_prefill(CELLS["dense"], 8192.0) == 3.0
