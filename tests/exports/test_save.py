"""What is written is read again and compared: every number to its last digit, every text but formulas."""

from __future__ import annotations

import re
import zipfile
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq
from wattquery.exports.tables import all_tables, to_table

TEXTS = ['with "quotes", commas', "two\nlines\r\nand more", "=1+1", "模型 é 🚀", "plain", " <b>&amp; "]
HARD = [0.1 + 0.2, -1 / 3, 5e-324, 1.7976931348623157e308, np.nan, np.inf]
"""Numbers that need 17 digits, negative ones, and those that are none."""

MAIN = {"main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


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


def sheets(path) -> dict[str, list[dict[str, object]]]:
    """Return cells by sheet, row and column as they stand in an Excel file: no library is needed for that."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [one.get("name") for one in book.iterfind(".//main:sheet", MAIN)]
        trees = [ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{i + 1}.xml")) for i in range(len(names))]
    rows = [[dict(map(read_cell, row)) for row in tree.iterfind(".//main:row", MAIN)] for tree in trees]
    return dict(zip(names, rows, strict=True))


def read_cell(cell) -> tuple[str, object]:
    text, plain = cell.find("main:is/main:t", MAIN), cell.findtext("main:v", None, MAIN)
    value = text.text if text is not None else bool(int(plain)) if cell.get("t") == "b" else float(plain)
    return re.sub(r"\d+", "", cell.get("r")), value


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
    place = {name: letter for letter, name in header.items()}
    assert list(place) == list(to_table(result).columns)
    assert [row[place["model"]] for row in rows] == inert(TEXTS)
    numbers = [row.get(place["energy_p5_wh"], "empty") for row in rows]
    assert numbers == [*HARD[:4], "empty", "inf"]
    assert [row[place["date"]] for row in rows] == [46023.0 + day for day in range(6)]  # 2026-01-01 in Excel
    assert [row[place["supported"]] for row in rows] == [True, False] * 3
    assert rows[0][place["seed"]] == str(2**60)
    assert found["by query_class"][1]["B"] == 0.25
    assert [row["C"] for row in found["about"] if row.get("B") == "notes"] == ["'=not a formula", "second"]
    again = wq.save(result, tmp_path / "again.xlsx")
    assert again.read_bytes() == path.read_bytes()


def test_excel_as_others_read_it(result, tmp_path):
    pytest.importorskip("openpyxl")
    path = wq.save(result, tmp_path / "out.xlsx")
    again, table = pd.read_excel(path, keep_default_na=False, na_values=[""]), to_table(result)
    assert [text.replace("\r\n", "\n") for text in again["model"]] == [
        one.replace("\r\n", "\n") for one in inert(TEXTS)
    ]
    np.testing.assert_array_equal(again["energy_p97.5_wh"].astype(float), table["energy_p97.5_wh"])
    assert again["date"].tolist() == table["date"].tolist()
    assert set(pd.read_excel(path, sheet_name=None)) == {"result", "by query_class", "about"}


def test_parquet(result, tmp_path):
    pytest.importorskip("pyarrow")
    again = pd.read_parquet(wq.save(result, tmp_path / "out.parquet"))
    pd.testing.assert_frame_equal(again, to_table(result), check_exact=True, check_dtype=False)
    assert again["model"].tolist() == TEXTS  # no spreadsheet reads it


def test_what_has_no_room_in_excel_is_told(result, tmp_path):
    wide = result.isel(model=0).expand_dims(run=np.arange(1_048_576))
    with pytest.raises(wq.InputError, match=r"1,048,575 rows .* has 1,048,576 rows .* \.csv or \.parquet"):
        wq.save(wide[["energy"]], tmp_path / "out.xlsx")
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


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_a_write_that_fails_leaves_what_was_there(result, tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("mine")

    def full(self, place, *arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    monkeypatch.setattr(zipfile.ZipFile, "open", full)
    with pytest.raises(wq.InputError, match="No space left on device"):
        wq.save(result, tmp_path / name, replace=True)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(name, "mine")]


def test_a_sheet_has_a_name_of_its_own(tmp_path):
    long = "a dimension of a very long name and more"
    ds = xr.Dataset({"energy": ((), 1.0), "x": ((long,), [1.0]), "y": ((f"{long} still",), [1.0])})
    path = wq.save(ds, tmp_path / "out.xlsx")
    names = list(sheets(path))
    assert len(set(names)) == len(all_tables(ds)) + 1
    assert max(map(len, names)) <= 31
