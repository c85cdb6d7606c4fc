"""A file or a DataFrame to cells of text: the columns that are known, row by row. What they mean is not looked at."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wattquery.catalog.csv_records import PORTION, Records
from wattquery.errors import InputError, InputTypeError, continued, listed, quoted
from wattquery.inputs.files import as_path, content_of, text_of
from wattquery.inputs.formats import text_format
from wattquery.measured.tables.columns import KEYS, OTHERS, VALUES, WORDS, folded
from wattquery.measured.tables.sentences import one_sentence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KNOWN", "LARGEST", "MOST_ROWS", "Cells", "cells_of"]

LARGEST = 2**28
MOST_ROWS = 100_000
"""Bytes of a file, and rows of a table, that are compared in one go: more than anyone has measured."""

_WANTED = "A readable CSV file"
_MOST_COLUMNS = 200
_NOT_READ = ("is not read", "are not read")
_CLOSE = 0.8  # likeness above which an unknown header is taken for a slip
_SAVE = "Save the table again as 'CSV UTF-8'."
_LIKE = "columns as in measured_energy.csv or serving_points.csv"
KNOWN: frozenset[str] = frozenset(
    {
        *(header for headers in WORDS.values() for header in headers),
        *(header for table in (KEYS, VALUES) for column in table.values() for header in column.headers),
    }
)
"""Headers that are read, in the form of `folded`."""


@dataclass(frozen=True)
class Cells:
    """The known columns of a table, as text.

    Attributes
    ----------
    headers
        Their names, in the form of `folded`.
    rows
        The cells of each row in the order of `headers`, without outer blanks; as words, why a row cannot be read.
    notes
        What is to be said of columns that are not read.
    names
        What its rows are called, where they are not called by a column or by their number.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...] | str, ...]
    notes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def cells_of(table: object, owner: str = "table") -> Cells:
    """Return the known columns of a table.

    Parameters
    ----------
    table
        The path of a CSV file, or a DataFrame.
    owner
        What the argument is called, for messages.

    Raises
    ------
    InputError, InputTypeError
        If it is neither, cannot be read, has no rows or too many, or none of its columns is known.
    """
    if (pandas := sys.modules.get("pandas")) is not None and isinstance(table, pandas.DataFrame):
        return _of_frame(table, owner)
    if not isinstance(table, (str, os.PathLike)):
        raise InputTypeError(
            f"{owner} must be the path of a CSV file or a pandas DataFrame, got {quoted(table)}. Pass 'measured.csv'."
        )
    return _of_file(str(as_path(table, owner)))


def _of_file(shown: str) -> Cells:
    content = content_of(shown, _WANTED, largest=LARGEST)
    text_of(content, shown, _WANTED, _SAVE)
    records = Records(content, shown)
    _, first = next(records.portions(1), ([], [[]]))
    header = first[0]
    named = quoted(shown, 300)
    if records.problems:
        raise InputError(f"{named} cannot be read: {one_sentence(records.problems[0])}")
    if not header:
        raise InputError(f"{named} is empty, and a header line and a row at least are needed: export it again.")
    places = _places(header, named, content)
    rows = tuple(_read(records, places, len(header), named))
    if records.problems:
        raise InputError(f"{named} cannot be read: {one_sentence(records.problems[0])}")
    return _checked(header, places, rows, named)


def _read(records: Records, places: Sequence[int], width: int, named: str) -> Iterator[tuple[str, ...] | str]:
    count = 0
    for lines, portion in records.portions(PORTION):
        count += len(portion)
        if count > MOST_ROWS:
            raise _too_many(named)
        for line, cells in zip(lines, portion, strict=True):
            if len(cells) < width or any(map(str.strip, cells[width:])):
                yield (
                    f"line {line} has {len(cells)} cells where the header has {width}: add or remove commas, and put "
                    "quotes around a cell that holds a comma."
                )
            else:
                yield tuple(sys.intern(cells[place].strip()) for place in places)


def _of_frame(frame: pd.DataFrame, owner: str) -> Cells:
    names = [name for name in frame.index.names if isinstance(name, str) and folded(name) in KNOWN]
    if names and not set(names) & set(frame.columns):
        frame = frame.reset_index(names)
    named = f"{owner} (a DataFrame)"
    if len(frame) > MOST_ROWS:
        raise _too_many(named)
    header = [str(name) for name in frame.columns]
    places = _places(header, named, b"")
    columns = [[_text(value) for value in frame.iloc[:, place].tolist()] for place in places]
    return _checked(header, places, tuple(zip(*columns, strict=True)), named)


def _text(value: Any) -> str:
    """Return a value of a DataFrame as a CSV file would have it; what is missing is empty."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, float):
        return "" if value != value else repr(value)
    if isinstance(value, str):
        return value.strip()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return str(value) if isinstance(value, (bool, int)) and -(10**15) < value < 10**15 else quoted(value)


def _places(header: Sequence[str], named: str, content: bytes) -> list[int]:
    """Return where the known columns stand."""
    names = [folded(name) for name in header]
    places = [place for place, name in enumerate(names) if name in KNOWN]
    if not places:
        raise InputError(f"{named}: {_unknown_table(header, content)}")
    twice = sorted({names[place] for place in places if names.count(names[place]) > 1})
    if twice:
        raise InputError(
            f"{named} has the column {quoted(twice[0])} {names.count(twice[0])} times, and once is allowed: remove or "
            "rename all but one."
        )
    return places


def _unknown_table(header: Sequence[str], content: bytes) -> str:
    if other := text_format(content):
        return f"this is {other.name}, and {_WANTED.casefold().replace('csv', 'CSV')} is needed: {continued(other.fix)}"
    mark = next((mark for mark in ";\t|" if len(header) == 1 and mark in header[0]), None)
    if mark:
        return f"the cells are separated by {mark!r}, and only ',' is read: export with commas."
    return (
        f"no column is known: {listed(header, 8)}, and a table with {_LIKE} is needed, such as 'model', 'hardware', "
        "'n_gpus', 'joules_per_output_token': rename its columns to those."
    )


def _checked(header: Sequence[str], places: Sequence[int], rows: Any, named: str) -> Cells:
    if not rows:
        raise InputError(f"{named} has no rows, and at least one is needed: add a row below the header.")
    return Cells(tuple(folded(header[place]) for place in places), rows, tuple(_slips(header)))


def _slips(header: Sequence[str]) -> Iterator[str]:
    """Yield a note for each column that is not read and is called nearly as one that is, and one for all others."""
    known = sorted(KNOWN)
    others = [name for name in header[:_MOST_COLUMNS] if name.strip() and folded(name) not in KNOWN | OTHERS]
    unlike = []
    for name in others:
        if likely := difflib.get_close_matches(folded(name)[:200], known, n=1, cutoff=_CLOSE):
            yield f"Column {quoted(name)} is not read. Did you mean {likely[0]!r}?"
        else:
            unlike.append(name)
    if unlike:
        yield f"{'Column' if len(unlike) == 1 else 'Columns'} {listed(unlike, 6)} {_NOT_READ[len(unlike) > 1]}."


def _too_many(named: str) -> InputError:
    return InputError(f"{named} has more than {MOST_ROWS:,} rows, and so many are read at once: split the table.")
