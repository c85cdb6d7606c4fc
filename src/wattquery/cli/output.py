"""What commands print: aligned tables, JSON without NaN, and progress. Nothing is computed here."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from wattquery.cli.narrowing import in_lines, narrowed, padded, shown_width
from wattquery.engine.display import Display, watched
from wattquery.errors import printable

__all__ = ["aligned", "echo", "echo_json", "number", "progress_bar", "room_on_terminal", "terminal_width"]


LEAST_WIDTH = 60
"""Columns below which no table is made narrower."""


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text, with all written out that a terminal would obey: a file or its name may hold anything.

    Parameters
    ----------
    text
        What is printed, whoever wrote it.
    err
        Whether it goes to stderr.
    nl
        Whether the line ends behind it. A text that brings its own end is a file, and is printed as it is; of others,
        lines that are longer than the terminal go on in the next one.
    """
    room = None if err or not nl else room_on_terminal()
    if room is not None:
        text = "\n".join(part for line in printable(text).split("\n") for part in in_lines(line, room))
    click.echo(printable(text), err=err, nl=nl)


def number(value: float | None, digits: int = 4) -> str:
    """Return a number to so many significant digits, or a dash where there is none; in words if it is infinite."""
    if value is None or math.isnan(value):
        return "-"
    if math.isinf(value):  # an error that cannot be told: no energy is infinite
        return "no information"
    if 10**digits <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".removesuffix(".")  # with trailing zeros: a column shows one precision


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], text: Collection[int], *, whole: bool = False
) -> list[str]:
    """Return the lines of a table, on a terminal no wider than that.

    Parameters
    ----------
    header
        One word per column.
    rows
        The cells; an empty row is an empty line.
    text
        Which columns hold text; all others are aligned to the right.
    whole
        Whether the table stays as wide as it is, whatever it is printed on.
    """
    rows = [[printable(cell, keep="") for cell in row] for row in rows]  # a cell is one line
    widths = [max(map(shown_width, column)) for column in zip(header, *[row for row in rows if row], strict=True)]
    room = None if whole else room_on_terminal()
    if room is not None and sum(widths) + 2 * (len(widths) - 1) > room:
        tables = [["  ".join(line).rstrip() for line in one] for one in narrowed(header, rows, text, room)]
        return [line for i, one in enumerate(tables) for line in (["", *one] if i else one)]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            padded(cell, width, left=i in text) for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    ruler = line(["-" * width for width in widths])
    return [line(header), ruler, *[line(row) if row else "" for row in rows]]


def room_on_terminal() -> int | None:
    """Return how many columns there are where a terminal is printed on; None elsewhere, where lines stay whole."""
    return terminal_width() if sys.stdout.isatty() else None


def terminal_width() -> int:
    """Return how many columns there are: COLUMNS, those of the terminal, or 80 where there is neither."""
    return max(shutil.get_terminal_size().columns, LEAST_WIDTH)


def echo_json(value: object, indent: int | None = 2) -> None:
    """Print a value as JSON on stdout, with null for every number that JSON does not have."""
    text = json.dumps(_plain(value), indent=indent, allow_nan=False, ensure_ascii=False)
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        text = "".join(one if one.isprintable() or one == "\n" else _escaped(one) for one in text)
    click.echo(text)


def _escaped(character: str) -> str:
    """Return a character of a JSON string by its code, beyond the basic plane as two halves."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def _plain(value: Any) -> Any:
    """Return a value of builtins only, with None for NaN and infinities."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


@contextmanager
def progress_bar(label: str, wanted: bool = True) -> Iterator[Display | None]:
    """Yield what to call with the share of the work done, or None where nobody would see it."""
    shown = watched(label) if wanted else None
    if shown is not None:
        shown(0.0)
    yield shown
