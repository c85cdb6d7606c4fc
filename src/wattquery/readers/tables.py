"""Tables as text: the records of a CSV file, and numbers as they are printed. Sizes are bounded."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from wattquery.errors import InputError, quoted
from wattquery.readers.documents import MOST_ENTRIES

__all__ = ["csv_rows", "number_of"]

_NUMBER = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE
)


def csv_rows(text: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV file that are not blank, each with the line that it ends on.

    Raises
    ------
    InputError
        If a quote is not closed, or there are too many records.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    count = 0
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            count += 1
            if count > MOST_ENTRIES:
                raise InputError(f"{quoted(shown, 300)}: it has more than {MOST_ENTRIES:,} lines: split the file.")
            yield reader.line_num, stripped
    except csv.Error as error:
        raise InputError(
            f"{quoted(shown, 300)}, line {reader.line_num}: a record cannot be read ({error}): close its quotes, or "
            "export the table again."
        ) from None


def number_of(cell: str) -> float | None:
    """Return a number as tables print it, with commas between thousands or not; None where a cell holds none.

    Examples
    --------
    >>> number_of("11,253.28"), number_of("494.3"), number_of("n/a"), number_of("-1")
    (11253.28, 494.3, None, None)
    """
    if len(cell) > 40 or not _NUMBER.fullmatch(cell.strip()):
        return None
    value = float(cell.replace(",", ""))
    return value if value < 1e300 else None
