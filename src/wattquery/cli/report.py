"""`wattquery report`: one page in one file on whatever a name or a file stands for."""

from __future__ import annotations

import importlib.util
import inspect
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, output_option
from wattquery.cli.options import (
    axis_options,
    deployment_options,
    load_options,
    run_options,
    study_options,
    whole_number,
)
from wattquery.cli.output import echo, echo_json, progress_bar, terminal_width
from wattquery.cli.saving import FORCE, SUFFIXES
from wattquery.errors import InputError
from wattquery.exports.places import place
from wattquery.quantities import FACTOR_AXES, LOAD_AXES

__all__ = ["report_command"]

HELP = """Write one page, to read and to print, that answers and says what the answer rests on.

SPEC is what wattquery sweep takes, a scenario of wattquery fleet, a saved result (.nc, .zarr), a model, frontier or a
preset, a claim, or an energy such as "3 Wh". The page is one file without scripts, and needs no network.
"""

_AXES = (*LOAD_AXES, *FACTOR_AXES)
_RAW = "wattquery.report"
_OF_FLEETS = ("classes", "pools", "queries_per_day")
"""Keys of which a scenario has one, and a grid none."""

_MORE = "Show more with --rows N."
_SECTIONS = ("sensitivity", "conversions")


def _rows(text: str) -> int:
    return whole_number(text, 1)


class _ReportCommand(click.Command):
    """A command that keeps what was typed, for the page to say."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options; see `click.Command.make_context`."""
        typed = list(args)
        context = super().make_context(info_name, args, parent, **extra)
        context.meta[_RAW] = typed
        return context


EXAMPLES = examples(
    {
        "wattquery report frontier -o frontier.html": "one query to a large model",
        'wattquery report "3 Wh" -o verdict.html': "what is to be said of a figure",
        "wattquery report grid.toml -o grid.html --rows 100": "",
        "wattquery report mixed -o fleet.html": "a fleet, per day",
    }
)


@click.command("report", help=HELP, cls=_ReportCommand, epilog=EXAMPLES)
@click.argument("spec", metavar="SPEC")
@output_option("Write the page to a file that ends in .html.", required=True)
@force_option
@click.option("--kind", metavar="KIND", help="What SPEC names: claim, fleet, model or preset; found out if left out.")
@click.option("--rows", type=_rows, metavar="N", help="Cells that the table shows; 40 by default.")
@deployment_options
@axis_options(_AXES)
@load_options
@study_options
@run_options()
@click.pass_context
def report_command(
    context: click.Context,
    /,
    spec: str,
    output: str,
    force: bool,
    kind: str | None,
    rows: int | None,
    no_progress: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Write a page."""
    from wattquery.reports.paths import check_path

    check_path(output)
    target = place(output, force, FORCE)
    from wattquery.cli.cluster import connected
    from wattquery.cli.load_arguments import study_arguments
    from wattquery.reports.report import ROWS, content_of, page_text

    said = study_arguments(options, _AXES)
    subject, arguments, kind, all_cells = _subject(spec, said, kind)
    told = {"command": shlex.join(["wattquery", "report", *context.meta[_RAW]]), "all_cells": all_cells}
    if importlib.util.find_spec("matplotlib") is not None:
        import matplotlib as mpl

        mpl.use("Agg")  # no window, whatever the display
    scheduler = arguments.pop("scheduler", None)
    with connected(scheduler) as client, progress_bar("Reporting", not no_progress) as progress:
        more = {"client": client} if client is not None else {}
        if not _is_result(subject):
            more["progress"] = progress
        content = content_of(subject, {**arguments, **more}, kind=kind, rows=rows or ROWS, told=told)
        text = page_text(content)
    with target.writing() as partial:
        partial.write_text(text, encoding="utf-8")
    if as_json:
        echo_json({"path": output, "title": content.title, "answer": content.answer})
    else:
        echo("\n".join(_lines(output, content.answer)))


def _lines(path: str, answer: str) -> list[str]:
    import textwrap

    return [*textwrap.wrap(answer, terminal_width()), "", f"{path}: the whole of it"]


def _subject(spec: str, said: Mapping[str, Any], kind: str | None) -> tuple[Any, dict[str, Any], str | None, str]:
    """Return what a page is about, the arguments for it, what its name stands for, and how to get all cells."""
    path = Path(spec)
    if path.suffix.lower() in SUFFIXES:
        from wattquery.cli.opening import opened

        if said:
            raise InputError(
                f"{spec!r} is a result, which is reported as it is, got --{next(iter(said)).replace('_', '-')} as "
                "well. Leave it out, or report the file that the result was made from."
            )
        return opened(path), {}, kind, f"All of them are in {spec}."
    if path.suffix.lower() != ".toml" or kind is not None:
        return spec, dict(said), kind, _MORE
    return _of_file(path, said)


def _of_file(path: Path, said: Mapping[str, Any]) -> tuple[Any, dict[str, Any], str, str]:
    """Return what a TOML file describes: a grid, or a fleet."""
    from wattquery.cli.load_arguments import replacing
    from wattquery.cli.specfile import check_model, read_spec
    from wattquery.specs.toml_files import read_toml

    entries = read_toml(path)
    if any(key in entries for key in _OF_FLEETS) and "model" not in entries:
        return str(path), dict(said), "fleet", _MORE
    if any(key in entries for key in _OF_FLEETS):
        raise InputError(
            f"{path} must describe a grid, which has the key 'model', or a fleet, which has classes and "
            f"queries_per_day, got both. Remove one of the two."
        )
    from wattquery.sweeps.sweep import sweep

    allowed = [name for name in inspect.signature(sweep).parameters if name not in ("progress", "client", "lazy")]
    written = read_spec(path, [*allowed, "scheduler"])
    check_model(written, path)
    for section in _SECTIONS:
        if section in entries:
            echo(f"note: the page passes over [{section}] of {path}", err=True)
    arguments = replacing(written, said)
    quoted = shlex.quote(str(path))
    model = arguments.pop("model")
    return model, arguments, "model", f"Write all of them to a file: wattquery sweep {quoted} -o cells.csv."


def _is_result(subject: Any) -> bool:
    import xarray as xr

    return isinstance(subject, xr.Dataset)
