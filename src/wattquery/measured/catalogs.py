"""Rows of a catalog to points, whether a file, a benchmark or a user made them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wattquery.catalog.row import BenchmarkRow
from wattquery.measured.benchmark_rows import RowCells, RowError, cells_of_row
from wattquery.measured.beside import Beside
from wattquery.measured.points import MeasuredPoints
from wattquery.measured.reading import Reading
from wattquery.measured.tables.cells import Cells
from wattquery.measured.tables.table import read_cells
from wattquery.measured.usable import points_of

__all__ = ["points_of_rows"]


def points_of_rows(rows: Iterable[tuple[str, BenchmarkRow]], reading: Reading) -> MeasuredPoints:
    """Return the points of rows of a catalog.

    Parameters
    ----------
    rows
        Where each stands, and what it says.
    reading
        What is said beside them.
    """
    beside = reading.beside
    refused: list[tuple[str, str]] = []
    read: list[tuple[str, RowCells]] = []
    for where, row in rows:
        try:
            read.append((where, cells_of_row(_counted(row, beside), beside.own)))
        except RowError as error:
            refused.append((where, str(error)))
    headers = tuple(dict.fromkeys(header for _, one in read for header in one.cells))
    cells = Cells(
        headers,
        tuple(tuple(one.cells.get(header, "") for header in headers) for _, one in read),
        names=tuple(where for where, _ in read),
    )
    said = ["; ".join(one.notes) for _, one in read]
    points = points_of(read_cells(beside.applied(cells), beside.own), reading, said=said)
    return replace(points, refused=(*refused, *points.refused))


def _counted(row: BenchmarkRow, beside: Beside) -> BenchmarkRow:
    """Return a row with the number of accelerators that is said beside it, where it has none."""
    count = beside.stated.accelerators
    if count is None or any(header == "Accelerators" for header, _ in row.others):
        return row
    return replace(row, others=(*row.others, ("Accelerators", str(count))))
