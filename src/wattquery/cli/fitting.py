"""Tables made as narrow as the terminal: columns are left out and texts cut, and what was left out is said."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence

from wattquery.cli.output import aligned, terminal_width
from wattquery.errors import listed

__all__ = ["fitted"]

LEAST = 12
"""Characters that are left of a text that is cut."""


def fitted(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    text: Collection[int],
    *,
    drop: Sequence[str],
    width: int | None = None,
) -> list[str]:
    """Return the lines of a table that fit the terminal, and below them which columns are left out.

    Parameters
    ----------
    header, rows, text
        As in `wattquery.cli.output.aligned`. The first column is never cut: it is what a user types.
    drop
        Columns that may be left out, in this order.
    width
        Columns of the terminal; asked for if left out.
    """
    room = terminal_width() if width is None else width
    kept = list(range(len(header)))
    dropped: list[str] = []
    for name in (*drop, None):
        lines = _cut(header, rows, text, kept, room)
        if name is None or max(map(len, lines)) <= room:
            break
        kept.remove(header.index(name))
        dropped.append(name)
    if dropped:
        said = f"Not shown for want of room: {listed(dropped)}; set COLUMNS higher, or take --json."
        lines += ["", *textwrap.wrap(said, room)]
    return lines


def _cut(
    header: Sequence[str], rows: Sequence[Sequence[str]], text: Collection[int], kept: Sequence[int], room: int
) -> list[str]:
    """Return a table of some columns, its widest text cut as far as is needed and as may be."""
    heads = [header[i] for i in kept]
    cells = [[row[i] for i in kept] for row in rows]
    texts = [place for place, i in enumerate(kept) if i in text]
    lines = aligned(heads, cells, text=texts, whole=True)
    for place in sorted(texts[1:], key=lambda one: -max(len(row[one]) for row in cells)):
        over = max(map(len, lines)) - room
        if over <= 0:
            break
        widest = max(len(row[place]) for row in cells)
        least = max(LEAST, len(heads[place]))
        allowed = max(widest - over, least)
        if allowed < widest:
            for row in cells:
                row[place] = _short(row[place], allowed)
            lines = aligned(heads, cells, text=texts, whole=True)
    return lines


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."
