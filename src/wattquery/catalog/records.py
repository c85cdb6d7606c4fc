"""The shipped tables of the catalog ``default`` as text: their records, and the labels and aliases that they hold.

For what needs a few cells, such as the names of all accelerators; whole tables are in `wattquery.catalog.tables`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

__all__ = ["LABEL_COLUMNS", "TABLES", "labels_with_aliases", "records", "table_bytes", "words"]

TABLES = (
    "architectures",
    "accelerators",
    "stacks",
    "precisions",
    "performance",
    "energy",
    "power_floor",
    "sources",
)
"""The tables of the catalog ``default`` beside its benchmark rows, each a file of its name."""

LABEL_COLUMNS: Mapping[str, tuple[str, str]] = {
    "model": ("architectures", "model"),
    "hardware": ("accelerators", "hardware"),
    "serving": ("stacks", "serving"),
    "precision": ("precisions", "precision"),
}
"""Where the labels of an axis stand, whether rows have them or not: table and column."""


def table_bytes(name: str) -> bytes:
    """Return the content of a table.

    Parameters
    ----------
    name
        One of `TABLES`.
    """
    return files(__package__).joinpath("data", "default", f"{name}.csv").read_bytes()


def records(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table as text by column, in the order of the file.

    Parameters
    ----------
    name
        One of `TABLES`.

    Examples
    --------
    >>> from wattquery.catalog.records import records
    >>> next(records("accelerators"))["hardware"] != ""
    True
    """
    text = io.TextIOWrapper(io.BytesIO(table_bytes(name)), encoding="utf-8", newline="")
    reader = csv.reader(text, strict=True)
    header = next(reader)
    for cells in reader:
        yield dict(zip(header, cells, strict=True))


def words(cell: str) -> tuple[str, ...]:
    """Return the words of a cell that holds several, with ``|`` between them.

    Examples
    --------
    >>> words("H100|NVIDIA H100"), words("")
    (('H100', 'NVIDIA H100'), ())
    """
    return tuple(word.strip() for word in cell.split("|") if word.strip())


@cache
def labels_with_aliases(axis: str) -> Mapping[str, tuple[str, ...]]:
    """Return all labels of an axis with what else is written for each.

    Parameters
    ----------
    axis
        A key of `LABEL_COLUMNS`.

    Examples
    --------
    >>> from wattquery.catalog.records import labels_with_aliases
    >>> "H100" in labels_with_aliases("hardware")["H100 SXM"]
    True
    """
    table, column = LABEL_COLUMNS[axis]
    found = {}
    for record in records(table):
        # The name that the tables use among themselves is one of a model's as well.
        own = (record["architecture"],) if axis == "model" else ()
        found[record[column]] = tuple(dict.fromkeys((*words(record.get("aliases", "")), *own)))
    return found
