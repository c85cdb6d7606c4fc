"""From a CSV file to the values of its rows, or to one error that names everything wrong with the file.

What a cell may hold is said by the columns that are passed; here are files, headers and rows.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wattquery.catalog.columns import Column, NotAllowedError, grouped_thousands, other_unit
from wattquery.errors import InputError, did_you_mean, listed

__all__ = ["Line", "content_of", "parse_lines", "refused"]

_CLOSE = 0.8  # likeness above which an unknown header is taken for a slip and not for a column of the user's own

_Record = tuple[int, list[str]]
Line = tuple[int, dict[str, Any]]


def parse_lines(content: bytes, shown: str, columns: Sequence[Column], why_once: str) -> list[Line]:
    """Return for each row of a file the line that it starts on and its values by field.

    Parameters
    ----------
    content
        The bytes of the file.
    shown
        What messages call the file.
    columns
        The known columns.
    why_once
        Why a row may not stand twice, for messages.

    Raises
    ------
    InputError
        With one line per problem.
    """
    records, problems = _records(_decoded(content, shown), shown)
    lines: list[Line] = []
    if records:
        header = [cell.strip() for cell in records[0][1]]
        problems += _header_problems(header, shown, columns)
        body = records[1:]
        if not body and not problems:
            problems.append(f"{shown}: no rows follow the header; at least one is needed. Add a row below it.")
        problems += _duplicates(body, shown, why_once)
        problems += _thousands(header, body, shown, columns)
        for line, cells in body:
            values, wrong = _values(header, line, cells, shown, columns)
            problems += wrong
            if not wrong:
                lines.append((line, values))
    elif not problems:
        problems.append(
            f"{shown}: the file is empty; a header line and at least one row are needed. Export the table again."
        )
    if problems:
        raise refused(shown, problems)
    return lines


def refused(shown: str, problems: Sequence[str]) -> InputError:
    """Return the error for a file with problems, a line for each."""
    reasons = "1 reason" if len(problems) == 1 else f"{len(problems)} reasons"
    return InputError("\n".join([f"{shown!r} cannot be used, for {reasons}:", *problems]))


def content_of(shown: str) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    try:
        return Path(shown).read_bytes()
    except FileNotFoundError:
        came, fix = "there is no such file", "Check the spelling and the folder you run from."
    except IsADirectoryError:
        came, fix = "this is a folder, not a file", "Name the .csv file inside it."
    except (OSError, ValueError) as error:  # a NUL character in the name is a ValueError
        came, fix = f"the file cannot be read ({error})", "Check its name and its permissions."
    raise InputError(f"{shown!r}: {came}. A readable CSV file is needed. {fix}")


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")  # spreadsheets put a byte order mark in front
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{shown!r} is not UTF-8 text: byte 0x{content[error.start]:02x} in line {line}. "
            "Only UTF-8 is read. Save the table again as 'CSV UTF-8'."
        ) from None


def _records(text: str, shown: str) -> tuple[list[_Record], list[str]]:
    """Return (first line, cells) of each record that is not blank, and what stopped the reading."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[_Record] = []
    line = 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        return records, [
            f'{shown}, row {line}: a quote (") is not closed or stands inside a cell ({error}); '
            'quotes may only enclose a whole cell. Close it, or write "" for a quote inside a quoted cell; '
            "what follows was not read."
        ]
    return records, []


