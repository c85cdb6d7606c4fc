"""`wattquery workloads`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from wattquery import workloads
from wattquery.cli import main


def run(*arguments: str):
    return CliRunner().invoke(main, ["workloads", *arguments])


def test_the_list_has_all_of_them():
    lines = run().output.splitlines()
    assert [line.split()[0] for line in lines[2 : 2 + len(workloads.names())]] == list(workloads.names())
    assert "conversations of an Azure service" in lines[2]
    assert " yes " in lines[2]
    assert " no " in lines[4]


def test_the_list_as_json():
    found = json.loads(run("--json").output)["workloads"]
    assert [one["name"] for one in found] == list(workloads.names())
    assert found[0]["output_tokens"]["mean"] == pytest.approx(211.126, rel=1e-5)
    assert found[-1]["rank_correlation"] is None


def test_one_of_them_with_its_source():
    output = run("Azure_Code").output
    assert "of 8,819 requests" in output
    assert "rank correlation of -0.02" in output
    assert "Licence: CC-BY-4.0 (Microsoft" in output


def test_independence_and_cache_are_said():
    output = run("agent").output
    assert "taken to be independent" in output
    assert "cached_tokens" in output
    assert "an illustration" in output
    assert json.loads(run("agent", "--json").output)["independent"] is True


def test_an_unknown_name_ends_with_one_sentence():
    result = run("azure_cod")
    assert result.exit_code == 2
    assert "Did you mean 'azure_code'?" in result.output
