"""Cells are sorted by their median, bounded, and those without data say why."""

import numpy as np
import pytest

import wattquery as wq
from wattquery.reports.cells import Cells, digits


@pytest.fixture(scope="module")
def grid():
    models = ["Mistral Large", "DeepSeek-R1", "Llama 3.1 405B"]
    return wq.sweep(models, levers=["none", "serving"], pue=[1.1, 1.2, 1.3, 1.4], precision="FP8", method="exact")


def test_the_smallest_median_comes_first(grid):
    cells = Cells(grid)
    medians = [cells.median(place) for place in cells.sorted]
    known = grid["energy"].sel(quantile=0.5).values.ravel()
    assert medians == sorted(known[np.isfinite(known)].tolist())
    assert len(cells.missing) == 8


def test_a_table_is_bounded_and_counts_the_rest(grid):
    table = Cells(grid).table(5, "Ask for more.")
    assert len(table.rows) == 5
    assert table.below == "19 more cells are not shown. Ask for more."
    assert "the smallest median first, those without data last" in table.caption
    assert len({len(table.header), *map(len, table.rows)}) == 1
    whole = Cells(grid).table(100, "")
    assert (len(whole.rows), whole.below) == (24, "")
    assert whole.rows[-1][-1] == "no data"


def test_many_cells_show_their_ends_at_every_boundary(grid):
    table = Cells(grid).numbers()
    least = grid["energy"].sel(quantile=0.5).min().item()
    assert [row[:4] for row in table.rows] == [
        ("Llama 3.1 405B", "1.1", "serving", "facility"),
        ("DeepSeek-R1", "1.4", "none", "facility"),
    ]
    assert digits(least) in table.rows[0]


def test_numbers_are_named_by_their_axis_and_words_are_not(grid):
    cells = Cells(grid)
    assert cells.named({"model": 1, "pue": 0, "levers": 0}) == "DeepSeek-R1, pue 1.1, no levers"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.31234, "0.3123"), (float("nan"), "-"), (float("inf"), "not known"), (0.0, "0"), (1e-9, "1e-09")],
)
def test_numbers_have_four_digits(value, text):
    assert digits(value) == text


def test_a_single_cell_is_named_by_its_boundary():
    table = Cells(wq.sweep("DeepSeek-R1", method="exact")).table(1, "")
    assert (table.header[0], table.rows[0][0]) == ("boundary", "facility")
