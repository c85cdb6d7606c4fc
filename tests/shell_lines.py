"""Command lines as help texts and documents show them: read, parsed, and run as a shell would, in this process."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from wattquery.cli import main
from wattquery.cli.examples import HEADING

ROOT = Path(__file__).parents[1]
SLOW = (
    "wattquery headline",
    "wattquery audit",
    "wattquery fleet traditional",
    "wattquery fleet mixed",
    'wattquery claims "3 Wh"',
    "wattquery report",
    "wattquery claims altman_2025",
)
"""How lines begin that take a second or more each, and are only parsed."""

FEW_REQUESTS = 500
"""Of the log that is made up for tests, which has a hundred times as many."""


def documented(text: str) -> list[str]:
    """Return the commands behind the prompts of a document."""
    return [
        line
        for block in re.findall(r"```console\n(.*?)```", text, re.S)
        for line in re.findall(r"^\$ (.*)", block.replace("\\\n", " "), re.M)
    ]


def shown(command: click.Command) -> list[str]:
    """Return the examples at the end of a command's help, without their remarks."""
    _, heading, text = (command.epilog or "").partition(HEADING)
    lines = text.partition("\n\n")[0].replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if heading and line.strip() and not line.strip().startswith("#")]


def commands(group: click.Group = main, prefix: str = "wattquery") -> Iterator[tuple[str, click.Command]]:
    """Yield every command and group with its full name."""
    yield prefix, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def words(line: str) -> tuple[list[str], str | None]:
    """Return the words of a line, patterns of files as they are there, and the file that its output goes to."""
    found = shlex.split(line, comments=True)
    target = found[found.index(">") + 1] if ">" in found else None
    kept = found[: found.index(">")] if target else found
    return [
        name for word in kept for name in (sorted(map(str, Path().glob(word))) if "*" in word else [word]) or [word]
    ], target


def check_parses(line: str) -> None:
    """Have click read a line, without running it."""
    command: click.Command = main
    arguments = words(line)[0][1:]
    parent, name = None, "wattquery"
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        parent = click.Context(command, info_name=name, parent=parent, **command.context_settings)
        command = command.commands[name]
    try:
        command.make_context(name, arguments, parent)
    except click.exceptions.Exit as end:  # of an option that prints and ends
        if end.exit_code:
            raise


def run(line: str, cli) -> None:
    """Run a line in the folder of a command line for tests; its output may go to a file."""
    (program, *arguments), target = words(line)
    if program == "python":
        assert arguments.pop(0) == "examples/planner_inputs.py", line
        planner_inputs(Path(arguments[0]))
        return
    assert program == "wattquery", line
    result = cli(*arguments)
    assert result.exit_code == 0, f"{line}\n{result.output}"
    if target:
        Path(target).write_text(result.stdout, encoding="utf-8")


def planner_inputs(folder: Path) -> None:
    """Write what `examples/planner_inputs.py` makes up, with a short log."""
    spec = importlib.util.spec_from_file_location("planner_inputs", ROOT / "examples" / "planner_inputs.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.REQUESTS = FEW_REQUESTS
    module.write(folder)
