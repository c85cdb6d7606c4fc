"""What a user writes for a workload."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import wattquery as wq
from wattquery import workloads
from wattquery.errors import InputError, InputTypeError
from wattquery.specs.axis import parse_axis
from wattquery.workloads.converters import beside, workload

TOML = """
one = "azure_code"
inline = {output_tokens = [100, 400], input_tokens = [2000, 50], cached_tokens = [0, 50], weights = [3, 1]}
several = {chat = "azure_conversation", mine = {output_tokens = 300, input_tokens = 500}}
"""


@pytest.fixture(scope="module")
def written():
    return tomllib.loads(TOML)


def test_a_name_is_that_workload(written):
    assert workload(written["one"]) is workloads.load("azure_code")


def test_a_table_of_toml_is_one_workload(written):
    axis = parse_axis("workload", written["inline"], workload)
    assert not axis.is_dimension
    assert axis.values == (wq.Workload([100, 400], [2000, 50], [0, 50], [3, 1]),)


def test_a_dict_of_labels_is_an_axis(written):
    axis = parse_axis("workload", written["several"], workload)
    assert axis.labels == ("chat", "mine")
    assert axis.values[1] == wq.Workload(300, 500)


def test_a_list_is_labelled_by_its_elements():
    axis = parse_axis("workload", ["azure_code", wq.Workload([1], [2], name="mine")], workload)
    assert axis.labels == ("azure_code", "mine")


@pytest.mark.parametrize("value", [300, None, [1, 2], wq.Exponential(300)])
def test_anything_else_is_refused(value):
    with pytest.raises(InputTypeError, match=r"must be a name, a wq\.Workload or a dict"):
        workload(value)


def test_a_dict_that_lacks_a_column_is_refused():
    with pytest.raises(InputError, match="without 'input_tokens'"):
        workload({"output_tokens": [1]})
    with pytest.raises(InputError, match="Did you mean 'weights'"):
        workload({"output_tokens": [1], "input_tokens": [1], "weight": [1]})


LOG = "question,answer,hit\n10,20,5\n30,40,0\n"
COLUMNS = {"input": "question", "output": "answer"}


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    return tmp_path / "log.csv"


def test_a_log_is_a_workload_as_a_dict_and_as_text(log):
    expected = wq.Workload([20, 40], [10, 30])
    assert workload({"file": str(log), **COLUMNS}) == expected
    assert workload(f"{log}, input=question, output=answer") == expected
    summed = workload(f"{log},input=question+hit,output=answer,cached=hit")
    assert summed == workload({"file": log, "input": ["question", "hit"], "output": "answer", "cached": "hit"})
    assert summed == wq.Workload([20, 40], [15, 30], [5, 0])
    axis = parse_axis("workload", {"ours": {"file": str(log), **COLUMNS}, "theirs": "azure_code"}, workload)
    assert axis.labels == ("ours", "theirs")
    assert parse_axis("workload", {"file": str(log), **COLUMNS}, workload).labels == ("log",)


def test_a_log_is_read_again_only_when_it_has_changed(log):
    first = workload({"file": str(log), **COLUMNS})
    assert workload({"file": str(log), **COLUMNS}) is first
    log.write_text(LOG + "1,2,0\n")
    assert workload({"file": str(log), **COLUMNS}) == wq.Workload([20, 40, 2], [10, 30, 1])


def test_files_name_logs_beside_them():
    folder = Path("study")
    written = [{"file": "log.csv", "input": "a.csv"}, "log.csv.gz,input=a", "azure_code", {"log.csv": 0.5}, 3]
    first, second, third, fourth, fifth = beside(written, folder)
    assert first == {"file": str(folder / "log.csv"), "input": "a.csv"}
    assert (second, third, fourth, fifth) == (
        str(folder / "log.csv.gz,input=a"),
        "azure_code",
        {str(folder / "log.csv"): 0.5},
        3,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"file": "no.csv"}, "there is no such file, and a request log is needed"),
        ({"file": 3}, "workload: file must be a str or a path object"),
        ({"file": "log.csv", "prompt": "a"}, "has no key 'prompt'|does not have 'prompt'|'prompt'"),
        ({"file": "log.csv", "input": {"a": 1}}, "columns of a log must be text|no such file"),
        ("log.csv,input", "must have columns as output=NAME after its commas, got 'input'"),
    ],
)
def test_a_log_that_is_none_is_one_sentence(given, said, log, monkeypatch):
    monkeypatch.chdir(log.parent)
    with pytest.raises(InputError, match=said):
        workload(given)
