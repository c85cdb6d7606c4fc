"""No row ships whose source's licence is not on the list, and what was left out leaves no figures behind."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from building.cells import HERE, read_table
from building.licences import allowed, decision, decisions
from building.sources import Sources

IDENTITIES = ("source_id", "node_power_source_id", "idle_source_id")


def wrongly_licensed(tables, sources, licences):
    """Return rows whose source is unknown or has a licence that is not on the list."""
    licence = {row["source_id"]: row["licence"] for row in sources}
    return [
        (name, row)
        for name, (_, rows) in tables.items()
        for row in rows
        for column in IDENTITIES
        if row.get(column) and licence.get(row[column]) not in licences
    ]


def test_every_row_that_ships_has_a_licence_of_the_list(built):
    assert not wrongly_licensed(built.tables, built.sources, allowed())
    for name in ("performance", "energy", "power_floor", "architectures", "accelerators"):
        assert all(row["source_id"] for row in built.tables[f"default/{name}.csv"][1])
    licence = {row["source_id"]: row["licence"] for row in built.sources}
    assert all(licence[row["Source"]] in allowed() for row in built.default)


@pytest.mark.parametrize("licence", ["GPL-3.0", "CC-BY-NC-4.0", ""])
def test_a_row_of_another_licence_is_found(built, licence):
    other = [{**row, "licence": licence} if row["source_id"] == "muxup" else row for row in built.sources]
    found = wrongly_licensed(built.tables, other, allowed())
    assert Counter(name for name, _ in found) == {"default/performance.csv": 5, "default/sources.csv": 1}
    assert {row["source_id"] for _, row in found} == {"muxup"}


def test_sources_count_their_rows(built):
    counts = Counter(
        row[column]
        for name, (_, rows) in built.tables.items()
        if name not in ("default.csv", "default/sources.csv")
        for row in rows
        for column in IDENTITIES
        if row.get(column)
    )
    assert {row["source_id"]: int(row["rows"]) for row in built.sources} == counts
    assert all(row["attribution"] and row["source"] for row in built.sources)
    assert all(row["url"] for row in built.sources if row["licence"] != "quoted figure")


def test_quoted_figures_are_few(built):
    """A table of someone else's is no quotation."""
    for row in built.sources:
        if row["licence"] == "quoted figure":
            assert int(row["rows"]) < 20, row["source_id"]


def test_what_was_left_out_is_named_without_its_figures(built):
    path = HERE / "raw" / "left_out.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["table", "row_id", "source", "licence", "reason"]
    rows = read_table(path)
    assert Counter(row["table"] for row in rows) == {"measured_energy_2": 145, "serving_power_floor": 11}
    kept = {row["row_id"] for name in ("measured_energy_2", "serving_power_floor") for row in raw_rows(name)}
    assert kept.isdisjoint(row["row_id"] for row in rows)
    assert all(decisions()[row["licence"]].licence == "" for row in rows)


def raw_rows(name):
    return read_table(HERE / "raw" / f"{name}.csv")


@pytest.mark.parametrize(
    "name",
    ["throughput", "throughput_added", "serving_points", "measured_energy", "measured_energy_2", "serving_power_floor"],
)
def test_raw_tables_hold_allowed_rows_only(name):
    assert all(decision(row["licence"]).licence in allowed() for row in raw_rows(name))


def test_the_planning_figures_of_the_gpl_table_are_not_kept():
    for name in ("hardware", "hardware_specs"):
        assert not any("all_in" in column for column in raw_rows(name)[0])


def test_an_unknown_licence_or_source_stops_the_build():
    with pytest.raises(SystemExit, match=r"'GPL-3\.0' of its licence, .* Decide, and add one"):
        decision("GPL-3.0")
    with pytest.raises(SystemExit, match=r"No entry of .* fits the source 'elsewhere'\. Add one"):
        Sources().find("elsewhere", "MIT")
    with pytest.raises(SystemExit, match=r"sources\.toml says 'MIT-0', the row 'MIT'"):
        Sources().find("muxup/muxup-site:pages/x.md", "MIT")
