"""`wattquery catalog`: what ships, what a table holds, and whether a table of your own can be used."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import click

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog
from wattquery.catalog.alike import spelt_alike
from wattquery.catalog.physics.known import known_architecture, known_hardware
from wattquery.catalog.shipped import DEFAULT, data
from wattquery.catalog.table import CATALOG_AXES
from wattquery.cli import completing
from wattquery.cli.benchmark_import import import_command
from wattquery.cli.catalog_questions import (
    MOST_IN_FULL,
    deployment_table,
    label_options,
    matching,
    named,
    support_lines,
    support_rows,
    tables_of_default,
)
from wattquery.cli.examples import examples
from wattquery.cli.measured import measured_command
from wattquery.cli.options import json_option
from wattquery.cli.output import aligned, echo, echo_json
from wattquery.cli.wrong_files import takes
from wattquery.errors import MOST_PROBLEMS, listed
from wattquery.inputs.garbage import without_collection

if TYPE_CHECKING:
    from wattquery.cli.deployments import Fitted

__all__ = ["catalog_group"]

_MOST_NOTES = 49


_EXAMPLES = examples(
    {
        "wattquery catalog list": "what ships",
        "wattquery catalog show oviedo2026": "its deployments",
    }
)


@click.group("catalog", help="Look at benchmark tables, shipped ones and your own.", epilog=_EXAMPLES)
def catalog_group() -> None:
    """Look at benchmark tables."""


catalog_group.add_command(import_command)
catalog_group.add_command(measured_command)

_LIST = """List the shipped catalogs, presets and tables; or what is measured.

With a model, hardware, serving system or precision: how many rows say what of them. With a catalog alone: of all of it.
Labels count in any case, and by their aliases.
"""


_LIST_EXAMPLES = examples(
    {
        "wattquery catalog list": "what ships",
        'wattquery catalog list --model "Llama 3.1 405B" --hardware H100': "what is measured of them",
    }
)


@catalog_group.command("list", help=_LIST, epilog=_LIST_EXAMPLES)
@label_options
@click.option(
    "--catalog",
    metavar="NAME|PATH",
    help="Which catalog; default where labels are named.",
    shell_complete=completing.catalogs,
)
@json_option
def list_command(catalog: str | None, as_json: bool, **labels: tuple[str, ...]) -> None:
    """List what ships, or what is measured."""
    wanted = named(labels)
    if wanted or catalog is not None:
        measured = support_rows(catalog or DEFAULT, wanted)
        if as_json:
            echo_json({"catalog": catalogs.load(catalog or DEFAULT).name, "measured": measured})
        else:
            echo("\n".join(support_lines(measured)))
        return
    titles = tomllib.loads(data("catalogs.toml").decode())
    tables = [{**_summary(catalogs.load(name)), "title": titles[name]["title"]} for name in catalogs.names()]
    presets = [
        {"name": one.name, "catalog": one.catalog, "published": one.published, "title": one.title}
        for one in map(catalogs.preset, catalogs.preset_names())
    ]
    if as_json:
        echo_json({"catalogs": tables, "presets": presets, "tables": tables_of_default()})
        return
    rows = [[one["name"], str(one["rows"]), str(len(one["models"])), one["title"]] for one in tables]
    lines = aligned(["catalog", "rows", "models", "title"], rows, text=(0, 3))
    lines += [
        "",
        *aligned(["preset", "catalog", "title"], [[p["name"], p["catalog"], p["title"]] for p in presets], range(3)),
        "",
        *aligned(
            [f"table of {DEFAULT}", "rows"], [[one["name"], f"{one['rows']:,}"] for one in tables_of_default()], (0,)
        ),
        "",
        "What is measured: wattquery catalog list --model ... --hardware ... (or --catalog default for all of it).",
    ]
    echo("\n".join(lines))


_SHOW = """Show the deployments of a catalog, and how each one's throughput is known.

Of many a line each, of a few all that is known: name labels to have fewer.
"""


_SHOW_EXAMPLES = examples(
    {
        "wattquery catalog show oviedo2026": "",
        "wattquery catalog show default --hardware B200 --precision FP4": "",
    }
)


@catalog_group.command("show", help=_SHOW, epilog=_SHOW_EXAMPLES)
@click.argument("catalog", metavar="NAME|PATH", shell_complete=completing.catalogs)
@label_options
@json_option
def show_command(catalog: str, as_json: bool, **labels: tuple[str, ...]) -> None:
    """Show the deployments of a catalog, and how each one's throughput is known."""
    table = catalogs.load(catalog)
    from wattquery.cli.deployments import fitted_deployments

    everything = fitted_deployments(table)
    found = matching(everything, table, named(labels))
    if as_json:
        echo_json({**_summary(table), "deployments": [one.to_dict() for one in found]})
        return
    lines = _heading(table, everything)
    if not found:
        lines += ["", "No deployment has these labels: nothing was measured. wattquery catalog list says what was."]
    elif len(found) > MOST_IN_FULL:
        lines += ["", *deployment_table(found)]
    else:
        lines += [line for one in found for line in ["", *one.lines()]]
    echo("\n".join(lines))


