"""Rows of a catalog by their labels."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery import catalog
from wattquery.catalog.records import records
from wattquery.errors import InputError, InputTypeError


def test_rows_are_those_that_a_walk_over_the_file_finds():
    wanted = [
        record["row_id"]
        for record in records("performance")
        if record["model"] == "Llama 3.1 405B"
        and record["hardware"] in ("H100 SXM", "H200")
        and record["at_maximum_load"] == "True"
    ]
    found = catalog.rows(model="llama-3.1-405b", hardware=["h100", "H200"], at_maximum_load=True)
    assert found["row_id"].tolist() == wanted
    assert wanted


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        ("energy", {"model": "Llama 3.1 405B"}),
        ("accelerators", {"hardware": "nvidia h100"}),
        ("stacks", {"serving": "trt-llm"}),
        ("architectures", {"model": "deepseek-v3"}),
        ("benchmarks", {"model": "Llama 3.1 405B", "precision": "fp8"}),
        ("Power_Floor", {"hardware": "B200"}),
    ],
)
def test_every_table_by_its_labels(table, labels):
    found = catalog.rows(table=table, **labels)
    assert 0 < len(found) <= len(catalog.rows(table=table))
    for axis, label in labels.items():
        assert set(found[axis]) == {catalog.load("default").label(axis, label)}


def test_a_combination_that_nobody_measured_has_no_rows():
    found = catalog.rows(model="Kimi K3", hardware="L4")
    assert found.empty
    assert "output_tps" in found.columns


def test_flags_are_words():
    everything = catalog.rows()
    word = next(cell for cell in everything["flags"] if "|" in cell).split("|")[1]
    found = catalog.rows(flags=word.upper())
    assert 0 < len(found) < len(everything)
    assert found["flags"].str.contains(word, regex=False).all()


def test_numbers_and_dates():
    found = catalog.rows(tp=[4, 8], confidence="HIGH")
    assert set(found["tp"]) == {4.0, 8.0}
    assert set(found["confidence"]) == {"high"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"model": "Llama 3.1 406B"}, "Did you mean 'Llama 3.1 405B'"),
        ({"hardware": ["H100", "B300X"]}, "hardware='B300X' is in no row"),
        ({"concurency": 8}, "'concurency' is no column of table 'performance'.*mean 'concurrency'"),
        ({"table": "sources", "model": "Llama 3.1 405B"}, "'model' is no column of table 'sources'"),
        ({"table": "performanc"}, "Did you mean 'performance'"),
        ({"catalog": "oviedo2026", "table": "energy"}, "table must be one of 'benchmarks', got 'energy'"),
        ({"model": ["Llama 3.1 405B", 3]}, "model must be text"),
        ({"speculation": "maybe"}, "speculation='maybe' is in no row of table 'performance'.*'on', 'off', 'unknown'"),
        ({"confidence": ["high", "hgih"]}, "confidence='hgih' is in no row.*Did you mean 'high'"),
        ({"scenario": "offline"}, "scenario='offline' is in no row.*'offline max throughput'"),
        ({"flags": "near_peek"}, "flags='near_peek' is in no row.*Did you mean 'near_peak'"),
        ({"table": "energy", "boundary": "wall"}, "boundary='wall' is in no row.*'accelerator', 'node'"),
        ({"table": "benchmarks", "confidence": "hgih"}, "confidence='hgih' is in no row of table 'benchmarks'"),
        ({"catalog": "oviedo2026", "confidence": "hgih"}, "confidence='hgih' is in no row of table 'benchmarks'"),
        ({"model": []}, r"model=\[\] names nothing"),
        ({"tp": ()}, r"tp=\(\) names nothing"),
    ],
)
def test_what_is_not_there(arguments, words):
    with pytest.raises(InputError, match=words):
        catalog.rows(**arguments)


def test_all_is_every_row():
    assert catalog.rows(model=wq.ALL).equals(catalog.rows())
    found = catalog.rows(table="energy", model=wq.ALL, hardware="H100", speculation=wq.ALL)
    assert found.equals(catalog.rows(table="energy", hardware="H100"))
    assert catalog.support("oviedo2026", model=wq.ALL).equals(catalog.support("oviedo2026"))


@pytest.mark.parametrize(
    "arguments",
    [
        {"table": "power_floor", "confidence": "LOW", "hardware": "B200"},
        {"table": "energy", "flags": "near_peak"},
        {"date": "1999-01-01"},
        {"version": ""},
        {"catalog": "oviedo2026", "comments": "nothing like it"},
    ],
)
def test_values_that_a_row_may_have_and_none_of_these_has(arguments):
    catalog.rows(**arguments)


@pytest.mark.parametrize("arguments", [{"tp": "8"}, {"confidence": 1}, {"table": 3}])
def test_values_of_the_wrong_kind(arguments):
    with pytest.raises(InputTypeError):
        catalog.rows(**arguments)


def test_the_papers_rows_and_a_users():
    found = catalog.rows("oviedo2026", model="deepseek-r1", precision="fp8")
    assert found["row_id"].tolist() == ["oviedo2026:20", "oviedo2026:23", "oviedo2026:24"]
    assert found["tokens_per_second"].tolist() == [886.0, 1300.0, 378.0]
    assert found.attrs["units"]["node_power"] == "kW"
    assert len(catalog.rows(catalog.load("oviedo2026"))) == 25


def test_benchmark_rows_of_default_have_the_identity_of_the_row_they_are_from():
    found = catalog.rows(table="benchmarks")
    assert set(found["row_id"]) <= {record["row_id"] for record in records("performance")}
    assert found["row_id"].is_unique
