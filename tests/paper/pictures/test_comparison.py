"""A row for each number: those of `reproduce`, each in one figure, and those of the supplement."""

from __future__ import annotations

import pytest

from wattquery.paper.pictures.comparison import COLUMNS, compared_rows
from wattquery.paper.pictures.listing import FIGURES, OTHER
from wattquery.paper.reproduction import claims_table


def test_every_claim_of_reproduce_is_in_one_figure_with_the_same_number(found, rows):
    table = claims_table(found.main).set_index("claim")
    told = rows[rows["quantity"].str.startswith(("paper: ", "code: "))].set_index("quantity")
    assert told.index.is_unique
    assert set(told.index) == set(table.index)
    for name in ("computed", "difference", "allowed"):
        ours, theirs = told.loc[table.index, name].astype(float), table[name]
        assert (ours.eq(theirs) | (ours.isna() & theirs.isna())).all()


def test_every_number_of_the_supplement_is_reproduced(rows):
    supplement = rows[rows["quantity"].str.startswith("supplement: ")]
    # 2 workloads x 3 lengths x 4 blends x 4 statistics; 2 workloads x (5 models and 4 blends) x 6 statistics.
    assert len(supplement) == 2 * 3 * 4 * 4 + 2 * 9 * 6
    assert (supplement["status"] == "ok").all()


def test_a_shift_of_a_few_percent_would_be_seen(rows):
    medians = rows[rows["quantity"].str.startswith("supplement: ") & rows["quantity"].str.endswith("p50")]
    assert (medians["allowed"] < 0.06 * medians["computed"]).all()


def test_what_was_printed_stays_as_it_was_printed(rows):
    published = rows.set_index("quantity")["published"]
    assert published["paper: frontier, traditional, p75"] == "0.60"
    assert published["code: fleet, long"] == "10.5300"


def test_units_and_boundaries_stand_in_every_row(rows):
    assert list(rows.columns) == ["figure", *COLUMNS]
    assert rows.groupby("unit")["boundary"].unique().map(list).to_dict() == {
        "1": [""],
        "GWh/day": ["facility and overhead"],
        "Wh": ["facility"],
    }


def test_only_fits_are_in_no_figure(rows):
    others = rows.loc[rows["figure"] == OTHER, "quantity"]
    assert others.str.contains(": throughput of ").all()
    assert set(rows["figure"]) == {OTHER, *(figure.name for figure in FIGURES)}


@pytest.mark.parametrize(
    ("quantity", "figure"),
    [
        ("paper: combined levers, high end", "figure-1b"),
        ("paper: long over traditional", "figure-2b"),
        ("code: fleet, mixed_improved", "figure-3"),
        ("v1: paper: frontier, long, p50", "assumptions"),
        ("paper: public estimates too high, low end", "public-estimates"),
    ],
)
def test_a_claim_stands_where_it_belongs(rows, quantity, figure):
    assert rows.loc[rows["quantity"] == quantity, "figure"].tolist() == [figure]


def test_a_number_in_two_figures_counts_once(rows):
    compared = compared_rows(rows)
    # 137 claims of version 2 that can be told, 204 of the supplement, 4 of version 1.
    assert len(compared) == 137 + 204 + 4
    assert rows["status"].isin(["ok", "NO"]).sum() > len(compared)


def test_what_was_not_published_has_a_number_and_no_verdict(rows):
    own = rows[rows["status"] == "not published"]
    assert own["computed"].notna().all()
    assert (own["published"] == "").all()
    assert own[["difference", "allowed"]].isna().all(axis=None)
