"""`wattquery estimate`: one query, and everything that qualifies its number."""

from __future__ import annotations

from typing import Any

import click

from wattquery.cli import completing
from wattquery.cli.conversions import as_json as conversions_as_json
from wattquery.cli.conversions import asked, conversion_options, converted, report
from wattquery.cli.examples import examples
from wattquery.cli.options import (
    axis_options,
    deployment_options,
    factor_number,
    load_options,
    run_options,
    study_options,
)
from wattquery.cli.output import echo, echo_json, progress_bar, room_on_terminal
from wattquery.cli.tables import joined
from wattquery.cli.wrong_files import takes
from wattquery.errors import InputError
from wattquery.quantities import FACTOR_AXES, LOAD_AXES

__all__ = ["estimate_command"]


HELP = """Estimate the energy of one query of MODEL.

A FACTOR is a number, or a distribution in quotes: --pue "LogNormal(p5=1.05, p95=1.6)".
What is left out comes from the preset.

With --load or --concurrency, MODEL may be a Hugging Face config.json, and --hardware a file that describes an
accelerator. With --interactivity or another target, the load is found at which a query takes the least energy.
"""

_NUMBERS = (*LOAD_AXES, *FACTOR_AXES)
"""Axes of numbers and distributions."""

_TARGET = ("interactivity", "time_per_output_token", "time_to_first_token")


EXAMPLES = examples(
    {
        "wattquery estimate DeepSeek-R1": "all else from the preset",
        'wattquery estimate "Llama 3.1 405B" --output-tokens long --levers serving+hardware': "",
        'wattquery estimate "Llama 3.1 405B" --pue "LogNormal(p5=1.05, p95=1.4)" --method exact': "a distribution",
        'wattquery estimate "Llama 3.1 70B" --hardware "H100 SXM" --precision FP8 --load 0.5': (
            "on an instance that is half full"
        ),
    }
)


@click.command("estimate", help=HELP, epilog=EXAMPLES)
@click.argument(
    "model",
    metavar="MODEL",
    callback=takes("the name of a model, or its config.json"),
    shell_complete=completing.models,
)
@deployment_options
@axis_options(_NUMBERS)
@load_options
@click.option("--interactivity", type=factor_number, metavar="X", help="Target: tokens/s of one user at least.")
@click.option("--time-per-output-token", type=factor_number, metavar="X", help="Target: at most [s].")
@click.option("--time-to-first-token", type=factor_number, metavar="X", help="Target: at most [s].")
@study_options
@conversion_options
@run_options()
def estimate_command(model: str, no_progress: bool, as_json: bool, **options: Any) -> None:
    """Estimate the energy of one query."""
    from wattquery.cli.load_arguments import study_arguments

    _check_precision(options["precision"])
    intensities = asked(options)
    arguments = study_arguments(options, _NUMBERS)
    from wattquery.sweeps.estimate import estimate
    from wattquery.sweeps.operating_point import operating_point

    function = operating_point if arguments.keys() & _TARGET else estimate
    with progress_bar("Estimating", not no_progress) as progress:
        result = function(model, **arguments, progress=progress)
    of_result = converted(result, intensities) if intensities else None
    if as_json:
        said = {} if of_result is None else {"conversions": conversions_as_json(of_result)}
        echo_json({**result.to_dict(), **said})
    else:
        echo("\n".join(joined([[result.text(room_on_terminal())], [] if of_result is None else report(of_result)])))


def _check_precision(written: str | None) -> None:
    """Refuse an error to reach in the place of the precision of weights, whose names are no numbers."""
    try:
        float((written or "").removesuffix("%"))
    except ValueError:
        return
    raise InputError(
        f"--precision must be the numeric precision of the weights, as FP8, got {written}. For an error to reach write "
        f"--relative-stderr {written}."
    )
