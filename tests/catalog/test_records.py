"""The shipped tables of the catalog ``default`` as text, and the labels in them."""

from __future__ import annotations

from importlib.resources import files

import pytest

from wattquery import catalog
from wattquery.catalog.records import LABEL_COLUMNS, TABLES, labels_with_aliases, records, words
from wattquery.quantities import CATALOG_AXES

FOLDER = files("wattquery.catalog") / "data" / "default"


def test_every_table_of_the_folder_is_known_and_the_other_way_round():
    assert {one.name for one in FOLDER.iterdir() if one.name.endswith(".csv")} == {f"{name}.csv" for name in TABLES}


@pytest.mark.parametrize("axis", CATALOG_AXES)
def test_every_label_of_every_table_is_one_of_its_axis(axis):
    known = labels_with_aliases(axis)
    for table in TABLES:
        if axis in next(records(table)):
            assert {record[axis] for record in records(table)} - {""} <= set(known), table
    assert {getattr(row, axis) for row in catalog.load("default").rows} <= set(known)


def test_what_the_catalog_is_to_hold_at_least():
    assert len(labels_with_aliases("model")) >= 60
    measured = {axis: catalog.load("default").labels(axis, measured=True) for axis in LABEL_COLUMNS}
    assert [len(measured[axis]) >= least for axis, least in (("hardware", 8), ("serving", 5), ("precision", 4))]


@pytest.mark.parametrize("axis", CATALOG_AXES)
def test_no_alias_stands_for_two_labels(axis):
    held = catalog.load("default")
    for label, aliases in labels_with_aliases(axis).items():
        assert held.label(axis, label) == label
        for alias in aliases:
            assert held.label(axis, alias.upper()) == label


def test_words():
    assert words("a | b|") == ("a", "b")
