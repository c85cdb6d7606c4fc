"""The catalog ``default`` as a whole: what its hash covers, and what it shares with nobody."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery import catalog
from wattquery.catalog import shipped
from wattquery.catalog.records import TABLES, table_bytes


def test_the_hash_covers_every_file(monkeypatch):
    benchmarks = shipped.data("default.csv")
    whole = catalog.load("default").content_hash
    assert shipped._hash_of_files(benchmarks) == whole
    assert shipped._hash_of_files(benchmarks + b"\n") != whole
    for changed in TABLES:

        def read(name, changed=changed):
            return table_bytes(name) + (b" " if name == changed else b"")

        monkeypatch.setattr(shipped, "table_bytes", read)
        assert shipped._hash_of_files(benchmarks) != whole, changed


def test_the_papers_hash_is_as_it_was():
    assert catalog.load("oviedo2026").content_hash == "f065cab6f2efa9a9"


def test_which_catalog_has_tables(tmp_path):
    default = catalog.load("default")
    assert shipped.has_tables(default)
    assert not shipped.has_tables(catalog.load("oviedo2026"))
    assert not shipped.has_tables(catalog.Catalog("default", default.rows))


def test_every_row_has_the_node_power_of_its_accelerator():
    for row in catalog.load("default").rows:
        assert row.node_power == pytest.approx(catalog.accelerator(row.hardware).node_power_kw)


def test_what_follows_from_a_curve_that_still_rises_is_an_upper_bound():
    """As notes of a result say; it is the load and not the hardware that tells such deployments apart."""
    labels = {"hardware": "MI325X", "serving": "SGLang", "precision": "FP8", "preset": "default", "method": "exact"}
    notes = wq.estimate("DeepSeek-R1", **labels).notes
    note = "rate still rising at the highest concurrency measured, 64 requests: energy is an upper bound"
    assert [one for one in notes if one.startswith("rate still")] == [f"{note} (so for 2 rows)"]
    assert note in wq.sweep("DeepSeek-R1", **labels).attrs["throughput_notes"]
    held = catalog.load("default").deployments()
    rising = [one for one in held if any("rate still rises" in row.notes for row in one.rows)]
    assert [one for one in held if one.questions] == rising
    assert len(rising) > 30
