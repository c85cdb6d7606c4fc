"""`wattquery sweep`: a TOML file gives the dataset that the same arguments give in Python."""

from __future__ import annotations

import json
import math

import pytest
import xarray as xr

import wattquery as wq


def same_as(found: dict, expected: xr.Dataset) -> bool:
    """Return whether JSON holds a dataset, with null where it has NaN or an infinity."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(one) for one in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return found == plain(expected.to_dict())


def test_the_same_as_in_python(cli, spec):
    expected = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], levers=["none", "serving"], method="exact")
    assert same_as(cli.json("sweep", spec), expected)


def test_every_way_to_write_a_factor(cli):
    cli.write(
        "spec.toml",
        """
        model = "ALL"
        precision = "FP8"
        pue = ["LogNormal(p5=1.05, p95=1.6)", 1.1, {distribution = "LogNormal", p5 = 1.05, p95 = 1.4}]
        power_utilization = {power_utilization = "ThroughputProportional", base = 0.24, span = 0.56}
        input_tokens = "800"
        levers = ["none", ["model", "Lever('mine', 2)"], {lever = "own", distribution = "LogNormal(p5=1.5, p95=3)"}]
        draws = 1e3
        seed = 5
        quantiles = [0.5]
        prefill_weight = 0.1
        round_tokens = false
        common_random_numbers = false
        [output_tokens]
        short = "Exponential(median=100)"
        usual = "traditional"
        cut = {distribution = "Truncated", of = "Exponential(median=300)", high = 4000}
        """,
    )
    expected = wq.sweep(
        wq.ALL,
        precision="FP8",
        pue=[wq.LogNormal(p5=1.05, p95=1.6), 1.1, wq.LogNormal(p5=1.05, p95=1.4)],
        power_utilization=wq.ThroughputProportional(base=0.24, span=0.56),
        input_tokens=800,
        levers=[
            "none",
            ["model", wq.Lever("mine", 2)],
            wq.Lever("own", wq.LogNormal(p5=1.5, p95=3)),
        ],
        draws=1000,
        seed=5,
        quantiles=[0.5],
        prefill_weight=0.1,
        round_tokens=False,
        common_random_numbers=False,
        output_tokens={
            "short": wq.Exponential(median=100),
            "usual": "traditional",
            "cut": wq.Truncated(wq.Exponential(median=300), high=4000),
        },
    )
    found = cli.json("sweep", "spec.toml")
    assert found["data_vars"]["energy"]["data"][1][0][0][0] == [None]  # Mistral Large has no FP8 row
    assert same_as(found, expected)


def test_options_replace_what_the_file_says(cli, spec):
    options = ["--method", "monte_carlo", "--draws", "2e3", "--seed", "9", "--quantiles", "0.25", "--preset", "v1"]
    found = cli.json("sweep", spec, *options, "--round-tokens", "--prefill-weight", "0.5", "--threads", "1")
    assert found["dims"] == {"model": 2, "levers": 2, "quantile": 1}
    wanted = {"method": "monte_carlo", "draws": 2000, "seed": 9, "preset": "v1", "prefill_weight": 0.5}
    assert {name: found["attrs"][name] for name in wanted} == wanted


def test_a_catalog_lies_beside_the_file_that_names_it(cli):
    (cli.folder / "study").mkdir()
    header = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)"
    cli.write("study/mine.csv", f"{header}\nOurs,8xH100,FP8,2000,500,300,10.2\n")
    cli.write("study/spec.toml", 'model = "Ours"\ncatalog = "mine.csv"\nmethod = "exact"')
    assert cli.json("sweep", "study/spec.toml")["attrs"]["catalog"] == "mine"
    assert "no such file" in cli.refused("sweep", "study/spec.toml", "--catalog", "mine.csv")
    assert cli.json("sweep", "study/spec.toml", "--catalog", "study/mine.csv")["dims"] == {"quantile": 5}


def test_the_table(cli):
    cli.write("spec.toml", 'model = ["Mistral Large", "Llama 3.1 405B"]\noutput_tokens = "long"\nmethod = "exact"')
    lines = cli.text("sweep", "spec.toml").splitlines()
    assert lines[0] == "Energy per query [Wh], facility boundary: 2 cells (2 model), method exact"
    assert "  input_tokens       500 tokens" in lines
    header, _, unsupported, supported = lines[-4:]
    assert header.split() == ["model", "P5", "P25", "P50", "P75", "P95", "mean", "note"]
    assert unsupported.split() == ["Mistral", "Large", *"------", "no", "data"]
    median = wq.estimate("Llama 3.1 405B", output_tokens="long", method="exact").quantiles[0.5]
    assert float(supported.split()[5]) == pytest.approx(median, rel=1e-3)


def test_a_long_table_is_cut_and_says_so(cli):
    cli.write("spec.toml", f'model = "Llama 3.1 70B"\nmethod = "exact"\npue = {[1 + i / 100 for i in range(45)]}')
    lines = cli.text("sweep", "spec.toml").splitlines()
    assert lines[-1] == "5 more cells are not shown. Write all of them to a file with -o out.nc."
    assert sum(line.startswith("1.") for line in lines) == 40


def test_a_single_cell_and_its_draws(cli):
    cli.write("spec.toml", 'model = "Llama 3.1 70B"\ndraws = 1_000')
    assert (
        cli.text("sweep", "spec.toml").splitlines()[0].endswith("1 cell, method monte_carlo, 1,000 draws each, seed 0")
    )


def test_json_and_a_file_at_once(cli, spec):
    result = cli("sweep", spec, "-o", "out.nc", "--json", "--quantiles", "0.5")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["dims"] == {"model": 2, "levers": 2, "quantile": 1}
    assert result.stderr == "out.nc: 4 cells (2 model x 2 levers), method exact\n"
    assert (cli.folder / "out.nc").is_file()


def test_the_progress_bar_is_for_terminals(cli, spec, terminal):
    result = cli("sweep", spec, "--json")
    assert (result.exit_code, sum(terminal)) == (0, 1000)
    assert json.loads(result.stdout)
    terminal.clear()
    assert cli("sweep", spec, "--no-progress").stderr == ""
    assert terminal == []


def test_a_dry_run_computes_nothing_and_says_what_it_would_take(cli, spec, tmp_path):
    out = tmp_path / "out.nc"
    said = cli.text("sweep", spec, "--dry-run", "-o", out)
    assert "A sweep of 4 cells" in said
    assert not out.exists()
    plain = cli.json("sweep", spec, "--dry-run")
    assert (plain["cells"], plain["draws"], plain["fits"]) == (4, 0, True)
