"""What the reader takes, and what it makes of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from wattquery import catalog
from wattquery.catalog.benchmark_columns import COLUMNS


def spoil(table, row, column, cell):
    table[row][table[0].index(column)] = cell
    return table


def test_every_field_comes_from_its_column(written, table):
    first, second, third = catalog.read_csv(written(table)).rows
    assert (first.model, first.hardware, first.precision, first.serving) == (
        "Ours 8B",
        "8xH100",
        "FP8",
        "vLLM",
    )
    assert (first.tokens_per_second, first.input_tokens, first.output_tokens) == (2000.5, 500.0, 300.0)
    assert (first.node_power, first.total_parameters, first.tensor_parallel) == (10.2, 8.0, 8)
    assert isinstance(first.tensor_parallel, int)
    assert (first.notes, first.comments, first.line) == ("first", "", 2)
    assert (second.total_parameters, second.tensor_parallel, second.line) == (None, None, 3)
    assert (third.input_tokens, third.output_tokens, third.node_power) == (None, None, None)
    assert (third.serving, third.total_parameters, third.tensor_parallel) == ("not stated", None, None)


def test_every_column_fills_its_own_field(written):
    # Falling numbers: no more parameters are active than there are.
    cells = {column.header: str(200 - place) for place, column in enumerate(COLUMNS)}
    row = catalog.read_csv(written([list(cells), list(cells.values())])).rows[0]
    for place, column in enumerate(COLUMNS):
        assert float(getattr(row, column.field)) == 200 - place


def test_optional_columns_may_be_left_out(written, table):
    row = catalog.read_csv(written([cells[:7] for cells in table])).rows[0]
    assert (row.serving, row.total_parameters, row.tensor_parallel, row.notes) == (
        "not stated",
        None,
        None,
        "",
    )


def test_column_order_is_free(written, table):
    straight = catalog.read_csv(written(table))
    order = random.Random(7).sample(range(len(table[0])), len(table[0]))
    assert catalog.read_csv(written([[cells[i] for i in order] for cells in table])) == straight


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_byte_order_mark_line_endings_spaces_and_blank_lines(written, table, ending):
    straight = catalog.read_csv(written(table))
    lines = [" , ".join(cells) for cells in table]
    rows = catalog.read_csv(written("\ufeff" + ending.join([lines[0], "", *lines[1:], "  ", ""]))).rows
    assert [row.line for row in rows] == [3, 4, 5]
    assert [row.tokens_per_second for row in rows] == [row.tokens_per_second for row in straight.rows]
    assert [row.model for row in rows] == [row.model for row in straight.rows]


def test_line_is_where_a_row_of_several_lines_starts(written, table):
    table = spoil(table, 1, "Notes", '"on two\nlines, with ""quotes"""')
    rows = catalog.read_csv(written(table)).rows
    assert rows[0].notes == 'on two\nlines, with "quotes"'
    assert [row.line for row in rows] == [2, 4, 5]


def test_own_columns_are_ignored(written, table):
    plain = catalog.read_csv(written(table))
    for cells, extra in zip(table, ["Price per hour", "1", "2", "3"], strict=True):
        cells.insert(2, extra)
    assert catalog.read_csv(written(table)) == plain


def test_names_and_options(written, table, tmp_path):
    path = written(table)
    read = catalog.read_csv(Path(path), pooled=["serving"], default_precision="FP8")
    assert (read.name, read.origin, read.pooled) == ("mine", "mine.csv", ("serving",))
    assert read.default_precision == "FP8"
    assert catalog.read_csv(path, name="ours").name == "ours"
    assert catalog.read_csv(tmp_path / path).origin == str(tmp_path / path)


@pytest.mark.parametrize("cell", ["Variable", "variable", "NA", "na", "", " "])
def test_lengths_may_be_not_known(written, table, cell):
    assert catalog.read_csv(written(spoil(table, 1, "Input Length", cell))).rows[0].input_tokens is None
