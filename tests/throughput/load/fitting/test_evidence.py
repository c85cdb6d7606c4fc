"""What a fit holds predictions against."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.evidence import ERRORS, Evidence
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameters import Layout

TABLE = rows(
    concurrency=[8.0, None, None],
    batch=[None, 8.0, None],
    at_maximum_load=[False, False, True],
    tpot_s=[0.02, 0.03, None],
    ttft_s=[0.5, None, None],
    output_tps_per_accelerator=[80.0, 90.0, 900.0],
    power_w_per_accelerator=[None, 450.0, None],
)
AT = Conditions.of(TABLE)


def test_latencies_of_closed_loops_and_rates_elsewhere():
    found = Evidence.of(TABLE, AT)
    kinds = {(int(row), QUANTITIES[kind]) for row, kind in zip(found.rows, found.quantity, strict=True)}
    assert kinds == {
        (0, "tpot_s"),
        (0, "ttft_s"),
        (1, "output_tps_per_accelerator"),
        (1, "power_w_per_accelerator"),
        (1, "joules_per_output_token"),
        (2, "output_tps_per_accelerator"),
    }


def test_energy_follows_from_power_and_rate():
    found = Evidence.of(TABLE, AT)
    joules = found.measured[found.quantity == QUANTITIES.index("joules_per_output_token")]
    assert joules == pytest.approx(np.log(450 / 90))


def test_rates_at_maximum_load_have_an_error_of_their_own():
    found = Evidence.of(TABLE, AT)
    rate = found.quantity == QUANTITIES.index("output_tps_per_accelerator")
    assert list(found.error[rate]) == [ERRORS["output_tps_per_accelerator"], ERRORS["maximum load"]]


def test_predictions_come_in_the_order_of_the_evidence():
    layout = Layout.of(AT)
    rates = LoadEquations(layout, AT).rates(layout.vector({}))
    found = Evidence.of(TABLE, AT)
    expected = [rates.of(QUANTITIES[kind])[row] for row, kind in zip(found.rows, found.quantity, strict=True)]
    np.testing.assert_array_equal(found.predicted(rates), expected)


def test_many_rows_of_an_architecture_weigh_less_each():
    table = rows(architecture=["llama-3.1-70b"] * 100 + ["llama-3.1-8b"], concurrency=8.0, tpot_s=0.02, ttft_s=0.5)
    weight = Evidence.of(table, Conditions.of(table)).weight
    assert weight[0] == pytest.approx(0.1 * (100 / 20) ** -0.4 * (100 / 10) ** -0.3)
    assert weight[100] == pytest.approx(0.1 * 1.3 * 1.3)


def test_rows_whose_prefill_has_accelerators_of_its_own_weigh_a_tenth():
    table = rows(concurrency=8.0, tpot_s=0.02, ttft_s=0.5, disaggregated=[False, True])
    weight = Evidence.of(table, Conditions.of(table)).weight
    # Each is alone of its stack; both are of one architecture.
    np.testing.assert_allclose(weight, 0.1 * 1.3 * 1.3 * np.array([1.0, 0.1, 1.0, 0.1]))


def test_what_is_not_above_0_is_no_evidence():
    table = rows(concurrency=8.0, tpot_s=[0.02, 0.0, -1.0], ttft_s=0.5)
    found = Evidence.of(table, Conditions.of(table))
    assert list(found.rows[found.quantity == 0]) == [0]
