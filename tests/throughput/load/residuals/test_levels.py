"""What rows share at each level: against a comparison of labels row by row."""

from __future__ import annotations

import numpy as np

from residual_tables import naive_kernel, places, rows_of
from wattquery.throughput.load.residuals.levels import LEVELS, level_codes, level_kernel


def test_kernels_are_those_of_labels_compared_one_by_one():
    table = places(30)
    every = np.arange(30)
    rows = rows_of(table)
    shared = 0
    for level, codes in zip(LEVELS, level_codes(table), strict=True):
        found = level_kernel(level, codes, table, every[:20], every[5:])
        expected = np.array([[naive_kernel(level, one, other) for other in rows[5:]] for one in rows[:20]])
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        shared += np.count_nonzero(expected)
    assert shared > 500


def test_every_level_lies_inside_an_architecture():
    table = places(40, architectures=4)
    other = table.architecture[:, None] != table.architecture[None, :]
    for codes in level_codes(table):
        assert not np.any(other & (codes[:, None] == codes[None, :]))


def test_kernels_are_positive_semidefinite():
    table = places(40, seed=2)
    every = np.arange(40)
    for level, codes in zip(LEVELS, level_codes(table), strict=True):
        assert np.linalg.eigvalsh(level_kernel(level, codes, table, every, every)).min() > -1e-10
