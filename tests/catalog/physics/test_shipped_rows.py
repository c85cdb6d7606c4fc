"""The rows that ship against physics: none is impossible, those that their collectors doubt are questioned."""

from __future__ import annotations

from collections import Counter

import pytest

from wattquery import catalog
from wattquery.catalog.physics import flags_of
from wattquery.catalog.records import records
from wattquery.catalog.shipped import data


def flagged(table: str) -> dict[str, tuple[str, ...]]:
    """Return the flags of every row that has any, by its id."""
    shapes = {row["architecture"]: row for row in records("architectures")}
    devices = {row["hardware"]: row for row in records("accelerators")}
    found = {}
    for row in records(table):
        flags, findings = flags_of(row, shapes.get(row["architecture"]), devices.get(row["hardware"]))
        assert len(findings) >= len(flags)
        if flags:
            found[row["row_id"]] = flags
    return found


@pytest.fixture(scope="module")
def performance():
    return flagged("performance")


def test_no_measured_row_is_impossible(performance):
    for flags in (*performance.values(), *flagged("energy").values()):
        assert not [flag for flag in flags if flag.startswith("impossible")]


def test_few_measured_rows_are_questionable(performance):
    kinds = Counter(flag.partition(":")[2] for flags in performance.values() for flag in flags)
    assert set(kinds) == {
        "above-bandwidth",
        "above-compute-with-input",
        "cache-does-not-fit",
        "total-tokens",
        "weights-do-not-fit",
    }
    assert sum(kinds.values()) < 0.006 * sum(1 for _ in records("performance"))


def test_a_rate_of_three_times_the_peak_looks_like_all_tokens(performance):
    assert "questionable:total-tokens" in performance["S03394"]


@pytest.mark.parametrize("row", ["S03169", "S03170", "S03171", "S03173", "S03174"])
def test_rates_near_the_peak_are_questioned(performance, row):
    assert performance[row] == ("questionable:above-compute-with-input",)


def test_energy_of_batches_that_did_not_fit():
    found = flagged("energy")
    assert {row.rjust(6)[0] for row in found} == {"F"}
    assert set(found.values()) == {("questionable:cache-does-not-fit",)}


def test_a_row_that_its_source_calls_an_outlier():
    """257 W at a concurrency of 512 and a low rate: left out of the table, and questionable beside the rating."""
    device = next(row for row in records("accelerators") if row["hardware"] == "MI355X")
    row = {"accelerators": "8", "power_w_per_accelerator": "257.498", "boundary": "accelerator", "precision": "FP8"}
    flags, (finding,) = flags_of(row, None, device)
    assert flags == ("questionable:below-idle",)
    assert finding.sentence.startswith("257 W for one MI355X are 0.18 times its rating of 1,400 W")


@pytest.mark.parametrize("table", ["performance", "energy"])
def test_the_tables_carry_these_flags(table):
    words = {row["row_id"]: [word for word in row["flags"].split("|") if ":" in word] for row in records(table)}
    assert {row: tuple(found) for row, found in words.items() if found} == flagged(table)


def test_the_table_of_the_paper_is_taken_with_questions(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_bytes(data("oviedo2026.csv"))
    table = catalog.read_csv(path)
    shipped = catalog.load("oviedo2026")
    assert table.rows == shipped.rows
    notes = [note for one in table.deployments() for note in one.questions]
    for words in (
        "row 4: the weights of Llama 3.1 405B in FP16 take 812 GB, and 8 H100 SXM have 687 GB",
        "row 2: 22 billion active parameters are not the 39.1 of Mixtral 8x22B",
        "row 20: a node power of 14.3 kW is 1.4 times the 10.2 kW of 8 H100 SXM",
        "row 23: a node power of 14.3 kW is 1.4 times the 10.2 kW of 8 H200",
    ):
        assert any(words in note for note in notes), words
    assert [one.questions for one in shipped.deployments()] == [()] * len(shipped.deployments())
