"""The command line: options to arguments, results to text or JSON, errors to one sentence and an exit code.

Commands only translate: what they compute lives in the package. Numba, xarray and pandas are imported inside the
functions that need them, so that ``--help`` and a mistyped option answer at once.
"""

from __future__ import annotations

import click

from wattquery.cli.catalog import catalog_group
from wattquery.cli.claims import claims_command
from wattquery.cli.estimate import estimate_command
from wattquery.cli.fleet import fleet_command
from wattquery.cli.group import CommandLine
from wattquery.cli.plot import plot_command
from wattquery.cli.reproduce import reproduce_command
from wattquery.cli.sensitivity import sensitivity_command
from wattquery.cli.sweep import sweep_command
from wattquery.cli.trajectory import trajectory_command

__all__ = ["main"]


@click.group(
    name="wattquery",
    cls=CommandLine,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 a claim was not reproduced; 2 bad input; 130 interrupted.",
)
@click.version_option(package_name="wattquery", prog_name="wattquery")
def main() -> None:
    """How many watt-hours one LLM query costs, with its uncertainty, and what drives that number."""


main.add_command(reproduce_command)
main.add_command(estimate_command)
main.add_command(sweep_command)
main.add_command(sensitivity_command)
main.add_command(trajectory_command)
main.add_command(fleet_command)
main.add_command(plot_command)
main.add_command(claims_command)
main.add_command(catalog_group)
