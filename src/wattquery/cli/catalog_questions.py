"""What `wattquery catalog` prints of a large catalog: bounded tables, and how to see what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog
from wattquery.catalog.records import TABLES, records
from wattquery.cli import completing
from wattquery.cli.options import decorated
from wattquery.cli.output import aligned, number
from wattquery.quantities import CATALOG_AXES

if TYPE_CHECKING:
    from wattquery.cli.deployments import Fitted

__all__ = [
    "MOST_IN_FULL",
    "deployment_table",
    "label_options",
    "matching",
    "named",
    "support_lines",
    "support_rows",
    "tables_of_default",
]

F = TypeVar("F", bound=Callable[..., Any])

MOST_LINES = 40
"""Lines of a table that are printed."""

MOST_IN_FULL = 12
"""Deployments that are shown with all that is known of them, some eight lines each."""

_NARROW = "Narrow them with --model, --hardware, --serving or --precision, or list all with --json."


def label_options(function: F) -> F:
    """Add an option for the labels of each axis of a catalog, which may be repeated."""
    options = [
        click.option(
            f"--{axis}",
            metavar="NAME",
            multiple=True,
            help=f"Only this {axis}; may be repeated.",
            shell_complete={"model": completing.models, "hardware": completing.hardware}.get(axis),
        )
        for axis in CATALOG_AXES
    ]
    return decorated(function, options)


def named(labels: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the axes of which labels were named, with these."""
    return {axis: list(labels[axis]) for axis in CATALOG_AXES if labels[axis]}


def tables_of_default() -> list[dict[str, Any]]:
    """Return the tables of the catalog ``default`` with their numbers of rows."""
    return [{"name": name, "rows": sum(1 for _ in records(name))} for name in TABLES]


def support_rows(catalog: str, labels: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Return what is measured, an entry for each combination of labels."""
    found = catalogs.support(catalog, **labels).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in found]


def support_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is measured as a table, and what it leaves out."""
    if not rows:
        return ["Nothing is measured of this combination."]
    columns = list(rows[0])
    counts = [column for column in columns if column not in CATALOG_AXES]
    cells = [[str(row[column]) for column in columns] for row in rows[:MOST_LINES]]
    lines = aligned(columns, cells, range(len(CATALOG_AXES)))
    # Lengths of different combinations do not add up.
    totals = ", ".join(f"{sum(row[name] for row in rows):,} {name}" for name in counts if name != "lengths")
    combinations = "1 combination" if len(rows) == 1 else f"{len(rows):,} combinations"
    return [*lines, *_left_out(len(rows), "combinations"), "", f"{combinations}; rows: {totals}."]


def matching(found: Sequence[Fitted], table: Catalog, labels: Mapping[str, list[str]]) -> list[Fitted]:
    """Return the deployments that have some labels, in any of their rows where these are pooled."""
    wanted = {axis: {table.label(axis, one) for one in of_axis} for axis, of_axis in labels.items()}
    return [
        one
        for one in found
        if all(any(getattr(row, axis) in of_axis for row in one.deployment.rows) for axis, of_axis in wanted.items())
    ]


def deployment_table(found: Sequence[Fitted]) -> list[str]:
    """Return many deployments as a table of a line each, and what it leaves out."""
    header = [*CATALOG_AXES, "rows", "most [tokens/s]", "node [kW]", "throughput"]
    rows = [
        [
            *(getattr(one.deployment, axis) for axis in CATALOG_AXES),
            str(len(one.deployment.rows)),
            number(max(row.tokens_per_second for row in one.deployment.rows), 3),
            number(one.deployment.node_power, 3),
            "not determined" if one.throughput is None else one.throughput.kind.replace("_", " "),
        ]
        for one in found[:MOST_LINES]
    ]
    lines = aligned(header, rows, (*range(len(CATALOG_AXES)), len(header) - 1))
    full = f"At most {MOST_IN_FULL} deployments are shown with all that is known of them."
    return [*lines, *_left_out(len(found), "deployments"), "", full]


def _left_out(count: int, noun: str) -> list[str]:
    return ["", f"{count - MOST_LINES:,} more {noun} are not shown. {_NARROW}"] if count > MOST_LINES else []
