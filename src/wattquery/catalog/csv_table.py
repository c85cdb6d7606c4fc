"""From a CSV file to the values of its rows, or to one error that names what is wrong with the file.

What a cell may hold is said by the columns that are passed; here are files and rows. A file may have millions: rows are
taken in portions, columns of a portion at once, and a cell that was read before is not read again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any, TypeVar

from wattquery.catalog.benchmark_columns import Column, GroupedThousands, text
from wattquery.catalog.csv_cells import Values, Wrong
from wattquery.catalog.csv_header import Header, header_of
from wattquery.catalog.csv_records import PORTION, Records, repeated_rows
from wattquery.errors import MOST_PROBLEMS, InputError, first_problems, quoted
from wattquery.inputs.files import content_of as bytes_of
from wattquery.inputs.files import text_of
from wattquery.inputs.garbage import without_collection

__all__ = ["content_of", "parse_lines", "refused"]


T = TypeVar("T")
_WANTED = "A readable CSV file"
_SAVE = "Save the table again as 'CSV UTF-8'."


def parse_lines(
    content: bytes,
    shown: str,
    columns: Sequence[Column],
    fields: Sequence[str],
    make: Callable[[Sequence[Sequence[Any]]], Iterable[T]],
    why_once: str,
) -> list[T]:
    """Return what is made of each row of a file.

    Parameters
    ----------
    content
        The bytes of the file.
    shown
        What messages call the file.
    columns
        The known columns.
    fields, make
        What makes some rows: it is called with the values of these fields, a sequence for each with a value for each
        row, and last with the lines that the rows start on.
    why_once
        Why a row may not stand twice, for messages.

    Raises
    ------
    InputError
        With one line per problem, for the first of them.
    """
    text_of(content, shown, _WANTED, _SAVE)
    records = Records(content, shown)
    first = next(records.portions(1), None)
    if first is None:
        empty = f"{shown}: the file is empty; a header line and at least one row are needed. Export the table again."
        raise refused(shown, records.problems or [empty])
    header, problems = header_of(first[1][0], shown, columns, content)
    table = _Table(header, shown, columns)
    order = [[column.field for column in columns].index(field) for field in fields]
    made: list[T] = []
    with without_collection():
        for numbers, rows in records.portions(PORTION):
            values = table.values(numbers, rows)
            if not (table.count or problems or table.repeated):
                made += make([*(values[i] for i in order), numbers])
    if table.rows == 0 and not (problems or records.problems):
        problems.append(f"{shown}: no rows follow the header; at least one is needed. Add a row below it.")
    problems += table.thousands()
    twice = repeated_rows(table.repeated, content, shown, why_once)
    told = [*records.problems, *problems, *twice[:MOST_PROBLEMS], *table.problems]
    count = len(records.problems) + len(problems) + len(twice) + table.count
    if count:
        raise refused(shown, told, count)
    return made


def refused(shown: str, problems: Sequence[str], count: int | None = None) -> InputError:
    """Return the error for a file with problems, a line for each of the first of them, and how many there are."""
    count = len(problems) if count is None else count
    reasons = "1 reason" if count == 1 else f"{count:,} reasons"
    heading = f"{quoted(shown, 300)} cannot be used, for {reasons}:"
    return InputError("\n".join([heading, *first_problems(problems, count)]))


def content_of(shown: str) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    return bytes_of(shown, _WANTED)


class _Table:
    """What was read of a table: how many rows, and what is wrong with them."""

    def __init__(self, header: Header, shown: str, columns: Sequence[Column]) -> None:
        self._header, self._shown, self._columns = header, shown, columns
        # Words are kept once, however often they stand in a column.
        self._wrong_cells: list[list[str]] = [[] for _ in columns]
        self._grouped = [None if column.grouped is None else GroupedThousands(column.grouped) for column in columns]
        self._value = [
            sys.intern if column.parse is text else Values(column, found, grouped).__getitem__
            for column, found, grouped in zip(columns, self._wrong_cells, self._grouped, strict=True)
        ]
        self._first: dict[int, int] = {}
        self.rows = 0
        self.problems: list[str] = []
        self.count = 0
        self.repeated: list[tuple[int, int]] = []
        """Lines of rows that are probably the same as earlier ones, with the lines of these."""

    def values(self, numbers: Sequence[int], rows: Sequence[list[str]]) -> list[Sequence[Any]]:
        """Return the values of each column in a portion; what is wrong is counted, and told of the first ones."""
        self.rows += len(rows)
        width = self._header.width
        wrong: list[tuple[int, int, int, str]] = []
        if set(map(len, rows)) != {width}:
            wrong = [
                (number, -1, i, "")
                for i, (number, row) in enumerate(zip(numbers, rows, strict=True))
                if len(row) < width or any(map(str.strip, row[width:]))
            ]
        by_place = [list(map(str.strip, one)) for one in zip_longest(*rows, fillvalue="")][:width]
        by_place += [[""] * len(rows)] * (width - len(by_place))
        self._look_for_repeated(numbers, by_place)
        ragged = {i for _, _, i, _ in wrong}
        found: list[Sequence[Any]] = []
        for i, (column, place) in enumerate(zip(self._columns, self._header.places, strict=True)):
            if place is None:
                found.append([column.absent] * len(rows))
                continue
            found.append(list(map(self._value[i], by_place[place])))
            if self._wrong_cells[i]:
                wrong += (
                    (numbers[row], i, row, one)
                    for row, one in enumerate(found[-1])
                    if type(one) is Wrong and row not in ragged
                )
        self.count += len(wrong)
        for number, i, row, why in sorted(wrong)[: MOST_PROBLEMS - len(self.problems)]:
            self.problems.append(self._ragged(number, rows[row]) if i < 0 else self._cell(number, i, rows[row], why))
        return found

    def thousands(self) -> list[str]:
        """Return the columns that are written with points between thousands, once all rows are read."""
        problems = []
        for column, grouped in zip(self._columns, self._grouped, strict=True):
            cell = "" if grouped is None else grouped.cell
            if cell:
                number = cell.rstrip("0").rstrip(".")
                problems.append(
                    f"{self._shown}, column {column.header!r}: {cell!r} may be {number} or {cell.replace('.', '')}, "
                    "and all numbers of the column are written alike; a point stands before decimals only. Write "
                    f"{cell.replace('.', '')} for thousands, or decimals with another number of digits, such as "
                    f"{float(cell):.1f} or {cell}0."
                )
        return problems

    def _look_for_repeated(self, numbers: Sequence[int], by_place: Sequence[Sequence[str]]) -> None:
        # A hash of a row is kept in its place, which takes a tenth of the memory.
        for mark, number in zip(map(hash, zip(*by_place, strict=True)), numbers, strict=True):
            if (earlier := self._first.setdefault(mark, number)) != number:
                self.repeated.append((number, earlier))

    def _ragged(self, number: int, cells: Sequence[str]) -> str:
        return (
            f"{self._shown}, row {number}: {len(cells)} cells; the header has {self._header.width}. "
            "Add or remove commas, and put quotes around a cell that holds a comma."
        )

    def _cell(self, number: int, i: int, cells: Sequence[str], why: str) -> str:
        """Return what is wrong with a cell."""
        place = self._header.places[i]
        cell = "" if place is None else cells[place]
        return f"{self._shown}, row {number}, column {self._columns[i].header!r}: {quoted(cell, 60)} {why}"
