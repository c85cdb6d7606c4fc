"""Planted tables with one mistake each: one sentence says which, and a right row says nothing."""

from __future__ import annotations

import csv
import io

import pytest

from planted_traps import RIGHT, TRAPS
from wattquery import catalog
from wattquery.errors import InputError


def table_of(cells: dict[str, str]) -> bytes:
    row = {**RIGHT, **cells}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()


def said_of(written, cells: dict[str, str]) -> tuple[str, list[str]]:
    """Return what refuses a table, and the notes on its rows."""
    path = written(table_of(cells))
    try:
        table = catalog.read_csv(path)
    except InputError as error:
        return str(error), []
    (deployment,) = table.deployments()
    return "", list(deployment.questions)


@pytest.mark.parametrize("trap", TRAPS.values(), ids=list(TRAPS))
def test_a_mistake_is_one_sentence(written, trap):
    refusal, notes = said_of(written, trap.cells)
    if trap.is_refused:
        heading, sentence = refusal.splitlines()
        assert heading == "'mine.csv' cannot be used, for 1 reason:"
        assert sentence.startswith("mine.csv, row 2, column ")
        assert sentence.endswith("there.")
    else:
        assert not refusal
        (sentence,) = notes
        assert sentence.startswith("questionable row 2: ")
    for words in trap.words:
        assert words in sentence
    assert any(word in sentence for word in ("probably", "this looks like", "write", "is needed", "correct"))


@pytest.mark.parametrize("trap", [one for one in TRAPS.values() if one.right], ids=str)
def test_a_right_row_is_taken_without_a_word(written, trap):
    assert said_of(written, trap.right) == ("", [])
