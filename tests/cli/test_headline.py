"""`wattquery headline`: what is printed, and the same as JSON."""

from __future__ import annotations

import json

from command_line import runner
from wattquery.cli import main

ARGUMENTS = ["headline", "--hardware", "B200", "--load", "0.5", "--workload", "servegen_m_small"]


def test_text() -> None:
    found = runner().invoke(main, ARGUMENTS)
    assert found.exit_code == 0, found.output
    assert "at 50 %" in found.stdout
    assert "The paper's 0.31 Wh of a traditional query: B200 at " in found.stdout
    assert found.stdout.count("B200") >= 5


def test_json() -> None:
    found = runner().invoke(main, [*ARGUMENTS, "--json"])
    entries = json.loads(found.stdout)
    assert [row["query"] for row in entries["energy"]] == ["traditional", "long", "servegen_m_small"]
    assert all(row["p25_wh"] < row["p50_wh"] < row["p75_wh"] for row in entries["energy"])
    assert [row["published_wh"] for row in entries["published_at"]] == [0.31, 3.91]


def test_progress_is_shown_unless_it_is_not_wanted(terminal: list[int]) -> None:
    shown = runner().invoke(main, ARGUMENTS)
    assert sum(terminal) == 1000
    terminal.clear()
    hidden = runner().invoke(main, [*ARGUMENTS, "--no-progress"])
    assert terminal == []
    assert hidden.stderr == ""
    assert hidden.stdout == shown.stdout


def test_an_unknown_accelerator_is_one_sentence() -> None:
    found = runner().invoke(main, ["headline", "--hardware", "B2000"])
    assert found.exit_code == 2
    assert found.stderr.count("\n") == 1
