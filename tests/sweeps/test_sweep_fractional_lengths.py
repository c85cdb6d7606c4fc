"""A length that is one number is used as it is; only drawn lengths are rounded to whole tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import wattquery as wq
from wattquery.cli import main

MODEL = "Llama 3.1 70B"
NUMBERS: dict[str, Any] = {"pue": 1.1, "power_utilization": 0.6, "prefill_weight": 1.0 / 30.0}


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("axis", ["output_tokens", "input_tokens"])
def test_every_method_computes_what_was_written(method: Any, axis: str) -> None:
    written: dict[str, Any] = {axis: [120.0, 120.4, 121.0], **NUMBERS}
    other = {"output_tokens": 300, "input_tokens": 500}
    draws = {} if method == "exact" else {"draws": 1024}
    rounded, whole = (
        wq.sweep(MODEL, method=method, **{**other, **written}, **draws, round_tokens=one)["energy_mean"].values
        for one in (True, False)
    )
    assert rounded.tolist() == whole.tolist()
    assert rounded[0] < rounded[1] < rounded[2]


@pytest.mark.parametrize("length", [wq.Empirical(samples=[120.4]), wq.Truncated(wq.Empirical([7.0, 120.4]), low=100)])
def test_a_distribution_of_one_value_is_that_number(length: wq.specs.Distribution) -> None:
    means = [
        wq.sweep(MODEL, output_tokens=one, method="exact", **NUMBERS)["energy_mean"].item() for one in (length, 120.4)
    ]
    assert means[0] == means[1]


def test_drawn_lengths_are_rounded_as_documented() -> None:
    drawn, whole = (
        wq.sweep(MODEL, output_tokens=wq.Empirical(samples=one), method="exact", **NUMBERS)["energy_mean"].item()
        for one in ([120.4, 300.7], [120.0, 301.0])
    )
    assert drawn == whole


def test_fleets_claims_and_the_command_line_use_it_too(tmp_path: Path) -> None:
    def total(length: object) -> float:
        classes = {"chat": {"share": 1, "model": MODEL, "output_tokens": length}}
        return float(
            wq.fleet(classes=classes, queries_per_day=1e9, structural=False, shared_draws=256)["energy_per_day"]
        )

    assert total(120) < total(120.4) < total(121)
    means = [wq.claims.compare(0.1, model=MODEL, output_tokens=one).mean for one in (120, 120.4, 121)]
    assert means == sorted(set(means))
    found = []
    for length in ("120", "120.4"):
        result = CliRunner().invoke(main, ["estimate", MODEL, "--output-tokens", length, "--json"])
        assert result.exit_code == 0, result.output
        found.append(json.loads(result.stdout)["energy_mean_wh"])
    assert found[0] < found[1]
    text = f'title = "t"\nqueries_per_day = 1e9\n[classes.chat]\nshare = 1\nmodel = "{MODEL}"\noutput_tokens = 120.4\n'
    (tmp_path / "own.toml").write_text(text)
    own = wq.fleet(tmp_path / "own.toml", structural=False, shared_draws=256)["energy_per_day"].item()
    assert own == pytest.approx(total(120.4), rel=1e-12)
