"""Rows to CSV and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

import wattquery as wq
from wattquery.catalog.csv_writing import csv_text
from wattquery.catalog.reader import parse_rows


@pytest.mark.parametrize("name", ["oviedo2026", "default"])
def test_a_shipped_table_is_the_same_when_written_and_read(name):
    rows = wq.catalog.load(name).rows[:400]
    again = parse_rows(csv_text(rows).encode(), "again.csv")
    assert [replace(row, line=0) for row in again] == [replace(row, line=0) for row in rows]
    filled = [tuple((header, cell) for header, cell in row.others if cell) for row in again]
    assert filled == [tuple((header, cell) for header, cell in row.others if cell) for row in rows]


def test_rates_are_not_taken_for_thousands():
    rates = [195.312, 976.562]  # which reading refuses as they are
    row = wq.catalog.load("oviedo2026").rows[3]
    written = csv_text([replace(row, tokens_per_second=rate, input_tokens=rate) for rate in rates])
    again = parse_rows(written.encode(), "again.csv")
    assert [(one.tokens_per_second, one.input_tokens) for one in again] == [(rate, rate) for rate in rates]


def test_what_is_vouched_for_stays_so():
    row = replace(wq.catalog.load("oviedo2026").rows[3], node_power=wq.unchecked(3000.0))
    (again,) = parse_rows(csv_text([row]).encode(), "again.csv")
    assert again.node_power == 3000.0
