"""The records of a CSV file, a portion at a time, and those that stand twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

__all__ = ["PORTION", "Records", "repeated_rows"]

PORTION = 4096
"""Records at a time: enough for columns to be read in one go, few enough to take no memory beside the result."""

Portion = tuple[list[int], list[list[str]]]
"""Some records: the lines that they start on, and their cells."""


class Records:
    """The records of a file that are not blank, with the line that each starts on; and what stopped the reading."""

    def __init__(self, content: bytes, shown: str) -> None:
        # Decoded portion by portion: whole, a text with one emoji takes four times the bytes of its file.
        text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
        self._reader = csv.reader(text, strict=True)
        self._shown = shown
        self._line = 1
        self.problems: list[str] = []

    def portions(self, size: int) -> Iterator[Portion]:
        """Yield the records that follow, so many at a time."""
        reader, line = self._reader, self._line
        numbers: list[int] = []
        rows: list[list[str]] = []
        try:
            for cells in reader:
                number, line = line, reader.line_num + 1
                if any(map(str.strip, cells)):  # spreadsheets export blank rows as commas
                    numbers.append(number)
                    rows.append(cells)
                    if len(rows) == size:
                        self._line = line
                        yield numbers, rows
                        numbers, rows = [], []
        except csv.Error as error:
            self.problems.append(f"{self._shown}, row {line}: {_unreadable(error)}; what follows was not read.")
        if rows:
            yield numbers, rows


def repeated_rows(pairs: Sequence[tuple[int, int]], content: bytes, shown: str, why_once: str) -> list[str]:
    """Return the rows that stand twice: equal hashes are looked at again, cell by cell."""
    if not pairs:
        return []
    wanted = {line for pair in pairs for line in pair}
    cells = {
        line: tuple(map(str.strip, row))
        for numbers, rows in Records(content, shown).portions(PORTION)
        for line, row in zip(numbers, rows, strict=True)
        if line in wanted
    }
    return [
        f"{shown}, row {line}: the same, cell by cell, as row {earlier}; each row may stand once, for {why_once}. "
        "Remove one of the two."
        for line, earlier in pairs
        if cells[line] == cells[earlier]
    ]


def _unreadable(error: csv.Error) -> str:
    """Return why a record cannot be read, and how to mend it."""
    if "field limit" in str(error):
        return (
            f'a quote (") is not closed, or a cell has more than {csv.field_size_limit():,} characters, which is the '
            "most. Close the one or shorten the other"
        )
    return (
        f'a quote (") is not closed or stands inside a cell ({error}); quotes may only enclose a whole cell. Close it, '
        'or write "" for a quote inside a quoted cell'
    )
