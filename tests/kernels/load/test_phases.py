"""Time and power by phase: they sum to the load model's own, from Python and compiled."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_cells import BATCHES, CELLS, INPUTS, OUTPUTS, SPARSE, numbers_of, table
from wattquery.kernels.load.cache import bytes_read
from wattquery.kernels.load.fixed_batch import at_batch
from wattquery.kernels.load.numbers import ACCELERATORS, LOAD_NUMBERS, STATE_BYTES
from wattquery.kernels.load.phases import BUSY_PHASES, PHASES, at_the_node, busy_phases, mean_cell, with_idle
from wattquery.kernels.load.power import host_share, power, product_share
from wattquery.kernels.load.prefill import prefill_seconds
from wattquery.kernels.load.query import attention_pairs, context_reads, reach_numbers
from wattquery.kernels.load.step import phase_seconds

PLAIN = {
    "dense": CELLS["dense"],
    "mixture": numbers_of(
        SPARSE | {"window_cache_bytes": 0.0, "window_tokens": np.inf, "selected_tokens": np.inf, "indexer_bytes": 0.0}
    ),
}
"""Cells in which every layer sees all."""


def means_of(numbers, outputs=OUTPUTS, inputs=INPUTS):
    """Return the means where all queries have the same lengths."""
    reach = reach_numbers(numbers, 0.05)
    pairs = attention_pairs(reach, inputs, 0.0)
    return np.array(np.broadcast_arrays(1.0, outputs, context_reads(reach, outputs, inputs), inputs, pairs))


def own(numbers, batches):
    """Return power of the instance and time of a round as the load model has them."""
    contexts = INPUTS + OUTPUTS / 2
    _, _, round_s = at_batch(numbers, INPUTS, OUTPUTS, contexts, batches)
    host = host_share(numbers, contexts, batches, round_s)
    products = product_share(numbers, INPUTS, OUTPUTS, contexts, batches, round_s)
    chip = power(numbers, INPUTS / OUTPUTS, contexts, batches, round_s, host, products)
    return numbers[ACCELERATORS] * chip, round_s


@pytest.mark.parametrize("cell", PLAIN)
def test_they_sum_to_the_model(cell):
    numbers = table(PLAIN[cell])
    watts, shares, round_s = busy_phases(numbers, means_of(numbers), BATCHES)
    expected_watts, expected_round = own(numbers, np.maximum(BATCHES, 1.0))
    np.testing.assert_allclose(sum(watts), expected_watts, rtol=1e-12)
    np.testing.assert_allclose(round_s, expected_round, rtol=1e-12)
    np.testing.assert_allclose(sum(shares), 1.0, rtol=1e-12)
    assert (np.array(watts) >= 0.0).all()
    assert (np.array(shares) >= 0.0).all()


@njit
def by_a_user(numbers, means, batches):
    found = np.empty((15, batches.size))
    for i in range(batches.size):
        watts, shares, round_s = busy_phases(numbers, means[:, i], batches[i])
        for k in range(7):
            found[k, i] = watts[k]
            found[7 + k, i] = shares[k]
        found[14, i] = round_s
    return found


@pytest.mark.parametrize("cell", CELLS)
def test_a_users_kernel_and_arrays_agree(cell):
    means = means_of(table(CELLS[cell]))
    watts, shares, round_s = busy_phases(table(CELLS[cell]), means, BATCHES)
    np.testing.assert_allclose(by_a_user(CELLS[cell], means, BATCHES), [*watts, *shares, round_s], rtol=1e-12)


def test_what_each_phase_is_caused_by():
    """A part of the cell that does not exist draws nothing, and takes no time."""
    for names, phase in (
        (["host_s", "host_s_per_sequence", "link_s_per_sequence"], "host"),
        (["state_bytes"], "state"),
        (["full_cache_bytes", "window_cache_bytes", "indexer_bytes"], "key_value_reads"),
        (["full_attention_s", "window_attention_s"], "prefill_attention"),
    ):
        numbers = numbers_of(SPARSE | dict.fromkeys(names, 0.0))
        watts, shares, _ = busy_phases(numbers, means_of(CELLS["sparse"], 300.0, 2000.0), 16.0)
        place = BUSY_PHASES.index(phase)
        assert (watts[place], shares[place]) == (0.0, 0.0)
        whole, _, _ = busy_phases(CELLS["sparse"], means_of(CELLS["sparse"], 300.0, 2000.0), 16.0)
        assert whole[place] > 0.0


def test_memory_and_arithmetic_have_their_parts_of_the_soft_maximum():
    numbers, means = CELLS["dense"], means_of(CELLS["dense"], 300.0, 900.0)
    for batch in (1.0, 64.0, 900.0):
        _, shares, _ = busy_phases(numbers, means, batch)
        of = dict(zip(BUSY_PHASES, shares, strict=True))
        _, weights, cache, compute = phase_seconds(numbers, 1050.0, batch)
        memory = of["weights"] + of["key_value_reads"]
        assert of["compute"] / memory == pytest.approx((compute / (weights + cache)) ** 4)
        assert of["key_value_reads"] / of["weights"] == pytest.approx(cache / weights)


def test_the_mean_cell_reads_and_prefills_the_mean():
    numbers, reach = CELLS["sparse"], reach_numbers(CELLS["sparse"], 0.05)
    outputs, inputs, weights = np.array([50.0, 3000.0]), np.array([9000.0, 400.0]), np.array([0.3, 0.7])
    columns = (outputs, context_reads(reach, outputs, inputs), inputs, attention_pairs(reach, inputs, 0.0))
    means = np.array([1.0, *(weights @ column for column in columns)])
    cell = mean_cell(numbers, means)
    assert len(cell) == len(LOAD_NUMBERS)
    read = sum(
        weight * (bytes_read(numbers, input_ + np.arange(output) + 0.5) - 2 * numbers[STATE_BYTES]).sum()
        for output, input_, weight in zip(outputs.astype(int), inputs, weights, strict=True)
    )
    found = bytes_read(cell, means[2] / means[1]) - 2 * cell[STATE_BYTES]
    assert found == pytest.approx(read / means[1], rel=1e-6)
    assert bytes_read(numbers, (inputs + outputs / 2) @ weights) != pytest.approx(bytes_read(cell, means[2] / means[1]))
    per_pair = numbers[LOAD_NUMBERS.index("full_attention_s")]
    linear = numbers[LOAD_NUMBERS.index("prefill_s_per_token")]
    assert prefill_seconds(cell, means[3]) == pytest.approx(linear * means[3] + per_pair * means[4])


def test_below_one_sequence_the_rest_is_idle():
    values = np.arange(1.0, 8.0)
    assert with_idle(values, 0.25, 100.0) == pytest.approx((75.0, *(values / 4)))
    assert with_idle(values, 3.0, 100.0) == pytest.approx((0.0, *values))
    assert len(with_idle(values, 1.0, 1.0)) == len(PHASES)


def test_the_node_adds_a_factor_and_a_constant():
    watts, shares = np.arange(8.0), np.full(8, 1 / 8)
    assert at_the_node(watts, shares, 1.05, 80.0) == pytest.approx(tuple(1.05 * watts + 10.0))
