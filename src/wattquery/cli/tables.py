"""Labelled results as text: a row for every cell and factor, a column for every variable and its interval."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.cli.analyses import Table
from wattquery.cli.output import aligned, number

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ROWS", "joined", "table_lines"]

ROWS = 60
Column = tuple[str, Callable[[dict[str, Any]], str]]


def table_lines(dataset: xr.Dataset, table: Table) -> list[str]:
    """Return a table of a dataset as lines, none if the dataset has nothing for it.

    Parameters
    ----------
    dataset
        The result.
    table
        Which variables, and which dimension runs across.
    """
    variables = [name for name in table.variables if name in dataset]
    if not variables:
        return []
    dims = [str(dim) for dim in dataset[variables[0]].dims if dim != table.across]
    columns = [column for name in variables for column in _columns(dataset, name, table.across)]
    sizes = [range(dataset.sizes[dim]) for dim in dims]
    count = 1
    for size in sizes:
        count *= len(size)
    rows = []
    for place in itertools.islice(itertools.product(*sizes), ROWS):
        at = dict(zip(dims, place, strict=True))
        labels = [_label(dataset[dim].values[i]) for dim, i in at.items()]
        rows.append([*labels, *(write(at) for _, write in columns)])
    lines = aligned([*dims, *(name for name, _ in columns)], rows, text=range(len(dims)))
    if count > ROWS:
        lines += ["", f"{count - ROWS:,} more rows are not shown. Write all of them to a file with -o out.nc."]
    return lines


def _columns(dataset: xr.Dataset, name: str, across: str) -> Iterator[Column]:
    """Yield the heading of each column of a variable, and what writes its value in a row."""
    if across not in dataset[name].dims:
        yield _heading(dataset, name), _writer(dataset, name)
        if f"{name}_low" in dataset:
            yield "interval", _interval(dataset, name)
        return
    for i, label in enumerate(dataset[across].values.tolist()):
        words = f"P{100 * label:g}" if isinstance(label, float) else str(label).upper()
        yield _heading(dataset, name, words), _writer(dataset, name, {across: i})


def _heading(dataset: xr.Dataset, name: str, label: str = "") -> str:
    unit = str(dataset[name].attrs.get("units", "1"))
    return " ".join(filter(None, [name.replace("_", " "), label, "" if unit in ("", "1") else f"[{unit}]"]))


def _writer(dataset: xr.Dataset, name: str, fixed: dict[str, int] | None = None) -> Callable[[dict[str, Any]], str]:
    variable = dataset[name].isel(fixed or {})
    dims, values = [str(dim) for dim in variable.dims], variable.values

    def write(at: dict[str, Any]) -> str:
        return _value(float(values[tuple(at[dim] for dim in dims)]))

    return write


def _interval(dataset: xr.Dataset, name: str) -> Callable[[dict[str, Any]], str]:
    low, high = (_writer(dataset, f"{name}_{end}") for end in ("low", "high"))
    return lambda at: f"[{low(at)}, {high(at)}]"


def _value(value: float) -> str:
    """Return a number to four digits, with round-off of a zero as zero."""
    return "0" if abs(value) < 1e-9 else number(value)


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def joined(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return tables below each other, with an empty line between them."""
    lines: list[str] = []
    for part in filter(None, parts):
        lines += [*([""] if lines else []), *part]
    return lines
