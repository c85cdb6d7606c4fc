"""Options that say what files of measurements leave open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from wattquery.cli import completing

__all__ = ["said_options"]

Command = TypeVar("Command", bound=Callable[..., Any])

_SAID = (
    click.option(
        "--model",
        metavar="NAME",
        help="What the model is called; wins over the files' own name.",
        shell_complete=completing.models,
    ),
    click.option(
        "--hardware", metavar="NAME", help="The accelerator, such as H200.", shell_complete=completing.hardware
    ),
    click.option("--accelerators", metavar="N", type=int, help="How many a run had, all instances together."),
    click.option("--precision", metavar="NAME", help="The precision of the weights, such as FP8."),
    click.option("--serving", metavar="NAME", help="The serving system, such as vLLM."),
)


def said_options(command: Command) -> Command:
    """Add the options that say what files leave open."""
    for option in reversed(_SAID):
        command = option(command)
    return command
