"""`wattquery plot`: a saved result as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from wattquery.cli.opening import opened
from wattquery.cli.options import PathType
from wattquery.cli.output import echo
from wattquery.cli.pictures import KINDS, picture, selection

__all__ = ["plot_command"]


@click.command("plot")
@click.argument("result", metavar="RESULT.nc|.zarr", type=PathType(path_type=Path))
@click.option("--kind", type=click.Choice(tuple(KINDS)), required=True, help="What to draw.")
@click.option("-o", "--output", metavar="PATH", required=True, help="A file that ends in .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@click.option("--select", metavar="AXIS=LABEL", multiple=True, help="One label of an axis; may be repeated.")
@click.option("--scale", type=click.Choice(("energy", "log_energy")), help="For sobol; log_energy by default.")
@click.option("--over", metavar="AXIS", help="For violin, ridgeline, ecdf and fleet: the axis to compare along.")
@click.option("--variable", metavar="NAME", help="For heatmap: what is shown; energy by default.")
@click.option("--quantile", type=float, metavar="Q", help="For heatmap: the level; 0.5 by default.")
@click.option("--x", metavar="AXIS", help="For heatmap: the axis that goes across.")
@click.option("--y", metavar="AXIS", help="For heatmap: the axis that goes down.")
@click.option("--by", metavar="NAME", help="For fleet: component or query_class.")
@click.option("--quantity", metavar="NAME", help="For waterfall: saved or log_reduction.")
def plot_command(
    result: Path,
    kind: str,
    output: str,
    force: bool,
    select: tuple[str, ...],
    scale: str | None,
    **arguments: str | float | None,
) -> None:
    """Draw a result that wattquery sweep, sensitivity or fleet wrote with -o.

    Kinds violin, ridgeline and ecdf need a sweep with keep_histogram = true; the others a result of their own kind.
    """
    target = picture(output, kind, force, labels=selection(select), scale=scale, **arguments)
    target.save(target.draw(opened(result)))
    echo(f"{output}: {kind}")
