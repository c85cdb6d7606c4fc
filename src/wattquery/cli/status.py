"""`wattquery status`: what of a store is done, and what made it."""

from __future__ import annotations

import click

from wattquery.cli.examples import examples
from wattquery.cli.options import json_option
from wattquery.cli.output import echo, echo_json
from wattquery.cli.wrong_files import takes

__all__ = ["status_command"]

HELP = """Say what of STORE is done, and what made it.

STORE is the folder, or the address, that a sweep was written to. Nothing is computed or written.
"""


EXAMPLES = examples(
    {
        "wattquery sweep grid.toml --store grid.zarr": "a store, to ask of",
        "wattquery status grid.zarr": "",
        "wattquery status grid.zarr --verify": "with the checksums of its parts",
    }
)


@click.command("status", help=HELP, epilog=EXAMPLES)
@click.argument("store", metavar="STORE", callback=takes("a store that was written with --store", "store"))
@click.option("--verify", is_flag=True, help="Read every finished part, and hold it against its checksums.")
@json_option
def status_command(store: str, verify: bool, as_json: bool) -> None:
    """Say how far a store is."""
    from wattquery.stores.offered import status

    found = status(store, verify=verify)
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
