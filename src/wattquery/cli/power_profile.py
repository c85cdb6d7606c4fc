"""`wattquery power-profile`: power of an instance over its load, as JSON for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wattquery.cli import completing
from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, output_option
from wattquery.cli.load_arguments import axis_value, study_arguments
from wattquery.cli.options import axis_options, json_option, load_options
from wattquery.cli.output import aligned, echo, echo_json, number
from wattquery.cli.saving import FORCE
from wattquery.cli.wrong_files import takes
from wattquery.errors import InputError, quoted
from wattquery.exports.places import place

if TYPE_CHECKING:
    from wattquery.embedding.profile import PowerProfile

__all__ = ["power_profile_command"]

HELP = """Say what an instance draws over its load, from idle to full, with what is not known of it.

MODEL may also be a Hugging Face config.json, and --hardware a file that describes an accelerator. Lengths are those of
the queries that fill the batch. With -o, the profile is written as JSON, for a simulator of fleets.
"""

_NUMBERS = ("accelerators", "workload", "output_tokens", "input_tokens", "cached_tokens", "pue")
"""Axes of numbers and distributions that an instance has."""


EXAMPLES = examples(
    {
        'wattquery power-profile "Llama 3.1 70B" --hardware "H100 SXM"': "a table",
        'wattquery power-profile "Llama 3.1 70B" --hardware B200 --loads 0,10%,50%,100% -o profile.json': "",
    }
)


@click.command("power-profile", help=HELP, epilog=EXAMPLES)
@click.argument(
    "model",
    metavar="MODEL",
    callback=takes("the name of a model, or its config.json"),
    shell_complete=completing.models,
)
@click.option(
    "--hardware",
    metavar="NAME|FILE",
    required=True,
    help="Accelerators of the node.",
    shell_complete=completing.hardware,
)
@click.option("--serving", metavar="NAME", help="Serving system; vLLM by default.")
@click.option("--precision", metavar="NAME", help="Precision of the weights.")
@axis_options(_NUMBERS)
@load_options
@click.option("--loads", metavar="X,X,...", help="Running sequences over the most, as in 0,10%,50%,1.")
@click.option("--level", metavar="X", default="0.9", help="Probability of the bands; 0.9 by default.")
@click.option(
    "--preset",
    metavar="NAME",
    help="Where PUE and lengths come from; v2-code by default.",
    shell_complete=completing.presets,
)
@output_option("Write the profile here, as JSON.")
@force_option
@json_option
def power_profile_command(
    model: str, loads: str | None, level: str, output: str | None, force: bool, as_json: bool, **options: Any
) -> None:
    """Say what an instance draws over its load."""
    target = None if output is None else place(output, force, FORCE)
    arguments = study_arguments(options, _NUMBERS)
    if loads is not None:
        arguments["loads"] = axis_value("load", loads)
    from wattquery.embedding.power_profile import power_profile

    profile = power_profile(model, level=_level(level), **arguments)
    if target is not None:
        with target.writing() as partial:
            partial.write_text(profile.to_json(), encoding="utf-8")
    if as_json:
        echo_json(profile.to_dict())
        return
    for note in profile.notes:
        echo(f"note: {note}", err=True)
    echo("\n".join(_lines(profile)))


def _level(text: str) -> float:
    level = axis_value("load", text)  # which may be in percent too
    if not isinstance(level, (int, float)):
        raise InputError(f"--level must be a probability between 0 and 1, got {quoted(text)}: write 0.9 or 90%.")
    return level


def _lines(profile: PowerProfile) -> list[str]:
    """Return the profile as a table: medians, and of the facility also both ends."""
    columns = profile.columns()
    rows = [[number(value, 3) for value in row] for row in zip(*columns.values(), strict=True)]
    size = profile.accelerators
    return [
        f"{profile.assumptions['model']} on {size} x {profile.assumptions['hardware']}, W per accelerator",
        *aligned(list(columns), rows, text=()),
    ]
