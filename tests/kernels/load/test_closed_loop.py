"""A closed loop against what must hold of it, and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import BATCHES, CELLS, CONTEXTS, DENSE, INPUTS, OUTPUTS, numbers_of, table
from wattquery.kernels.load.capacity import capacity, held_at_once
from wattquery.kernels.load.closed_loop import closed_loop
from wattquery.kernels.load.prefill import first_pass_seconds, prefill_seconds
from wattquery.kernels.load.step import step_seconds

CONCURRENCIES = np.maximum(BATCHES, 1.0)


@njit
def by_a_user(numbers, inputs, outputs, contexts, concurrencies):
    made = np.empty((5, inputs.size))
    for i in range(inputs.size):
        made[0, i], made[1, i], made[2, i], made[3, i], made[4, i] = closed_loop(
            numbers, inputs[i], outputs[i], contexts[i], concurrencies[i]
        )
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    arguments = (INPUTS, OUTPUTS, CONTEXTS, CONCURRENCIES)
    expected = np.array(closed_loop(table(CELLS[cell]), *arguments))
    np.testing.assert_allclose(by_a_user(CELLS[cell], *arguments), expected, rtol=1e-12)


def test_one_client_alone():
    """Nobody else to wait for: a first pass, then steps of one sequence."""
    numbers = CELLS["dense"]
    per_token, first, throughput, _, share = closed_loop(numbers, 1000.0, 200.0, 1100.0, 1.0)
    assert first == pytest.approx(
        0.05 + 1.5 * (1 + 1000 / 8192) * step_seconds(numbers, 1100.0, 1.0) + first_pass_seconds(numbers, 1000.0),
        rel=0.01,
    )
    assert throughput == pytest.approx(200 / (first + 199 * per_token) / 8, rel=1e-6)
    assert share == pytest.approx(199 * per_token / (first + 199 * per_token), rel=1e-6)


def test_the_batch_solves_its_own_equations():
    """Where the iterations have settled, B and F satisfy what defines them."""
    numbers, (inputs, outputs, context, clients) = CELLS["dense"], (1000.0, 1000.0, 1500.0, 32.0)
    per_token, first, throughput, batch, _ = closed_loop(numbers, inputs, outputs, context, clients)
    step = step_seconds(numbers, context, batch)
    assert per_token == pytest.approx(step + batch / outputs * 0.5 * prefill_seconds(numbers, inputs), rel=1e-4)
    decoding = per_token * (outputs - 1)
    assert batch == pytest.approx(clients * decoding / (first + decoding), rel=1e-4)
    assert throughput == pytest.approx(clients * outputs / (first + decoding) / 8, rel=1e-4)


def test_those_without_a_place_wait():
    numbers = numbers_of({**DENSE, "cache_memory_bytes": 10 * 2000 * 327680.0})
    held = held_at_once(1000.0, capacity(numbers, 2000.0))
    assert held == pytest.approx(10.0, rel=1e-3)
    _, first, throughput, batch, share = closed_loop(numbers, 1000.0, 1000.0, 1500.0, 1000.0)
    alone = closed_loop(CELLS["dense"], 1000.0, 1000.0, 1500.0, 10.0)
    assert batch <= held
    assert first > 50 * alone[1]
    assert throughput == pytest.approx(alone[2], rel=1e-3)
    assert share < 0.02
