"""The table and the preset that ship are the paper's with the corrections of the findings, and with nothing else."""

import csv
import dataclasses
import io

import pytest

import wattquery as wq
from wattquery.catalog.shipped import data
from wattquery.paper.corrections import changed_catalog, changed_preset, changed_table, corrected_table
from wattquery.paper.findings import CellEdit, Change, all_changes, corrections

FREE = {"Notes", "Comments"}


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_shipped_table_is_what_the_corrections_make():
    # After a change of audit.toml: write corrected_table() to catalog/data/oviedo2026-corrected.csv.
    assert data("oviedo2026-corrected.csv") == corrected_table()
    assert wq.catalog.load("oviedo2026-corrected").content_hash == "1d269ec84583eb51"
    assert wq.catalog.load("oviedo2026").content_hash == "f065cab6f2efa9a9"


def test_no_changes_leave_the_table_as_it_is():
    assert changed_table(()) == data("oviedo2026.csv")


def test_the_corrected_rows_differ_exactly_where_the_findings_say():
    published, corrected = table(data("oviedo2026.csv")), table(data("oviedo2026-corrected.csv"))
    assert len(corrected) == len(published) - 2
    found = {
        (line, column): (before[column], after[column])
        for line, (before, after) in enumerate(zip(published, corrected, strict=False), start=2)
        for column in before
        if before[column] != after[column] and column not in FREE
    }
    told = {
        (line, edit.column): (edit.before, edit.after)
        for change in corrections()
        for edit in change.cells
        for line in edit.lines
        if line < 25 and edit.column not in FREE
    }
    assert found == told
    assert len(told) == 23 + 6 + 2 + 3 + 1  # powers, active and total parameters, precisions, one rate
    for (line, column), (before, _) in told.items():
        assert f"Published {column}: {before} (" in corrected[line - 2]["Notes"]


def test_the_preset_is_what_the_corrections_make():
    made = changed_preset(corrections())
    shipped = wq.catalog.preset("corrected")
    named = {"name": made.name, "title": made.title, "catalog": made.catalog}
    assert dataclasses.replace(shipped, **named) == made


def test_the_preset_and_its_table_give_what_the_changes_give():
    shipped = wq.sweep(wq.ALL, preset="corrected", method="monte_carlo", draws=2000, seed=1)
    made = wq.sweep(
        wq.ALL,
        preset=changed_preset(corrections()),
        catalog=changed_catalog(corrections()),
        method="monte_carlo",
        draws=2000,
        seed=1,
    )
    assert shipped["energy"].equals(made["energy"])
    assert shipped["throughput"].equals(made["throughput"])


def test_every_change_can_be_made():
    for change in all_changes():
        assert changed_catalog((change,)).rows
        assert changed_preset((change,)).catalog == "oviedo2026"


def test_a_cell_that_has_something_else_is_not_rewritten():
    wrong = Change("x", "x", "correction", "", cells=(CellEdit((2,), "Quantization", "FP8", "BF16"),))
    with pytest.raises(LookupError, match="line 2 has Quantization FP16, not FP8"):
        changed_table([wrong])


def test_nothing_exceeds_its_physical_range():
    result = wq.estimate("DeepSeek-R1", preset="corrected", draws=20_000, seed=1)
    assert "outside physical ranges" not in str(result)
    assert "outside physical ranges" in str(wq.estimate("DeepSeek-R1", draws=20_000, seed=1))


def test_the_exact_method_says_what_it_cannot_take():
    with pytest.raises(wq.InputError, match=r"method='exact' cannot take .*Truncated.*Use method='monte_carlo'"):
        wq.sweep(["DeepSeek-R1"], preset="corrected", method="exact")


def test_fleets_take_the_preset_by_drawing():
    ds = wq.fleet("traditional", preset="corrected", method="monte_carlo", draws=5000, shared_draws=256, seed=1)
    assert ds["energy_per_day"].item() == pytest.approx(0.629, rel=0.1)
    assert ds["reproduced"].item() == "no"


def test_reproduce_compares_the_preset_with_the_published_version():
    claims = wq.paper.reproduce("corrected", method="quasi_monte_carlo", draws=1024).set_index("claim")
    assert claims.attrs["frontier"] == ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B")
    assert not claims.loc["paper: fleet, mixed", "ok"]
    assert claims.loc["code: throughput of Llama 3.1 70B, ln_input", "ok"]
    assert not claims.loc["code: throughput of Llama 3.1 405B, ln_output", "ok"]
