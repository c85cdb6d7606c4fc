"""Tables and lines made as narrow as a terminal with nothing left out.

Texts stand in several lines. Columns that still do not fit stand in tables below, each with the labels of its rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from unicodedata import combining, east_asian_width

__all__ = ["in_lines", "narrowed", "padded", "shown_width"]

GAP = 2
"""Spaces between two columns."""

LONGEST_WORD = (22, 16, 10)
"""Letters up to which a word stays in one piece: the first with which the labels of rows fit beside a number."""

_HANGING = re.compile(r"\s*\S+(?: \S+)*\s{2,}|\s*note: ")
"""What a line begins with that has a name in front, below whose text the rest of it stands."""


def shown_width(text: str) -> int:
    """Return how many columns of a terminal a text takes: Asian letters take two, marks on letters none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def padded(cell: str, width: int, *, left: bool) -> str:
    """Return a text with blanks up to a width."""
    blanks = " " * (width - shown_width(cell))
    return cell + blanks if left else blanks + cell


def in_lines(line: str, room: int) -> list[str]:
    """Return a line as lines that fit, the second and later ones indented.

    Parameters
    ----------
    line
        What is printed.
    room
        Columns of the terminal.

    Examples
    --------
    >>> in_lines("  note: one two three four", 20)
    ['  note: one two', '        three four']
    """
    if shown_width(line) <= room:
        return [line]
    begin = _HANGING.match(line)
    indent = len(begin[0]) if begin is not None else len(line) - len(line.lstrip()) + 2
    if indent > room // 2:
        indent = len(line) - len(line.lstrip()) + 2
    head = line[: len(line) - len(line.lstrip())]
    first, *rest = _wrapped(line.lstrip() if begin is None else line[len(head) :], room - len(head))
    if not rest:
        return [head + first]
    later = _wrapped(" ".join(rest), room - indent)
    return [head + first, *(" " * indent + one for one in later)]


def narrowed(
    header: Sequence[str], rows: Sequence[Sequence[str]], text: Collection[int], room: int
) -> list[list[list[str]]]:
    """Return a table as tables that fit: each a list of lines of cells, headings first.

    Parameters
    ----------
    header, rows
        Headings, and cells in one line each; an empty row is an empty line.
    text
        Which columns hold text.
    room
        Columns of the terminal.
    """
    columns = list(range(len(header)))
    labels = next((i for i in columns if i not in text), len(columns))
    labels = max(1, min(labels, len(columns) - 1))
    least: list[int] = []
    for longest in LONGEST_WORD:
        least = [_least(header[i], [row[i] for row in rows if row], i in text, longest) for i in columns]
        if _total([*least[:labels], max(least[labels:], default=0)]) <= room:
            break
    while labels > 1 and _total([*least[:labels], max(least[labels:])]) > room:
        labels -= 1
    tables = []
    block = columns[:labels]
    for i in columns[labels:]:
        if len(block) > labels and _total([least[one] for one in [*block, i]]) > room:
            tables.append(block)
            block = columns[:labels]
        block.append(i)
    return [_laid_out(header, rows, text, one, least, room) for one in [*tables, block]]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _least(heading: str, cells: Sequence[str], is_text: bool, longest: int) -> int:
    """Return the least width of a column: numbers stay in one piece, and so do words of a length that is usual."""
    words = max(map(shown_width, heading.split()), default=0)
    pieces = [word for cell in cells for word in cell.split()] if is_text else cells
    widest = max(map(shown_width, pieces), default=0)
    return max(words, min(widest, longest) if is_text else widest)


def _laid_out(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    text: Collection[int],
    block: Sequence[int],
    least: Sequence[int],
    room: int,
) -> list[list[str]]:
    widths = [max(shown_width(row[i]) for row in [header, *filter(None, rows)]) for i in block]
    while _total(widths) > room:
        wide = max(range(len(block)), key=lambda at: (widths[at] > least[block[at]], widths[at]))
        if widths[wide] <= least[block[wide]]:
            break
        widths[wide] -= 1
    lines: list[list[str]] = []
    places = [i in text for i in block]
    for number, row in enumerate([header, *rows]):
        cells = [_wrapped(row[i], width) for i, width in zip(block, widths, strict=True)] if row else []
        height = max(map(len, cells), default=1)
        for at in range(height):
            line = [cell[at] if at < len(cell) else "" for cell in cells]
            lines.append(
                [padded(one, width, left=left) for one, width, left in zip(line, widths, places, strict=False)]
            )
        if number == 0:
            lines.append(["-" * width for width in widths])
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of a width, broken at blanks, and within a word where that is too long."""
    lines: list[str] = []
    line = ""
    for word in re.split(r"(?<=\S)(?= )", text):
        if lines and not line:
            word = word.lstrip()
        if shown_width(line + word) <= width:
            line += word
            continue
        if line:
            lines.append(line)
        line = word.lstrip() if lines else word
        while shown_width(line) > width:
            cut = _cut(line, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line or not lines else lines


def _cut(word: str, width: int) -> int:
    """Return how many letters fit; behind a mark that words are broken at where there is one."""
    fits = next(i for i in range(len(word), 0, -1) if shown_width(word[:i]) <= width or i == 1)
    marked = max(word.rfind(mark, 1, fits) + 1 for mark in "/_,;:|+-")
    return marked if marked > fits // 2 else fits
