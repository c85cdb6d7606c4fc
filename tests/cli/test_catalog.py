"""`wattquery catalog`: what ships, what a table holds, whether one can be used."""

from __future__ import annotations

import pytest

from wattquery import catalog
from wattquery.catalog.records import TABLES
from wattquery.throughput import fit_throughput

HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)"


def test_list(cli):
    found = cli.json("catalog", "list")
    only, corrected, default = found["catalogs"]
    assert (corrected["name"], corrected["rows"]) == ("oviedo2026-corrected", 23)
    assert (only["name"], only["rows"], len(only["models"])) == ("oviedo2026", 25, 6)
    assert default["name"] == "default"
    assert {one["name"] for one in found["tables"]} == set(TABLES)
    assert [one["name"] for one in found["presets"]] == list(catalog.preset_names())
    text = cli.text("catalog", "list")
    assert only["title"] in text
    for one in found["presets"]:
        assert f"{one['title']}\n" in text


def test_show_every_deployment(cli):
    found = cli.json("catalog", "show", "oviedo2026")
    shipped = catalog.load("oviedo2026")
    assert sum(one["rows"] for one in found["deployments"]) == found["rows"] == len(shipped.rows)
    by_label = {(one["model"], one["precision"]): one for one in found["deployments"]}
    llama = by_label["Llama 3.1 405B", "FP8"]
    model = fit_throughput(shipped.deployment("Llama 3.1 405B").rows, "Llama 3.1 405B")
    assert llama["throughput"] == {
        "kind": "regression",
        "intercept": model.intercept,
        "ln_input": model.ln_input,
        "ln_output": model.ln_output,
        "maximum_tokens_per_s": model.maximum,
        "residual_standard_error": model.residual_standard_error,
        "degrees_of_freedom": 4,
        "input_range_tokens": [128, 5000],
        "output_range_tokens": [128, 2048],
    }
    assert (llama["thin_data"], llama["node_power_kw"]) == (False, 11)
    assert by_label["DeepSeek-R1", "FP8"]["thin_data"] is True
    assert by_label["DeepSeek-R1", "FP8"]["throughput"]["residual_standard_error"] is None
    assert by_label["Mistral Large", "FP16"]["throughput"]["input_range_tokens"] is None


@pytest.mark.parametrize(
    "line",
    [
        "oviedo2026: 25 rows, 6 models, 8 deployments (content f065cab6f2efa9a9)",
        "Rows are pooled over hardware and serving where none is named.",
        "Where no precision is named, FP8 is used.",
        "Llama 3.1 405B, FP8",
        "  throughput  regression: ln TPS = 9.762 -0.585 ln L_in +0.227 ln L_out, at most 4,572 tokens/s",
        "  error       residual standard error 0.310 of ln TPS, 4 degrees of freedom",
        "  lengths     128 to 5000 input, 128 to 2048 output tokens",
        "DeepSeek-R1, FP8  [thin data: from so few rows the error of the throughput cannot be told]",
        "  error       not known, 0 degrees of freedom",
        "  throughput  larger of two rows: 5,200 tokens/s for all lengths",
        "  throughput  single row: 1,178 tokens/s for all lengths",
        "  lengths     not known input, 385.22 output tokens",
        "  node power  14.3 kW",
    ],
)
def test_show_in_words(cli, line):
    assert line in cli.text("catalog", "show", "oviedo2026").splitlines()


def test_validate(cli):
    cli.write("mine.csv", f"{HEADER}\nOurs 8B,8xH100,FP8,2000,500,300,10.2\nOurs 70B,8xH100,FP8,900,500,300,\n")
    assert cli.text("catalog", "validate", "mine.csv").splitlines()[0] == "mine.csv: 2 rows, 2 models: valid"
    found = cli.json("catalog", "validate", "mine.csv")
    assert (found["valid"], found["rows"], found["models"], found["notes"]) == (True, 2, ["Ours 8B", "Ours 70B"], [])
    assert "not known, or not the same in all rows" in cli.text("catalog", "show", "mine.csv")


def test_what_physics_does_not_know_is_told(cli):
    """Or a table of which nothing was looked up would be called as valid as any."""
    cli.write("mine.csv", f"{HEADER}\nOurs 8B,8xH100,FP8,999999,500,300,10.2\nLlama 3.1 8B,Ours,FP8,900,500,300,\n")
    told = cli.text("catalog", "validate", "mine.csv").splitlines()
    assert told[1:] == [
        "not known, so that no rate is held against physics: model 'Ours 8B'",
        "not known, so that no rate is held against physics: hardware 'Ours'",
    ]
    found = cli.json("catalog", "validate", "mine.csv")
    assert found["not_known"] == {"model": ["Ours 8B"], "hardware": ["Ours"]}
    cli.write("mine.csv", f"{HEADER}\nLlama3.1-8B,8 H100,FP8,9000,500,300,10.2\n")
    assert cli.text("catalog", "validate", "mine.csv") == "mine.csv: 1 row, 1 model: valid\n"


def test_rows_that_cannot_be_fitted_are_told(cli):
    rows = [f"Ours,8xH100,FP8,{tps},{length},{length},10.2" for tps, length in ((900, 100), (800, 200), (700, 400))]
    cli.write("mine.csv", "\n".join([HEADER, *rows]))
    result = cli("catalog", "validate", "mine.csv")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "mine.csv: 3 rows, 1 model: valid")
    assert "note: Ours, FP8: The throughput of 'Ours' cannot be fitted" in result.stderr
    (note,) = cli.json("catalog", "validate", "mine.csv")["notes"]
    assert "change in step" in note
    (only,) = cli.json("catalog", "show", "mine.csv")["deployments"]
    assert (only["throughput"], only["thin_data"]) == (None, True)
    assert "change in step" in cli.text("catalog", "show", "mine.csv")


def test_deployments_that_are_not_pooled_stand_apart(cli):
    rows = [f"Ours,{hardware},FP8,900,500,300,10.2" for hardware in ("8xH100", "8xH200")]
    cli.write("mine.csv", "\n".join([HEADER, *rows]))
    found = cli.json("catalog", "show", "mine.csv")["deployments"]
    assert [one["hardware"] for one in found] == ["8xH100", "8xH200"]
