"""The header of a table: which column stands where, and what is wrong with its names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from wattquery.catalog.benchmark_columns import Column, other_unit
from wattquery.catalog.physics.own_cells import own_column
from wattquery.errors import InputError, did_you_mean, listed, quoted
from wattquery.inputs.formats import text_format

__all__ = ["Header", "header_of"]

_CLOSE = 0.8  # likeness above which an unknown header is taken for a slip and not for a column of the user's own
MOST_UNKNOWN = 200
"""Unknown headers that are compared with known ones."""


@dataclass(frozen=True)
class Header:
    """The first line of a table, read.

    Attributes
    ----------
    places
        Where each known column stands; None where it does not.
    width
        Number of cells of a row.
    """

    places: tuple[int | None, ...]
    width: int


def header_of(cells: Sequence[str], shown: str, columns: Sequence[Column], content: bytes) -> tuple[Header, list[str]]:
    """Return a table's header and what is wrong with it.

    Parameters
    ----------
    cells
        The first line that is not blank.
    shown
        What messages call the file.
    columns
        The known columns.
    content
        The bytes of the file, to tell what it is if it is no table.

    Raises
    ------
    InputError
        If the file is no such table at all: none of the columns that it must have is there.
    """
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:  # spreadsheets export columns that were used once
        names.pop()
    places = tuple(names.index(column.header) if column.header in names else None for column in columns)
    known = {column.header for column in columns}
    if known.isdisjoint(names) and (other := text_format(content)):
        raise InputError(f"{quoted(shown, 300)}: this is {other.name}. A readable CSV file is needed. {other.fix}")
    mark = next((one for one in ";\t|" if one in names[0] or one in cells[0]), None) if len(names) == 1 else None
    if mark:
        problems = [f"{shown}, row 1: the cells are separated by {mark!r}; only ',' is read. Export with commas."]
    elif not any(close(name, known) for name in names[:MOST_UNKNOWN]):
        required = [column.header for column in columns if column.required]
        raise InputError(
            f"{quoted(shown, 300)}: no column of its first line is known: {listed([quoted_start(names)])}. A CSV file "
            f"whose header has {listed(required, 24)} is needed. Name another file, or put that header on top."
        )
    else:
        problems = _problems(names, shown, columns)
    return Header(places, len(names)), problems


def close(name: str, known: set[str]) -> bool:
    """Return whether a header is that of a known column, or a slip of one."""
    folded = {one.casefold() for one in known}
    return name.casefold() in folded or bool(difflib.get_close_matches(name.casefold()[:200], folded, 1, _CLOSE))


def quoted_start(names: Sequence[str]) -> str:
    """Return how a line begins."""
    return ",".join(names[:8])[:100]


def _problems(header: Sequence[str], shown: str, columns: Sequence[Column]) -> list[str]:
    known = {column.header for column in columns}
    unknown = [name for name in header if name not in known and len(name) <= 200][:MOST_UNKNOWN]
    missing = [column.header for column in columns if column.required and column.header not in header]
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
        if own_column(name) is not None and name.casefold() not in folded:  # such as 'Nodes', close to 'Notes'
            continue
        likely = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=_CLOSE)
        if likely and other_unit(name, folded[likely[0]]):
            problems.append(
                f"{shown}, row 1, column {name!r}: not a known column, but {folded[likely[0]]!r} in another unit. "
                "Convert its values and rename it to that, or to something less alike to keep it ignored."
            )
        elif likely:
            problems.append(
                f"{shown}, row 1, column {name!r}: not a known column, but close to one. "
                f"Did you mean {folded[likely[0]]!r}? Rename it to that, or to something less "
                "alike to keep it ignored."
            )
    return problems


def _renamed(name: str, unknown: Sequence[str]) -> str:
    """Return what to do about a missing column: no column of another unit is offered for a new name."""
    in_other_unit = [header for header in unknown if other_unit(header, name)]
    meant = did_you_mean(name, [header for header in unknown if header not in in_other_unit])
    if meant:
        return f"{meant} Add the column, or rename the one that holds it."
    if likely := difflib.get_close_matches(name, in_other_unit, n=1, cutoff=0.5):
        return f" {likely[0]!r} is in another unit. Add the column, with values converted to the unit that it names."
    return " Add the column, or rename the one that holds it."
