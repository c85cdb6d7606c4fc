"""`wattquery estimate` says what `wq.estimate` does."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq


def test_the_text_is_the_estimate(cli):
    expected = str(wq.estimate("DeepSeek-R1", method="exact"))
    assert cli.text("estimate", "DeepSeek-R1", "--method", "exact") == f"{expected}\n"


def test_the_json_is_the_estimate(cli):
    expected = wq.estimate("Llama 3.1 405B", method="exact").to_dict()
    assert cli.json("estimate", "Llama 3.1 405B", "--method", "exact") == expected


def test_every_option_reaches_the_estimate(cli):
    options = {
        "hardware": "H100 80GB HBM3",
        "serving": "TensorRT-LLM",
        "precision": "FP8",
        "output_tokens": "Exponential(median=700)",
        "input_tokens": "800",
        "power_utilization": "ThroughputProportional(base=0.24, span=0.56)",
        "pue": "LogNormal(p5=1.05, p95=1.4)",
        "node_power": "9.5",
        "levers": "model+serving",
        "catalog": "oviedo2026",
        "preset": "v2-text",
        "method": "exact",
        "prefill_weight": "0.1",
        "quantiles": "0.1,0.5",
        "seed": "7",
        "draws": "1e3",
        "threads": "1",
    }
    flags = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    expected = wq.estimate(
        "Llama 3.1 70B",
        hardware="H100 80GB HBM3",
        serving="TensorRT-LLM",
        precision="FP8",
        output_tokens=wq.Exponential(median=700),
        input_tokens=800,
        power_utilization=wq.ThroughputProportional(base=0.24, span=0.56),
        pue=wq.LogNormal(p5=1.05, p95=1.4),
        node_power=9.5,
        levers="model+serving",
        preset="v2-text",
        method="exact",
        prefill_weight=0.1,
        round_tokens=False,
        quantiles=(0.1, 0.5),
        seed=7,
    )
    assert cli.json("estimate", "Llama 3.1 70B", *flags, "--no-round-tokens") == expected.to_dict()


@pytest.mark.parametrize("written", ["20000", "20_000", "2e4"])
def test_draws_and_seed(cli, written):
    found = cli.json("estimate", "DeepSeek-R1", "--draws", written, "--seed", "3", "--threads", "2")
    assert (found["provenance"]["draws"], found["provenance"]["seed"]) == (20_000, 3)
    assert found == wq.estimate("DeepSeek-R1", draws=20_000, seed=3).to_dict()


def test_a_lever_of_ones_own(cli):
    text = cli.json("estimate", "DeepSeek-R1", "--levers", "Lever('half', 2)", "--method", "exact")
    plain = cli.json("estimate", "DeepSeek-R1", "--method", "exact")
    assert text["energy_mean_wh"] == pytest.approx(plain["energy_mean_wh"] / 2, rel=1e-9)


def test_the_progress_bar_is_for_terminals(cli, terminal):
    result = cli("estimate", "DeepSeek-R1", "--draws", "1000", "--json")
    assert (result.exit_code, sum(terminal)) == (0, 1000)
    assert result.stdout.startswith("{")
    terminal.clear()
    result = cli("estimate", "DeepSeek-R1", "--draws", "1000", "--no-progress")
    assert (result.exit_code, result.stderr, terminal) == (0, "", [])


def test_an_error_instead_of_draws(cli):
    flags = ("--method", "quasi_monte_carlo", "--relative-stderr", "0.2%")
    found = cli.json("estimate", "DeepSeek-R1", *flags)
    assert found == wq.estimate("DeepSeek-R1", method="quasi_monte_carlo", relative_stderr=0.002).to_dict()
    assert found["provenance"]["relative_stderr"] == 0.002
    assert "must be a number" in cli.refused("estimate", "DeepSeek-R1", "--relative-stderr", "small")
    assert "Leave one out" in cli.refused("estimate", "DeepSeek-R1", "--relative-stderr", "0.1", "--draws", "9")


@pytest.mark.parametrize("draws", ["1", "5"])
def test_an_error_without_information_is_said_to_have_none(cli, draws):
    text = cli.text("estimate", "Llama 3.1 405B", "--draws", draws)
    assert text.count("no info") == 7  # five quantiles, the mean, and the note
    assert "inf" not in text.replace("no info", "")
    told = cli.json("estimate", "Llama 3.1 405B", "--draws", draws)
    assert set(told["energy_stderr_wh"].values()) == {None}
    assert told["energy_mean_stderr_wh"] is None


def test_one_draw_reproduces_nothing():
    table = wq.paper.reproduce(draws=1)
    judged = table[table["ok"].notna() & table["allowed"].notna()]
    assert np.isinf(judged["allowed"]).any()
    assert not judged.loc[np.isinf(judged["allowed"]), "ok"].any()
