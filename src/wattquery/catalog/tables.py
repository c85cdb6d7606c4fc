"""The shipped tables of the catalog ``default`` as DataFrames, each read when first asked for.

pandas is imported when the first of them is. Every caller gets a copy: what is done to it changes nobody else's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from wattquery.catalog.records import table_bytes
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["accelerators", "architectures", "frame_of", "stacks", "table_name", "unit_of", "units_of"]

_TEXT = frozenset(
    {
        "accelerators_per_node_basis",
        "aliases",
        "architecture",
        "attention_kind",
        "attribution",
        "boundary",
        "condition",
        "confidence",
        "date",
        "derived",
        "developer",
        "first_date",
        "flags",
        "hardware",
        "idle_source_id",
        "kind",
        "last_date",
        "layers_count",
        "licence",
        "linear_kind",
        "model",
        "model_as_published",
        "native_precision",
        "node_power_basis",
        "node_power_confidence",
        "node_power_source_id",
        "notes",
        "params_basis",
        "precision",
        "reference",
        "release",
        "row_id",
        "scenario",
        "scope",
        "serving",
        "source",
        "source_id",
        "speculation",
        "task",
        "url",
        "version",
        "versions",
    }
)
"""Columns that hold text, also where all of it looks like numbers, or where none is known."""

_UNITS = {
    "joules_per_output_token": "J/token",
    "joules_per_request": "J",
    "node_power": "kW",
    "tokens_per_second": "tokens/s",
    "total_parameters": "1e9",
    "active_parameters": "1e9",
    "output_tps_per_accelerator": "tokens/s",
}
_ENDINGS = {
    "_tokens": "tokens",
    "_tflops": "TFLOP/s",
    "_tbps": "TB/s",
    "_gbps": "GB/s",
    "_tps": "tokens/s",
    "_params_b": "1e9",
    "_total_b": "1e9",
    "_active_b": "1e9",
    "_kw": "kW",
    "_gb": "GB",
    "_ms": "ms",
    "_w": "W",
    "_s": "s",
}
"""Units of columns by name, and by how a name ends."""


def unit_of(column: str) -> str:
    """Return the unit of a column of a shipped table, empty where it has none.

    Examples
    --------
    >>> unit_of("ttft_s"), unit_of("output_tps_per_accelerator"), unit_of("model")
    ('s', 'tokens/s', '')
    """
    if "_w_" in column:
        return "W"
    return _UNITS.get(column) or next((unit for end, unit in _ENDINGS.items() if column.endswith(end)), "")


def units_of(frame: pd.DataFrame) -> dict[str, str]:
    """Return the unit of each column of numbers that has one."""
    kinds = {str(column): frame[column].dtype.kind for column in frame.columns}
    return {column: unit for column, kind in kinds.items() if kind == "f" and (unit := unit_of(column))}


def table_name(name: object, names: Iterable[str]) -> str:
    """Return the name of a table, in lower case.

    Raises
    ------
    InputError
        If no table is called so.
    """
    names = tuple(names)
    if not isinstance(name, str):
        raise InputTypeError(f"table must be a name, one of {listed(names)}, got {quoted(name)}. Pass one of them.")
    if name.casefold() not in names:
        raise InputError(f"table must be one of {listed(names)}, got {quoted(name)}.{did_you_mean(name, names)}")
    return name.casefold()


def architectures() -> pd.DataFrame:
    """Return all model architectures that the catalog ``default`` knows, measured or not.

    Examples
    --------
    >>> from wattquery import catalog
    >>> len(catalog.architectures()) >= 60
    True
    """
    return _copy("architectures")


def accelerators() -> pd.DataFrame:
    """Return all accelerators that the catalog ``default`` knows, with the node that they stand in.

    Examples
    --------
    >>> from wattquery import catalog
    >>> bool((catalog.accelerators()["hardware"] == "H100 SXM").any())
    True
    """
    return _copy("accelerators")


def stacks() -> pd.DataFrame:
    """Return all serving stacks that the catalog ``default`` has rows of, with their versions.

    Examples
    --------
    >>> from wattquery import catalog
    >>> bool((catalog.stacks()["serving"] == "vLLM").any())
    True
    """
    return _copy("stacks")


def _copy(name: str) -> pd.DataFrame:
    return frame_of(name).copy()


@cache
def frame_of(name: str) -> pd.DataFrame:
    """Return a table as it was read, for nobody to change."""
    import pandas as pd

    content = table_bytes(name)
    header = next(csv.reader(io.StringIO(content[: content.index(b"\n")].decode())))
    texts = [column for column in header if column in _TEXT]
    frame = pd.read_csv(
        io.BytesIO(content),
        dtype=dict.fromkeys(texts, "str"),
        keep_default_na=False,
        na_values={column: [""] for column in header if column not in _TEXT},
        low_memory=False,
    )
    for column in header:
        kind = frame[column].dtype.kind
        if kind == "i":
            frame[column] = frame[column].astype("float64")  # as the same column with one number missing
        elif kind == "b" or (kind == "O" and column not in _TEXT and _are_flags(frame[column])):
            frame[column] = frame[column].astype("boolean")
        elif kind == "O" and column not in _TEXT:
            frame[column] = frame[column].fillna("")
    frame.attrs["units"] = units_of(frame)
    return frame


def _are_flags(column: pd.Series[Any]) -> bool:
    """Return whether a column holds true and false alone, where it holds anything."""
    known = column.dropna()
    return bool(len(known)) and all(isinstance(value, bool) for value in known)