def _header_problems(header: Sequence[str], shown: str, columns: Sequence[Column]) -> list[str]:
    known = {column.header for column in columns}
    unknown = [name for name in header if name not in known]
    missing = [column.header for column in columns if column.required and column.header not in header]
    if len(header) == 1 and (mark := next((one for one in ";\t|" if one in header[0]), None)):
        return [f"{shown}, row 1: the cells are separated by {mark!r}; only ',' is read. Export with commas."]
    problems = [
        f"{shown}, row 1, column {name!r}: the header lacks it; it has {listed(header, 24)}.{_renamed(name, unknown)}"
        for name in missing
    ]
    twice = {name for name in header if name in known and header.count(name) > 1}
    problems += [
        f"{shown}, row 1, column {name!r}: the header has it {header.count(name)} times; once is allowed. "
        "Remove or rename all but one."
        for name in sorted(twice)
    ]
    # A slip in an optional name would drop that column without a word.
    optional = [column.header for column in columns if not column.required and column.header not in header]
    folded = {name.casefold(): name for name in optional}
    for name in unknown:
        close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=_CLOSE)
        if close and other_unit(name, folded[close[0]]):
            problems.append(
                f"{shown}, row 1, column {name!r}: not a known column, but {folded[close[0]]!r} in another unit. "
                "Convert its values and rename it to that, or to something less alike to keep it ignored."
            )
        elif close:
            problems.append(
                f"{shown}, row 1, column {name!r}: not a known column, but close to one. "
                f"Did you mean {folded[close[0]]!r}? Rename it to that, or to something less "
                "alike to keep it ignored."
            )
    return problems


def _renamed(name: str, unknown: Sequence[str]) -> str:
    """Return what to do about a missing column: no column of another unit is offered for a new name."""
    in_other_unit = [one for one in unknown if other_unit(one, name)]
    meant = did_you_mean(name, [one for one in unknown if one not in in_other_unit])
    if meant:
        return f"{meant} Add the column, or rename the one that holds it."
    if close := difflib.get_close_matches(name, in_other_unit, n=1, cutoff=0.5):
        return f" {close[0]!r} is in another unit. Add the column, with values converted to the unit that it names."
    return " Add the column, or rename the one that holds it."


def _thousands(header: Sequence[str], body: Sequence[_Record], shown: str, columns: Sequence[Column]) -> list[str]:
    """Return the columns that are written with points between thousands."""
    problems = []
    for column in columns:
        if column.grouped is None or column.header not in header:
            continue
        place = header.index(column.header)
        cell = grouped_thousands((cells[place].strip() for _, cells in body if place < len(cells)), column.grouped)
        if cell is not None:
            number = cell.rstrip("0").rstrip(".")
            problems.append(
                f"{shown}, column {column.header!r}: {cell!r} may be {number} or {cell.replace('.', '')}, and all "
                "numbers of the column are written alike; a point stands before decimals only. Write "
                f"{cell.replace('.', '')} for thousands, or decimals with another number of digits, such as "
                f"{float(cell):.1f} or {cell}0."
            )
    return problems


def _duplicates(body: Sequence[_Record], shown: str, why_once: str) -> list[str]:
    first: dict[tuple[str, ...], int] = {}
    problems = []
    for line, cells in body:
        key = tuple(cell.strip() for cell in cells)
        if (earlier := first.setdefault(key, line)) != line:
            problems.append(
                f"{shown}, row {line}: the same, cell by cell, as row {earlier}; each row may stand once, "
                f"for {why_once}. Remove one of the two."
            )
    return problems


def _values(
    header: Sequence[str], line: int, cells: Sequence[str], shown: str, columns: Sequence[Column]
) -> tuple[dict[str, Any], list[str]]:
    if len(cells) != len(header):
        return {}, [
            f"{shown}, row {line}: {len(cells)} cells; the header has {len(header)}. "
            "Add or remove commas, and put quotes around a cell that holds a comma."
        ]
    by_header = dict(zip(header, cells, strict=True))
    values: dict[str, Any] = {}
    problems = []
    for column in columns:
        try:
            cell = by_header.get(column.header)
            values[column.field] = column.absent if cell is None else column.parse(cell.strip())
        except NotAllowedError as error:
            problems.append(_cell_problem(shown, line, column, by_header[column.header], str(error) or column.fix))
    return values, problems


def _cell_problem(shown: str, line: int, column: Column, cell: str, fix: str) -> str:
    came = repr(cell if len(cell) <= 60 else f"{cell[:57]}...")
    return f"{shown}, row {line}, column {column.header!r}: {came} is not allowed; {column.allowed} is. {fix}"
