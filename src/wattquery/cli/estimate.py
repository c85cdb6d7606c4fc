"""`wattquery estimate`: one query, and everything that qualifies its number."""

from __future__ import annotations

from typing import Any

import click

from wattquery.cli.options import axis_options, run_options, study_options
from wattquery.cli.output import echo, echo_json, progress_bar
from wattquery.errors import InputError
from wattquery.quantities import FACTOR_AXES

__all__ = ["estimate_command"]


HELP = """Estimate the energy of one query of MODEL.

A FACTOR is a number, or a distribution in quotes: --pue "LogNormal(p5=1.05, p95=1.6)".
What is left out comes from the preset.
"""


@click.command("estimate", help=HELP)
@click.argument("model")
@click.option("--hardware", metavar="NAME", help="Accelerators of the node, as the catalog names them.")
@click.option("--serving", metavar="NAME", help="Serving system, as the catalog names it.")
@click.option("--precision", metavar="NAME", help="Precision of the weights, as the catalog names it.")
@axis_options(FACTOR_AXES)
@study_options
@run_options()
def estimate_command(model: str, no_progress: bool, as_json: bool, **options: Any) -> None:
    """Estimate the energy of one query."""
    from wattquery.specs.expressions import parse_factor

    _check_precision(options["precision"])
    arguments: dict[str, Any] = {
        name: parse_factor(name, value) if name in FACTOR_AXES else value
        for name, value in options.items()
        if value is not None
    }
    from wattquery.sweeps.estimate import estimate

    with progress_bar("Estimating", not no_progress) as progress:
        result = estimate(model, **arguments, progress=progress)
    if as_json:
        echo_json(result.to_dict())
    else:
        echo(str(result))


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
