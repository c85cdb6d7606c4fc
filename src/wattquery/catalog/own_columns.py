"""Columns of a table that are not known: what they hold is kept as text beside each row.

They change no result. But a table of a user's own says in them what its rows were measured at, such as a concurrency,
and where rows scatter, that is what tells them apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from wattquery.catalog.benchmark_columns import COLUMNS, Column
from wattquery.catalog.row import BenchmarkRow

__all__ = ["Others", "own_columns", "with_own_columns"]

Others = tuple[tuple[str, str], ...]


def with_own_columns(rows: tuple[BenchmarkRow, ...], content: bytes) -> tuple[BenchmarkRow, ...]:
    """Return rows that were just read from a file with what its own columns hold beside them.

    Parameters
    ----------
    rows
        The rows; nobody else has them yet.
    content
        The bytes of the file.
    """
    own = own_columns(content)
    if own:
        for row in rows:
            object.__setattr__(row, "others", own.get(row.line, ()))  # a copy of each would take longer than reading
    return rows


def own_columns(content: bytes, columns: Sequence[Column] = COLUMNS) -> dict[int, Others]:
    r"""Return header and cell of every column that is not known, by the line that a row starts on; mostly nothing.

    Parameters
    ----------
    content
        The bytes of a file that was found to be a table.
    columns
        The known columns.

    Examples
    --------
    >>> from wattquery.catalog.own_columns import own_columns
    >>> own_columns(b"Model,Concurrency\nOurs 8B,64\n")
    {2: (('Concurrency', '64'),)}
    """
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    known = {column.header for column in columns}
    places: list[tuple[int, str]] | None = None
    found: dict[int, Others] = {}
    line = 1
    for cells in reader:
        if any(map(str.strip, cells)):
            if places is None:
                headers = [" ".join(cell.split()) for cell in cells]
                places = [(i, header) for i, header in enumerate(headers) if header and header not in known]
                if not places:
                    return {}
            else:
                found[line] = tuple([(header, cells[i].strip()) for i, header in places if i < len(cells)])
        line = reader.line_num + 1
    return found
