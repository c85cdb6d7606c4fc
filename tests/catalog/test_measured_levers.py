"""The table of measured levers: kinds, copies, and ratios that can be."""

from __future__ import annotations

from wattquery import catalog


def test_the_table_can_be_read_and_spoilt():
    table = catalog.levers()
    assert (table[["ratio", "concurrency", "pairs"]] > 0).all(axis=None)
    assert (table["log_sd"] >= 0).all()
    assert not table.isna().any(axis=None)
    assert table["same_stack"].dtype == bool
    table["ratio"] = 0.0
    assert (catalog.levers()["ratio"] > 0).all()


def test_every_source_is_one_of_the_catalog():
    known = {record["source_id"] for record in catalog.records.records("sources")}
    named = {one for cell in catalog.levers()["source_id"] for one in cell.split("|")}
    assert named
    assert named <= known
