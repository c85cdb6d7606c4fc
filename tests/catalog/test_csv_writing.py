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


@pytest.mark.parametrize("rate", [195.312, 21.0, 12345.678, 0.5, 3.125])
def test_a_rate_is_not_taken_for_thousands(rate):
    row = replace(wq.catalog.load("oviedo2026").rows[3], tokens_per_second=rate)
    (again,) = parse_rows(csv_text([row]).encode(), "again.csv")
    assert again.tokens_per_second == rate


def test_what_is_vouched_for_stays_so():
    row = replace(wq.catalog.load("oviedo2026").rows[3], node_power=wq.unchecked(3000.0))
    (again,) = parse_rows(csv_text([row]).encode(), "again.csv")
    assert again.node_power == 3000.0
