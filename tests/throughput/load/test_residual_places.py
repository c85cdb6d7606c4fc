"""Where rows stand for the process of residuals, and what they leave over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameters import Layout
from wattquery.throughput.load.residual_places import places_of, residuals_of, table_of

TABLE = rows(
    concurrency=[8.0, None, None],
    batch=[None, 8.0, None],
    at_maximum_load=[False, False, True],
    hardware=["H100 SXM", "B200", "B200"],
    flags=["", "x|boundary:node", ""],
    dp=[None, 2.0, None],
)
AT = Conditions.of(TABLE)
RATES = LoadEquations(Layout.of(AT), AT).rates(Layout.of(AT).vector({}))
MEASURED = {name: np.exp(RATES.of(name) + 0.1 * (1 + place)) for place, name in enumerate(QUANTITIES)}


def test_places():
    places = places_of(TABLE, AT, RATES)
    assert list(places.hardware) == ["H100 SXM", "B200", "B200"]
    assert list(places.log_accelerators) == pytest.approx(np.log([4.0, 2.0, 4.0]))
    assert places.log_load[1] == pytest.approx(np.log(4.0))  # of one of two replicas
    assert 0 < places.decode_share[0] < 1
    assert list(places.decode_share[1:]) == [1.0, 1.0]
    assert list(places.log_input) == pytest.approx([np.log(1000.0)] * 3)
    assert np.isfinite(places.log_load).all()
    assert places.configuration[1] != places.configuration[2]


def test_the_columns_are_the_quantities():
    np.testing.assert_array_equal(table_of(RATES)[:, 3], RATES.power_w_per_accelerator)
    assert table_of(RATES).shape == (3, len(QUANTITIES))


def test_residuals_are_measured_less_predicted():
    found = residuals_of(replace(TABLE, **MEASURED), RATES)
    np.testing.assert_allclose(found[0], [0.1, 0.2, 0.3, 0.4, 0.5])
    assert np.isnan(found[1:, 1]).all()  # no time to first token is predicted there
    np.testing.assert_allclose(found[2, [0, 2, 3, 4]], [0.1, 0.3, 0.4, 0.5])


def test_power_of_whole_nodes_says_nothing():
    found = residuals_of(replace(TABLE, **MEASURED), RATES)
    assert np.isnan(found[1, 3:]).all()
    np.testing.assert_allclose(found[1, [0, 2]], [0.1, 0.3])


def test_what_is_not_above_0_was_not_measured():
    table = replace(TABLE, tpot_s=np.array([0.0, -1.0, np.nan]))
    assert np.isnan(residuals_of(table, RATES)).all()
