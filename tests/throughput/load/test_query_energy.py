"""The energy of a query: the books balance in every phase, a simulation agrees, and what is refused."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy.integrate import quad

import wattquery as wq
from load_cells import CELLS, SPARSE, numbers_of
from wattquery.kernels.load.fixed_batch import at_batch
from wattquery.kernels.load.numbers import ACCELERATORS
from wattquery.kernels.load.phases import BUSY_PHASES, PHASES, busy_phases, with_idle
from wattquery.kernels.load.power import host_share, power, product_share
from wattquery.kernels.load.query import query_phase_joules, unit_phase_joules
from wattquery.throughput.load.attention_reach import AttentionReach
from wattquery.throughput.load.query_energy import OperatingPoint, query_coefficients
from wattquery.throughput.load.query_means import query_means

WINDOWED = numbers_of(SPARSE | {"window_attention_s": 2e-10, "selected_tokens": np.inf, "indexer_bytes": 0.0})
ALL_CELLS = CELLS | {"windowed": WINDOWED}
BATCHES = [0.3, 1.0, 16.0, 150.0]
AGENT = wq.Workload([50, 3000, 400], [9000, 400, 120_000], [8000, 0, 115_000], weights=[3, 5, 1], name="agent")
LENGTHS = {
    "fixed": {"output_tokens": 300, "input_tokens": 3000},
    "fixed, cached": {"output_tokens": 300, "input_tokens": 100_000, "cached_tokens": 95_000},
    "exponential": {"output_tokens": wq.Exponential(median=300), "input_tokens": 900},
    "exponential, cached": {"output_tokens": wq.Exponential(median=2000), "input_tokens": 900, "cached_tokens": 700},
    "joint": {"workload": AGENT},
}


def coefficients(cell, lengths, batch, **options):
    numbers = ALL_CELLS[cell]
    means = query_means(**LENGTHS[lengths], reach=AttentionReach.of_cell(numbers))
    return query_coefficients(OperatingPoint.of_cell(numbers, means, batch, idle_watts=120.0), means, **options)


def mean_by_phase(found, lengths):
    """Return the mean energy of a query in each phase, as an integral or a sum over the lengths made here."""
    given = LENGTHS[lengths]
    if "workload" in given:
        output, inputs, cached = given["workload"].rows.lengths
        weights = given["workload"].rows.weights / given["workload"].rows.weights.sum()
        return {name: weights @ part for name, part in found.by_phase(output, inputs, cached).items()}
    inputs, cached = given["input_tokens"], given.get("cached_tokens", 0)
    if not isinstance(given["output_tokens"], wq.Exponential):
        return found.by_phase(given["output_tokens"], inputs, cached)
    mean = given["output_tokens"].mean()
    ends = [0.0, *sorted({124.0, 1148.0, mean, 4 * mean}), 60 * mean]  # windows end at 1,024 and 2,048 tokens
    return {
        name: sum(
            quad(
                lambda x, name=name: found.by_phase(x, inputs, cached)[name] * np.exp(-x / mean) / mean,
                low,
                high,
                epsabs=0.0,
                epsrel=1e-11,
                limit=200,
            )[0]
            for low, high in itertools.pairwise(ends)
        )
        for name in PHASES
        if found.phases[PHASES.index(name)] > 0.0
    }


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_books_balance(cell, lengths, batch):
    """Queries per second times their mean energy is the power, phase by phase."""
    for boundary in ("accelerator", "node"):
        found = coefficients(cell, lengths, batch, boundary=boundary)
        for name, energy in mean_by_phase(found, lengths).items():
            watts = found.phase_watts[PHASES.index(name)]
            assert found.requests_per_s * energy == pytest.approx(watts, rel=1e-9, abs=1e-12), (boundary, name)
        total = sum(mean_by_phase(found, lengths).values())
        assert total == pytest.approx(found.mean_energy(), rel=1e-9)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("output", [300.0, 5000.0])
def test_the_power_is_the_load_models(output, batch):
    """With fixed lengths and plain attention, what queries take per second is G P, and idle time has idle power."""
    numbers, inputs = CELLS["dense"], 900.0
    busy = max(batch, 1.0)
    per_token, throughput, round_s = at_batch(numbers, inputs, output, inputs + output / 2, busy)
    assert per_token <= round_s
    host = host_share(numbers, inputs + output / 2, busy, round_s)
    accelerators = numbers[ACCELERATORS]
    products = product_share(numbers, inputs, output, inputs + output / 2, busy, round_s)
    watts = accelerators * power(numbers, inputs / output, inputs + output / 2, busy, round_s, host, products)
    share = min(batch, 1.0)
    means = query_means(output_tokens=output, input_tokens=inputs)
    point = OperatingPoint.of_cell(numbers, means, batch, idle_watts=120.0)
    found = query_coefficients(point, means)
    expected = share * watts + (1 - share) * accelerators * 120.0
    assert found.requests_per_s == pytest.approx(share * throughput * accelerators / output)
    assert found.requests_per_s * found.energy(output, inputs) == pytest.approx(expected, rel=1e-9)
    assert found.phase_watts[0] == pytest.approx((1 - share) * accelerators * 120.0)


@njit
def power_of_queries(numbers, reach, means, batch, idle_watts, outputs, inputs, cached, weights):
    """Return power by phase, and queries per second times their mean energy, as a user's kernel does it."""
    watts, _, round_s = busy_phases(numbers, means, batch)
    phases = with_idle(watts, batch, idle_watts)
    requests = batch / (round_s * means[1])
    units = unit_phase_joules(phases, requests, means)
    both = np.zeros((2, 8))
    for k in range(8):
        both[0, k] = phases[k]
    for i in range(outputs.size):
        parts = query_phase_joules(units, reach, outputs[i], inputs[i], cached[i])
        for k in range(8):
            both[1, k] += weights[i] * requests * parts[k]
    return both


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_books_of_a_users_kernel_balance(cell, batch):
    numbers, reach = ALL_CELLS[cell], AttentionReach.of_cell(ALL_CELLS[cell])
    means = query_means(AGENT, reach=reach)
    weights = AGENT.rows.weights / AGENT.rows.weights.sum()
    idle = 120.0 * numbers[ACCELERATORS]
    columns = (*AGENT.rows.lengths, weights)
    watts, spent = power_of_queries(numbers, reach.numbers, means.drivers, batch, idle, *columns)
    np.testing.assert_allclose(spent, watts, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(watts, coefficients(cell, "joint", batch).phase_watts, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cell", ["dense", "windowed"])
def test_a_simulation_of_arrivals(cell):
    """Queries arrive at random and are served as long as their outputs are: batch, context and energy come out.

    Nothing here knows of a bias by length: 2,000 servers have had arrivals for 30 mean times of service each, and then
    those that are still being served are looked at.
    """
    numbers, output, inputs, batch = ALL_CELLS[cell], wq.Exponential(median=2000), 200.0, 12.0
    reach = AttentionReach.of_cell(numbers)
    means = query_means(output_tokens=output, input_tokens=inputs, reach=reach)
    point = OperatingPoint.of_cell(numbers, means, batch)
    found = query_coefficients(point, means)
    random = np.random.default_rng(1234)
    window, servers = 30 * output.mean() * float(point.seconds_per_token), 2000
    count = random.poisson(float(found.requests_per_s) * window * servers)
    since = random.uniform(0.0, window, count)
    lengths = random.exponential(output.mean(), count)
    done = since / float(point.seconds_per_token)
    resident = done < lengths
    running = resident.sum() / servers
    assert abs(running - batch) < 4 * np.sqrt(batch / servers)
    contexts = inputs + done[resident]
    error = contexts.std() / np.sqrt(contexts.size)
    assert abs(contexts.mean() - (inputs + output.mean() / 2)) > 20 * error
    full, windowed = 1 - reach.windowed_reads, reach.windowed_reads
    reads = full * contexts + windowed * np.minimum(contexts, reach.window_tokens or np.inf)
    for expected in (means.resident_reads, means.resident_context):  # a window is not held either
        assert abs(reads.mean() - expected) < 4 * reads.std() / np.sqrt(reads.size)
    spent = found.energy(lengths, inputs)
    watts = spent.sum() / (window * servers)
    # Of a Poisson number of queries, the variance of the sum is the number times the mean square.
    assert abs(watts - found.phase_watts.sum()) < 4 * np.sqrt((spent**2).sum()) / (window * servers)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_node_has_a_factor_and_a_constant(cell):
    for batch in (0.3, 16.0):
        chips, node = (coefficients(cell, "joint", batch, boundary=name) for name in ("accelerator", "node"))
        expected = 1.05 * chips.phase_watts.sum() + ALL_CELLS[cell][ACCELERATORS] * 250.0
        assert node.phase_watts.sum() == pytest.approx(expected)
        other = coefficients(cell, "joint", batch, boundary="node", node_factor=1.0, node_watts=0.0)
        np.testing.assert_allclose(other.phases, chips.phases)
        assert (node.phases >= 1.05 * chips.phases).all()


def test_coefficients_by_driver():
    found = coefficients("windowed", "joint", 0.5)
    numbers = found.means.reach.numbers
    output, inputs, cached = 300.0, 500.0, 100.0
    window = found.means.reach.window_tokens
    assert inputs + output < window
    expected = (
        found.per_request
        + found.per_output_token * output
        + found.per_context_read * output * (inputs + output / 2)
        + found.per_input_token * (inputs - cached)
        + found.per_cached_token * cached
        + found.per_attention_pair * (inputs**2 - cached**2) / 2
    )
    assert found.energy(output, inputs, cached) == pytest.approx(expected)
    assert found.per_cached_token == pytest.approx(numbers[8] * found.per_input_token)
    assert coefficients("windowed", "joint", 2.0).per_request == 0.0


def test_further_axes_are_cells_or_draws():
    means = query_means(output_tokens=wq.Exponential(median=300), input_tokens=500)
    batches = np.array([0.5, 4.0, 64.0])
    numbers = np.repeat(CELLS["dense"][:, None], 3, axis=1)
    many = query_coefficients(OperatingPoint.of_cell(numbers, means, batches, idle_watts=120.0), means)
    for i, batch in enumerate(batches):
        alone = query_coefficients(OperatingPoint.of_cell(CELLS["dense"], means, batch, idle_watts=120.0), means)
        np.testing.assert_allclose(many.phases[:, i], alone.phases, rtol=1e-13)
        assert many.energy(300, 500)[i] == pytest.approx(alone.energy(300, 500), rel=1e-13)
    assert many.energy(np.array([[1.0], [300.0]]), 500).shape == (2, 3)


SMALL = coefficients("windowed", "joint", 16.0)
tokens = st.floats(1.0, 1e5)


@given(output=tokens, inputs=tokens, share=st.floats(0.0, 1.0), more=st.floats(1.0, 1e4))
def test_energies_are_positive_grow_and_split(output, inputs, share, more):
    cached = share * inputs
    energy, parts = SMALL.energy(output, inputs, cached), SMALL.by_phase(output, inputs, cached)
    assert energy > 0.0
    assert list(parts) == list(PHASES)
    assert sum(parts.values()) == pytest.approx(energy, rel=1e-12)
    assert SMALL.energy(output + more, inputs, cached) > energy
    assert SMALL.energy(output, inputs + more, cached) > energy
    decode = sum(parts[name] for name in BUSY_PHASES if not name.startswith("prefill"))
    alone = SMALL.by_phase(output, inputs, 0.0)
    assert sum(alone[name] for name in BUSY_PHASES if not name.startswith("prefill")) == pytest.approx(decode)


PLAIN = {"watts": [1.0] * 7, "time_shares": [1 / 7] * 7, "batch": 4.0, "seconds_per_token": 0.02}
MEANS = query_means(output_tokens=300, input_tokens=500)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"watts": [1.0] * 6}, "a row for each of 'host'"),
        ({"watts": [-1.0, *[1.0] * 6]}, "watts must be 0 or more"),
        ({"watts": [np.nan, *[1.0] * 6]}, "watts must be finite"),
        ({"time_shares": [0.1] * 7}, "time_shares must sum to 1"),
        ({"batch": 0.0}, "batch must be above 0"),
        ({"batch": 0.5}, "idle_watts must be given"),
        ({"seconds_per_token": "fast"}, "must be a number"),
    ],
)
def test_refused_points(changed, words):
    with pytest.raises(wq.InputError, match=words):
        OperatingPoint(**(PLAIN | changed))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"boundary": "acelerator"}, "Did you mean 'accelerator'"),
        ({"boundary": "node", "node_watts": -1}, "node_watts must be 0 or more"),
        ({"node_wats": 1}, "Did you mean 'node_watts'"),
    ],
)
def test_refused_options(options, words):
    with pytest.raises(wq.InputError, match=words):
        query_coefficients(OperatingPoint(**PLAIN), MEANS, **options)


@pytest.mark.parametrize(
    ("lengths", "words"),
    [((-1, 5), "output_tokens must be 0 or more"), ((1, 5, 6), "at most as many"), ((np.inf, 5), "must be finite")],
)
def test_refused_lengths(lengths, words):
    found = query_coefficients(OperatingPoint(**PLAIN), MEANS)
    with pytest.raises(wq.InputError, match=words):
        found.energy(*lengths)
