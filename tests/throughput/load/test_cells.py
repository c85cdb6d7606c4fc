"""Rows of one deployment share their numbers."""

from __future__ import annotations

import numpy as np

from load_rows import rows
from wattquery.throughput.load.cells import Cells
from wattquery.throughput.load.coefficients import load_numbers
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.parameters import Layout, Values

AT = Conditions.of(
    rows(
        hardware=["H100 SXM", "B200", "H100 SXM", "H100 SXM", "abacus"],
        batch=[1.0, 2.0, 3.0, None, 1.0],
        concurrency=[None, None, None, 4.0, None],
        input_tokens=[10.0, None, 30.0, 40.0, 50.0],
        task="gpqa",
        date=[2025.0, 2025.0, 2025.0, 2026.0, 2025.0],
    )
)
LAYOUT = Layout.of(AT)
PRIOR = LAYOUT.vector({})


def test_only_load_and_lengths_may_differ():
    found = Cells(LAYOUT, AT).numbers(PRIOR)
    assert found.cell[0] == found.cell[2]
    assert len(set(found.cell)) == 4


def test_the_numbers_of_rows_are_those_without_cells():
    found = Cells(LAYOUT, AT).numbers(PRIOR).of(np.arange(5))
    np.testing.assert_array_equal(found, load_numbers(Values(LAYOUT, LAYOUT.codes(AT), PRIOR), AT))


def test_what_differs_between_vectors():
    cells, moved = Cells(LAYOUT, AT), PRIOR.copy()
    moved[LAYOUT.names.index("layer_s | hardware | B200")] += 0.1
    assert list(cells.numbers(moved).differs(cells.numbers(PRIOR)))[:4] == [False, True, False, False]
    moved = PRIOR.copy()
    moved[LAYOUT.names.index("input_tokens | task | gpqa")] += 0.1
    assert list(cells.numbers(moved).differs(cells.numbers(PRIOR)))[:4] == [False, True, False, False]
