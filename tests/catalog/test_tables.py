"""Shipped tables as DataFrames: kinds, units, and copies that nobody can spoil."""

from __future__ import annotations

import csv
import io

import pytest

from wattquery import catalog
from wattquery.catalog.records import TABLES, records, table_bytes
from wattquery.catalog.tables import _TEXT, frame_of, unit_of


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_its_file_says(name):
    frame = frame_of(name)
    assert list(frame.columns) == next(csv.reader(io.StringIO(table_bytes(name).decode())))
    found = list(records(name))
    assert len(frame) == len(found)
    for column in frame.columns:
        kind = frame[column].dtype.kind
        for cell, value in zip((record[column] for record in found[:50]), frame[column].iloc[:50], strict=True):
            if kind == "f":
                assert value == float(cell) if cell else value != value, column
            elif kind == "b":
                assert str(value) == (cell or "<NA>"), column
            else:
                assert value == cell, column


@pytest.mark.parametrize("name", TABLES)
def test_text_is_text_and_numbers_have_units(name):
    frame = frame_of(name)
    kinds = {column: frame[column].dtype.kind for column in frame.columns}
    assert {column for column, kind in kinds.items() if kind == "O"} <= _TEXT
    for column, unit in frame.attrs["units"].items():
        assert kinds[column] == "f"
        assert unit


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("output_tps", "tokens/s"),
        ("ttft_s", "s"),
        ("power_w_per_accelerator", "W"),
        ("node_power_kw", "kW"),
        ("joules_per_output_token", "J/token"),
        ("total_params_b", "1e9"),
        ("link_gbps", "GB/s"),
        ("layers", ""),
        ("tp", ""),
    ],
)
def test_units(column, unit):
    assert unit_of(column) == unit


@pytest.mark.parametrize("read", [catalog.architectures, catalog.accelerators, catalog.stacks, catalog.rows])
def test_what_a_caller_does_to_a_table_reaches_nobody_else(read):
    first = read()
    kept = first.copy()
    first.iloc[:, 0] = "spoilt"
    first["more"] = 1.0
    first.attrs["units"].clear()
    second = read()
    assert second.equals(kept)
    assert second.attrs == kept.attrs


def test_a_table_is_read_once():
    assert frame_of("stacks") is frame_of("stacks")
