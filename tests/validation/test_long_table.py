"""One row for each measured number; power and energy of whole nodes are no measurement of the accelerators."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import fake_load_model as fake
from wattquery.throughput.load import QUANTITIES
from wattquery.throughput.load.shipped_rows import NODE_BOUNDARY
from wattquery.validation import long_table
from wattquery.validation.long_table import LEVELS, scored, without_measurements


def predicted(rows):
    return fake.FakeModel().predict(without_measurements(rows))


def test_what_was_measured_stands_beside_what_is_predicted():
    rows = fake.fake_rows(10)
    rows.tpot_s[3] = np.nan
    rows.ttft_s[4] = 0.0
    table = long_table(predicted(rows), rows, {"fold": "mine"})
    assert len(table) == 5 * 10 - 2
    assert list(table.columns) == ["fold", "row_id", "quantity", "measured", *LEVELS, "support"]
    part = table[table["quantity"] == "tpot_s"].set_index("row_id")
    assert "R0003" not in part.index
    np.testing.assert_array_equal(part.loc["R0005", "measured"], rows.tpot_s[5])
    np.testing.assert_allclose(part["q95"] / part["q50"], np.exp(fake.SCATTER * 1.6448536269514722))
    np.testing.assert_allclose(part["q50"], fake.TRUE["tpot_s"])


def test_power_and_energy_of_a_node_are_not_scored_and_its_speed_is():
    rows = fake.fake_rows(4)
    flags = np.array(["", NODE_BOUNDARY, f"near_peak|{NODE_BOUNDARY}", "boundary:node_of_another_kind"], dtype=object)
    rows = replace(rows, flags=flags)
    for quantity in QUANTITIES:
        whole = quantity not in ("power_w_per_accelerator", "joules_per_output_token")
        np.testing.assert_array_equal(scored(rows, quantity), [True, whole, whole, True])


def test_nothing_measured_is_left_where_rows_are_predicted():
    rows = fake.fake_rows(5)
    hidden = without_measurements(rows)
    for quantity in QUANTITIES:
        assert np.isnan(hidden.measured(quantity)).all()
        assert np.isfinite(rows.measured(quantity)).all()
    np.testing.assert_array_equal(hidden.concurrency, rows.concurrency)
