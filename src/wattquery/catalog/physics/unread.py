"""Columns of a user's own that are recognised and cannot be held against anything: no numbers, or two that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wattquery.catalog.physics.own_cells import OwnColumn, cell_number, is_unread, own_column
from wattquery.catalog.physics.point import QUESTIONABLE, Finding
from wattquery.catalog.physics.words import near
from wattquery.catalog.row import BenchmarkRow

__all__ = ["unread_findings"]

_SAME_WITHIN = 1.05
_STATISTIC = re.compile(r"\b(mean|average|avg|median|max|maximum)\b", re.IGNORECASE)


def unread_findings(row: BenchmarkRow) -> Iterator[tuple[Finding, str, str]]:
    """Yield what is wrong with the columns of a row that are recognised, each with the header and the cell.

    Parameters
    ----------
    row
        A row of a user's table.
    """
    seen: dict[tuple[str, str], tuple[str, str, float]] = {}
    for header, cell in row.others:
        column = own_column(header)
        if column is None or not column.is_number or not cell:
            continue
        if is_unread(cell) and (column.field != "accelerators" or not cell[0].isalpha()):  # their names say no number
            yield _no_number(header, cell), header, cell
        number = cell_number(cell)
        if number is None:
            continue
        first = seen.setdefault(_quantity(column, header), (header, cell, number * column.scale))
        if not near(first[2], number * column.scale, _SAME_WITHIN):
            yield _differ(first, header, cell), header, cell


def _quantity(column: OwnColumn, header: str) -> tuple[str, str]:
    """Return what a column holds: the mean of something is not its median."""
    statistic = _STATISTIC.search(header)
    word = statistic[1].casefold() if statistic else ""
    return column.field, {"average": "mean", "avg": "mean", "maximum": "max"}.get(word, word)


def _no_number(header: str, cell: str) -> Finding:
    return Finding(
        "no-number",
        QUESTIONABLE,
        f"{header} {_start(cell)!r} is no positive number, so that the row is not held against it; write digits with a "
        "decimal point, without units or thousands separators, or leave it empty for not known",
    )


def _differ(first: tuple[str, str, float], header: str, cell: str) -> Finding:
    return Finding(
        "columns-differ",
        QUESTIONABLE,
        f"{first[0]!r} is {_start(first[1])} and {header!r} is {_start(cell)}, and both are read as the same; the "
        "row is held against the first alone: correct one of them, or rename what is something else",
    )


def _start(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:40]}..."
