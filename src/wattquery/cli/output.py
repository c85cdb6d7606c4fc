"""What commands print: aligned tables, JSON without NaN, and a progress bar. Nothing is computed here."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

__all__ = ["aligned", "echo_json", "number", "progress_bar", "stderr_is_terminal"]

_STEPS = 1000


def number(value: float | None, digits: int = 4) -> str:
    """Return a number to so many significant digits, or a dash where there is none; in words if it is infinite."""
    if value is None or math.isnan(value):
        return "-"
    if math.isinf(value):  # an error that cannot be told: no energy is infinite
        return "no information"
    if 10**digits <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".removesuffix(".")  # with trailing zeros: a column shows one precision


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], text: Collection[int]) -> list[str]:
    """Return the lines of a table.

    Parameters
    ----------
    header
        One word per column.
    rows
        The cells; an empty row is an empty line.
    text
        Which columns hold text; all others are aligned to the right.
    """
    widths = [max(map(len, column)) for column in zip(header, *[row for row in rows if row], strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if i in text else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    ruler = line(["-" * width for width in widths])
    return [line(header), ruler, *[line(row) if row else "" for row in rows]]


def echo_json(value: object, indent: int | None = 2) -> None:
    """Print a value as JSON on stdout, with null for every number that JSON does not have."""
    click.echo(json.dumps(_plain(value), indent=indent, allow_nan=False, ensure_ascii=False))


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


def stderr_is_terminal() -> bool:
    """Return whether someone can watch a progress bar."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress_bar(label: str, wanted: bool = True) -> Iterator[Callable[[float], None] | None]:
    """Yield what to call with the share of the work done, or None where nobody would see it."""
    if not (wanted and stderr_is_terminal()):
        yield None
        return
    done = 0
    with click.progressbar(length=_STEPS, label=label, file=sys.stderr) as bar:

        def show(share: float) -> None:
            nonlocal done
            step = round(_STEPS * min(max(share, 0.0), 1.0))
            if step > done:
                bar.update(step - done)
                done = step

        show(0.0)
        yield show
