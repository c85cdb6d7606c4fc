"""`wattquery reproduce` tells every claim, and its exit code tells whether one was missed."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pandas as pd
import pytest

NAN = float("nan")
ROWS = [
    ("paper: frontier, traditional, p50", "Wh", 0.31, 0.3088, -0.0012, 0.0128, True, ""),
    ("paper: frontier, traditional, p75", "Wh", 0.6, 0.6068, 0.0068, 0.0211, True, ""),
    ("paper: long over traditional", "1", 13.0, 12.63, -0.37, 0.94, True, ""),
    ("paper: combined levers, low end", "1", 8.0, NAN, NAN, NAN, None, "the paper does not say which"),
]
MISSED = ("paper: fleet, traditional", "GWh/day", 0.7, 0.9, 0.2, 0.06, False, "0.2 too much")


@pytest.fixture
def paper(monkeypatch):
    """Replace the computation; returns the rows it answers with and the arguments it got."""

    class Paper(ModuleType):
        def __init__(self):
            super().__init__("wattquery.paper")
            self.rows = list(ROWS)
            self.arguments = {}

        def reproduce(self, **arguments):
            arguments.pop("progress")
            self.arguments = arguments
            columns = ["claim", "unit", "published", "computed", "difference", "allowed", "ok", "reason"]
            table = pd.DataFrame(self.rows, columns=columns).astype({"ok": "boolean"})
            table.attrs = {"draws": 0 if arguments["method"] == "exact" else arguments["draws"] or 1_000_000}
            return table

    fake = Paper()
    monkeypatch.setitem(sys.modules, "wattquery.paper", fake)
    return fake


def test_all_claims_are_printed(cli, paper):
    lines = cli.text("reproduce", "--draws", "1e5", "--seed", "3").splitlines()
    assert lines[0].split() == ["claim", "unit", "published", "computed", "difference", "allowed", "status"]
    cells = [line.split() for line in lines]
    assert [*ROWS[0][0].split(), "Wh", "0.31", "0.3088", "-0.0012", "0.013", "ok"] in cells
    assert [*ROWS[2][0].split(), "13", "12.63", "-0.37", "0.94", "ok"] in cells
    assert [*ROWS[3][0].split(), "8", "-", "-", "-", "n/a"] in cells
    assert len({len(line) for line in lines[:3]}) <= 2  # columns line up
    assert lines[lines.index("Not reproduced") + 1] == f"  {ROWS[3][0]} [n/a]: the paper does not say which"
    assert lines[-1] == (
        "3 of 4 claims reproduced, 0 missed, 1 cannot be produced by this method "
        "(preset v2-code, method monte_carlo, draws 100,000, seed 3)"
    )
    assert paper.arguments == {
        "preset": "v2-code",
        "method": "monte_carlo",
        "draws": 100_000,
        "seed": 3,
        "threads": None,
    }


def test_groups_are_set_apart(cli, paper):
    lines = cli.text("reproduce").splitlines()
    first, second, third = (next(i for i, line in enumerate(lines) if line.startswith(row[0])) for row in ROWS[:3])
    assert (second - first, third - second) == (1, 2)
    assert lines[second + 1] == ""


def test_nothing_is_said_about_reasons_when_there_are_none(cli, paper):
    paper.rows = ROWS[:3]
    assert "Not reproduced" not in cli.text("reproduce")


def test_a_missed_claim_is_exit_code_1(cli, paper):
    paper.rows = [*ROWS, MISSED]
    result = cli("reproduce", "--method", "exact", "--preset", "v1")
    assert (result.exit_code, result.stderr) == (1, "")
    assert "  paper: fleet, traditional [NO]: 0.2 too much" in result.stdout
    assert result.stdout.splitlines()[-1] == (
        "3 of 5 claims reproduced, 1 missed, 1 cannot be produced by this method (preset v1, method exact, no draws)"
    )


def test_json(cli, paper):
    found = cli.json("reproduce", "--draws", "1000")
    assert {name: value for name, value in found.items() if name != "claims"} == {
        "preset": "v2-code",
        "method": "monte_carlo",
        "draws": 1000,
        "seed": 42,
        "reproduced": True,
    }
    assert found["claims"][0] == {
        "claim": ROWS[0][0],
        "unit": "Wh",
        "published": 0.31,
        "computed": 0.3088,
        "difference": -0.0012,
        "allowed": 0.0128,
        "ok": True,
        "reason": "",
    }
    assert (found["claims"][3]["ok"], found["claims"][3]["computed"]) == (None, None)


def test_json_of_a_missed_claim(cli, paper):
    paper.rows = [MISSED]
    result = cli("reproduce", "--json", "--method", "exact")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["reproduced"], found["draws"], found["claims"][0]["ok"]) == (1, False, 0, False)


def test_the_real_paper_is_reproduced(cli):
    found = cli.json("reproduce", "--method", "exact")
    assert found["reproduced"] is True
    medians = {one["claim"]: one["computed"] for one in found["claims"]}
    assert medians["paper: frontier, traditional, p50"] == pytest.approx(0.309, abs=1e-3)


def test_no_error_to_reach_is_asked_for(cli):
    assert "--relative-stderr" not in cli.text("reproduce", "--help")


@pytest.fixture
def made(monkeypatch, paper):
    """Replace what draws the figures; returns the arguments that it got, and the rows it answers with."""
    from wattquery.paper.pictures import make

    rows = pd.DataFrame(
        {
            "quantity": ["paper: a", "supplement: b", "supplement: c"],
            "published": ["1", "2", "3"],
            "computed": [1.0, 2.0, 3.0],
            "allowed": [0.1, 0.1, 0.1],
            "status": ["ok", "ok", "not published"],
        }
    )
    got = {"rows": rows}

    def fake(directory, **arguments):
        del arguments["progress"]
        got.update(arguments, directory=directory)
        told = {name: arguments[name] for name in ("preset", "method", "draws", "seed", "threads")}
        return paper.reproduce(progress=None, **told), got["rows"]

    monkeypatch.setattr(make, "make", fake)
    return got


def test_figures_are_drawn_with_the_options_of_the_command(cli, made):
    text = cli.text("reproduce", "--figures", "out", "--format", "pdf", "--force", "--method", "exact", "--seed", "3")
    assert text.splitlines()[-1] == "out/index.html: 2 of 2 published numbers in the figures reproduced"
    assert (made["directory"], made["formats"], made["replace"]) == ("out", ("pdf",), True)
    assert (made["method"], made["seed"], made["preset"]) == ("exact", 3, "v2-code")


def test_a_number_of_the_supplement_that_is_missed_is_exit_code_1(cli, made):
    made["rows"].loc[1, "status"] = "NO"
    result = cli("reproduce", "--figures", "out", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["reproduced"]) == (1, False)
    assert found["figures"] == {
        "directory": "out",
        "index": "out/index.html",
        "compared": 2,
        "missed": ["supplement: b"],
    }
    assert made["formats"] == ("png", "svg")


@pytest.mark.parametrize("option", [("--force",), ("--format", "png")])
def test_options_of_figures_need_figures(cli, paper, option):
    result = cli("reproduce", *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{option[0]} needs --figures. Add --figures DIR, or leave it out." in result.stderr


def test_figures_without_matplotlib_are_refused_before_any_work(cli, made, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = cli("reproduce", "--figures", "out")
    assert (result.exit_code, list(made)) == (2, ["rows"])
    assert "--figures needs matplotlib, which is not installed." in result.stderr


def test_a_place_that_is_taken_is_told_before_any_work(cli, made, tmp_path):
    (tmp_path / "out").write_text("mine")
    result = cli("reproduce", "--figures", str(tmp_path / "out"))
    assert (result.exit_code, list(made)) == (2, ["rows"])
    assert "exists and is not a folder" in result.stderr
