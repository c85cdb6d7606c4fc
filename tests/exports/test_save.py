"""What is written is read again and compared: every number to its last digit, every text but formulas."""

from __future__ import annotations

import gc
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq
from wattquery.exports import workbook
from wattquery.exports.tables import all_tables, to_table

TEXTS = ['with "quotes", commas', "two\nlines\r\nand more", "=1+1", "模型 é 🚀", "plain", " <b>&amp; "]
HARD = [0.1 + 0.2, -1 / 3, 5e-324, 1.7976931348623157e308, np.nan, np.inf]
"""Numbers that need 17 digits, negative ones, and those that are none."""


@pytest.fixture
def result() -> xr.Dataset:
    ds = xr.Dataset(
        {"energy": (("model", "quantile"), np.array([HARD, HARD[::-1]]).T, {"units": "Wh"})},
        {
            "model": ("model", TEXTS),
            "quantile": [0.05, 0.975],
            "date": ("model", pd.date_range("2026-01-01", periods=6)),
        },
        {"method": "exact", "seed": 2**60, "notes": "=not a formula | second"},
    )
    ds["supported"] = ("model", [True, False] * 3)
    ds["share"] = ("query_class", [0.25])
    return ds


def inert(texts):
    return [f"'{text}" if text.startswith("=") else text for text in texts]


def read_csv(path):
    return pd.read_csv(path, keep_default_na=False, na_values={"energy_p5_wh": "", "energy_p97.5_wh": ""})


def sheets(path) -> dict[str, list[list[object]]]:
    """Return what the cells of an Excel file hold, by sheet and row: none of them a formula."""
    book = openpyxl.load_workbook(path)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_csv(result, tmp_path):
    path = wq.save(result, tmp_path / "out.csv")
    table, again = to_table(result), read_csv(path)
    assert list(again.columns) == list(table.columns)
    assert again["model"].tolist() == inert(TEXTS)
    for name in ("energy_p5_wh", "energy_p97.5_wh"):
        np.testing.assert_array_equal(again[name], table[name])
    assert again["supported"].tolist() == [True, False] * 3
    assert again["seed"].tolist() == [2**60] * 6
    assert again["date"].tolist()[0] == "2026-01-01"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # for Excel, where not all is ASCII
    assert wq.save(result.isel(model=[4]), tmp_path / "plain.csv").read_bytes().startswith(b"model,")


def test_excel(result, tmp_path):
    path = wq.save(result, tmp_path / "out.xlsx")
    found = sheets(path)
    assert list(found) == ["result", "by query_class", "about"]
    header, *rows = found["result"]
    place = {name: number for number, name in enumerate(header)}
    assert header == list(to_table(result).columns)
    texts = [re.sub("_x000D_", "\r", row[place["model"]]) for row in rows]  # how a file writes a carriage return
    assert texts == inert(TEXTS)
    numbers = [row[place["energy_p5_wh"]] for row in rows]
    np.testing.assert_allclose(numbers[:3], HARD[:3], rtol=1e-15)
    assert numbers[3:] == ["1.7976931348623157e+308", None, "inf"]
    assert [row[place["date"]] for row in rows] == to_table(result)["date"].tolist()
    assert [row[place["supported"]] for row in rows] == [True, False] * 3
    assert rows[0][place["seed"]] == str(2**60)
    assert found["by query_class"][1][1] == 0.25
    assert [row[2] for row in found["about"] if row[1] == "notes"] == ["'=not a formula", "second"]
    again = wq.save(result, tmp_path / "again.xlsx")
    assert again.read_bytes() == path.read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_parquet(result, tmp_path):
    pytest.importorskip("pyarrow")
    again = pd.read_parquet(wq.save(result, tmp_path / "out.parquet"))
    pd.testing.assert_frame_equal(again, to_table(result), check_exact=True, check_dtype=False)
    assert again["model"].tolist() == TEXTS  # no spreadsheet reads it


def test_what_has_no_room_in_excel_is_told(result, tmp_path, monkeypatch):
    assert workbook.MOST_ROWS == 1_048_576
    monkeypatch.setattr(workbook, "MOST_ROWS", 6)
    with pytest.raises(wq.InputError, match=r"at most 5 rows .* has 6 rows .* \.csv or \.parquet"):
        wq.save(result, tmp_path / "out.xlsx")
    monkeypatch.undo()
    long = pd.DataFrame({"text": ["x" * 32_768]})
    with pytest.raises(wq.InputError, match="at most 32,767 characters"):
        wq.save(long, tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_tables_of_ones_own(result, tmp_path):
    shares = wq.to_table(result, by="query_class").set_index("query_class")
    path = wq.save(shares, tmp_path / "shares.csv")
    assert pd.read_csv(path)["share"].tolist() == [0.25]
    assert "query_class" in pd.read_csv(path)
    with pytest.raises(wq.InputError, match=r"'\.csv', '\.parquet', '\.xlsx'"):
        wq.save(shares, tmp_path / "shares.nc")


def test_refusals(result, tmp_path, monkeypatch):
    path = wq.save(result, tmp_path / "out.csv")
    before = path.read_bytes()
    with pytest.raises(wq.InputError, match=r"exists\. Choose another name, or allow it to be replaced: replace=True"):
        wq.save(result.isel(model=[0]), path)
    assert path.read_bytes() == before
    assert wq.save(result.isel(model=[4]), path, replace=True).read_bytes() != before
    for name, words in {
        "out.ods": "'.nc', '.zarr', '.csv', '.parquet', '.xlsx'",
        "absent/out.csv": "No such file or directory",
    }.items():
        with pytest.raises(wq.InputError, match=words):
            wq.save(result, tmp_path / name)
    for bad in ({"energy": 1}, 3, None):
        with pytest.raises(wq.InputTypeError, match="xarray Dataset or a pandas DataFrame"):
            wq.save(bad, tmp_path / "bad.csv")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        wq.InputError, match=r"pip install 'wattquery\[parquet\]', or write a file that ends in .*\.csv"
    ):
        wq.save(result, tmp_path / "out.parquet")
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_a_write_that_fails_leaves_what_was_there(result, tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("mine")

    def full(self, place, *arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    monkeypatch.setattr("zipfile.ZipFile.write", full)
    with pytest.raises(wq.InputError, match="No space left on device"):
        wq.save(result, tmp_path / name, replace=True)
    gc.collect()  # a file that the library leaves to the garbage is told of here, and in no other test
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(name, "mine")]


def test_a_sheet_has_a_name_of_its_own(tmp_path):
    long = "a dimension of a very long name and more"
    ds = xr.Dataset({"energy": ((), 1.0), "x": ((long,), [1.0]), "y": ((f"{long} still",), [1.0])})
    path = wq.save(ds, tmp_path / "out.xlsx")
    names = list(sheets(path))
    assert len(set(names)) == len(all_tables(ds)) + 1
    assert max(map(len, names)) <= 31
