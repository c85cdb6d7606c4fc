"""Sums over classes: right, and the same for some rows as for all."""

from __future__ import annotations

import numpy as np

import wattquery as wq
from wattquery.fleets.mixes import added, mixed


def test_sums_of_some_rows_are_those_of_all() -> None:
    generator = np.random.default_rng(3)
    shares, values = generator.random((40, 5)), generator.random((5, 64))
    whole = mixed(shares, values)
    np.testing.assert_allclose(whole, shares @ values, rtol=1e-14)
    np.testing.assert_array_equal(np.stack([mixed(row, values) for row in shares]), whole)
    np.testing.assert_array_equal(added(shares), mixed(shares, np.ones(5)))


def test_nothing_is_shared_where_nothing_is_random() -> None:
    asked = {"classes": {"chat": {"share": 1, "model": "Llama 3.1 405B"}}, "queries_per_day": 1e9, "structural": False}
    ds = wq.fleet(**asked, pue=[1.1, wq.Uniform(1.1, 1.4)], power_utilization=0.7, throughput_fit=False)
    assert ds["variance_shared"].values[0] == 0.0
    assert ds["variance_shared"].values[1] > 0.0
