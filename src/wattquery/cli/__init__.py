"""The command line: options to arguments, results to text or JSON, errors to one sentence and an exit code.

====================  ==================================================================================
``estimate``          `wattquery estimate`: one query
``sweep``             `wattquery sweep`: a grid from a TOML file
``sensitivity``       `wattquery sensitivity`: what drives the answer, for the same grid
``fleet``             `wattquery fleet`: energy per day of fleets
``capacity``          `wattquery plan-capacity`, `wattquery fleet --find`: what it would take
``trajectory``        `wattquery trajectory`: a fleet over time
``reproduce``         `wattquery reproduce`: every claim of the paper, computed again
``headline``          `wattquery headline`: the paper's headline on instances under load
``audit``             `wattquery audit`: what was found in the paper's inputs, and what each correction moves
``claims``            `wattquery claims`: public claims, and each beside the model
``catalog``           `wattquery catalog`: what ships, and tables of your own
``validate``          `wattquery validate`: predicted against measured
``report``            `wattquery report`: one page in one file on any of these
``status``            `wattquery status`: how far a store is
``workloads``         `wattquery workloads`: the named workloads
``power_profile``     `wattquery power-profile`: power over the load, as JSON for other tools
``plot``              `wattquery plot`: a saved result as a picture
``explore``           `wattquery explore`: a page to explore a study in
``file_options``      options that name what is written or drawn
``completing``        shell completion of values
``examples``          examples at the end of help texts, and the grid that they speak of
``group``             how a command ends: one sentence and an exit code
``options``           options that several commands share, and numbers as people write them
``specfile``          a sweep written down as a TOML file, to arguments
``load_arguments``    what the shell says of an instance under a load, to arguments
``cluster``           ``--scheduler``: workers that run already, or that are started for one command
``stores``            ``--store`` of commands whose result goes there box by box
``analyses``          the analyses of `wattquery sensitivity`: what each takes, and what is printed of it
``analysis_request``  what a file and options ask of an analysis, checked before the work
``fleet_arguments``   what the shell says of a fleet, to arguments
``conversions``       carbon, water and cost: options, the table ``[conversions]``, and results as text
``selecting``         ``--select AXIS=LABEL``, one cell of a result
``pictures``          pictures in files: kind, place, and what can be refused before the work
``saving``            ``-o``: where results go, in the words of options
``opening``           saved results from files
``results``           a Dataset handed over: to a file, a picture, JSON or text
``output``            aligned tables, JSON without NaN, progress
``tables``            labelled results as text
``fitting``           lists of claims made as narrow as the terminal: columns are left out
``narrowing``         all other tables and lines, with nothing left out
``claims_tables``     claims and comparisons as text and CSV
``claims_verdict``    one claim: its verdict, or why there is none
``fleet_report``      fleets as text
``pool_report``       pools of a fleet as text
``capacity_report``   what it would take as text
``deployments``       the deployments of a catalog as text
``benchmark_import``  `wattquery catalog import`: what benchmarks wrote to a table
``measured``          `wattquery catalog measured`: what calibrates the load model
``wrong_files``       files of another kind than a command takes, and what they are for
``said``              options that say what files of measurements leave open
``catalog_questions`` what is measured, and a large catalog, as bounded tables
====================  ==================================================================================

A new command is a file of its own, and its row and name here.

Commands only translate: what they compute lives in the package. Numba, xarray and pandas are imported inside the
functions that need them, so that ``--help`` and a mistyped option answer at once. Help texts are constants and no
docstrings, which ``python -OO`` leaves out.
"""

from __future__ import annotations

import click

from wattquery.cli.audit import audit_command
from wattquery.cli.capacity import capacity_command
from wattquery.cli.catalog import catalog_group
from wattquery.cli.claims import claims_command
from wattquery.cli.estimate import estimate_command
from wattquery.cli.examples import examples
from wattquery.cli.explore import explore_command
from wattquery.cli.fleet import fleet_command
from wattquery.cli.group import CommandLine
from wattquery.cli.headline import headline_command
from wattquery.cli.plot import plot_command
from wattquery.cli.power_profile import power_profile_command
from wattquery.cli.report import report_command
from wattquery.cli.reproduce import reproduce_command
from wattquery.cli.sensitivity import sensitivity_command
from wattquery.cli.status import status_command
from wattquery.cli.sweep import sweep_command
from wattquery.cli.trajectory import trajectory_command
from wattquery.cli.validate import validate_command
from wattquery.cli.workloads import workloads_command

__all__ = ["main"]

EXAMPLES = examples(
    {
        "wattquery estimate DeepSeek-R1": "one query",
        'wattquery claims "3 Wh"': "is it right?",
        "wattquery sweep --example > grid.toml": "a grid to start from",
        "wattquery sweep grid.toml": "",
    }
)


@click.group(
    name="wattquery",
    help="How many watt-hours one LLM query costs, with its uncertainty, and what drives that number.",
    cls=CommandLine,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"{EXAMPLES}\n\nExit codes: 0 done; 1 a claim was not reproduced; 2 bad input; 130 interrupted.",
)
@click.version_option(package_name="wattquery", prog_name="wattquery")
def main() -> None:
    """Run the command line."""


for command in (
    estimate_command,
    sweep_command,
    status_command,
    sensitivity_command,
    fleet_command,
    capacity_command,
    trajectory_command,
    reproduce_command,
    headline_command,
    audit_command,
    claims_command,
    report_command,
    catalog_group,
    validate_command,
    workloads_command,
    power_profile_command,
    plot_command,
    explore_command,
):
    main.add_command(command)
