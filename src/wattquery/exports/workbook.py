"""Tables to an Excel file, by the library XlsxWriter."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError
from wattquery.exports.spreadsheet import inert_table

if TYPE_CHECKING:
    import pandas as pd
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_workbook"]

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT, LONGEST_NAME = 1_048_576, 16_384, 32_767, 31
"""Of a sheet, its header included; of a cell, and of the name of a sheet."""

MOST_WHOLE, MOST = 2**53, 9.9e307
"""Whole numbers beyond the first are text, as a cell holds a double; so are all numbers beyond the last."""

_DATES = "yyyy-mm-dd"
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""In the place of the time: the same table gives the same bytes."""


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write a sheet for each table, with a bold header that stays in sight.

    Parameters
    ----------
    tables
        By the names of their sheets. NaN is an empty cell, and what is infinite the text ``inf``.
    path
        What is written.

    Raises
    ------
    InputError
        If a sheet cannot hold a table or a text.
    OSError
        If the disk refuses.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    for name, table in tables.items():
        _check_size(name, *table.shape)
    # Rows go to the disk one by one, into a folder of their own that nothing is left of.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.stem}-") as folder:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"created": _MADE})
        try:
            for name, table in zip(_sheet_names(tables), tables.values(), strict=True):
                _fill(book, name, inert_table(table))
            book.close()
        except FileCreateError as error:
            raise OSError(*getattr(error.args[0], "args", error.args)) from error
        except BaseException:
            with suppress(Exception):
                book.close()  # the library closes its own files nowhere else
            raise


def _check_size(name: str, rows: int, columns: int) -> None:
    if rows + 1 > MOST_ROWS or columns > MOST_COLUMNS:
        raise InputError(
            f"A sheet of Excel has at most {MOST_ROWS - 1:,} rows below its header and {MOST_COLUMNS:,} columns, and "
            f"the table {name!r} has {rows:,} rows and {columns:,} columns: write it to a file that ends in .csv or "
            ".parquet."
        )


def _sheet_names(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return names that Excel allows, each once in any case."""
    names: list[str] = []
    for wanted in tables:
        plain = wanted.translate(_NOT_IN_NAMES)
        name, number = plain[:LONGEST_NAME], 1
        while name.casefold() in (one.casefold() for one in names):
            number += 1
            name = f"{plain[: LONGEST_NAME - 5]} {number}"
        names.append(name)
    return names


def _fill(book: xlsxwriter.Workbook, name: str, frame: pd.DataFrame) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    bold, dates = book.add_format({"bold": True}), book.add_format({"num_format": _DATES})
    columns = [_cells(frame.iloc[:, place]) for place in range(frame.shape[1])]
    for place, header in enumerate(frame.columns):
        sheet.write_string(0, place, _short(str(header)), bold)
    for number, row in enumerate(zip(*columns, strict=True), 1):
        for place, value in enumerate(row):
            if value is not None:
                _write(sheet, number, place, value, dates)


def _write(sheet: Worksheet, row: int, column: int, value: object, dates: Any) -> None:
    """Write a value as what it is, and never as a formula or a link."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, dates)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _cells(column: pd.Series[Any]) -> Iterator[object]:
    """Yield what each cell holds: a number, a truth, a date or a text; None of an empty one."""
    if column.dtype.kind == "M" and getattr(column.dtype, "tz", None) is None:
        return (None if one != one else one.to_pydatetime(warn=False) for one in column)
    return map(_cell, column.tolist())


def _cell(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= MOST_WHOLE):
        return value
    if isinstance(value, float) and not abs(value) > MOST:
        return None if math.isnan(value) else value
    return None if value is None or str(value) in ("", "<NA>", "NaT") else _short(str(value))


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"A cell of Excel holds at most {LONGEST_TEXT:,} characters, and one that begins with {text[:40]!r} has "
            f"{len(text):,}: write the table to a file that ends in .csv or .parquet."
        )
    return text
