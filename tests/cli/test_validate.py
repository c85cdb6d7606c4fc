"""`wattquery validate`: rows of one's own, as text and as JSON, and how it ends where none can be used."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from known_load_model import KnownModel
from wattquery import validation
from wattquery.throughput import load

HEADER = "row_id,model,hardware,precision,n_gpus,batch_size_avg,tpot_mean_s,avg_power_w_per_gpu"
GOOD = "E1,Qwen/Qwen3-8B,H100,bf16,1,8,0.0203,500.3"
BAD = "E2,Qwen/Qwen3-8B,TPU v9,bf16,1,8,0.02,500"


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "shipped", KnownModel, raising=False)


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def test_rows_as_text(cli):
    text = cli.text("validate", "--measured", cli.write("mine.csv", table(GOOD, BAD)))
    lines = {line.split("  ")[0]: line for line in text.splitlines()}
    assert lines["tpot_mean_s"].split() == ["tpot_mean_s", "1", "1.5", "%", "-1.5", "%", "100", "%", "100", "%"]
    assert "E1   supported  tpot_mean_s" in text
    assert "1 of 2 rows have a prediction." in text
    assert "E2: hardware 'TPU v9' is not known: " in text
    assert "Power and energy are those of the accelerators alone." in text


def test_rows_as_json(cli):
    found = cli.json("validate", "--measured", cli.write("mine.csv", table(GOOD, BAD)))
    good, bad = found["rows"]
    assert good["predictions"]["tpot_mean_s"]["measured"] == 0.0203
    assert good["predictions"]["ttft_mean_s"]["measured"] is None
    assert bad["predictions"] == {}
    assert {row["quantity"] for row in found["summary"]} == {"tpot_mean_s", "avg_power_w_per_gpu"}


def test_rows_to_a_file(cli):
    mine = cli.write("mine.csv", table(GOOD, BAD))
    assert cli.text("validate", "--measured", mine, "-o", "out.csv") == "out.csv: 1 of 2 rows have a prediction\n"
    rows = pd.read_csv("out.csv").set_index("quantity")
    assert rows.loc["tpot_mean_s", "measured"] == 0.0203
    assert rows.loc["tpot_mean_s", "q05"] < 0.0203
    assert "--force" in cli.refused("validate", "--measured", mine, "-o", "out.csv")
    assert "'.csv', '.parquet', '.xlsx'" in cli.refused("validate", "--measured", mine, "-o", "out.nc")


def test_points_calibrate(cli):
    rows, points = cli.write("mine.csv", table(GOOD)), cli.write("points.csv", table(GOOD.replace("0.0203", "0.04")))
    found = cli.json("validate", "--measured", rows, "--calibrate", points)
    assert found["rows"][0]["predictions"]["tpot_mean_s"]["q50"] == pytest.approx(0.04)


def test_where_no_row_can_be_used_the_json_says_why(cli):
    result = cli("validate", "--measured", cli.write("mine.csv", table(BAD)), "--json")
    assert result.exit_code == 2
    assert "'TPU v9' is not known" in json.loads(result.stdout)["rows"][0]["reason"]
    assert "Error: None of 1 rows can be used. At least one is needed. E2: hardware 'TPU v9'" in result.stderr
    assert "Traceback" not in result.stderr


def test_where_no_row_can_be_used_the_text_is_one_sentence(cli):
    assert "None of 1 rows can be used" in cli.refused("validate", "--measured", cli.write("mine.csv", table(BAD)))


def test_nothing_measured_is_no_mistake(cli):
    text = cli.text("validate", "--measured", cli.write("mine.csv", f"{HEADER}\nE1,Qwen/Qwen3-8B,H100,bf16,1,8,,\n"))
    assert "Nothing was measured in these rows that can be compared." in text
    assert "1 of 1 rows have a prediction." in text


def test_notes_go_to_stderr(cli):
    name = cli.write("mine.csv", table(GOOD).replace("tpot_mean_s", "tpot_means"))
    result = cli("validate", "--measured", name, "--json")
    assert result.exit_code == 0
    assert "note: Column 'tpot_means' is not read. Did you mean 'tpot_mean_s'?" in result.stderr
    json.loads(result.stdout)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("price\n1\n", "no column is known"),
        (HEADER, "has no rows"),
        ("", "is empty"),
        (table(GOOD).replace(",", ";"), "separated by ';'"),
    ],
)
@pytest.mark.parametrize("option", ["--measured", "--calibrate"])
def test_what_is_no_table_is_refused(cli, content, named, option):
    cli.write("mine.csv", table(GOOD))
    other = [] if option == "--measured" else ["--measured", "mine.csv"]
    assert named in cli.refused("validate", *other, option, cli.write("bad.csv", content))


def test_points_alone_are_refused(cli):
    assert "Add --measured FILE.csv" in cli.refused("validate", "--calibrate", cli.write("mine.csv", table(GOOD)))


def test_a_terminal_obeys_no_cell(cli):
    text = cli.text("validate", "--measured", cli.write("mine.csv", table(GOOD.replace("E1", "\x1b[31mE1"), BAD)))
    assert "\x1b" not in text
    assert "\\x1b[31mE1" in text


def test_the_scores_that_ship(cli, monkeypatch):
    scores = {"median_absolute_log_error": 0.124, "bias": -0.01, "coverage_50": 0.5, "coverage_90": 0.9}
    rows = [
        {
            "by": "architecture",
            "points": points,
            "quantity": "tpot_s",
            "group": group,
            "label": "all",
            "rows": 7,
            **scores,
        }
        for points, group in ((0, "overall"), (1, "overall"), (2, "overall"), (0, "kind"))
    ]
    monkeypatch.setattr(validation, "shipped_summary", lambda: pd.DataFrame(rows))
    text = cli.text("validate")
    assert "an architecture unseen                      tpot_mean_s     7  12.4 %  -1.0 %     50 %     90 %" in text
    assert "an architecture unseen, one point measured  tpot_mean_s" in text
    assert text.count("tpot_mean_s") == 2
    assert len(cli.json("validate")["summary"]) == 4


def test_a_picture_of_the_rows(cli):
    mine = cli.write("mine.csv", table(GOOD, BAD))
    assert cli.text("validate", "--measured", mine, "--plot", "a.svg") == "a.svg: predicted over measured\n"
    assert "Time per output token" in (cli.folder / "a.svg").read_text()
    assert "'a.svg' exists" in cli.refused("validate", "--measured", mine, "--plot", "a.svg")
    assert "Add --measured" in cli.refused("validate", "--plot", "b.svg")
    none = cli.write("none.csv", table(BAD))
    assert "None of 1 rows" in cli.refused("validate", "--measured", none, "--plot", "c.svg")
    assert not (cli.folder / "c.svg").exists()
