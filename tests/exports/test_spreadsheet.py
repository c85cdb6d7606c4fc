"""Text that spreadsheets take for formulas is made inert, and nothing else is touched."""

from __future__ import annotations

import pandas as pd
import pytest

from wattquery.exports.spreadsheet import inert, inert_table


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "＠A1"],  # noqa: RUF001 - wide forms
)
def test_formulas_are_text(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "DeepSeek-R1", "a=b", "0.5", "'quoted'", 'say "x", then\ny', "模型 é"])
def test_all_else_stays(text):
    assert inert(text) == text


def test_what_nobody_sees_is_written_out():
    assert inert("a\x1b[31m\ud800") == "a\\x1b[31m\\ud800"


def test_numbers_stay_numbers_and_headers_are_text_too():
    table = pd.DataFrame({"=x": [-1.5, 2.0], "n": [-1, 0], "b": [True, False], "mixed": [-3.5, "-3.5"]})
    found = inert_table(table)
    assert list(found.columns) == ["'=x", "n", "b", "mixed"]
    assert found["'=x"].tolist() == [-1.5, 2.0]
    assert found["mixed"].tolist() == [-3.5, "'-3.5"]
    assert found.dtypes.astype(str).tolist()[:3] == ["float64", "int64", "bool"]


def test_columns_of_one_name_stay_two():
    assert inert_table(pd.DataFrame([[1, 2]], columns=["a", "a"])).values.tolist() == [[1, 2]]
    assert list(inert_table(pd.DataFrame({("=a", "b"): [1]})).columns) == ["('=a', 'b')"]
