"""What one query takes: its drivers against sums over positions, and what must hold of its energy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy.integrate import quad

from load_cells import CELLS
from wattquery.kernels.load.query import (
    DRIVERS,
    REACH_NUMBERS,
    attention_pairs,
    capped_positions,
    context_held,
    context_reads,
    exponential_capped_positions,
    prefill_tokens,
    query_joules,
    query_phase_joules,
    reach_numbers,
    unit_joules,
    unit_phase_joules,
)

PLAIN = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, np.inf, np.inf, 0.05])
BENT = np.array([0.4, 0.6, 0.1, 0.3, 0.7, 0.2, 128.0, 2048.0, 0.05])
UNITS = np.array([3.0, 0.02, 0.1, 0.004, 0.03, 1e-5, 5e-3, 2e-8])
"""What one unit of its driver takes of each phase [J]."""

tokens = st.floats(1.0, 1e5)
caps = st.floats(1.0, 1e5) | st.just(np.inf)


def of_positions(start, stop, cap):
    """Return the sum over whole positions, each seeing as many as its middle says."""
    return np.minimum(np.arange(start, stop) + 0.5, cap).sum()


@pytest.mark.parametrize(("start", "stop"), [(0, 100), (0, 5000), (500, 800), (3000, 3001), (100, 128)])
@pytest.mark.parametrize("cap", [128.0, 2048.0, np.inf])
def test_capped_positions(start, stop, cap):
    assert capped_positions(start, stop, cap) == pytest.approx(of_positions(start, stop, cap), rel=1e-14)


def test_plain_attention():
    assert context_reads(PLAIN, 300.0, 500.0) == pytest.approx(300 * (500 + 150))
    assert context_held(PLAIN, 300.0, 500.0) == pytest.approx(300 * (500 + 150))
    assert attention_pairs(PLAIN, 500.0, 400.0) == pytest.approx((500**2 - 400**2) / 2)
    assert prefill_tokens(PLAIN, 500.0, 400.0) == pytest.approx(100 + 0.05 * 400)


def test_windows_top_k_and_indexer():
    plain, window, topk = (of_positions(3000, 3300, cap) for cap in (np.inf, 128.0, 2048.0))
    assert context_reads(BENT, 300.0, 3000.0) == pytest.approx(0.4 * topk + 0.6 * window + 0.1 * plain)
    assert context_held(BENT, 300.0, 3000.0) == pytest.approx(0.5 * plain + 0.6 * window)
    plain, window, topk = (of_positions(1000, 3000, cap) for cap in (np.inf, 128.0, 2048.0))
    assert attention_pairs(BENT, 3000.0, 1000.0) == pytest.approx(0.3 * topk + 0.7 * window + 0.2 * plain)


@pytest.mark.parametrize("start", [0.0, 100.0, 127.0, 128.0, 5000.0])
@pytest.mark.parametrize("cap", [128.0, 2048.0, np.inf])
def test_the_mean_over_exponential_outputs(start, cap):
    mean = 430.0
    ends = [0.0, max(cap - start, 0.0) if np.isfinite(cap) else 1000.0, 40 * mean]
    expected = sum(
        quad(lambda x: min(start + x, cap) * np.exp(-x / mean), low, high, epsabs=0, epsrel=1e-12)[0]
        for low, high in itertools.pairwise(ends)
        if low < high
    )
    assert exponential_capped_positions(start, mean, cap) == pytest.approx(expected, rel=1e-10)


def test_an_agents_prompt_takes_what_its_attention_takes():
    """Of 100,000 tokens with the last 5,000 new, in a 70B model, nearly two thirds of prefill are attention."""
    per_token, per_pair = 2 * 70e9, 4 * 80 * 8192  # FLOP, of 80 layers with 64 heads of 128
    linear = per_token * (100_000 - 95_000)
    attention = per_pair * attention_pairs(PLAIN, 100_000.0, 95_000.0)
    assert 0.6 < attention / (linear + attention) < 0.67


def test_the_numbers_of_an_attention():
    found = dict(zip(REACH_NUMBERS, reach_numbers(CELLS["sparse"], 0.1), strict=True))
    assert found["full_reads"] == pytest.approx(4 / 7)
    assert found["windowed_reads"] == pytest.approx(3 / 7)
    assert found["indexed_reads"] == found["indexed_pairs"] == pytest.approx(8 / 70)
    assert (found["full_pairs"], found["windowed_pairs"]) == (1.0, 0.0)
    assert (found["window_tokens"], found["topk_tokens"], found["cached_weight"]) == (1024.0, 2048.0, 0.1)
    assert reach_numbers(CELLS["dense"], 0.05) == pytest.approx(tuple(PLAIN))


def test_units_are_powers_over_mean_drivers():
    watts, means = np.arange(1.0, 9.0), np.array([1.0, 300.0, 2e5, 500.0, 1e5])
    units = unit_phase_joules(watts, 2.0, means)
    drivers = np.array([0, 1, 1, 1, 1, 2, 3, 4])
    assert 2.0 * np.array(units) * means[drivers] == pytest.approx(watts)
    grouped = unit_joules(units)
    assert len(grouped) == len(DRIVERS)
    assert grouped == pytest.approx((units[0], sum(units[1:5]), *units[5:]))


@njit
def by_a_user(units, reach, outputs, inputs, cached):
    found = np.empty((9, outputs.size))
    for i in range(outputs.size):
        grouped = unit_joules(units)
        found[0, i] = query_joules(grouped, reach, outputs[i], inputs[i], cached[i])
        parts = query_phase_joules(units, reach, outputs[i], inputs[i], cached[i])
        for k in range(8):
            found[1 + k, i] = parts[k]
    return found


@pytest.mark.parametrize("reach", [PLAIN, BENT], ids=["plain", "bent"])
def test_a_users_kernel_and_arrays_agree(reach):
    lengths = np.array([300.0, 1.0, 9000.0]), np.array([500.0, 1e5, 64.0]), np.array([0.0, 95000.0, 10.0])
    whole = query_joules(unit_joules(UNITS), reach, *lengths)
    parts = np.array(query_phase_joules(UNITS, reach, *lengths))
    np.testing.assert_allclose(by_a_user(UNITS, reach, *lengths), [whole, *parts], rtol=1e-12)
    np.testing.assert_allclose(parts.sum(axis=0), whole, rtol=1e-12)


@given(output=tokens, inputs=tokens, share=st.floats(0.0, 0.99), more=st.floats(1.0, 1e4), window=caps, topk=caps)
def test_energies_are_positive_and_grow_with_lengths(output, inputs, share, more, window, topk):
    reach = np.array([*BENT[:6], window, topk, 0.05])
    cached = share * inputs

    def energy(output, inputs, cached):
        return query_joules(unit_joules(UNITS), reach, output, inputs, cached)

    least = energy(output, inputs, cached)
    assert least > UNITS[0]
    assert energy(output + more, inputs, cached) > least
    assert energy(output, inputs + more, cached) > least
    assert energy(output, inputs + more, cached + more) > energy(output, inputs, cached)
    assert energy(output, inputs, 0.0) >= least * (1.0 - 1e-12)
    assert all(part >= 0.0 for part in query_phase_joules(UNITS, reach, output, inputs, cached))


@given(start=tokens, first=tokens, second=tokens, cap=caps)
def test_positions_add_up(start, first, second, cap):
    """A query that is cut in two takes, without the second prefill, what it takes in one."""
    middle, stop = start + first, start + first + second
    parts = capped_positions(start, middle, cap) + capped_positions(middle, stop, cap)
    assert parts == pytest.approx(capped_positions(start, stop, cap), rel=1e-9)
