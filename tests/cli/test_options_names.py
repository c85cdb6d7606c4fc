"""One name of an option is one thing: the same kind of value, metavar and, where it can be, help in every command."""

from __future__ import annotations

from collections import defaultdict

import click
import pytest

from shell_lines import commands
from wattquery.cli import main

SAME_HELP = (
    "--force",
    "--plot",
    "--select",
    "--store",
    "--scheduler",
    "--seed",
    "--threads",
    "--json",
    "--no-progress",
)
SAME_HELP += ("--measured", "--batch-workload", "--kv-precision", "--throughput-model", "--prefill-weight")
"""What says the same wherever it stands."""

OTHERS = {
    "--accelerators": ("catalog import", "catalog measured"),  # those of a run, all instances together
    "--against": ("claims",),  # a figure to hold a claim against; elsewhere what goes across a picture
    "--boundary": ("claims",),  # of claims to list; one of those that claims have
    "--by": ("plot",),  # of whichever result, which says what there is
    "--kind": ("claims", "plot", "report"),  # of claims, of pictures, and of what a page is on
    "--measured": ("validate",),  # rows to predict; elsewhere they calibrate
    "--method": ("fleet",),  # without quasi-random draws
    "--model": ("plan-capacity",),  # of a scenario
}
"""Options that another command has for something else, which its help says."""


def options() -> dict[str, dict[str, click.Option]]:
    found: dict[str, dict[str, click.Option]] = defaultdict(dict)
    for name, command in commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for option in parameter.opts:
                    if option.startswith("--"):
                        found[option][name.removeprefix("wattquery ")] = parameter
    return found


OPTIONS = options()
SHARED = {name: {c: o for c, o in by.items() if c not in OTHERS.get(name, ())} for name, by in OPTIONS.items()}
SHARED = {name: by for name, by in SHARED.items() if len(by) > 1}


def of_one(option: click.Option) -> tuple[object, ...]:
    """Return what must be the same: the value that one use of an option takes."""
    metavar = (option.metavar or "").removesuffix("|FILE").removesuffix("|PATH").removesuffix(",X,...")
    choices = tuple(getattr(option.type, "choices", ()))
    short = tuple(one for one in option.opts if not one.startswith("--"))
    return option.is_flag, metavar.removesuffix("+STEP"), choices, short


@pytest.mark.parametrize("name", SHARED)
def test_an_option_takes_the_same_in_every_command(name: str) -> None:
    kinds = {of_one(option) for option in SHARED[name].values()}
    assert len(kinds) == 1, {command: of_one(option) for command, option in SHARED[name].items()}


@pytest.mark.parametrize("name", SAME_HELP)
def test_help_says_the_same(name: str) -> None:
    assert len({option.help.removesuffix("; repeated, an axis.") for option in SHARED[name].values()}) == 1


def test_help_is_a_sentence_and_a_destination_begins_with_what_is_done() -> None:
    for name, by in OPTIONS.items():
        for command, option in by.items():
            assert option.help[:1].isupper() or not option.help[:1].isalpha(), (
                name,
                command,
            )
            assert option.help.rstrip("]").endswith(".") or option.show_default, (name, command)
    assert all(option.help.startswith("Write ") for option in OPTIONS["--output"].values())


def test_exceptions_are_still_there() -> None:
    for name, others in OTHERS.items():
        for command in others:
            assert command in OPTIONS[name]


def test_every_command_that_may_run_long_can_be_quiet_and_prints_json() -> None:
    for name, command in commands():
        names = {option for parameter in command.params for option in parameter.opts}
        if isinstance(command, click.Group) or name.endswith((" plot", " import", "report", "explore")):
            continue
        assert "--json" in names, name
        assert ("--threads" in names) <= ("--no-progress" in names), name
    assert isinstance(main, click.Group)
