"""Numbers in columns as wide as there is room, in several tables where there is not enough."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["in_columns"]

_NAME = 12
"""Columns of a name, where there is room."""
_NUMBER = 9
"""Columns of a number, where there is room."""


def in_columns(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return lines with a name and numbers each.

    Parameters
    ----------
    head
        What the names are, and a word for each column.
    rows
        Names and numbers, as texts.
    width
        Columns that a line may take.

    Examples
    --------
    >>> in_columns(("[Wh]", "P5", "P95"), [("long", "0.31", "31")], 40)
    ['[Wh]               P5      P95', 'long             0.31       31']
    >>> in_columns(("[Wh]", "P5", "P95"), [("long", "0.31", "31")], 10)
    ['[Wh]    P5', 'long  0.31', '[Wh]   P95', 'long    31']
    """
    lines = (head, *rows)
    name = max(len(one[0]) for one in lines)
    widest = 2 + max(len(cell) for one in lines for cell in one[1:])
    count = len(head) - 1
    room = (width - max(name, _NAME)) // count >= widest
    number = min((width - max(name, _NAME)) // count, max(_NUMBER, widest)) if room else widest
    each = count if room else max((width - name) // number, 1)
    return [
        one[0].ljust(max(name, _NAME) if room else name)
        + "".join(cell.rjust(number) for cell in one[1 + start : 1 + start + each])
        for start in range(0, count, each)
        for one in lines
    ]
