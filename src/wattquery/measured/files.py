"""A file to points: told by what stands in it whether it is of a benchmark, a catalog or a table of measurements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from wattquery.catalog.reader import read_csv
from wattquery.catalog.row import BenchmarkRow
from wattquery.catalog.table import Catalog
from wattquery.errors import InputError, quoted
from wattquery.measured.catalogs import points_of_rows
from wattquery.measured.points import MeasuredPoints
from wattquery.measured.reading import Reading
from wattquery.measured.tables.cells import KNOWN, MOST_ROWS, cells_of
from wattquery.measured.tables.columns import VALUES, folded
from wattquery.measured.tables.table import read_cells
from wattquery.measured.usable import points_of
from wattquery.readers.benchmarks import rows_of_document
from wattquery.readers.documents import Document, document
from wattquery.readers.formats import has_table, place_and_reason
from wattquery.readers.tables import csv_rows
from wattquery.throughput.load.row_columns import observations_of

__all__ = ["points_of_catalog", "points_of_file", "points_of_table"]

_RATE = "tokens per second (tps)"
_ENTRY = re.compile(r"[^']*: ('.*', (?:entry|line) \d+.*)", re.DOTALL)
_MEASURED = {header for column in VALUES.values() for header in column.headers}


def points_of_file(path: str, reading: Reading) -> MeasuredPoints:
    """Return the points of a file.

    Parameters
    ----------
    path
        What the user named.
    reading
        What is said beside it, and where runs of benchmarks stand that were read before.

    Raises
    ------
    InputError
        If the file cannot be read, or is none of what is read.
    """
    content = document(path)
    header = _header(content)
    if _RATE in header:
        return points_of_catalog(read_csv(path), reading, path)
    is_of_benchmark = not content.text or has_table(content.text)
    if _MEASURED & header or (KNOWN & header and not is_of_benchmark):
        return points_of_table(path, reading, f"{quoted(path, 300)}, ")
    if not is_of_benchmark:
        raise InputError(
            f"{quoted(path, 300)}: nothing in it is a measurement: name a file that a benchmark wrote, a catalog, or a "
            "table with commas between columns such as 'model', 'hardware', 'n_gpus' and 'output_tokens_per_s'."
        )
    refused: list[tuple[str, str]] = []
    rows = list(_rows(content, reading, refused))
    points = points_of_rows(rows, reading)
    return replace(points, refused=(*refused, *points.refused))


def points_of_table(table: object, reading: Reading, where: str = "") -> MeasuredPoints:
    """Return the points of a table of measurements: the path of a CSV file, or a DataFrame.

    Parameters
    ----------
    table, reading
        What was measured, and what is said beside it.
    where
        What the table is called, before the names of its rows.
    """
    beside = reading.beside
    read = read_cells(beside.applied(cells_of(table, "source")), beside.own)
    return points_of(read, reading, where)


def points_of_catalog(catalog: Catalog, reading: Reading, path: str = "") -> MeasuredPoints:
    """Return the points of a catalog.

    Parameters
    ----------
    catalog, reading
        The rows, and what is said beside them.
    path
        Its file, for messages; empty where it is of none.

    Raises
    ------
    InputError
        If it ships: the load model was fitted to its rows.
    """
    if catalog.reviewed:
        raise InputError(
            f"the catalog {catalog.name!r} ships with the package, and what is in it does not count twice: pass rows "
            "that you measured yourself."
        )
    where = quoted(path or catalog.origin or catalog.name, 300)
    if len(catalog.rows) > MOST_ROWS:
        why = f"it has more than {MOST_ROWS:,} rows, and so many are read at once: pass those that you need."
        return MeasuredPoints(observations=observations_of(0, {}), refused=((where, why),))
    return points_of_rows([(_place(row, path) or f"{where}, line {row.line}", row) for row in catalog.rows], reading)


def _place(row: BenchmarkRow, path: str) -> str:
    """Return where a row of benchmarks that were just read stands in their files; empty for any other."""
    found = None if path else _ENTRY.fullmatch(row.source)
    return found[1] if found else ""


def _header(content: Document) -> set[str]:
    """Return the names of the columns of a text, folded; none of JSON."""
    if not content.text:
        return set()
    first = content.text.lstrip("\ufeff \t\r\n").splitlines()[0]
    return {
        name
        for _, cells in csv_rows(first, content.shown)
        for cell in cells
        for name in (cell.casefold(), folded(cell))
    }


def _rows(content: Document, reading: Reading, refused: list[tuple[str, str]]) -> Iterator[tuple[str, BenchmarkRow]]:
    """Yield where each run of a benchmark stands with its row; those that have none are added to what is refused."""
    for one in rows_of_document(content, reading.beside.stated, reading.seen):
        if isinstance(one, InputError):
            where, reason = place_and_reason(str(one))
            refused.append((where or quoted(content.shown, 300), reason))
        else:
            yield one
