"""Rows in their one order, whose weights read back as they were written."""

from __future__ import annotations

import numpy as np

from wattquery.specs.joint_lengths.rows import Rows, merged, read_rows


def test_weights_that_sum_to_one_stay_as_they_are():
    weights = [0.1] * 10
    rows = merged(read_rows(range(1, 11), 5, weights=weights)[0])
    assert rows.weights.tolist() == weights
    assert merged(rows).weights.tolist() == weights


def test_merging_twice_changes_nothing():
    rng = np.random.default_rng(0)
    once = merged(read_rows(rng.integers(1, 20, 500), rng.integers(1, 20, 500), weights=rng.random(500))[0])
    twice = merged(once)
    for first, second in zip((*once.lengths, once.weights), (*twice.lengths, twice.weights), strict=True):
        assert first.tolist() == second.tolist()


def test_rows_of_no_weight_are_left_out():
    rows, without = read_rows([1, 2, 0], [1, 1, 1], weights=[1, 0, 0])
    assert (len(rows), without) == (1, 0)


def test_parts_make_rows_again():
    rows = Rows(np.array([3.0]), np.array([10.0]), np.array([4.0]), np.ones(1))
    assert [part.tolist() for part in rows.parts] == [[3.0], [6.0], [4.0]]
    again = Rows.of_parts(rows.parts, rows.weights)
    assert [one.tolist() for one in again.lengths] == [[3.0], [10.0], [4.0]]
