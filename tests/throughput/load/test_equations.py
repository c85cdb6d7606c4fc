"""Predictions of rows against the kernels, and what must hold of them."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from load_rows import rows
from wattquery.kernels.load.closed_loop import closed_loop
from wattquery.kernels.load.fixed_batch import at_batch, at_maximum_load
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations, Rates
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameters import Layout

MIXED = rows(
    concurrency=[16.0, None, None, None],
    batch=[None, 12.0, None, None],
    at_maximum_load=[False, False, True, False],
)


def predicted(table) -> tuple[LoadEquations, Rates]:
    at = Conditions.of(table)
    layout = Layout.of(at)
    equations = LoadEquations(layout, at)
    return equations, equations.rates(layout.vector({}))


@njit
def by_a_user(numbers):
    closed = closed_loop(numbers, 1000.0, 500.0, 1250.0, 16.0)
    batch = at_batch(numbers, 1000.0, 500.0, 1250.0, 12.0)
    maximum = at_maximum_load(numbers, 1000.0, 500.0, 1250.0)
    return closed[0], closed[1], closed[2], batch[1], maximum[1]


def test_each_row_has_the_rates_of_its_load():
    equations, rates = predicted(MIXED)
    numbers = equations.cells.numbers(equations.layout.vector({})).of(0)
    tpot, ttft, closed, batch, maximum = by_a_user(numbers)
    assert np.exp(rates.tpot_s[0]) == pytest.approx(tpot, rel=1e-12)
    assert np.exp(rates.ttft_s[0]) == pytest.approx(ttft, rel=1e-12)
    np.testing.assert_allclose(np.exp(rates.output_tps_per_accelerator[:3]), [closed, batch, maximum], rtol=1e-12)
    assert list(np.isnan(rates.ttft_s)) == [False, True, True, True]


def test_energy_is_power_over_throughput():
    _, rates = predicted(MIXED)
    joules = rates.power_w_per_accelerator - rates.output_tps_per_accelerator
    np.testing.assert_array_equal(rates.joules_per_output_token, joules)
    assert np.isfinite(joules[:3]).all()
    assert (np.exp(rates.power_w_per_accelerator[:3]) < 700).all()
    assert (np.exp(rates.power_w_per_accelerator[:3]) > 150).all()


def test_a_row_without_a_load_has_no_prediction():
    _, rates = predicted(MIXED)
    assert all(np.isnan(rates.of(quantity)[3]) for quantity in QUANTITIES)


def test_a_replica_is_as_good_as_another():
    """Two of two accelerators, each with half of the clients, are one with its own."""
    _, rates = predicted(
        rows(accelerators=[2.0, 4.0], tp=2.0, concurrency=[8.0, 16.0], precision="FP4", hardware="B200")
    )
    for quantity in QUANTITIES:
        assert rates.of(quantity)[0] == pytest.approx(rates.of(quantity)[1], rel=1e-12)


def test_more_clients_are_slower_each_and_faster_together():
    _, rates = predicted(rows(concurrency=[1.0, 4.0, 16.0, 64.0, 256.0]))
    assert (np.diff(rates.tpot_s) > 0).all()
    assert (np.diff(rates.ttft_s) > 0).all()
    assert (np.diff(rates.output_tps_per_accelerator) > 0).all()
    assert (np.diff(rates.joules_per_output_token) < 0).all()
    assert (np.diff(rates.decode_share) < 0).all()


def test_an_architecture_that_only_its_size_is_known_of_is_near_its_likes():
    _, rates = predicted(rows(architecture=["llama-3.1-70b", "new"], total_params_b=[None, 70.0], concurrency=32.0))
    for quantity in QUANTITIES:
        assert abs(np.diff(rates.of(quantity))[0]) < 0.25


def test_only_what_is_wanted_is_computed():
    equations, rates = predicted(MIXED)
    some = equations.rates_of(equations.cells.numbers(equations.layout.vector({})), np.array([True, False, True, True]))
    np.testing.assert_array_equal(np.isnan(some.power_w_per_accelerator), [False, True, False, True])
    assert some.power_w_per_accelerator[2] == rates.power_w_per_accelerator[2]


def test_where_prefill_has_accelerators_of_its_own_the_rate_is_that_of_all():
    """At any kind of load; times and power are those of the accelerators that decode."""
    kinds = {"concurrency": [16.0, None, None], "batch": [None, 12.0, None], "at_maximum_load": [False, False, True]}
    found = [
        predicted(rows(accelerators=whole, decode_accelerators=2.0, disaggregated=True, **kinds))[1]
        for whole in (4.0, 8.0)
    ]
    fewer, more = found
    halved = np.exp(more.output_tps_per_accelerator - fewer.output_tps_per_accelerator)
    np.testing.assert_allclose(halved, 0.5)
    np.testing.assert_allclose(more.tpot_s, fewer.tpot_s)
    np.testing.assert_allclose(more.power_w_per_accelerator, fewer.power_w_per_accelerator)
    np.testing.assert_allclose(
        more.joules_per_output_token, more.power_w_per_accelerator - more.output_tps_per_accelerator
    )
