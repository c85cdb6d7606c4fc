"""Every kind of bad input: one sentence that names what was given, exit code 2, an empty stdout and no file."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from wattquery.cli import main

HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)\n"


def words(message: str) -> str:
    return " ".join(message.split())


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["DeepSek-R1"], ["'DeepSek-R1'", "Did you mean 'DeepSeek-R1'?"]),
        (["DeepSeek-R1", "--levers", "servin"], ["'servin'", "Did you mean 'serving'?"]),
        (["DeepSeek-R1", "--levers", "model+model"], ["'model'", "more than once"]),
        (["DeepSeek-R1", "--pue", "LogNormal(p5=1.6, p95=1.05)"], ["p5=1.6", "0 < p5 < p95"]),
        (["DeepSeek-R1", "--pue", "LogNormal(1.2, 1.2)"], ["p5=1.2", "0 < p5 < p95"]),
        (["DeepSeek-R1", "--pue", "nan"], ["pue must be a finite number, got nan"]),
        (["DeepSeek-R1", "--pue", "0.9"], ["pue must be within 1 to 4, got 0.9"]),
        (["DeepSeek-R1", "--input-tokens", "-3"], ["input_tokens must be above 0, got -3"]),
        (["DeepSeek-R1", "--draws", "0"], ["--draws", "1 or more, got 0"]),
        (["DeepSeek-R1", "--draws", "-5"], ["--draws", "1 or more, got -5"]),
        (["DeepSeek-R1", "--draws", "1.5"], ["must be a whole number, got '1.5'"]),
        (["DeepSeek-R1", "--draws", "inf"], ["must be a whole number, got 'inf'"]),
        (["DeepSeek-R1", "--draws", "many"], ["must be a whole number, got 'many'"]),
        (["DeepSeek-R1", "--seed", "-1"], ["--seed", "0 or more, got -1"]),
        (["DeepSeek-R1", "--threads", "0"], ["--threads", "1 or more, got 0"]),
        (["DeepSeek-R1", "--method", "exat"], ["'exat'", "monte_carlo", "exact"]),
        (["DeepSeek-R1", "--quantiles", "5,50"], ["(5.0, 50.0)", "between 0 and 1"]),
        (["DeepSeek-R1", "--quantiles", "half"], ["'half'", "0.05,0.5,0.95"]),
        (["DeepSeek-R1", "--preset", "v2-cod"], ["'v2-cod'", "Did you mean 'v2-code'?"]),
        (["DeepSeek-R1", "--catalog", "oviedo"], ["'oviedo'", "Did you mean 'oviedo2026'?"]),
        (["DeepSeek-R1", "--catalog", "absent.csv"], ["'absent.csv'", "no such file"]),
        (["DeepSeek-R1", "--precision", "0.001"], ["--precision must be", "got 0.001", "--relative-stderr 0.001"]),
        (["DeepSeek-R1", "--precision", "0.1%"], ["got 0.1%", "--relative-stderr 0.1%"]),
        (["DeepSeek-R1", "--precision", "FP16"], ["precision='FP16'", "It has hardware="]),
        (["DeepSeek-R1", "--prefill-weight", "-1"], ["prefill_weight must be 0 or more", "got -1"]),
        (["DeepSeek-R1", "--prefil-weight", "1"], ["--prefil-weight", "--prefill-weight"]),
        ([], ["MODEL"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0] == "DeepSeek-R1" else None,
)
@pytest.mark.parametrize("as_json", [False, True])
def test_estimate_refuses(cli, arguments, named, as_json):
    message = words(cli.refused("estimate", *arguments, *(["--json"] if as_json else [])))
    for one in named:
        assert one in message


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("M,H,FP8,nan,500,300,10", ["mine.csv", "row 2", "'Tokens per Second (TPS)'", "'nan'", "a positive number"]),
        ("M,H,FP8,-4,500,300,10", ["mine.csv", "row 2", "'Tokens per Second (TPS)'", "'-4'", "a positive number"]),
        ("M,H,FP8,0,500,300,10", ["'0'", "a positive number"]),
        ("M,H,FP8,5,500,long,10", ["'Output Length'", "'long'"]),
        ("M,H,FP8,5,500,300", ["6 cells", "7"]),
    ],
)
def test_a_table_with_a_bad_row(cli, row, named):
    cli.write("mine.csv", f"{HEADER}{row}\n")
    for command in (["catalog", "validate", "mine.csv"], ["catalog", "show", "mine.csv"]):
        message = cli.refused(*command)
        assert all(one in message for one in named)
    assert named[0] in cli.refused("estimate", "M", "--catalog", "mine.csv")


def test_a_table_without_a_column(cli):
    cli.write("mine.csv", HEADER.replace("Hardware,", "") + "M,FP8,5,500,300,10\n")
    message = cli.refused("catalog", "validate", "mine.csv", "--json")
    assert "column 'Hardware': the header lacks it" in message


def test_a_shipped_name_is_not_a_table_of_ones_own(cli):
    assert "'oviedo2026': there is no such file" in cli.refused("catalog", "validate", "oviedo2026")
    assert "Did you mean 'oviedo2026'?" in cli.refused("catalog", "show", "oviedo2025")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('modle = "DeepSeek-R1"', ["'modle'", "Did you mean 'model'?"]),
        ("progress = 1", ["no key 'progress'"]),
        ("[tokens]\na = 1", ["no key 'tokens'"]),
        ('levers = ["none", "none"]', ["levers", "'none'", "more than once"]),
        ('model = ["DeepSeek-R1", "DeepSeek-R1"]', ["'DeepSeek-R1'", "more than once"]),
        ("pue = [1.1, 1.10]", ["1.1", "more than once"]),
        ('pue = "LogNormal(p5=1.6, p95=1.05)"', ["p5=1.6", "0 < p5 < p95"]),
        ('pue = {distribution="LogNormal", p5=2, p95=1}', ["p5=2", "0 < p5 < p95"]),
        ('pue = {distribution="LogNormal", p5=2}', ["'p95'"]),
        ('pue = "LogNorml(p5=1, p95=2)"', ["pue", "Did you mean 'LogNormal'?"]),
        ("pue = []", ["pue must have at least one value", "empty"]),
        ("pue = 2024-01-01", ["pue"]),
        ('power_utilization = {power_utilization="ThroughputProportional", base=0.24}', ["'span'"]),
        ('output_tokens = "ALL"', ["output_tokens", "'ALL'"]),
        ('levers = "ALL"', ["'ALL'"]),
        ('hardware = "TPU"', ["'TPU'"]),
        ("model = 5", ["5"]),
        ("draws = 0", ["draws must be", "got 0"]),
        ("draws = -3", ["draws must be", "got -3"]),
        ("draws = 1.5", ["draws must be a whole number", "got 1.5"]),
        ("seed = -1", ["seed must be a whole number", "got -1"]),
        ("threads = 0", ["threads must be", "got 0"]),
        ('method = "exat"', ["'exat'", "Did you mean 'exact'?"]),
        ("quantiles = [0.5, 0.1]", ["[0.5, 0.1]", "increasing"]),
        ('preset = "v3"', ["'v3'"]),
        ('catalog = "other.csv"', ["other.csv", "no such file"]),
        ('keep_histogram = "yes"', ["keep_histogram must be true or false, got 'yes'"]),
        ("common_random_numbers = 1", ["common_random_numbers must be true or false, got 1"]),
        ("round_tokens = 1", ["round_tokens must be", "got 1"]),
        ("model = [1 2]", ["not valid TOML", "line 2"]),
        ("pue = 1\npue = 2", ["not valid TOML", "line 3"]),
        ("pue = " + "[" * 5000 + "]" * 5000, ["nested too deeply"]),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_spec_is_refused(cli, line, named):
    top = "" if line.startswith(("model", "modle")) else 'model = "DeepSeek-R1"\n'
    cli.write("spec.toml", f"{top or chr(10)}{line}\n")
    message = words(cli.refused("sweep", "spec.toml", "-o", "out.nc"))
    for one in named:
        assert one in message


def test_a_spec_that_cannot_be_read(cli):
    assert "'absent.toml': there is no such file" in cli.refused("sweep", "absent.toml")
    assert "this is a folder, not a file" in cli.refused("sweep", cli.folder)
    assert "'model' is missing" in cli.refused("sweep", cli.write("empty.toml", ""))
    assert "not UTF-8" in cli.refused("sweep", cli.write("latin.toml", b'model = "\xff"'))


def test_a_grid_too_large_for_memory(cli):
    axis = [f"{1 + i / 1000:.3f}" for i in range(1000)]
    lines = [f"{name} = [{', '.join(axis)}]" for name in ("input_tokens", "output_tokens")]
    cli.write("spec.toml", "\n".join(['model = "ALL"', *lines, f"pue = [{', '.join(axis[:100])}]"]))
    message = cli.refused("sweep", "spec.toml", "-o", "out.nc")
    assert "600,000,000 cells (6 model x 1000 output_tokens x 1000 input_tokens" in message
    assert "GB are free" in message
    assert "Shorten an axis" in message


def test_memory_that_runs_out_all_the_same(cli, spec, monkeypatch):
    def exhausted(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr("wattquery.sweeps.sweep.sweep", exhausted)
    monkeypatch.setattr("inspect.signature", lambda _: type("S", (), {"parameters": ["model", "levers", "method"]}))
    assert "Shorten an axis" in cli.refused("sweep", spec)


def test_reproduce_refuses(cli):
    assert "Did you mean 'v1'?" in cli.refused("reproduce", "--preset", "v11")
    assert "got 0" in cli.refused("reproduce", "--draws", "0", "--json")
    assert "'exat'" in cli.refused("reproduce", "--method", "exat")


def test_an_unknown_command(cli):
    assert "'estimat'" in cli.refused("estimat", "DeepSeek-R1")


@pytest.mark.parametrize(
    "arguments",
    [["sweep", "a\0b.toml"], ["sensitivity", "a\0b.toml"], ["plot", "a\0b.nc", "--kind", "sobol", "-o", "a.png"]],
)
def test_a_path_with_a_nul_is_refused(arguments):
    found = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert found.exit_code == 2
    assert "'a\\x00b." in found.output
