"""Rows of a catalog by their labels, as a DataFrame: benchmark rows, and the shipped tables of ``default``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from wattquery.catalog.records import TABLES, words
from wattquery.catalog.row import ROW, BenchmarkRow
from wattquery.catalog.shipped import DEFAULT, has_tables, load
from wattquery.catalog.table import Catalog
from wattquery.catalog.tables import frame_of, table_name, units_of
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.all_labels import ALL
from wattquery.quantities import CATALOG_AXES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BENCHMARKS", "benchmark_frame", "row_id", "rows"]

BENCHMARKS = "benchmarks"
"""The table that every catalog has: the rows from which a sweep fits throughputs."""

_SEVERAL = frozenset({"aliases", "derived", "flags", "versions"})
"""Columns of several words each, of which one has to be the value asked for."""

_FREE = frozenset(
    {"attribution", "comments", "condition", "date", "first_date", "last_date", "notes", "reference", "release", "url"}
)
"""Columns of text in which a value that no row has is not taken for a slip."""

_CLOSED = frozenset({"architecture", "confidence"})
"""Columns of benchmark rows in which it is: the others are a user's own."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "boundary": ("accelerator", "node"),
    "confidence": ("high", "medium", "low"),
    "speculation": ("on", "off", "unknown"),
}
"""Values of columns that may be asked for whether a row has them or not."""

Labels = Any
"""A label, a sequence of labels, `wattquery.ALL` or None for all."""


def rows(
    catalog: str | os.PathLike[str] | Catalog = DEFAULT,
    *,
    table: str | None = None,
    model: Labels = None,
    hardware: Labels = None,
    serving: Labels = None,
    precision: Labels = None,
    **columns: Any,
) -> pd.DataFrame:
    """Return the rows of a catalog that have some labels.

    Parameters
    ----------
    catalog
        Name of a shipped catalog, path of a CSV file, or a `Catalog`.
    table
        ``"benchmarks"``, the rows from which a sweep fits throughputs, is what every catalog has. The catalog
        ``default`` has ``"performance"`` besides, which is meant when none is named, ``"energy"``,
        ``"power_floor"``, ``"architectures"``, ``"accelerators"``, ``"stacks"``, ``"precisions"`` and ``"sources"``.
    model, hardware, serving, precision
        A label or a list of labels, in any case or by an alias; all when left out or `wattquery.ALL`.
    **columns
        Further columns of the table, each with a value or a list of values that it has to have: text in any case,
        numbers and truth values; of a column of several words, such as ``flags``, one of them.

    Returns
    -------
    pandas.DataFrame
        A row for each that fits, none where nothing was measured, and the caller's own: what is done to it changes
        nobody else's. Text that is not known is empty, a number NaN, a flag NA. ``attrs["units"]`` has the units of
        its columns.
        `wattquery.catalog.source` says where a row is from.

    Raises
    ------
    InputError
        If a label is not known, the table has no such column, or a value is one that no row of any table has in a
        column of words, such as ``confidence``.

    Examples
    --------
    >>> from wattquery import catalog
    >>> frame = catalog.rows("oviedo2026", model="deepseek-r1")
    >>> frame["tokens_per_second"].tolist(), frame.attrs["units"]["tokens_per_second"]
    ([886.0, 1300.0, 378.0], 'tokens/s')
    >>> catalog.rows(model="Llama 3.1 405B", hardware="H100", at_maximum_load=True).empty
    False
    """
    held = load(catalog)
    names = (BENCHMARKS, *TABLES) if has_tables(held) else (BENCHMARKS,)
    default = "performance" if has_tables(held) else BENCHMARKS
    name = default if table is None else table_name(table, names)
    frame = benchmark_frame(held) if name == BENCHMARKS else frame_of(name)
    labels = {"model": model, "hardware": hardware, "serving": serving, "precision": precision}
    kept = frame
    for column, wanted in {**{axis: one for axis, one in labels.items() if one is not None}, **columns}.items():
        if column not in frame.columns:
            raise InputError(
                f"{column!r} is no column of table {name!r} of catalog {held.name!r}, which has "
                f"{listed(frame.columns, 60)}.{did_you_mean(column, frame.columns)} Leave it out, or name one of them."
            )
        if wanted is ALL:
            continue
        values = list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else [wanted]
        if not values:
            raise InputError(
                f"{column}={wanted!r} names nothing; one value at least is needed, or wq.ALL for all. Leave {column} "
                "out, or pass what the rows are to have."
            )
        if column in CATALOG_AXES:
            values = [held.label(column, value) for value in values]
        found = _has(kept[column], values)
        if column not in (*CATALOG_AXES, *_FREE) and (name != BENCHMARKS or column in _CLOSED):
            _refuse_unknown(column, values, frame, name)
        kept = kept[found]
    kept = kept.copy() if kept is frame else kept.reset_index(drop=True)
    kept.attrs = {"catalog": held.name, "table": name, "units": units_of(kept)}
    return kept


