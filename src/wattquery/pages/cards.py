"""Results and specifications as HTML for notebooks: a title, tables, facts and notes, all of it text.

No colours, scripts or addresses: a notebook's own style holds, light or dark. What is printed of a thing and what is
shown here are made of the same rows by whoever has them.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wattquery.errors import quoted
from wattquery.pages.escaping import Html, element, joined

__all__ = ["Carded", "Part", "Table", "card", "fields_of"]

LONGEST = 400
"""Characters of a value that a card shows; a distribution may have a million samples."""

UNITS = {
    "gb": "GB",
    "tbps": "TB/s",
    "tflops": "TFLOP/s",
    "gbps": "GB/s",
    "w": "W",
    "kw": "kW",
    "wh": "Wh",
    "b": "1e9",
    "tokens": "tokens",
}
"""Units that fields of records end in, as the tables of the package write them."""

MOST_ROWS = 60
"""Rows of a table that a card shows, and notes of a list."""


class Table(NamedTuple):
    """A table; its first column says what each row is.

    Attributes
    ----------
    header
        A text per column, with the unit in brackets where one holds for the column.
    rows
        Texts, as many in each.
    caption
        What it is of, with the unit where one holds for all.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""


Part = Table | Mapping[str, Any] | Sequence[str] | str
"""A table, facts by name, notes, or a paragraph."""


class Carded:
    """What notebooks show as a card: a mixin of results and specifications."""

    @abstractmethod
    def _card(self) -> tuple[str, Sequence[Part]]:
        """Return the title and the parts of the card, of the rows that are printed."""

    def _repr_html_(self) -> str:
        title, parts = self._card()
        return card(title, parts)


def card(title: str, parts: Iterable[Part]) -> Html:
    """Return a title and parts as HTML; parts without anything in them are left out.

    Parameters
    ----------
    title
        A line.
    parts
        In order.

    Examples
    --------
    >>> card("<b>", ["about it"])
    '<section class="wattquery"><p><strong>&lt;b&gt;</strong></p><p>about it</p></section>'
    """
    made = [_part(part) for part in parts if part]
    return element("section", element("p", element("strong", _clipped(title))), *made, class_="wattquery")


def fields_of(record: Any, leave_out: Iterable[str] = ()) -> dict[str, str]:
    """Return the fields of a dataclass that say something, as text by name, units in brackets where names end in one.

    Parameters
    ----------
    record
        An instance of a dataclass.
    leave_out
        Fields that are told otherwise.
    """
    names = [one.name for one in dataclasses.fields(record) if one.name not in leave_out]
    found = {name: getattr(record, name) for name in names}
    return {
        _heading(name, value): _words(value)
        for name, value in found.items()
        if value is not None and not (isinstance(value, (str, tuple, list, Mapping)) and not value)
    }


def _heading(name: str, value: Any) -> str:
    """Return the name of a field in words, with the unit that it ends in where it is a number."""
    words, _, last = name.rpartition("_")
    if not words or last not in UNITS or isinstance(value, (bool, str)) or not isinstance(value, (int, float)):
        return name.replace("_", " ")
    return f"{words.replace('_', ' ')} [{UNITS[last]}]"


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_words(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:.6g}" if isinstance(value, float) else f"{value:,}" if abs(value) > 9999 else str(value)
    if isinstance(value, (tuple, list)) and len(value) <= MOST_ROWS:
        return ", ".join(map(_words, value))
    label = getattr(value, "label", None)  # which specifications have
    return label if isinstance(label, str) else quoted(value, LONGEST)


def _part(part: Part) -> Html:
    if isinstance(part, str):
        return element("p", _clipped(part))
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Mapping):
        rows = [_row("th", name, [text]) for name, text in part.items()]
        return element("table", element("tbody", *rows))
    notes = [element("li", _clipped(note)) for note in part[:MOST_ROWS]]
    if len(part) > MOST_ROWS:
        notes.append(element("li", f"{len(part) - MOST_ROWS:,} more"))
    return element("ul", *notes)


def _table(table: Table) -> Html:
    caption = [element("caption", table.caption)] if table.caption else []
    heads = element("tr", *(element("th", one, scope="col") for one in table.header))
    rows = [_row("th", row[0], row[1:]) for row in table.rows[:MOST_ROWS]]
    more = len(table.rows) - MOST_ROWS
    rest = [element("p", f"{more:,} more rows are not shown.")] if more > 0 else []
    made = element("table", *caption, element("thead", heads), element("tbody", *rows))
    return joined([made, *rest])


def _row(first: str, name: object, cells: Iterable[object]) -> Html:
    return element("tr", element(first, _clipped(name), scope="row"), *(element("td", _clipped(one)) for one in cells))


def _clipped(text: object) -> str:
    shown = str(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}..."
