"""Tables of text: reading, writing, and the one way in which a computed number is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent.parent
ROOT = HERE.parent
Row = dict[str, str]

SIGNIFICANT = 6
"""Digits of a computed number, as many as the raw tables give."""


def read_table(path: Path) -> list[Row]:
    """Return the rows of a CSV file, every cell as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file, strict=True)]


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a table as the text of a CSV file: line ends are those of Unix, empty is not known."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(columns), lineterminator="\n", extrasaction="raise", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table; its bytes are the same on any machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table_text(columns, rows).encode())


def number(cell: str) -> float | None:
    """Return a cell as a number; None where it is empty."""
    return float(cell) if cell else None


def written(value: float | None, digits: int = SIGNIFICANT) -> str:
    """Return a number in six significant digits or others, without exponent or needless point; empty for not known.

    The shortest text that reads back as the rounded number, which is the same in all versions of Python.
    """
    if value is None:
        return ""
    rounded = float(f"{value:.{digits}g}")
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)


def tidy(cell: str) -> str:
    """Return a published number as it is, without a point behind a whole one: 80.0 becomes 80."""
    head, point, tail = cell.partition(".")
    return head if point and not tail.strip("0") else cell


def words(*marks: str) -> str:
    """Return marks that are not empty, each once, joined as cells with several words are."""
    return "|".join(dict.fromkeys(mark for mark in marks if mark))
