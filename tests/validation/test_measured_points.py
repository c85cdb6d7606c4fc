"""Which measured points calibrate: so many of each configuration, never one of low confidence, whatever the order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import fake_load_model as fake
from wattquery.throughput.load import QUANTITIES
from wattquery.throughput.load.shipped_rows import NODE_BOUNDARY
from wattquery.validation.measured_points import calibrating


@pytest.mark.parametrize("points", [1, 2])
def test_each_configuration_gives_so_many_and_keeps_some(points):
    rows = fake.fake_rows(900, architectures=6)
    keys = fake.configuration(rows)
    given = calibrating(rows, keys, points)
    sizes = Counter(keys[rows.confidence != "low"])
    assert Counter(keys[given]) == {key: points for key, count in sizes.items() if count > points}
    assert "low" not in rows.confidence[given]
    np.testing.assert_array_equal(given, np.sort(given))


def test_the_same_points_in_any_order_of_the_rows():
    rows = fake.fake_rows(300, architectures=5)
    keys = fake.configuration(rows)
    order = np.random.default_rng(2).permutation(len(rows))
    again = order[calibrating(rows.take(order), keys[order], 1)]
    assert set(again) == set(calibrating(rows, keys, 1))


def test_one_point_is_among_the_two():
    rows = fake.fake_rows(900, architectures=5)
    keys = fake.configuration(rows)
    one, two = (set(calibrating(rows, keys, points)) for points in (1, 2))
    assert {row for row in one if keys[row] in set(keys[list(two)])} <= two


def test_a_row_without_any_measurement_calibrates_nothing():
    rows = fake.fake_rows(60, architectures=2)
    keys = np.full(60, "one", dtype=object)
    (first,) = calibrating(rows, keys, 1)
    for quantity in QUANTITIES:
        rows.measured(quantity)[first] = np.nan
    assert first not in calibrating(rows, keys, 1)


def test_power_at_the_wall_alone_calibrates_nothing():
    rows = fake.fake_rows(60, architectures=2)
    nothing = {quantity: np.full(60, np.nan) for quantity in QUANTITIES[:3]}
    flags = np.full(60, f"preview_system|{NODE_BOUNDARY}", dtype=object)
    keys = np.full(60, "one", dtype=object)
    assert calibrating(replace(rows, **nothing), keys, 1).size == 1
    assert calibrating(replace(rows, **nothing, flags=flags), keys, 1).size == 0
