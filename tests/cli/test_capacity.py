"""`wattquery plan-capacity` and `wattquery fleet --find`: the same as in Python, said plainly."""

from __future__ import annotations

import json

import pytest
import xarray as xr

import wattquery as wq
from wattquery.cli.output import _plain

MODEL = "Llama 3.1 70B"
CASE = ["--hardware", "H100 SXM", "--hardware", "B200", "--precision", "FP8", "--accelerators", "1,2"]


def plain(ds) -> object:
    """Return a dataset as JSON has it."""
    return json.loads(json.dumps(_plain(ds.to_dict())))


def test_every_option_reaches_its_argument(cli):
    cli.write("day.txt", "00-08=0.5  # night\n08-24=1.25\n")
    found = cli.json(
        *["fleet", "--find", MODEL, *CASE, "--serving", "SGLang", "--serving", "vLLM", "--workload", "azure_code"],
        *["--queries-per-day", "4e7", "--load-profile", "day.txt", "--time-per-output-token", "0.03"],
        *["--time-to-first-token", "1", "--chance", "0.8", "--minimize", "nodes", "--reserve", "2", "--level", "0.5"],
        *["--kv-precision", "FP8", "--max-sequences", "128", "--boundary", "node", "--levers", "none"],
    )
    case = {"hardware": ["H100 SXM", "B200"], "precision": "FP8", "accelerators": [1, 2], "workload": "azure_code"}
    more = {"chance": 0.8, "minimize": "nodes", "reserve": 2, "level": 0.5, "kv_precision": "FP8", "boundary": "node"}
    assert found == plain(
        wq.plan_capacity(
            MODEL,
            **case,
            **more,
            serving=["SGLang", "vLLM"],
            max_sequences=128,
            queries_per_day=4e7,
            load_profile={"00-08": 0.5, "08-24": 1.25},
            time_per_output_token=0.03,
            time_to_first_token=1.0,
        )
    )


def test_both_commands_are_one(cli):
    asked = [MODEL, *CASE, "--requests-per-hour", "1e5", "--interactivity", "40"]
    assert cli.json("plan-capacity", *asked) == cli.json("fleet", *asked, "--find")


def test_the_table_has_all_and_the_file_too(cli):
    asked = ["plan-capacity", MODEL, *CASE, "--precision", "BF16", "--queries-per-day", "4e7", "--interactivity", "40"]
    text = cli.text(*asked)
    assert "8 candidates, of which 7 meet the targets" in text
    first = next(line for line in text.splitlines() if line.startswith("*"))
    ds = wq.plan_capacity(
        MODEL, hardware=["H100 SXM", "B200"], precision=["FP8", "BF16"], accelerators=[1, 2], queries_per_day=4e7,
        interactivity=40,
    )  # fmt: skip
    assert ds["candidate"].values[0] in first
    assert f"{ds['nodes'].values[0]:,.0f}" in first.split()
    assert "1 x H100 SXM, BF16, vLLM  its weights take 141 GB" in text
    assert "A target is met where the median" in text
    cli.text(*asked, "-o", "out.nc", "--plot", "out.svg", "--against", "interactivity")
    with xr.open_dataset("out.nc") as again:
        xr.testing.assert_allclose(again[["nodes", "energy_per_query"]].load(), ds[["nodes", "energy_per_query"]])


def test_a_scenario_says_what_options_do_not(cli):
    cli.write(
        "ours.toml",
        """
        queries_per_day = 4e7
        [classes.chat]
        share = 0.75
        model = "Llama 3.1 70B"
        output_tokens = 300
        [classes.rest]
        share = "rest"
        model = "Llama 3.1 8B"
        """,
    )
    asked = [*CASE, "--interactivity", "40"]
    found = cli.json("fleet", "ours.toml", "--find", "--class", "chat", *asked)
    alone = cli.json("plan-capacity", MODEL, *asked, "--queries-per-day", "3e7", "--output-tokens", "300")
    assert found == alone
    assert "class must say which" in cli.refused("fleet", "ours.toml", "--find", *asked)
    assert "--class is for a scenario" in cli.refused("plan-capacity", MODEL, *asked, "--class", "chat")


def test_nothing_that_meets_is_said(cli):
    text = cli.text("fleet", "--find", MODEL, *CASE, "--queries-per-day", "1", "--interactivity", "9999")
    assert "No candidate meets the targets" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--interactivity", "40"], "needs one rate of requests"),
        (["--queries-per-day", "1e6"], "needs a target"),
        (["--requests-per-hour", "1,2", "--interactivity", "40"], "requests_per_hour must have 24 numbers"),
        (["--requests-per-hour", "none.txt", "--interactivity", "40"], "--requests-per-hour"),
        (["--queries-per-day", "1e6", "--interactivity", "40", "--against", "nodes"], "--against needs --plot"),
    ],
)
def test_refusals(cli, options, words):
    assert words in cli.refused("plan-capacity", MODEL, *CASE, *options)
