"""Records to columns, and rows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wattquery.throughput.load.gathered import columns_of, gathered, taken


@dataclass
class Inner:
    width: Any
    depth: Any


@dataclass
class Outer:
    inner: Any
    by_name: Any
    plain: Any


def outer() -> Outer:
    inner = gathered([Inner(1, 10), Inner(2, 20)], np.array([0, 1, 1]))
    return Outer(inner, {"a": np.array([5, 6, 7])}, np.array(["x", "y", "z"]))


def test_each_row_has_the_numbers_of_its_record():
    np.testing.assert_array_equal(outer().inner.width, [1, 2, 2])
    np.testing.assert_array_equal(outer().inner.depth, [10, 20, 20])


def test_rows_are_taken_at_every_depth():
    made = taken(outer(), np.array([2, 0]))
    np.testing.assert_array_equal(made.inner.depth, [20, 10])
    np.testing.assert_array_equal(made.by_name["a"], [7, 5])
    np.testing.assert_array_equal(made.plain, ["z", "x"])


def test_all_columns_are_found():
    assert [column[0] for column in columns_of(outer())] == [1, 10, 5, "x"]
