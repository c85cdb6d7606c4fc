"""A closed loop at a given batch, against the closed loop of the clients that it finds."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import CELLS, DENSE, numbers_of
from wattquery.kernels.load.closed_loop import closed_loop
from wattquery.kernels.load.given_batch import NEVER_S, at_running_batch
from wattquery.kernels.load.prefill import first_pass_seconds
from wattquery.kernels.load.step import step_seconds

LENGTHS = (1000.0, 1000.0, 1500.0)


@pytest.mark.parametrize("batch", [1.0, 2.0, 8.0, 32.0, 100.0])
def test_there_and_back(batch):
    """Where six iterations have settled, and all requests have a place."""
    numbers = numbers_of({**DENSE, "cache_memory_bytes": 1e15})
    per_token, first, clients, _ = at_running_batch(numbers, *LENGTHS, batch)
    found = closed_loop(numbers, *LENGTHS, clients)
    assert found[0] == pytest.approx(per_token, rel=2e-3)
    assert found[1] == pytest.approx(first, rel=5e-3)
    assert found[3] == pytest.approx(batch, rel=2e-3)


@pytest.mark.parametrize("cell", CELLS)
def test_it_satisfies_the_equations(cell):
    """To round-off, which the iterations of a closed loop are not held to."""
    numbers, (inputs, outputs, context), batch = CELLS[cell], LENGTHS, 20.0
    per_token, first, clients, step = at_running_batch(numbers, *LENGTHS, batch)
    assert step == step_seconds(numbers, context, batch)
    decoding = per_token * (outputs - 1)
    assert batch == pytest.approx(clients * decoding / (first + decoding), rel=1e-13)
    waiting = clients * first / (first + decoding)
    waited = 0.5 * min(waiting, clients - 1) + 0.05 * (clients - 1)
    alone = 0.05 + 1.5 * (1 + inputs / 8192) * step
    assert first == pytest.approx(alone + first_pass_seconds(numbers, inputs) * (1 + waited), rel=1e-12)


def test_below_one_sequence_a_request_is_alone_and_nothing_jumps():
    numbers = CELLS["dense"]
    batches = np.array([1e-6, 0.3, 0.9, 1 - 1e-9, 1.0, 1 + 1e-9])
    per_token, first, clients, _ = at_running_batch(numbers[:, None].repeat(6, axis=1), *LENGTHS, batches)
    assert np.ptp(per_token) < 1e-9 * per_token[0]
    alone = closed_loop(numbers, *LENGTHS, 1.0)
    assert first[0] == pytest.approx(alone[1], rel=1e-2)
    assert first[0] == first[1]
    assert np.all(np.diff(first) >= 0.0)
    assert np.ptp(first[3:]) < 1e-6 * first[3]
    assert clients[0] == pytest.approx(1e-6, rel=0.1)


def test_first_passes_may_take_all_of_the_time():
    """Outputs of two tokens: each sequence that decodes has many more waiting for their first token."""
    numbers = CELLS["dense"]
    _, first, _, _ = at_running_batch(numbers, 100000.0, 2.0, 100001.0, 50.0)
    assert first > NEVER_S
    assert np.isfinite(first)


def test_a_users_kernel_and_arrays_agree():
    batches = np.array([0.4, 1.0, 16.0, 200.0])

    @njit
    def by_a_user(numbers, batches):
        made = np.empty((4, batches.size))
        for i in range(batches.size):
            made[0, i], made[1, i], made[2, i], made[3, i] = at_running_batch(
                numbers, 1000.0, 500.0, 1250.0, batches[i]
            )
        return made

    numbers = CELLS["sparse"]
    arrays = np.broadcast_arrays(
        *at_running_batch(np.repeat(numbers[:, None], 4, axis=1), 1000.0, 500.0, 1250.0, batches)
    )
    np.testing.assert_allclose(by_a_user(numbers, batches), arrays, rtol=1e-12)
