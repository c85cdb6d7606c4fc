"""`wattquery plot`: a saved result as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from wattquery.cli.examples import examples
from wattquery.cli.file_options import PICTURE, force_option, output_option, select_option
from wattquery.cli.opening import opened
from wattquery.cli.options import PathType, decorated
from wattquery.cli.output import echo
from wattquery.cli.pictures import look_options, picture, takers
from wattquery.cli.selecting import selection
from wattquery.cli.wrong_files import takes
from wattquery.plot import ARGUMENTS, KINDS

__all__ = ["plot_command"]

HELP = """Draw a result that wattquery sweep, sensitivity, fleet or trajectory wrote with -o.

Kinds violin, ridgeline and ecdf need a sweep with keep_histogram = true; the others a result of their own kind.
"""


def _argument_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each argument that pictures have."""
    options = [
        click.option(
            f"--{name}",
            metavar=metavar,
            type=float if metavar == "Q" else str,
            help=f"For {_in_words(takers(name))}: {meaning}",
        )
        for name, (metavar, meaning) in ARGUMENTS.items()
    ]
    return decorated(function, tuple(options))


def _in_words(names: list[str]) -> str:
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


EXAMPLES = examples(
    {
        "wattquery sweep grid.toml -o grid.nc": "a result, to draw",
        "wattquery plot grid.nc --kind violin --over model --select output_tokens=long -o models.png": "",
        "wattquery plot grid.nc --kind heatmap --quantile 0.95 -o p95.svg": "",
    }
)


@click.command("plot", help=HELP, epilog=EXAMPLES)
@click.argument(
    "result",
    metavar="RESULT.nc|.zarr",
    type=PathType(path_type=Path),
    callback=takes("a result that was saved as .nc or .zarr", "result", "store"),
)
@click.option("--kind", type=click.Choice(tuple(KINDS)), required=True, help="What to draw.")
@output_option(f"Write the picture {PICTURE}", required=True)
@force_option
@select_option
@click.option("--scale", type=click.Choice(("energy", "log_energy")), help="For sobol; log_energy by default.")
@_argument_options
@look_options(facet=False, for_plot=False)
def plot_command(
    result: Path,
    kind: str,
    output: str,
    force: bool,
    select: tuple[str, ...],
    scale: str | None,
    look: dict[str, str | None],
    **arguments: str | float | None,
) -> None:
    """Draw a saved result."""
    target = picture(output, kind, force, labels=selection(select), scale=scale, **look, **arguments)
    target.save(target.draw(opened(result)))
    echo(f"{output}: {kind}")
