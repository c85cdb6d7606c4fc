"""Every help text ends with examples in one style, all of them parse, and those that are cheap run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
import pytest

from shell_lines import ROOT, SLOW, check_parses, commands, documented, planner_inputs, run, shown, words
from wattquery.cli import main
from wattquery.cli.examples import GRID, HEADING

COMMANDS = dict(commands())
LINES = {line: name for name, command in COMMANDS.items() for line in shown(command)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_ends_with_examples_of_its_own(name: str) -> None:
    command = COMMANDS[name]
    with click.Context(command, info_name=name, **main.context_settings) as context:
        text = command.get_help(context)
    assert text.count(HEADING) == 1
    assert all(len(line) <= 80 for line in text.partition(HEADING)[2].splitlines())
    assert any(" ".join(words(line)[0]).startswith(name) for line in shown(command))


@pytest.mark.parametrize("line", LINES)
def test_an_example_parses(line: str) -> None:
    assert line.startswith("wattquery ")
    check_parses(line)


def test_cheap_examples_run_one_after_the_other_in_an_empty_folder(cli) -> None:
    planner_inputs(Path("planner"))
    readme = [words(line) for line in documented((ROOT / "README.md").read_text(encoding="utf-8"))]
    written = set()
    for line in LINES:
        read, target = words(line)
        makes_what_is_needed = target or " -o " in line
        if line.startswith(SLOW) or ((read, target) in readme and not makes_what_is_needed) or tuple(read) in written:
            continue
        run(line, cli)
        written.add(tuple(read))
    assert {"grid.toml", "grid.nc", "grid.zarr", "models.png", "profile.json", "my-benchmarks.csv"} <= set(cli.files())


@pytest.mark.parametrize("command", ["sweep", "sensitivity"])
def test_the_example_grid_is_printed_alone_and_has_two_axes(cli, command: str) -> None:
    assert cli.text(command, "--example") == GRID
    axes = {name: value for name, value in tomllib.loads(GRID).items() if isinstance(value, (list, dict))}
    del axes["sensitivity"]  # a table of settings
    assert [len(labels) for labels in axes.values()] == [3, 2]
    assert "3 models x 2 lengths of the answer are 6 cells" in GRID