def benchmark_frame(catalog: Catalog) -> pd.DataFrame:
    """Return the benchmark rows of a catalog as a table, with an identity for each.

    Parameters
    ----------
    catalog
        The catalog.
    """
    import pandas as pd

    names = [one.name for one in fields(BenchmarkRow) if one.name != "others"]
    content: dict[str, list[Any]] = {"row_id": [row_id(row, catalog.name) for row in catalog.rows]}
    content |= {name: [getattr(row, name) for row in catalog.rows] for name in names}
    for header in dict.fromkeys(header for row in catalog.rows for header, _ in row.others):
        if header != ROW and header not in content:
            content[header] = [dict(row.others).get(header, "") for row in catalog.rows]
    frame = pd.DataFrame(content)
    numbers = ["tokens_per_second", "input_tokens", "output_tokens", "node_power", "total_parameters"]
    return frame.astype(dict.fromkeys([*numbers, "active_parameters", "tensor_parallel"], "float64"))


def row_id(row: BenchmarkRow, catalog: str) -> str:
    """Return what a benchmark row is called: what its table calls it, or its catalog and the line that it stands on."""
    return dict(row.others).get(ROW) or f"{catalog}:{row.line}"


def _refuse_unknown(column: str, values: list[Any], frame: pd.DataFrame, table: str) -> None:
    """Refuse a text that no row of any table has in a column."""
    wanted = {value.casefold(): value for value in values if isinstance(value, str) and value}
    if wanted.keys() <= set(_WORDS.get(column, ())):
        return
    known = dict.fromkeys((*_WORDS.get(column, ()), *_texts(column, frame)))
    folded = {one.casefold() for one in known}
    missing = next((value for one, value in wanted.items() if one not in folded), None)
    if missing is not None and (table == BENCHMARKS or not _elsewhere(column, missing)):
        raise InputError(
            f"{column}={missing!r} is in no row of table {table!r}, in which {column} is one of {listed(known, 24)}."
            f"{did_you_mean(missing, known)} Pass one of them, or leave {column} out."
        )


def _texts(column: str, frame: pd.DataFrame) -> dict[str, None]:
    """Return the texts of a column, each word of those that hold several."""
    cells = frame[column].drop_duplicates()
    return dict.fromkeys(word for cell in cells for word in (words(cell) if column in _SEVERAL else (cell,)) if word)


def _elsewhere(column: str, value: str) -> bool:
    """Return whether a row of another table has a text in a column of the same name."""
    frames = (frame for frame in map(frame_of, TABLES) if column in frame.columns)
    return any(value.casefold() == one.casefold() for frame in frames for one in _texts(column, frame))


def _has(column: pd.Series[Any], values: list[Any]) -> pd.Series[bool]:
    """Return where a column has one of some values."""
    import pandas as pd

    is_text = pd.api.types.is_string_dtype(column.dtype)
    for value in values:
        if isinstance(value, str) != is_text:
            kind, fix = ("text", "text in quotes") if is_text else ("numbers, or True and False", "one of these")
            raise InputTypeError(f"{column.name} holds {kind}, got {quoted(value)}. Pass {fix}.")
    if not is_text:
        return column.isin(values).fillna(False).astype(bool)
    texts = {value.casefold() for value in values}
    if column.name in _SEVERAL:
        return column.map(lambda cell: any(word.casefold() in texts for word in words(cell))).astype(bool)
    return column.str.casefold().isin(texts)
