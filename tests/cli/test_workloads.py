"""`wattquery workloads`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import wattquery as wq
from wattquery import workloads
from wattquery.cli import main

LOG = "when,question,answer,run\n" + "".join(
    f"{1_700_006_400 + 1800 * i},{i % 5 + 1}0,20,{i // 4}\n" for i in range(100)
)
COLUMNS = "log.csv,input=question,output=answer,time=when,session=run"


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


def test_a_log_says_what_it_holds(cli):
    (cli.folder / "log.csv").write_text(LOG + "1,2,0,9\n")
    found = cli.json("workloads", COLUMNS)
    assert (found["requests"], found["left_out"], found["sessions"]) == (100, {"no_output": 1}, 25.0)
    assert found["requests_per_session"] == 4.0
    assert len(found["load_profile"]) == 24
    text = cli.text("workloads", COLUMNS)
    assert "25 sessions, of 4 requests in the mean" in text
    assert "1 row without output tokens left out" in text
    assert "output from answer, input from question" in text
    assert "of 'when', 'question', 'answer', 'run'" in cli.refused("workloads", "log.csv")


def test_a_log_goes_wherever_a_workload_does_and_lies_beside_its_file(cli):
    (cli.folder / "study").mkdir()
    (cli.folder / "study" / "log.csv").write_text(LOG)
    log = '{file = "log.csv", input = "question", output = "answer"}'
    (cli.folder / "study" / "spec.toml").write_text(f'model = "DeepSeek-R1"\nmethod = "exact"\nworkload = {log}\n')
    fleet = 'title = "a"\nsource = "b"\nqueries_per_day = 1e9\n[classes.all]\nshare = "rest"\nmodel = "DeepSeek-R1"\n'
    (cli.folder / "study" / "fleet.toml").write_text(f"{fleet}workload = {log}\n")
    text = cli.text("estimate", "DeepSeek-R1", "--method", "exact", "--workload", f"study/{COLUMNS}")
    assert "log.csv, output from answer" in text
    swept = cli.json("sweep", "study/spec.toml")
    assert swept["coords"]["workload"]["data"] == "log"
    lengths = wq.Workload([20] * 5, [10, 20, 30, 40, 50])
    expected = float(wq.sweep("DeepSeek-R1", workload=lengths, method="exact")["energy_mean"])
    assert swept["data_vars"]["energy_mean"]["data"] == pytest.approx(expected, rel=1e-12)
    fleet_command = ("fleet", "study/fleet.toml", "--draws", "256", "--no-structural")
    assert "a" in cli.text(*fleet_command)
