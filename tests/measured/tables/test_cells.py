"""Files and DataFrames to cells of text, and what is refused as a whole."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wattquery import InputError, InputTypeError
from wattquery.measured.tables import cells as module
from wattquery.measured.tables.cells import cells_of

HEADER = "model,hardware,n_gpus"


def written(folder: Path, content: str | bytes) -> str:
    path = folder / "measured.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_known_columns_are_read_in_any_spelling(tmp_path: Path) -> None:
    found = cells_of(written(tmp_path, '\ufeff Model ,Price,N GPUs,notes\n"a ""b""",3, 8 ,"two\nlines"\n,,,\n'))
    assert found.headers == ("model", "n_gpus", "notes")
    assert found.rows == (('a "b"', "8", "two\nlines"),)


def test_a_path_object_is_a_path(tmp_path: Path) -> None:
    assert cells_of(Path(written(tmp_path, f"{HEADER}\na,b,1\n"))).rows == (("a", "b", "1"),)


def test_a_ragged_row_is_no_error_of_the_file(tmp_path: Path) -> None:
    found = cells_of(written(tmp_path, f"{HEADER}\na,b\nc,d,1,\ne,f,2,3\n"))
    assert found.rows[1] == ("c", "d", "1")
    assert "line 2 has 2 cells where the header has 3" in str(found.rows[0])
    assert "line 4 has 4 cells" in str(found.rows[2])


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("", ["is empty"]),
        ("\n\n", ["is empty"]),
        (HEADER, ["has no rows"]),
        (HEADER.replace(",", ";") + "\na;b;1\n", ["separated by ';'", "export with commas"]),
        (HEADER.replace(",", "\t") + "\na\tb\t1\n", ["separated by '\\t'"]),
        ("price,colour\n1,2\n", ["no column is known: 'price', 'colour'", "'joules_per_output_token'"]),
        (f"{HEADER},model\na,b,1,c\n", ["'model' 2 times"]),
        (f'{HEADER}\n"a,b,1\n', ["row 2", "quote"]),
        ('[{"model": "a"}]', ["this is JSON"]),
        (b"PK\x03\x04xl/", ["Excel workbook"]),
        ("modèle,hardware\na,b\n".encode("latin-1"), ["not UTF-8", "CSV UTF-8"]),
        (f"{HEADER}\na,b,1\n".encode("utf-16"), ["UTF-16"]),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, content: str | bytes, named: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        cells_of(written(tmp_path, content))
    for one in ["measured.csv", *named]:
        assert one in str(caught.value)


def test_only_regular_files_of_a_bounded_size_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for name, why in (("", "folder"), ("pipe.csv", "pipe"), ("absent.csv", "no such file")):
        with pytest.raises(InputError, match=why):
            cells_of(tmp_path / name)
    monkeypatch.setattr(module, "LARGEST", 10)
    with pytest.raises(InputError, match="at most 10 are read"):
        cells_of(written(tmp_path, f"{HEADER}\na,b,1\n"))


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    assert len(cells_of(written(tmp_path, f"{HEADER}\n" + "a,b,1\n" * 2)).rows) == 2
    for table in (written(tmp_path, f"{HEADER}\n" + "a,b,1\n" * 3), pd.DataFrame({"model": ["a"] * 3})):
        with pytest.raises(InputError, match="more than 2 rows"):
            cells_of(table)


@pytest.mark.parametrize("table", [None, 3, ["a"], {"model": ["a"]}, b"measured.csv"])
def test_anything_else_is_no_table(table: object) -> None:
    with pytest.raises(InputTypeError, match="the path of a CSV file or a pandas DataFrame"):
        cells_of(table)


def test_a_frame_is_read_as_a_file_of_it_would_be(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "row_id": ["a", "b"],
            "n_gpus": [8, 1],
            "batch_size_avg": [63.5, np.nan],
            "disaggregated": [True, False],
            "model": ["Ours", None],
            "other": [1, 2],
        }
    )
    path = tmp_path / "measured.csv"
    frame.to_csv(path, index=False)
    assert cells_of(frame) == cells_of(path)
    assert cells_of(frame.set_index("row_id")).rows == cells_of(frame).rows


def test_odd_values_of_a_frame_are_text() -> None:
    dates = [datetime.date(2026, 1, 29), pd.Timestamp("2026-01-29 12:00"), pd.NaT, pd.NA]
    found = cells_of(
        pd.DataFrame({"source_date": dates, "model": [10**40, object, [1, 2], float("inf")]}, dtype=object)
    )
    assert [row[0] for row in found.rows] == ["2026-01-29", "2026-01-29", "", ""]
    assert found.rows[3][1] == "inf"
    assert all(isinstance(cell, str) for row in found.rows for cell in row)


def test_a_slip_in_a_header_is_told() -> None:
    found = cells_of(pd.DataFrame({"model": ["a"], "joules_per_output_tokens": [1], "licence": [""], "price": [1]}))
    slip, unlike = found.notes
    assert "'joules_per_output_tokens' is not read. Did you mean 'joules_per_output_token'?" in slip
    assert unlike == "Column 'price' is not read."
