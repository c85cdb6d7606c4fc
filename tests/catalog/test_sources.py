"""Where rows are from."""

from __future__ import annotations

import dataclasses
import json

import pytest

from wattquery import catalog
from wattquery.catalog.records import records
from wattquery.errors import InputError, InputTypeError


def test_one_row_however_it_is_named():
    series = catalog.rows(model="Llama 3.1 405B", hardware="H100").iloc[0]
    found = catalog.source(series)
    assert catalog.source(series["row_id"]) == catalog.source(series.to_dict()) == found
    assert catalog.source(str(series["row_id"]).lower()) == found
    (origin,) = [one for one in records("sources") if one["source_id"] == series["source_id"]]
    assert (found.source, found.licence, found.attribution) == (
        origin["source"],
        origin["licence"],
        origin["attribution"],
    )
    assert (found.date, found.confidence) == (series["date"], series["confidence"])
    assert found.table == "performance"


def test_a_row_that_a_sweep_is_fitted_to():
    row = catalog.load("default").rows[0]
    found = catalog.source(row)
    assert found == catalog.source(dict(row.others)["Row"])
    # A row of a user's with the same name is the user's.
    own = catalog.source(dataclasses.replace(row, tokens_per_second=row.tokens_per_second + 1.0, source="ours"))
    assert (own.source, own.licence) == ("ours", "")


@pytest.mark.parametrize("table", ["performance", "energy", "power_floor"])
def test_every_row_of_a_table_has_a_source_and_a_licence(table):
    sources = {record["source_id"]: record for record in records("sources")}
    for record in records(table):
        assert sources[record["source_id"]]["licence"], record["row_id"]
    frame = catalog.rows(table=table)
    assert frame["row_id"].is_unique
    for i in (0, len(frame) // 2, -1):
        assert catalog.source(frame.iloc[i]).table == table


def test_the_papers_rows():
    row = catalog.load("oviedo2026").rows[3]
    found = catalog.source(row)
    assert found == catalog.source("oviedo2026:5") == catalog.source(catalog.rows("oviedo2026").iloc[3])
    assert found.source.startswith("tensorRT-LLM-May2025, in Oviedo et al.")
    assert found.url == "https://arxiv.org/abs/2509.20241"


def test_architectures_and_accelerators():
    for thing, frame in (
        (catalog.architecture("deepseek-v3"), catalog.architectures()),
        (catalog.accelerator("B200"), catalog.accelerators()),
    ):
        label = "model" if hasattr(thing, "model") else "hardware"
        (row,) = [row for _, row in frame.iterrows() if row[label] == getattr(thing, label)]
        assert catalog.source(thing).source == catalog.source(row).source != ""


def test_in_words_and_as_json():
    found = catalog.source("oviedo2026:5")
    assert str(found).splitlines()[0] == "row          oviedo2026:5"
    assert json.loads(json.dumps(found.to_dict()))["flags"] == []


def test_what_is_no_row():
    with pytest.raises(InputError, match="row='T99999' is in no table"):
        catalog.source("T99999")
    with pytest.raises(InputError, match="is in no table"):
        catalog.source("oviedo2026:99")
    for wrong in (3, None, catalog.rows(), {"model": "x"}):
        with pytest.raises(InputTypeError, match="row must be the name of a row"):
            catalog.source(wrong)
