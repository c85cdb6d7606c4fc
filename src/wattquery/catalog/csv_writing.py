"""A catalog's rows as a CSV file, with the columns that reading takes: what is written and read again is the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from wattquery.catalog.benchmark_columns import COLUMNS
from wattquery.catalog.row import BenchmarkRow
from wattquery.quantities import UncheckedNumber

__all__ = ["csv_text"]

_LIKE_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)
"""Decimals that reading may take for thousands; a fourth one tells them apart."""


def csv_text(rows: Sequence[BenchmarkRow]) -> str:
    r"""Return rows as the text of a CSV file: a header, then a line for each row.

    Columns that no row fills are left out, unless a table must have them.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.catalog.reader import parse_rows
    >>> rows = catalog.load("oviedo2026").rows
    >>> parse_rows(csv_text(rows).encode(), "again.csv") == rows
    True
    """
    own = list(dict.fromkeys(header for row in rows for header, _ in row.others))
    known = [one for one in COLUMNS if one.required or any(_cell(getattr(row, one.field)) for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(one.header for one in known), *own])
    for row in rows:
        others = dict(row.others)
        cells = [_cell(getattr(row, one.field)) or ("NA" if one.required else "") for one in known]
        writer.writerow([*cells, *(others.get(header, "") for header in own)])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(float(value))
        text += "0" if _LIKE_THOUSANDS.fullmatch(text) else ""
        return f"unchecked({text})" if isinstance(value, UncheckedNumber) else text
    return str(value)