_SOURCE = "Say where a row is from: source, date, confidence, licence and flags."

_SOURCE_EXAMPLES = examples(
    {
        "wattquery catalog source T02273": "",
    }
)


@catalog_group.command(
    "source", help="Say where a row is from: source, date, confidence, licence and flags.", epilog=_SOURCE_EXAMPLES
)
@click.argument("row", metavar="ROW")
@json_option
def source_command(row: str, as_json: bool) -> None:
    """Say where a row is from."""
    found = catalogs.source(row)
    if as_json:
        echo_json(found.to_dict())
        return
    echo(str(found))


_VALIDATE = """Check a benchmark table of your own.

Ends with exit code 2 and a line per problem if it cannot be used. Notes on what its rows do not tell, or contradict
each other in, change no exit code.
"""


_VALIDATE_EXAMPLES = examples(
    {
        "wattquery catalog validate my-benchmarks.csv": "a table that wattquery catalog import wrote, or your own",
    }
)


@catalog_group.command("validate", help=_VALIDATE, epilog=_VALIDATE_EXAMPLES)
@click.argument("path", metavar="PATH", callback=takes("a table of benchmarks as CSV", "table"))
@json_option
def validate_command(path: str, as_json: bool) -> None:
    """Check a benchmark table."""
    with without_collection():
        if as_json:
            echo_json(_validated(path, as_json=True))
            return
        found = _validated(path, as_json=False)
    notes = found["notes"]
    for note in notes[:MOST_PROBLEMS]:
        echo(f"note: {note}", err=True)
    if len(notes) > MOST_PROBLEMS:
        echo(f"note: {len(notes) - MOST_PROBLEMS:,} more are in the list of --json.", err=True)
    echo(f"{path}: {_counted(found['rows'], 'row')}, {_counted(len(found['models']), 'model')}: valid")
    for axis, labels in found["not_known"].items():
        if labels:
            echo(f"not known, so that no rate is held against physics: {axis} {listed(labels)}")


def _validated(path: str, *, as_json: bool) -> dict[str, Any]:
    """Return what is to be said of a table; of the table itself, which may be large, nothing is kept."""
    from wattquery.cli.deployments import fitted_deployments

    table = catalogs.read_csv(path)
    labels = {axis: table.labels(axis) for axis in CATALOG_AXES}
    notes = [*spelt_alike(labels), *_notes(fitted_deployments(table))]
    counts = _summary(table) if as_json else {"rows": len(table.rows), "models": list(labels["model"])}
    return {"path": path, "valid": True, **counts, "notes": notes, "not_known": _not_known(table)}


def _not_known(table: Catalog) -> dict[str, list[str]]:
    """Return the models and the hardware of which physics knows nothing."""
    counted = {row.model for row in table.rows if row.active_parameters is not None}
    models = [name for name in table.labels("model") if name not in counted and known_architecture(name) is None]
    return {"model": models, "hardware": [name for name in table.labels("hardware") if known_hardware(name) is None]}


def _notes(found: list[Fitted]) -> list[str]:
    """Return what the rows of deployments do not tell, or contradict each other in, for the first of them."""
    notes: list[str] = []
    for i, one in enumerate(found):
        notes += [f"{one.title}: {note}" for note in (one.problem, *one.notes) if note]
        if len(notes) >= _MOST_NOTES and i + 1 < len(found):
            return [*notes[:_MOST_NOTES], f"the other {len(found) - i - 1:,} deployments were not looked at"]
    return notes


def _summary(table: Catalog) -> dict[str, Any]:
    return {
        "name": table.name,
        "rows": len(table.rows),
        "models": list(table.labels("model", measured=True)),
        "models_without_rows": list(table.labels("model")[len(table.labels("model", measured=True)) :]),
        "pooled": list(table.pooled),
        "default_precision": table.default_precision,
        "content_hash": table.content_hash,
        "origin": table.origin,
    }


def _heading(table: Catalog, found: list[Fitted]) -> list[str]:
    models = len(table.labels("model", measured=True))
    counts = f"{_counted(len(table.rows), 'row')}, {_counted(models, 'model')}, {_counted(len(found), 'deployment')}"
    lines = [f"{table.name}: {counts} (content {table.content_hash})", table.origin]
    if unmeasured := len(table.labels("model")) - models:
        lines.append(f"Without rows, and so without a throughput, it knows {_counted(unmeasured, 'model')} more.")
    if table.pooled:
        lines.append(f"Rows are pooled over {' and '.join(table.pooled)} where none is named.")
    if table.default_precision:
        lines.append(f"Where no precision is named, {table.default_precision} is used.")
    for preset in map(catalogs.preset, catalogs.preset_names()):
        if preset.catalog == table.name and preset.node_power is not None:
            others = "".join(f", {model} {power:g} kW" for model, power in preset.node_power_by_model.items())
            lines.append(f"Preset {preset.name} sets the node power itself: {preset.node_power:g} kW{others}.")
    return lines


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
