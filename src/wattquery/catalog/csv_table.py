"""From a CSV file to the values of its rows, or to one error that names what is wrong with the file.

What a cell may hold is said by the columns that are passed; here are files and rows. A file may have millions: rows are
taken in portions, columns of a portion at once, and a cell that was read before is not read again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wattquery.catalog.columns import Column, NotAllowedError
from wattquery.catalog.csv_header import Header, header_of
from wattquery.errors import MOST_PROBLEMS, InputError, first_problems, quoted
from wattquery.files import content_of as bytes_of
from wattquery.files import text_of

__all__ = ["Line", "content_of", "parse_lines", "refused"]

PORTION = 4096
REMEMBERED = 100_000
"""Different cells of a column whose values are kept; with more of them, few come again."""

Line = tuple[int, tuple[Any, ...]]
_WANTED = "A readable CSV file"
_SAVE = "Save the table again as 'CSV UTF-8'."


def parse_lines(content: bytes, shown: str, columns: Sequence[Column], why_once: str) -> list[Line]:
    """Return for each row of a file the line that it starts on, and its values in the order of the columns.

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
        With one line per problem, for the first of them.
    """
    text_of(content, shown, _WANTED, _SAVE)
    records = _Records(content, shown)
    first = next(records, None)
    if first is None:
        empty = f"{shown}: the file is empty; a header line and at least one row are needed. Export the table again."
        raise refused(shown, records.problems or [empty])
    header, problems = header_of(first[1], shown, columns, content)
    table = _Table(header, shown, columns)
    lines = [line for portion in _portions(records) for line in table.lines(portion)]
    if table.rows == 0 and not (problems or records.problems):
        problems.append(f"{shown}: no rows follow the header; at least one is needed. Add a row below it.")
    twice = _repeated(table.repeated, content, shown, why_once)
    told = [*records.problems, *problems, *twice[:MOST_PROBLEMS], *table.problems]
    count = len(records.problems) + len(problems) + len(twice) + table.count
    if count:
        raise refused(shown, told, count)
    return lines


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


class _Records:
    """The records of a file that are not blank, with the line that each starts on; and what stopped the reading."""

    def __init__(self, content: bytes, shown: str) -> None:
        # Decoded portion by portion: whole, a text with one emoji takes four times the bytes of its file.
        text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
        self._reader = csv.reader(text, strict=True)
        self._shown = shown
        self._line = 1
        self.problems: list[str] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        try:
            for cells in self._reader:
                line, self._line = self._line, self._reader.line_num + 1
                if any(map(str.strip, cells)):  # spreadsheets export blank rows as commas
                    return line, cells
        except csv.Error as error:
            self.problems.append(
                f'{self._shown}, row {self._line}: a quote (") is not closed or stands inside a cell ({error}); '
                'quotes may only enclose a whole cell. Close it, or write "" for a quote inside a quoted cell; '
                "what follows was not read."
            )
        raise StopIteration


def _portions(records: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    portion: list[tuple[int, list[str]]] = []
    for record in records:
        portion.append(record)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


class _Wrong(str):
    """Why a cell is not allowed, in the place of its value; empty where its column says it all."""

    __slots__ = ()


class _Values(dict[str, Any]):
    """The value of every cell of one column that was read."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> Any:
        try:
            value = self._parse(cell)
        except NotAllowedError as error:
            value = _Wrong(str(error))
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value
        return value


class _Table:
    """What was read of a table: how many rows, and what is wrong with them."""

    def __init__(self, header: Header, shown: str, columns: Sequence[Column]) -> None:
        self._header, self._shown, self._columns = header, shown, columns
        self._values = [_Values(column.parse) for column in columns]
        self._first: dict[int, int] = {}
        self.rows = 0
        self.problems: list[str] = []
        self.count = 0
        self.repeated: list[tuple[int, int]] = []
        """Lines of rows that are probably the same as earlier ones, with the lines of these."""

    def lines(self, portion: Sequence[tuple[int, list[str]]]) -> Iterator[Line]:
        """Yield the rows of a portion whose cells are all allowed."""
        self.rows += len(portion)
        width = self._header.width
        numbers, rows, written = [], [], []
        wrong: list[tuple[int, int, int, str]] = []
        for number, cells in portion:
            stripped = tuple(map(str.strip, cells))
            while len(stripped) > width and not stripped[-1]:
                stripped = stripped[:-1]
            # The place of a row is told by a hash of it, which takes a tenth of the memory.
            if (earlier := self._first.setdefault(hash(stripped), number)) != number:
                self.repeated.append((number, earlier))
            if len(stripped) == width:
                numbers.append(number)
                rows.append(stripped)
                written.append(cells)
            else:
                wrong.append((number, -1, len(cells), ""))
        by_place = list(zip(*rows, strict=True)) or [()] * width
        found: list[Sequence[Any]] = []
        for i, (column, place) in enumerate(zip(self._columns, self._header.places, strict=True)):
            if place is None:
                found.append([column.absent] * len(rows))
                continue
            values = list(map(self._values[i].__getitem__, by_place[place]))
            found.append(values)
            if _Wrong in set(map(type, values)):
                wrong += ((numbers[row], i, row, one) for row, one in enumerate(values) if type(one) is _Wrong)
        self.count += len(wrong)
        for number, i, row, why in sorted(wrong)[: MOST_PROBLEMS - len(self.problems)]:
            self.problems.append(self._ragged(number, row) if i < 0 else self._cell(number, i, written[row], why))
        if not wrong:
            yield from zip(numbers, zip(*found, strict=True), strict=True)

    def _ragged(self, number: int, count: int) -> str:
        return (
            f"{self._shown}, row {number}: {count} cells; the header has {self._header.width}. "
            "Add or remove commas, and put quotes around a cell that holds a comma."
        )

    def _cell(self, number: int, i: int, cells: Sequence[str], why: str) -> str:
        """Return what is wrong with a cell, in the words of its column or of its own."""
        column, place = self._columns[i], self._header.places[i]
        cell = "" if place is None else cells[place]
        came = f"{quoted(cell, 60)} {why or f'is not allowed; {column.allowed} is. {column.fix}'}"
        return f"{self._shown}, row {number}, column {column.header!r}: {came}"


def _repeated(pairs: Sequence[tuple[int, int]], content: bytes, shown: str, why_once: str) -> list[str]:
    """Return the rows that stand twice: equal hashes are looked at again, cell by cell."""
    if not pairs:
        return []
    wanted = {line for pair in pairs for line in pair}
    cells = {line: tuple(map(str.strip, row)) for line, row in _Records(content, shown) if line in wanted}
    return [
        f"{shown}, row {line}: the same, cell by cell, as row {earlier}; each row may stand once, for {why_once}. "
        "Remove one of the two."
        for line, earlier in pairs
        if cells[line] == cells[earlier]
    ]
