"""The parts of a page before they are HTML: text, tables of text and pictures. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Cell", "Content", "Picture", "Reference", "Table"]


@dataclass(frozen=True)
class Cell:
    """A cell of a table that is more than its text.

    Attributes
    ----------
    text
        What is shown.
    address
        What it links to, if that is an address of the web.
    """

    text: str
    address: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a page.

    Attributes
    ----------
    caption
        What it shows, with units where all numbers share one.
    header
        A heading for each column.
    rows
        The cells; the first of each row names it.
    words
        Columns that hold text; all others are numbers.
    below
        What is to be said of it.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    words: frozenset[int] = frozenset({0})
    below: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture of a page, or what is said in its place.

    Attributes
    ----------
    caption
        What it shows.
    words
        What it says, for who does not see it: with the numbers.
    svg
        The picture; empty where there is none.
    instead
        What is said where there is none.
    """

    caption: str
    words: str
    svg: bytes = field(default=b"", repr=False)
    instead: str = ""


@dataclass(frozen=True)
class Reference:
    """A publication.

    Attributes
    ----------
    text
        Author, title, place.
    address
        Where; empty where that is not known.
    note
        What is to be said of it.
    bibtex
        The entry; empty where there is none.
    """

    text: str
    address: str = ""
    note: str = ""
    bibtex: str = ""


@dataclass(frozen=True)
class Content:
    """All that a page says.

    Attributes
    ----------
    title
        What the page is about.
    answer
        One sentence, with a range and what matters most.
    numbers
        The number at every boundary.
    cells
        What there is besides, cell by cell.
    assumptions
        Every input.
    warnings
        What must be read before the number is used: no data, extrapolated, outside of physical ranges.
    notes
        What else qualifies it.
    pictures
        Pictures of the answer.
    drivers
        What drives it.
    beside
        Public claims; None where that is the page itself.
    equations
        Names of the equations behind it.
    call, command
        What makes the result: in Python, and in a shell.
    provenance
        Versions, catalog, method and seed by name.
    sources
        Publications behind the rows.
    """

    title: str
    answer: str
    numbers: tuple[Table, ...]
    cells: tuple[Table, ...]
    assumptions: Table
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    pictures: tuple[Picture, ...]
    drivers: tuple[Table | Picture, ...]
    beside: Table | None
    equations: tuple[str, ...]
    call: str
    command: str
    provenance: Mapping[str, str]
    sources: tuple[Reference, ...]
