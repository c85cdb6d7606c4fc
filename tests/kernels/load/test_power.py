"""Power of an accelerator, against plain arithmetic and from a user's own kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import BATCHES, CELLS, CONTEXTS, INPUTS, OUTPUTS, table
from wattquery.kernels.load.power import (
    host_share,
    power,
    power_terms,
    product_seconds,
    product_share,
    saturated,
    step_bytes,
)
from wattquery.kernels.load.prefill import prefill_seconds
from wattquery.kernels.load.step import phase_seconds

ROUNDS = np.array([0.004, 0.01, 0.05, 0.2, 3.0])


@njit
def by_a_user(numbers, inputs, outputs, contexts, batches, rounds):
    made = np.empty((8, inputs.size))
    for i in range(inputs.size):
        host = host_share(numbers, contexts[i], batches[i], rounds[i])
        made[5, i] = product_share(numbers, inputs[i], outputs[i], contexts[i], batches[i], rounds[i])
        ratio = inputs[i] / outputs[i]
        made[0, i], made[1, i], made[2, i], made[3, i], made[4, i] = power_terms(
            numbers, ratio, contexts[i], batches[i], rounds[i], host, made[5, i]
        )
        made[6, i] = power(numbers, ratio, contexts[i], batches[i], rounds[i], host, made[5, i])
        made[7, i] = step_bytes(numbers, contexts[i], batches[i])
    return made


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    numbers, ratios = table(CELLS[cell]), INPUTS / OUTPUTS
    host = host_share(numbers, CONTEXTS, BATCHES, ROUNDS)
    products = product_share(numbers, INPUTS, OUTPUTS, CONTEXTS, BATCHES, ROUNDS)
    arguments = (numbers, ratios, CONTEXTS, BATCHES, ROUNDS, host, products)
    read = step_bytes(numbers, CONTEXTS, BATCHES)
    expected = np.array([*power_terms(*arguments), products, power(*arguments), read])
    np.testing.assert_allclose(by_a_user(CELLS[cell], INPUTS, OUTPUTS, CONTEXTS, BATCHES, ROUNDS), expected, rtol=1e-12)


def test_the_terms_of_a_mixture():
    numbers = CELLS["sparse"]
    read = 40000 * 2048 + 30000 * 1024 + 8000 * 5000 + 2 * 3e7
    moved = (2e10 + 6e11 * (1 - (1 - 8 / 256) ** 6) + 6 * read) * 2 / 16
    assert step_bytes(numbers, 5000.0, 12.0) == pytest.approx(moved)
    waiting, busy, memory, compute, product = power_terms(numbers, 5.0, 5000.0, 12.0, 0.1, 0.25, 0.4)
    assert product == pytest.approx(0.1 * 0.4)
    assert (waiting, busy) == pytest.approx((0.3 * 0.25, 0.6 * 0.75))
    assert memory == pytest.approx(0.25 * moved / (0.1 * 3.35e12))
    assert compute == pytest.approx(0.7 * 7e10 * 12 * 6 / (0.1 * 16 * 9.9e14))
    total = waiting + busy + memory + compute + product
    assert power(numbers, 5.0, 5000.0, 12.0, 0.1, 0.25, 0.4) == pytest.approx(700 * total / (1 + total**8) ** 0.125)


def test_the_share_of_the_host_leaves_half_of_what_overlaps():
    host, _, _, _ = phase_seconds(CELLS["sparse"], 5000.0, 12.0)
    assert host_share(CELLS["sparse"], 5000.0, 12.0, 0.1) == pytest.approx(host * 0.6 * 0.9 / 0.1)
    assert host_share(CELLS["sparse"], 5000.0, 12.0, 1e-9) == 1.0


def test_products_count_as_far_as_they_set_the_pace():
    numbers = CELLS["sparse"]
    _, weights, cache, compute = phase_seconds(numbers, 5000.0, 900.0)
    decode, prefill = product_seconds(numbers, 2000.0, 100.0, 5000.0, 900.0)
    share = compute**4 / ((weights + cache) ** 4 + compute**4)
    assert decode == pytest.approx(share * compute / 0.95)
    assert prefill == pytest.approx(900 / 100 * prefill_seconds(numbers, 2000.0) / 2)
    assert product_share(numbers, 2000.0, 100.0, 5000.0, 900.0, 10.0) == pytest.approx((decode + prefill) / 10)
    assert product_share(numbers, 2000.0, 100.0, 5000.0, 900.0, 1e-3) == 1.0


def test_power_never_passes_its_limit():
    assert saturated(0.1) == pytest.approx(0.1)
    assert saturated(1.0) == pytest.approx(2 ** (-1 / 8))
    assert saturated(50.0) == pytest.approx(1.0)


def test_traffic_counts_to_a_little_more_than_the_peak():
    _, _, memory, _, _ = power_terms(CELLS["dense"], 1.0, 1000.0, 1.0, 1e-6, 0.0, 0.0)
    assert memory == pytest.approx(1.2 * 0.25)
