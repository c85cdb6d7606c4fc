"""Drivers of operating points, against the operating point of one cell, written for arrays."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from load_cells import CELLS
from wattquery.kernels.load.given_batch import at_running_batch, first_token_alone
from wattquery.kernels.load.phases import mean_cell
from wattquery.kernels.load.points import RATES, fill_log_outputs, fill_points
from wattquery.throughput.load.attention_reach import AttentionReach
from wattquery.throughput.load.query_energy import OperatingPoint, query_coefficients
from wattquery.throughput.load.query_means import query_means

BATCH = np.array([[0.2, 1.0, 30.0], [0.7, 8.0, 200.0]])
IDLE = np.array([100.0, 60.0])
CELL = list(CELLS.values())


def means_of(cell, **lengths):
    return query_means(**lengths, reach=AttentionReach.of_cell(cell))


MEANS = [
    means_of(CELL[0], output_tokens=wq.Exponential(median=300), input_tokens=500),
    means_of(CELL[1], output_tokens=800, input_tokens=wq.Uniform(low=100, high=5000), cached_share=0.5),
]
OWN = [means_of(one, output_tokens=100, input_tokens=3000) for one in CELL]


def filled(own=OWN):
    units, seconds, rates = np.empty((3, 5, 2, 3))
    drivers = np.array([one.drivers for one in MEANS])
    fill_points(
        np.array(CELL),
        IDLE,
        np.arange(2),
        drivers,
        np.array([one.drivers for one in own]),
        BATCH,
        units,
        seconds,
        rates,
    )
    return units, seconds, rates


@pytest.mark.parametrize("pair", [0, 1])
@pytest.mark.parametrize("load", [0, 1, 2])
def test_units_are_those_of_the_query(pair, load):
    units, seconds, _ = filled()
    point = OperatingPoint.of_cell(CELL[pair], MEANS[pair], BATCH[pair, load], idle_watts=IDLE[pair])
    alone, node = (query_coefficients(point, MEANS[pair], boundary=one) for one in ("accelerator", "node"))
    for found, units_there in ((alone, units), (node, 1.05 * units + 250.0 * seconds)):
        expected = (
            *(found.per_request, found.per_output_token, found.per_context_read),
            *(found.per_input_token, found.per_attention_pair),
        )
        np.testing.assert_allclose(units_there[:, pair, load], expected, rtol=1e-12)


def test_the_books_close():
    """Queries per second times their mean energy is the power, and times their seconds the accelerators."""
    units, seconds, rates = filled()
    for pair, means in enumerate(MEANS):
        requests = rates[RATES.index("throughput"), pair] / means.output_tokens
        watts = rates[RATES.index("power"), pair] * CELL[pair][0]
        np.testing.assert_allclose(requests * (means.drivers @ units[:, pair]), watts, rtol=1e-12)
        np.testing.assert_allclose(requests * (means.drivers @ seconds[:, pair]), CELL[pair][0], rtol=1e-12)


def test_latencies_are_those_of_the_closed_loop():
    _, _, rates = filled(own=MEANS)
    for pair, means in enumerate(MEANS):
        mean = mean_cell(CELL[pair], means.drivers)
        lengths = (means.prefill_tokens, means.output_tokens, means.resident_reads)
        many = np.repeat(mean[:, None], 3, axis=1)
        per_token, first, _, _ = at_running_batch(many, *lengths, BATCH[pair])
        np.testing.assert_allclose(rates[RATES.index("time_per_output_token"), pair], per_token, rtol=1e-12)
        np.testing.assert_allclose(rates[RATES.index("time_to_first_token"), pair], first, rtol=1e-12)


def test_the_time_to_first_token_is_that_of_the_query_asked_for():
    """It waits for others as they do, and makes its own first pass."""
    place = RATES.index("time_to_first_token")
    _, _, own = filled()
    _, _, batch = filled(own=MEANS)
    numbers, means, mine = CELL[0], MEANS[0], OWN[0]
    mean, my_mean = mean_cell(numbers, means.drivers), mean_cell(numbers, mine.drivers)
    _, _, _, step = at_running_batch(mean, means.prefill_tokens, means.output_tokens, means.resident_reads, 30.0)
    more = first_token_alone(my_mean, 3000.0, step) - first_token_alone(mean, 500.0, step)
    assert own[place, 0, 2] - batch[place, 0, 2] == pytest.approx(more, rel=1e-12)
    assert more > 0.0


def test_what_is_not_asked_for_is_not_a_number():
    units, seconds, rates = np.zeros((3, 5, 1, 2))
    batch = np.array([[np.nan, 4.0]])
    drivers = np.array([MEANS[0].drivers])
    fill_points(np.array(CELL[:1]), IDLE, np.zeros(1, np.int64), drivers, drivers, batch, units, seconds, rates)
    for one in (units, seconds, rates):
        assert np.isnan(one[:, 0, 0]).all()
        assert np.isfinite(one[:, 0, 1]).all()


def test_logarithms_of_busy_instances():
    units, _, rates = filled()
    out = np.empty((4, 2, 3))
    drivers = np.array([one.drivers for one in MEANS])
    fill_log_outputs(np.array(CELL), np.arange(2), drivers, BATCH, out)
    for pair in range(2):
        busy = np.log(drivers[pair, 1:] @ units[1:, pair])
        np.testing.assert_allclose(out[0, pair], busy, rtol=1e-12)
        throughput = np.log(rates[0, pair] / np.minimum(BATCH[pair], 1.0))
        np.testing.assert_allclose(out[2, pair], throughput, rtol=1e-12)
        np.testing.assert_allclose(out[3, pair], np.log(rates[2, pair]), rtol=1e-12)
        accelerators = CELL[pair][0]
        of_query = out[1, pair] + np.log(accelerators) - out[2, pair] + np.log(drivers[pair, 1])
        np.testing.assert_allclose(out[0, pair], of_query, rtol=1e-12)
