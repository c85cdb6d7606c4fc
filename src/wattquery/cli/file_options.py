"""Options that name what a command writes or draws: one name, metavar and help in every command that has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["force_option", "output_option", "plot_option", "scheduler_option", "select_option", "store_option"]

RESULT = "Write the result to out.nc, .zarr, .csv, .parquet or .xlsx."
PICTURE = "to a file that ends in .png, .svg or .pdf."


def output_option(text: str = RESULT, *, required: bool = False) -> Callable[[Any], Any]:
    """Return a decorator for ``-o``.

    Parameters
    ----------
    text
        What is written, beginning with "Write".
    required
        Whether it must be there.
    """
    return click.option("-o", "--output", metavar="PATH", required=required, help=text)


force_option = click.option("--force", is_flag=True, help="Replace what a file of that name has.")
plot_option = click.option("--plot", metavar="PATH", help=f"Draw the result {PICTURE}")
select_option = click.option(
    "--select", metavar="AXIS=LABEL", multiple=True, help="What is drawn: one label of an axis; may be repeated."
)
store_option = click.option(
    "--store", metavar="PATH", help="Write each part as it is finished to a store.zarr, or continue one."
)
scheduler_option = click.option(
    "--scheduler", metavar="ADDRESS|local:N", help="Compute on a Dask cluster, or on N processes here."
)
