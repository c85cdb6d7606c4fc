"""`wattquery plot`: a saved result as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wattquery.cli.output import echo
from wattquery.cli.pictures import KINDS, picture, selection
from wattquery.cli.saving import SUFFIXES
from wattquery.errors import InputError, listed
from wattquery.files import check_regular

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["plot_command"]


@click.command("plot")
@click.argument("result", metavar="RESULT.nc|.zarr", type=click.Path(path_type=Path))
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
    target.save(target.draw(_opened(result)))
    echo(f"{output}: {kind}")


def _opened(path: Path) -> xr.Dataset:
    """Return a saved dataset, in memory."""
    import xarray as xr

    if path.suffix not in SUFFIXES:
        raise InputError(f"{str(path)!r} ends in {path.suffix!r}. Allowed are {listed(SUFFIXES)}: a saved result.")
    if path.suffix == ".nc" or not path.is_dir():
        check_regular(path, "A saved result", largest=None)
    try:
        with xr.open_zarr(path) if path.suffix == ".zarr" else xr.open_dataset(path) as opened:
            return opened.load()
    except ImportError as error:
        raise InputError(
            f"{str(path)!r} needs the zarr library, which is not installed. Run pip install 'wattquery[zarr]'."
        ) from error
    except Exception as error:  # whatever a format's library says to bytes that are not its own
        raise InputError(
            f"{str(path)!r} cannot be read as a saved result ({type(error).__name__}). Write it again with "
            "wattquery sweep -o or wattquery sensitivity -o."
        ) from error
