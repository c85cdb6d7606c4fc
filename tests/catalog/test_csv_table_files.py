"""Files that are no table, tables as spreadsheets export them, and files with very many problems."""

from __future__ import annotations

import gzip
import json
import os

import pytest

from tests.catalog.conftest import as_text
from wattquery import catalog
from wattquery.catalog.reader import parse_rows
from wattquery.errors import InputError


def message(path) -> str:
    with pytest.raises(InputError) as caught:
        catalog.read_csv(path)
    return str(caught.value)


ROW = {"Model": "Ours 8B", "Hardware": "8xH100"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (json.dumps([ROW]).encode(), "JSON"),
        (json.dumps({"rows": [ROW]}, indent=2).encode(), "JSON"),
        ((json.dumps(ROW) + "\n" + json.dumps(ROW) + "\n").encode(), "JSONL"),
        (b"<!doctype html>\n<html><body>404</body></html>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n", "git lfs pull"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml", ".xlsx"),
        (gzip.compress(b"Model,Hardware\n", mtime=0), "gzip"),
        ("Model,Hardware\n".encode("utf-16"), "UTF-16"),
        (b"Dear all,\nthe numbers follow.\n", "no column of its first line is known"),
        (b"id,subject,origin\nx,y,public\n", "no column of its first line is known"),
    ],
)
def test_another_format_is_one_sentence_that_names_it(written, content, name):
    text = message(written(content))
    assert name in text
    assert "\n" not in text
    assert text.startswith("'mine.csv'")
    assert len(text) < 500


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "mine.csv")
    assert "this is a pipe" in message(tmp_path / "mine.csv")


def test_what_spreadsheets_add_is_passed_over(written, table):
    whole = catalog.read_csv(written(table))
    padded = [[*cells, "", ""] for cells in table]
    padded[2:2] = [[""] * 13, [" "] * 13, [""]]
    padded += [[""] * 13] * 5
    exported = catalog.read_csv(written(padded))
    assert exported.content_hash == whole.content_hash
    assert [row.line for row in exported.rows] == [2, 6, 7]
    old = as_text(padded).replace("\n", "\r")
    assert catalog.read_csv(written("\ufeff" + old)).content_hash == whole.content_hash
    trailing = [table[0], *([*cells, " ", ""] for cells in table[1:])]
    assert catalog.read_csv(written(trailing)).content_hash == whole.content_hash


def test_a_cell_beyond_the_header_is_not_passed_over(written, table):
    table[1] += ["", "x"]
    assert "row 2: 13 cells; the header has 11" in message(written(table))


def test_many_problems_are_counted_and_some_are_told(written, table):
    rows = [["", *table[1][1:-1], f"{i}{'y' * 50}"] for i in range(20_000)]
    text = message(written([table[0], *rows]))
    assert text.startswith("'mine.csv' cannot be used, for 20,000 reasons:")
    assert text.count("\n") == 51
    assert text.endswith("... and 19,950 more. Correct these first, and read the file again.")


def test_overlong_cells_headers_and_lines_are_clipped(written, table):
    table[1][3] = "9" * 100_000 + "x"
    table[0][-1] = "z" * 100_000
    assert len(message(written(table))) < 500
    del table[0][0]
    assert len(message(written(table))) < 5_000


def test_rows_of_many_portions_keep_their_lines_and_their_twins_are_found(table):
    rows = [[*table[1][:3], f"{i + 1}", *table[1][4:]] for i in range(10_000)]
    parsed = parse_rows(as_text([table[0], *rows]).encode(), "mine.csv")
    assert [row.line for row in parsed] == list(range(2, 10_002))
    assert [row.tokens_per_second for row in parsed] == [float(i + 1) for i in range(10_000)]
    with pytest.raises(InputError, match="row 10002: the same, cell by cell, as row 7;"):
        parse_rows(as_text([table[0], *rows, rows[5]]).encode(), "mine.csv")


def test_claims_are_counted_too(tmp_path):
    path = tmp_path / "claims.csv"
    head = ",".join(column for column in _claim_columns())
    path.write_text(head + "\n" + "".join(f"{i}," + "," * (head.count(",") - 1) + "\n" for i in range(500)))
    with pytest.raises(InputError) as caught:
        catalog.read_claims(path)
    assert str(caught.value).count("\n") == 51
    path.write_text('[{"id": "x"}]')
    with pytest.raises(InputError, match="this is JSON"):
        catalog.read_claims(path)


def _claim_columns():
    from wattquery.catalog.claim_columns import CLAIM_COLUMNS

    return [column.header for column in CLAIM_COLUMNS]
