"""Examples at the end of every help text, in one style, and the grid that they speak of."""

from __future__ import annotations

from collections.abc import Mapping

import click

__all__ = ["GRID", "HEADING", "example_option", "examples"]

HEADING = "Examples:"

_LONGEST = 52
"""Characters of the longest command that a remark still stands behind; longer ones have it in the line above."""

_WIDTH = 74
"""Columns of a line, with room for the backslash where it goes on."""

GRID = """\
# A grid: 3 models x 2 lengths of the answer are 6 cells. A list or a table becomes an axis of the grid, a number or a
# distribution stays one value, and what is left out comes from a preset. Try it:
#
#   wattquery sweep grid.toml                   energies, cell by cell
#   wattquery sweep grid.toml -o grid.nc        all of it in a file, to draw and to select from
#   wattquery sensitivity grid.toml             what drives them

model = ["DeepSeek-R1", "Llama 3.1 405B", "Llama 3.1 70B"]
levers = "serving"        # or ["none", "serving"], which makes another axis
pue = "LogNormal(p5=1.05, p95=1.4)"
draws = 200_000
seed = 42
keep_histogram = true     # for pictures of distributions

[output_tokens]           # a table names the labels of its axis
traditional = "Exponential(median=300)"
long = "Exponential(median=5000)"

[sensitivity]             # what wattquery sensitivity does; a sweep passes over it
index = "sobol"
"""
"""What ``--example`` prints: a file that every example with a ``grid.toml`` runs with."""


def examples(commands: Mapping[str, str]) -> str:
    r"""Return the end of a help text: commands as a shell takes them, each with a remark or none.

    Examples
    --------
    >>> examples({"wattquery claims": "the list"}).splitlines()[-1].strip()
    'wattquery claims  # the list'
    """
    behind = [command for command, remark in commands.items() if remark and len(command) <= _LONGEST]
    width = max(map(len, behind), default=0)
    lines = ["\b", HEADING]
    for command, remark in commands.items():
        line = f"  {command:<{width}}  # {remark}"
        if command in behind and len(line) <= _WIDTH + 4:
            lines.append(line)
        else:
            lines += [*([f"  # {remark}"] if remark else []), *_wrapped(command)]
    return "\n".join(lines)


def _wrapped(command: str) -> list[str]:
    """Return a command on as many lines as it needs, broken before options."""
    first, *options = command.split(" -")
    lines = [f"  {first}"]
    for option in options:
        if len(lines[-1]) + len(option) > _WIDTH:
            lines[-1] += " \\"
            lines.append(f"      -{option}")
        else:
            lines[-1] += f" -{option}"
    return lines


def _print_grid(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(GRID, nl=False)
        ctx.exit()


example_option = click.option(
    "--example",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_grid,
    help="Print a SPEC.toml to start from, and do nothing else.",
)
