"""What a user writes for a workload."""

from __future__ import annotations

import tomllib

import pytest

import wattquery as wq
from wattquery import workloads
from wattquery.errors import InputError, InputTypeError
from wattquery.specs.axis import parse_axis
from wattquery.workloads.converters import workload

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
