"""From a CSV file to a catalog, or to one error that names everything wrong with the file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from wattquery.catalog.alike import drawn_alike
from wattquery.catalog.benchmark_columns import COLUMNS
from wattquery.catalog.csv_table import content_of, parse_lines, refused
from wattquery.catalog.own_columns import with_own_columns
from wattquery.catalog.pooling import pooled_axes
from wattquery.catalog.row import BenchmarkRow, rows_of
from wattquery.catalog.table import Catalog
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.files import as_path
from wattquery.inputs.names import name_of_file

__all__ = ["parse_rows", "read_csv"]


@refuses_unknown
def read_csv(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    pooled: Iterable[str] = (),
    default_precision: str | None = None,
) -> Catalog:
    r"""Read a benchmark table.

    Required columns: ``Model``, ``Hardware``, ``Quantization``, ``Tokens per Second (TPS)`` [tokens/s],
    ``Input Length`` [tokens], ``Output Length`` [tokens], ``Power for Node (kW)`` [kW]. The other columns of
    the shipped table are optional, and the order is free. Columns of your own change no result: they tell rows apart
    that scatter.

    Parameters
    ----------
    path
        A UTF-8 file with a header line and comma-separated cells.
    name
        What to call the catalog; the file's name without its ending when left out.
    pooled
        Axes (``"hardware"``, ``"serving"``, ``"precision"``) whose labels are taken together when a
        deployment is asked for without naming them.
    default_precision
        The precision that is meant when none is named.

    Returns
    -------
    Catalog

    Raises
    ------
    InputError
        If the file cannot be read, or with one line per problem if its content is not allowed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from wattquery import catalog
    >>> header = "Model,Hardware,Quantization,Tokens per Second (TPS),"
    >>> header += "Input Length,Output Length,Power for Node (kW)"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "mine.csv")
    ...     _ = path.write_text(header + "\nOurs 8B,8xH100,FP8,21000,500,300,10.2\n", encoding="utf-8")
    ...     catalog.read_csv(path).labels("model")
    ('Ours 8B',)
    """
    shown = str(as_path(path))
    rows = parse_rows(content_of(shown), shown)
    called = name_of_file(Path(shown).stem) if name is None else name
    return Catalog(called, rows, pooled_axes(pooled), default_precision, origin=shown)


def parse_rows(content: bytes, shown: str) -> tuple[BenchmarkRow, ...]:
    """Return the rows in a file's content.

    Parameters
    ----------
    content
        The bytes of the file.
    shown
        What messages call the file.

    Raises
    ------
    InputError
        With one line per problem.

    Examples
    --------
    >>> from wattquery.catalog.reader import parse_rows
    >>> parse_rows(b"", "mine.csv")
    Traceback (most recent call last):
    wattquery.errors.InputError: 'mine.csv' cannot be used, for 1 reason:
    mine.csv: the file is empty; a header line and at least one row are needed. Export the table again.
    """
    rows = tuple(parse_lines(content, shown, COLUMNS, _FIELDS, rows_of, "it would weigh twice in a fit"))
    # Letters of ASCII are never drawn alike, and looking at the labels of a million rows takes a while.
    if not content.isascii() and (problems := drawn_alike(rows, shown)):
        raise refused(shown, problems)
    return with_own_columns(rows, content)


_FIELDS = tuple(field.name for field in fields(BenchmarkRow) if field.name not in ("line", "others"))
