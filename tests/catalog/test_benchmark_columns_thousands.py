"""Points between thousands, and headers in another unit: a table that would be read as something else is refused."""

from __future__ import annotations

import pytest

from wattquery import catalog
from wattquery.catalog.benchmark_columns import GroupedThousands
from wattquery.errors import InputError

TPS, LENGTH, POWER = "Tokens per Second (TPS)", "Input Length", "Power for Node (kW)"


def message(path):
    with pytest.raises(InputError) as caught:
        catalog.read_csv(path)
    return str(caught.value)


def grouped(cells, plausible):
    column = GroupedThousands(plausible)
    for cell in cells:
        column.look(cell)
    return column.cell


def filled(table, column, cells):
    place = table[0].index(column)
    for row, cell in zip(table[1:], cells, strict=True):
        row[place] = cell
    return table


@pytest.mark.parametrize(
    ("column", "cells", "cell"),
    [
        (TPS, ["21.000", "18.500", "9.750"], "21.000"),
        (TPS, ["21.000", "980", "750"], "21.000"),
        (
            TPS,
            ["21.045", "18.532", "9.751"],
            "21.045",
        ),  # three decimals of tokens/s, or tens of thousands: not ours to say
        (LENGTH, ["1.024", "NA", "Variable"], "1.024"),
        (LENGTH, ["1.024", "512", "2.048"], "1.024"),
        (LENGTH, ["128.000", "NA", ""], "128.000"),
        ("Output Length", ["2.000", "", "NA"], "2.000"),
        (TPS, ["9800", "21.000", "24.517"], "21.000"),  # many write points from five digits on
        (TPS, ["21.000", "24000", "980"], "21.000"),
        (LENGTH, ["16384", "2.048", "1.020"], "2.048"),
    ],
)
def test_a_column_with_points_between_thousands_is_refused(written, table, column, cells, cell):
    text = message(written(filled(table, column, cells)))
    assert f"column {column!r}: {cell!r} may be " in text
    assert f"Write {cell.replace('.', '')} for thousands" in text


@pytest.mark.parametrize(
    ("column", "cells", "first"),
    [
        (TPS, ["21.0", "980", "750"], 21.0),
        (TPS, ["1.025", "980.5", "750"], 1.025),  # a lone number of three decimals beside others is a decimal
        (TPS, ["21.0450", "18.5320", "9.7510"], 21.045),
        (TPS, ["3732.400", "980.250", "7.125"], 3732.4),
        (TPS, ["0.250", "0.125", "0.375"], 0.25),  # no thousands begin with 0
        (POWER, ["10.200", "12.800", "10.200"], 10.2),  # three decimals of kW: thousands would be out of range
        (LENGTH, ["512.375", "NA", ""], 512.375),
        (LENGTH, ["1020.9", "1021.1", "1.024"], 1020.9),
        (TPS, ["1.025", "2.345", "12000"], 1.025),  # four significant digits
    ],
)
def test_decimals_are_read_as_decimals(written, table, column, cells, first):
    fields = {TPS: "tokens_per_second", LENGTH: "input_tokens", POWER: "node_power"}
    assert getattr(catalog.read_csv(written(filled(table, column, cells))).rows[0], fields[column]) == first


def test_one_number_of_three_decimals_is_one():
    assert not grouped(["1.025"], 0.1)
    assert not grouped(["NA", "980"], 0.1)
    assert not grouped([], 0.1)


@pytest.mark.parametrize(
    "header", ["Power for Node (W)", "Power for Node [MW]", "Power for Node W", "Power for Node in Watts"]
)
def test_a_column_in_another_unit_is_not_offered_for_a_new_name(written, table, header):
    table[0][table[0].index(POWER)] = header
    text = message(written(table))
    assert "rename" not in text.lower()
    assert f"{header!r} is in another unit" in text


def test_an_optional_column_in_another_unit_is_not_dropped_without_a_word(written, table):
    table[0][table[0].index("Total Parameter Count (B)")] = "Total Parameter Count (M)"
    assert "in another unit. Convert its values" in message(written(table))


def test_a_column_without_a_unit_is_offered_for_a_new_name(written, table):
    table[0][table[0].index(POWER)] = "Power for Node"
    assert "Did you mean 'Power for Node'? Add the column, or rename" in message(written(table))
