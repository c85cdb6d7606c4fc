"""`wattquery sensitivity`: what drives the answer, from the file that describes a sweep."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli import completing
from wattquery.cli.analyses import ANALYSES, DEFAULT
from wattquery.cli.analysis_request import Request, check_one_cell, drawing, request
from wattquery.cli.examples import example_option, examples
from wattquery.cli.file_options import (
    force_option,
    output_option,
    plot_option,
    scheduler_option,
    select_option,
    store_option,
)
from wattquery.cli.options import (
    SPEC_AXES,
    PathType,
    axis_options,
    json_option,
    load_options,
    no_progress_option,
    sampling_options,
    throughput_model_option,
)
from wattquery.cli.output import progress_bar
from wattquery.cli.pictures import look_options
from wattquery.cli.results import deliver
from wattquery.cli.saving import destination
from wattquery.cli.stores import check_workers_write
from wattquery.cli.wrong_files import takes
from wattquery.errors import InputError, listed

if TYPE_CHECKING:
    import xarray as xr

    from wattquery.engine.executor import Progress

__all__ = ["sensitivity_command"]

HELP = """Tell what drives the energy of one query in the cells of the grid that SPEC.toml describes.

Its keys are those of wattquery sweep. A table [sensitivity] says which analysis (index = "tornado") and gives its
arguments: see the functions of wattquery.sensitivity. Options about cells replace what the file says of them.
"""

_FACTS = ("method", "estimator", "draws", "shared_draws", "replicates", "factor_bins", "seed", "baseline")
"""Attributes that say how a result was made."""

_NOTES = ("load_notes", "throughput_notes", "workload_notes")
"""Attributes that say what to know of its inputs, a line for each remark."""


EXAMPLES = examples(
    {
        "wattquery sweep --example > grid.toml": "a file to start from",
        "wattquery sensitivity grid.toml": "a table for every cell",
        "wattquery sensitivity grid.toml --index tornado -o swings.nc": "",
        "wattquery sensitivity grid.toml --plot shares.svg --select model=DeepSeek-R1 --select output_tokens=long": (
            "one cell as a picture"
        ),
    }
)


@click.command("sensitivity", help=HELP, epilog=EXAMPLES)
@click.argument(
    "spec",
    metavar="SPEC.toml",
    type=PathType(path_type=Path),
    callback=takes("a SPEC.toml that describes a grid", "spec"),
)
@example_option
@click.option(
    "--index",
    metavar="NAME",
    help=f"Which analysis, instead of the file's; {DEFAULT} by default.",
    shell_complete=completing.analyses,
)
@output_option()
@plot_option
@select_option
@click.option("--scale", type=click.Choice(("energy", "log_energy")), help="For --plot: log_energy by default.")
@look_options()
@store_option
@scheduler_option
@force_option
@axis_options(SPEC_AXES)
@load_options
@throughput_model_option
@sampling_options
@no_progress_option
@json_option
def sensitivity_command(
    spec: Path,
    index: str | None,
    output: str | None,
    plot: str | None,
    select: tuple[str, ...],
    scale: str | None,
    look: dict[str, str | None],
    store: str | None,
    scheduler: str | None,
    force: bool,
    seed: int | None,
    threads: int | None,
    no_progress: bool,
    as_json: bool,
    **cells: Any,
) -> None:
    """Tell what drives the energy of one query."""
    from wattquery.cli.cluster import connected

    asked = request(spec, index, cells, {"seed": seed, "threads": threads, "store": store})
    _check_store(asked, store, scheduler)
    target = None if output is None else destination(output, force)
    picture = drawing(plot, asked.name, select, scale, force, look)
    if picture is not None and asked.analysis.source != "levers":
        check_one_cell(picture, asked)
    with connected(scheduler) as client, progress_bar("Analysing", not no_progress) as progress:
        result, explained = _run(asked, progress, client)
    dataset: xr.Dataset = getattr(result, "table", result)
    title, stored = _title(dataset, asked.name), asked.options.get("store")
    deliver(
        dataset,
        size=title,
        # Of a store, which may be larger than memory, no table is made: it is a file that is written.
        lines=lambda: _lines(result, explained, asked) if stored is None else [f"{stored}: {title}"],
        plain=result.to_dict,
        target=target,
        picture=picture,
        as_json=as_json,
    )


def _check_store(asked: Request, store: str | None, scheduler: str | None) -> None:
    """Refuse a store for an analysis that goes into none, and workers who would have nowhere to write."""
    from wattquery import sensitivity

    known = [name for name in ANALYSES if "store" in inspect.signature(getattr(sensitivity, name)).parameters]
    option = f"--store {store}" if store is not None else f"--scheduler {scheduler}"
    if (store is not None or scheduler is not None) and asked.name not in known:
        raise InputError(
            f"{option}: {asked.name} is computed in memory; those that go into a store are {listed(known)}."
        )
    check_workers_write(asked.options.get("store"), scheduler)


def _run(asked: Request, progress: Progress | None, client: object) -> tuple[Any, xr.Dataset]:
    """Return the result of the analysis, and the Dataset that says what is to be known of its cells."""
    from wattquery import sensitivity
    from wattquery.sweeps.sweep import sweep

    function = getattr(sensitivity, asked.name)
    if asked.analysis.source == "sweep":
        cells = sweep(**_exact_if_possible(asked), progress=progress)
        return function(cells, **asked.options), cells
    options = dict(asked.options)
    if "progress" in inspect.signature(function).parameters:
        options["progress"] = progress
    if client is not None:
        options["client"] = client
    result = function(**asked.arguments, **options)
    return result, result


def _exact_if_possible(asked: Request) -> Mapping[str, Any]:
    """Return the arguments of the sweep to analyse: one without sampling error where the spec leaves the choice.

    Not for `convergence`, which asks what the sampling error of the sweep is.
    """
    from wattquery.quantities import AXES
    from wattquery.sensitivity.arguments import SETTINGS
    from wattquery.sweeps.run import prepare
    from wattquery.sweeps.settings import analysis_settings
    from wattquery.sweeps.study import study

    if asked.name == "convergence":
        return asked.arguments
    chosen = dict(asked.arguments)
    if asked.options.get("within"):
        chosen["keep_histogram"] = True  # on the log scale it is computed from these
    if not {"method", "draws", "relative_stderr"} & set(chosen):
        grid = {key: value for key, value in asked.arguments.items() if key in (*AXES[1:], *SETTINGS)}
        chosen["method"] = prepare(study(asked.arguments["model"], **grid), analysis_settings()).method
    return chosen


def _lines(result: Any, explained: xr.Dataset, asked: Request) -> list[str]:
    """Return the result as text, and what is to be known of its cells."""
    from wattquery.cli.tables import joined, table_lines

    if asked.analysis.tables:
        parts = [[_title(result, asked.name)], *(table_lines(result, table) for table in asked.analysis.tables)]
        remarks = [*str(result.attrs.get("notes", "")).split(" | "), *_about_cells(explained, _NOTES)]
    else:
        parts, remarks = (
            [[str(result)]],
            _about_cells(explained, _NOTES[:1]),
        )  # enough draws or not, inputs are the same
    notes = [f"  {note}" for note in remarks if note]
    return joined([*parts, ["Notes", *notes] if notes else []])


def _about_cells(explained: xr.Dataset, names: Sequence[str]) -> list[str]:
    """Return what cells rest on, and what the attributes of these names say."""
    from wattquery.sweeps.support_words import support_lines

    said = [note for name in names for note in str(explained.attrs.get(name, "")).splitlines()]
    return [*support_lines(explained), *said]


def _title(dataset: xr.Dataset, name: str) -> str:
    """Return what the result is, and how it was made."""
    attributes = dataset.attrs
    facts = [f"{key.replace('_', ' ')} {attributes[key]}" for key in _FACTS if attributes.get(key) not in (None, "", 0)]
    if "boundary" in dataset.coords and dataset["boundary"].ndim == 0:
        facts.insert(0, f"{dataset['boundary'].item()} boundary")
    return ", ".join([str(attributes.get("title", name)), *facts])
