"""Power of an accelerator, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import BATCHES, CELLS, CONTEXTS, INPUTS, OUTPUTS, table
from wattquery.kernels.load.power import host_share, power, power_terms, saturated, step_bytes
from wattquery.kernels.load.step import phase_seconds

ROUNDS = np.array([0.004, 0.01, 0.05, 0.2, 3.0])


@njit
def by_a_user(numbers, ratios, contexts, batches, rounds):
    made = np.empty((6, ratios.size))
    for i in range(ratios.size):
        host = host_share(numbers, contexts[i], batches[i], rounds[i])
        made[0, i], made[1, i], made[2, i], made[3, i] = power_terms(
            numbers, ratios[i], contexts[i], batches[i], rounds[i], host
        )
        made[4, i] = power(numbers, ratios[i], contexts[i], batches[i], rounds[i], host)
        made[5, i] = step_bytes(numbers, contexts[i], batches[i])
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers, ratios = table(CELLS[cell]), INPUTS / OUTPUTS
    host = host_share(numbers, CONTEXTS, BATCHES, ROUNDS)
    arguments = (numbers, ratios, CONTEXTS, BATCHES, ROUNDS, host)
    expected = np.array([*power_terms(*arguments), power(*arguments), step_bytes(numbers, CONTEXTS, BATCHES)])
    np.testing.assert_allclose(by_a_user(CELLS[cell], ratios, CONTEXTS, BATCHES, ROUNDS), expected, rtol=1e-12)


def test_the_terms_of_a_mixture():
    numbers = CELLS["sparse"]
    read = 40000 * 2048 + 30000 * 1024 + 8000 * 5000 + 2 * 3e7
    moved = (2e10 + 6e11 * (1 - (1 - 8 / 256) ** 6) + 6 * read) * 2 / 16
    assert step_bytes(numbers, 5000.0, 12.0) == pytest.approx(moved)
    waiting, busy, memory, compute = power_terms(numbers, 5.0, 5000.0, 12.0, 0.1, 0.25)
    assert (waiting, busy) == pytest.approx((0.3 * 0.25, 0.6 * 0.75))
    assert memory == pytest.approx(0.25 * moved / (0.1 * 3.35e12))
    assert compute == pytest.approx(0.7 * 7e10 * 12 * 6 / (0.1 * 16 * 9.9e14))
    total = waiting + busy + memory + compute
    assert power(numbers, 5.0, 5000.0, 12.0, 0.1, 0.25) == pytest.approx(700 * total / (1 + total**8) ** 0.125)


def test_the_share_of_the_host_leaves_half_of_what_overlaps():
    host, _, _, _ = phase_seconds(CELLS["sparse"], 5000.0, 12.0)
    assert host_share(CELLS["sparse"], 5000.0, 12.0, 0.1) == pytest.approx(host * 0.6 * 0.9 / 0.1)
    assert host_share(CELLS["sparse"], 5000.0, 12.0, 1e-9) == 1.0


def test_power_never_passes_its_limit():
    assert saturated(0.1) == pytest.approx(0.1)
    assert saturated(1.0) == pytest.approx(2 ** (-1 / 8))
    assert saturated(50.0) == pytest.approx(1.0)


def test_traffic_counts_to_a_little_more_than_the_peak():
    _, _, memory, _ = power_terms(CELLS["dense"], 1.0, 1000.0, 1.0, 1e-6, 0.0)
    assert memory == pytest.approx(1.2 * 0.25)
