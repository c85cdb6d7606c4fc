"""Tables of the page: their numbers are those of the scores, and rows of low confidence stand in one alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wattquery.validation import KINDS, scores
from wattquery.validation.cells import LEFT_OUT, NAMES
from wattquery.validation.groups import is_trusted
from wattquery.validation.report import TABLES, Found, report, same_rows, worst


@pytest.fixture(scope="module")
def tables(found):
    return report(found)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_table_has_its_rule_and_as_many_cells_in_each_line(tables):
    assert set(tables) == {*TABLES, *(f"groups_{by}" for by in KINDS)}
    for name, lines in tables.items():
        if lines == ["None."]:
            assert name == "coverage_missed"  # the truth misses none
            continue
        assert set(cells(lines[1])) <= {"---", "---:"}
        assert len({len(cells(line)) for line in lines}) == 1


def test_the_headline_is_in_per_cent_and_without_rows_of_low_confidence(tables, labelled):
    part = labelled[is_trusted(labelled) & (labelled["points"] == 0) & (labelled["by"] == "architecture")]
    (alone,) = scores(part[part["quantity"] == "tpot_s"]).to_dict("records")
    (line,) = (line for line in tables["headline"] if cells(line)[:2] == [LEFT_OUT["architecture"], NAMES["tpot_s"]])
    header = cells(tables["headline"][0])
    row = dict(zip(header, cells(line), strict=True))
    assert row["rows"] == f"{alone['rows']:,}" == "1,470"
    error, stderr = (100 * alone[name] for name in ("median_absolute_log_error", "median_absolute_log_error_stderr"))
    assert row["error [%]"] == f"{error:.1f} ± {stderr:.1f}"
    np.testing.assert_allclose(error, 13.5, atol=1.5)
    assert row["90 % intervals hold [%]"].startswith(f"{100 * alone['coverage_90']:.1f} ±")


def test_rows_of_low_confidence_are_reported_apart(tables):
    rows = [cells(line) for line in tables["low_confidence"][2:]]
    assert len(rows) == len(KINDS) * len(NAMES)
    assert {row[3] for row in rows} == {"30"}


def test_points_are_compared_on_the_same_rows(tables, found):
    header = cells(tables["points"][0])
    rows = [dict(zip(header, cells(line), strict=True)) for line in tables["points"][2:]]
    pairs = {}
    for row in rows:
        pairs.setdefault((row["quantity"], row["points set aside"]), {})[row["of these given"]] = row["rows"]
    assert set(pairs) == {(name, count) for name in NAMES.values() for count in "12"}
    for (_, count), by_given in pairs.items():
        assert set(by_given) == {"0", count}
        assert len(set(by_given.values())) == 1
    without = same_rows(found.predictions, 1)
    given = found.predictions[found.predictions["points"] == 1]
    assert set(without["points"]) == {0}
    assert sorted(zip(without["row_id"], without["quantity"], strict=True)) == sorted(
        zip(given["row_id"], given["quantity"], strict=True)
    )


def test_targets_say_by_how_much_they_are_missed(tables):
    header = cells(tables["targets"][0])
    rows = [dict(zip(header, cells(line), strict=True)) for line in tables["targets"][2:]]
    (row,) = (
        row
        for row in rows
        if row["left out"] == LEFT_OUT["architecture"] and row["quantity"] == NAMES["power_w_per_accelerator"]
    )
    assert row["verdict"] == "missed"
    error = float(row["error [%]"].split()[0])
    assert float(row["missed by [%]"]) == pytest.approx(error - 8.0, abs=0.11)


def test_the_worst_fold_stands_first(by_architecture):
    off = by_architecture["fold"] == "mine-7"
    changed = by_architecture.copy()
    for name in ("q05", "q25", "q50", "q75", "q95"):
        changed.loc[off, name] *= 3.0
    lines = worst(Found(changed, pd.DataFrame(), pd.DataFrame()))
    assert {cells(line)[1] for line in lines[2:7]} == {"mine-7"}
    assert float(cells(lines[2])[5].split()[0]) == pytest.approx(100 * np.log(3.0), abs=15.0)
