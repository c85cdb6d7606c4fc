"""`wattquery catalog`: what ships, what a table holds, and whether a table of your own can be used."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import click

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog
from wattquery.catalog.alike import spelt_alike
from wattquery.catalog.shipped import data
from wattquery.catalog.table import CATALOG_AXES
from wattquery.cli.options import json_option
from wattquery.cli.output import aligned, echo, echo_json
from wattquery.errors import MOST_PROBLEMS
from wattquery.inputs.garbage import without_collection

if TYPE_CHECKING:
    from wattquery.cli.deployments import Fitted

__all__ = ["catalog_group"]

_MOST_NOTES = 49


@click.group("catalog", help="Look at benchmark tables, shipped ones and your own.")
def catalog_group() -> None:
    """Look at benchmark tables."""


@catalog_group.command("list", help="List the shipped catalogs and the presets.")
@json_option
def list_command(as_json: bool) -> None:
    """List the shipped catalogs and the presets."""
    titles = tomllib.loads(data("catalogs.toml").decode())
    tables = [{**_summary(catalogs.load(name)), "title": titles[name]["title"]} for name in catalogs.names()]
    presets = [
        {"name": one.name, "catalog": one.catalog, "published": one.published, "title": one.title}
        for one in map(catalogs.preset, catalogs.preset_names())
    ]
    if as_json:
        echo_json({"catalogs": tables, "presets": presets})
        return
    rows = [[one["name"], str(one["rows"]), str(len(one["models"])), one["title"]] for one in tables]
    lines = aligned(["catalog", "rows", "models", "title"], rows, text=(0, 3))
    lines += [
        "",
        *aligned(["preset", "catalog", "title"], [[p["name"], p["catalog"], p["title"]] for p in presets], range(3)),
    ]
    echo("\n".join(lines))


@catalog_group.command("show", help="Show the deployments of a catalog, and how each one's throughput is known.")
@click.argument("catalog", metavar="NAME|PATH")
@json_option
def show_command(catalog: str, as_json: bool) -> None:
    """Show the deployments of a catalog, and how each one's throughput is known."""
    table = catalogs.load(catalog)
    from wattquery.cli.deployments import fitted_deployments

    found = fitted_deployments(table)
    if as_json:
        echo_json({**_summary(table), "deployments": [one.to_dict() for one in found]})
        return
    echo("\n".join([*_heading(table, found), *(line for one in found for line in ["", *one.lines()])]))


_VALIDATE = """Check a benchmark table of your own.

Ends with exit code 2 and a line per problem if it cannot be used. Notes on what its rows do not tell, or contradict
each other in, change no exit code.
"""


@catalog_group.command("validate", help=_VALIDATE)
@click.argument("path", metavar="PATH")
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


def _validated(path: str, *, as_json: bool) -> dict[str, Any]:
    """Return what is to be said of a table; of the table itself, which may be large, nothing is kept."""
    from wattquery.cli.deployments import fitted_deployments

    table = catalogs.read_csv(path)
    labels = {axis: table.labels(axis) for axis in CATALOG_AXES}
    notes = [*spelt_alike(labels), *_notes(fitted_deployments(table))]
    counts = _summary(table) if as_json else {"rows": len(table.rows), "models": list(labels["model"])}
    return {"path": path, "valid": True, **counts, "notes": notes}


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
        "models": list(table.labels("model")),
        "pooled": list(table.pooled),
        "default_precision": table.default_precision,
        "content_hash": table.content_hash,
        "origin": table.origin,
    }


def _heading(table: Catalog, found: list[Fitted]) -> list[str]:
    counts = (
        f"{_counted(len(table.rows), 'row')}, {_counted(len(table.labels('model')), 'model')}, "
        f"{_counted(len(found), 'deployment')}"
    )
    lines = [f"{table.name}: {counts} (content {table.content_hash})", table.origin]
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
