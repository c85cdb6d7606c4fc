"""`wattquery plan-capacity`, which is also `wattquery fleet --find`: what it would take to meet a target of latency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from wattquery.cli import completing
from wattquery.cli import fleet_arguments as reading
from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, output_option, plot_option
from wattquery.cli.options import (
    axis_options,
    factor_number,
    json_option,
    load_options,
    preset_option,
    whole_number,
)
from wattquery.cli.pictures import look_options, picture_if_any
from wattquery.cli.results import deliver
from wattquery.cli.saving import destination
from wattquery.cli.wrong_files import takes
from wattquery.errors import InputError, quoted
from wattquery.quantities import FACTOR_AXES, LOAD_AXES

__all__ = ["FIND", "capacity_command"]

FIND = "--find"
"""The option of `wattquery fleet` that is this command."""

HELP = """Find what it takes to serve MODEL: the least energy or nodes that meet a target of latency.

Compared are all combinations of hardware, serving system, precision and accelerators of an instance, each at its best
load; options that may be repeated take several. A FACTOR is a number, or a distribution in quotes.

In the place of MODEL, a scenario (a .toml file or the name of one that ships) says model, lengths, queries a day and
their profile; options replace what it says. wattquery fleet --find is the same command.
"""

_NOT_ASKED = ("load", "concurrency", "power_utilization", "node_power")
"""Axes that the command looks for, or that the load model says itself."""

_AXES = tuple(axis for axis in (*LOAD_AXES, *FACTOR_AXES) if axis not in _NOT_ASKED)

_SEVERAL = ("hardware", "serving", "precision")


def _nodes(text: str) -> int:
    return whole_number(text, 0)


EXAMPLES = examples(
    {
        'wattquery plan-capacity "Llama 3.1 70B" --hardware H100 --hardware B200 --queries-per-day 4e7 '
        "--interactivity 40": "the least energy at 40 tokens/s for each user",
        "wattquery plan-capacity DeepSeek-V3 --hardware B200 --requests-per-hour 2e5 --time-per-output-token 0.05 "
        "--minimize nodes": "the fewest nodes at 0.05 s for each token",
    }
)


@click.command("plan-capacity", help=HELP, epilog=EXAMPLES)
@click.argument(
    "model",
    metavar="MODEL|SCENARIO",
    callback=takes("the name of a model, its config.json, or a scenario", "scenario"),
    shell_complete=completing.models_or_scenarios,
)
@click.option("--class", "query_class", metavar="NAME", help="Of a scenario: the class to look at.")
@click.option(
    "--model",
    "answers",
    metavar="NAME",
    help="Of a scenario: which of the models of its class.",
    shell_complete=completing.models,
)
@click.option(
    "--hardware",
    metavar="NAME|FILE",
    multiple=True,
    help="Accelerators to compare, or all.",
    shell_complete=completing.hardware,
)
@click.option("--serving", metavar="NAME", multiple=True, help="Serving systems to compare; vLLM by default.")
@click.option("--precision", metavar="NAME", multiple=True, help="Precisions of the weights to compare.")
@click.option("--queries-per-day", type=factor_number, metavar="N", help="Requests in a day, as in 4e7.")
@click.option("--requests-per-hour", metavar="N|FILE|X,X,...", help="In its place: one number, 24, or spans of hours.")
@click.option("--load-profile", metavar="FILE|X,X,...", help="24 numbers, or spans as 00-08=0.5,08-24=1.2.")
@click.option("--interactivity", type=factor_number, metavar="X", help="Target: tokens/s of one user at least.")
@click.option("--time-per-output-token", type=factor_number, metavar="X", help="Target: at most [s].")
@click.option("--time-to-first-token", type=factor_number, metavar="X", help="Target: at most [s].")
@click.option("--chance", type=factor_number, metavar="X", help="Of meeting each target; 0.5, the median, by default.")
@click.option("--minimize", metavar="WHAT", help="What is least: energy (by default) or nodes.")
@click.option("--reserve", type=_nodes, metavar="K", help="Nodes beside those that are needed: N+K.")
@click.option("--level", type=factor_number, metavar="X", help="Probability of the intervals; 0.9 by default.")
@axis_options(_AXES)
@load_options
@preset_option
@output_option()
@plot_option
@click.option("--against", metavar="NAME", help="For --plot: what goes across, nodes (by default) or interactivity.")
@look_options(facet=False)
@force_option
@json_option
def capacity_command(
    model: str,
    output: str | None,
    plot: str | None,
    against: str | None,
    look: dict[str, str | None],
    force: bool,
    as_json: bool,
    query_class: str | None,
    answers: str | None,
    **options: Any,
) -> None:
    """Find what it takes."""
    model, arguments = _asking(model, query_class, answers, _arguments(options))
    target = None if output is None else destination(output, force)
    drawing = picture_if_any(plot, "capacity", force, (), against=against, **look)
    from wattquery.capacity.plan_capacity import plan_capacity
    from wattquery.cli.capacity_report import report, size

    dataset = plan_capacity(model, **arguments)
    deliver(
        dataset,
        size=size(dataset),
        lines=lambda: report(dataset),
        target=target,
        picture=drawing,
        as_json=as_json,
    )


def _asking(
    model: str, query_class: str | None, answers: str | None, arguments: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """Return the model and all arguments: with what a scenario says, where one is named."""
    from wattquery import scenarios

    if model in scenarios.names() or model.casefold().endswith(".toml"):
        from wattquery.capacity.from_scenario import scenario_arguments

        found = scenario_arguments(scenarios.load(model), query_class=query_class, model=answers, replaced=arguments)
        return found.model, dict(found.arguments)
    for option, value in (("--class", query_class), ("--model", answers)):
        if value is not None:
            raise InputError(f"{option} is for a scenario, and {quoted(model)} is a model: leave it out.")
    return model, arguments


def _arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `wattquery.plan_capacity` that were given."""
    from wattquery.cli.load_arguments import study_arguments

    several = {name: _labels(options.pop(name)) for name in _SEVERAL}
    profile = reading.load_profile(options.pop("load_profile"))
    hourly = _hourly(options.pop("requests_per_hour"))
    arguments = {**study_arguments(options, _AXES), **several, "load_profile": profile, "requests_per_hour": hourly}
    return {name: value for name, value in arguments.items() if value is not None}


def _labels(written: Sequence[str]) -> object:
    """Return labels as a list, one alone, or what stands for all of them."""
    if len(written) == 1 and written[0].casefold() == "all":
        from wattquery.specs import ALL

        return ALL
    return (written[0] if len(written) == 1 else list(written)) or None if written else None


def _hourly(written: str | None) -> object:
    """Return requests by hour: one number, or what a profile may be."""
    if written is None:
        return None
    try:
        return float(written)
    except ValueError:
        return reading.load_profile(written, "--requests-per-hour")
