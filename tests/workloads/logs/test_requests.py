"""Rows to requests: numbers of any kind, and what says that a request failed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wattquery.workloads.logs.names import Columns
from wattquery.workloads.logs.requests import requests_of

COLUMNS = Columns(("o",), ("i", "j"), ("c",), status=("status",))


def table(**changes) -> pd.DataFrame:
    return pd.DataFrame({"o": [1, 2], "i": [10, 20], "j": [1, 0], "c": [0, 5], "status": ["ok", None]} | changes)


def test_columns_are_summed():
    found = requests_of(table(), COLUMNS)
    assert found.input.tolist() == [11.0, 20.0]
    assert found.output.tolist() == [1.0, 2.0]
    assert found.cached.tolist() == [0.0, 5.0]
    assert not any(found.left_out.values())


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "unknown"),
        ("x", "not_a_number"),
        (True, "not_a_number"),
        ([1], "not_a_number"),
        (np.inf, "not_a_number"),
        (10**400, "not_a_number"),
        ("1,234", "not_a_number"),
        (-1, "negative"),
        (0, "no_output"),
        (2**70, "too_many"),
    ],
)
def test_what_is_no_number_of_tokens_is_left_out(value, reason):
    found = requests_of(table(o=pd.Series([7, value], dtype=object)), COLUMNS)
    assert found.output.tolist() == [7.0]
    assert {name: number for name, number in found.left_out.items() if number} == {reason: 1}


def test_numbers_may_be_written_as_text():
    assert requests_of(table(o=pd.Series(["7", " 8 "], dtype=object)), COLUMNS).output.tolist() == [7.0, 8.0]


@pytest.mark.parametrize(
    ("name", "failed", "worked"),
    [
        (
            "status",
            ["failure", "Error", "STATUS_CODE_ERROR", 500, "429", "timeout", 2],
            ["success", 200, "OK", 1, 0, None],
        ),
        ("error", ["rate limit", "TimeoutError", True], ["", None, "None", False]),
        ("attributes.error.type", ["500"], [None]),
        ("success", [False, "false", 0], [True, "true", 1, None]),
        ("finish_reason", ["abort", "error"], ["stop", "length"]),
        ("error.message", ["no memory left"], [None, ""]),
    ],
)
def test_failures_are_told_by_what_their_columns_say(name, failed, worked):
    columns = Columns(("o",), ("i",), status=(name,))
    count = len(failed) + len(worked)
    frame = pd.DataFrame(
        {"o": np.arange(1, count + 1), "i": [10] * count, name: pd.Series([*failed, *worked], dtype=object)}
    )
    found = requests_of(frame, columns)
    assert found.left_out["failed"] == len(failed)
    assert found.output.tolist() == list(range(len(failed) + 1, count + 1))


def test_one_column_may_be_the_time_and_the_session():
    columns = Columns(("o",), ("i",), time="c", session="c")
    assert list(requests_of(table(), columns).frame) == ["c"]


@pytest.mark.parametrize(
    ("name", "reason", "values"),
    [
        ("cache_hit", "answered", ["True", False, None]),
        ("attributes.gen_ai.operation.name", "sums", ["invoke_agent", "chat", None]),
    ],
)
def test_rows_that_no_model_answered_by_itself_are_no_requests(name, reason, values):
    frame = pd.DataFrame({"o": [1, 2, 3], "i": [10.5, 10, 10.5], name: pd.Series(values, dtype=object)})
    found = requests_of(frame, Columns(("o",), ("i",), status=(name,)))
    assert {one: number for one, number in found.left_out.items() if number} == {reason: 1}
    assert found.output.tolist() == [2.0, 3.0]
    assert found.fractions == 1
