"""Logs in CSV: a line of names, then a line for each request, with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wattquery.errors import InputError
from wattquery.workloads.logs.blocks import blocks, unpacked
from wattquery.workloads.logs.names import Columns, Finder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["csv_tables"]

SEPARATORS = ",;\t|"
MOST_COLUMNS = 10_000


def csv_tables(path: str, file: str, finder: Finder) -> Iterator[tuple[Columns, pd.DataFrame, int]]:
    """Yield which columns hold what, rows with these columns, and how many lines are no rows."""
    columns: Columns | None = None
    names: list[str] = []
    separator = ","
    with unpacked(path, file) as content:
        for line, block in blocks(content, file, quotes=True):
            if columns is None:
                names, separator, block = _header(block, file)
                columns = finder([name for name in names if name])
            if block.strip():
                frame = _frame(block, line, names, separator, columns, file)
                too_long = frame[_extra(names)].notna()
                yield columns, frame[~too_long], int(too_long.sum())


def _header(block: bytes, file: str) -> tuple[list[str], str, bytes]:
    """Return the names, what stands between cells, and the rest of the block."""
    block = block.lstrip(b"\r\n")
    first = block.decode("utf-8").splitlines(keepends=True) if len(block) < 2**16 else None
    text = first[0] if first else block[: block.find(b"\n") + 1 or len(block)].decode("utf-8")
    separator = max(SEPARATORS, key=text.count)
    try:
        (names,) = csv.reader([text.rstrip("\r\n")], delimiter=separator)
    except (ValueError, csv.Error):
        raise InputError(f"{file} has no line of names of columns at its beginning: write one.") from None
    names = [name.strip() for name in names]
    if len(names) > MOST_COLUMNS:
        raise InputError(f"{file} has {len(names):,} columns, and at most {MOST_COLUMNS:,} are read: leave some out.")
    return names, separator, block[len(text.encode("utf-8")) :]


def _extra(names: list[str]) -> str:
    return f"c{len(names)}"


def _frame(block: bytes, line: int, names: list[str], separator: str, columns: Columns, file: str) -> pd.DataFrame:
    import pandas as pd

    # Names of our own, one more than there are: what stands there belongs to a line with more cells than names.
    header = separator.join(f"c{place}" for place in range(len(names) + 1)) + "\n"
    wanted = {f"c{names.index(name)}": name for name in columns.all}
    texts = {key: str for key, name in wanted.items() if name == columns.session}
    try:
        frame = pd.read_csv(
            io.BytesIO(header.encode() + block),
            sep=separator,
            usecols=[*wanted, _extra(names)],
            dtype=texts,
            index_col=False,
            low_memory=False,
        )
    except (ValueError, OverflowError) as error:  # a ParserError too
        said = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise InputError(
            f"{file} cannot be read as CSV from line {line} on ({said}): write a line for each request, with texts in "
            "quotes."
        ) from None
    return frame.rename(columns=wanted)
