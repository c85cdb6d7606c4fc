"""A Dataset as tables: a row for each cell, a column for each number of it, then what the cells have in common."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.exports.columns import column, with_unit
from wattquery.inputs.arguments import refuses_unknown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RESULT", "all_tables", "other_tables", "to_table"]

ACROSS = ("quantile", "credible", "interval", "bound", "region", "target")
"""Dimensions that run across: several numbers of one cell."""

NOT_IN_TABLES = ("bin", "replicate", "node")
"""Dimensions of histograms, which are no table that anybody reads."""

CELLS = ("energy", "energy_per_day")
"""Variables whose dimensions are those of the cells, where there is one."""

PROVENANCE = (
    "title",
    "method",
    "draws",
    "shared_draws",
    "seed",
    "level",
    "catalog",
    "catalog_hash",
    "wattquery_version",
)
"""Attributes that every row repeats, so that a row that was copied elsewhere still says what made it."""

RESULT = "result"
"""What the table of the cells is called; others are called after the dimensions that they have more."""


@refuses_unknown
def to_table(result: xr.Dataset, *, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """Return a result as a table: a row for each cell, with labels, numbers and assumptions in columns.

    Parameters
    ----------
    result
        What `wattquery.sweep`, `wattquery.fleet`, `wattquery.trajectory` or an analysis returned.
    by
        Further dimensions, such as ``"query_class"``, for what the result says of each of their labels: these numbers
        are in a table of their own, whose rows are cells times labels.

    Returns
    -------
    pandas.DataFrame
        Columns are called after variables, with levels and units: ``energy_p50_wh``, ``energy_per_day_gwh``,
        ``energy_interval_epistemic_upper_gwh_per_day``. First the labels of a row, then numbers, then what else the
        result says of it, and last what made it (``method``, ``seed``, ``catalog``, ...). Units and all attributes are
        in ``attrs``. Histograms are left out.

    Raises
    ------
    InputError, InputTypeError
        If it is no Dataset, or has no table by these dimensions.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], method="exact")
    >>> wq.to_table(ds)[["model", "energy_p50_wh", "pue"]].round(3).values.tolist()
    [['DeepSeek-R1', 0.631, 'LogNormal(p5=1.05, p95=1.6)'], ['Llama 3.1 405B', 0.392, 'LogNormal(p5=1.05, p95=1.6)']]
    """
    if not isinstance(result, xr.Dataset):
        raise InputTypeError(
            "to_table takes an xarray Dataset, as wattquery.sweep or wattquery.fleet returns it, got an object of "
            f"type {type(result).__name__}. Pass that."
        )
    if not isinstance(by, (str, list, tuple)) or not all(isinstance(dim, str) for dim in by):
        raise InputTypeError(
            f"by must be the name of a dimension, or a list of names, got an object of type {type(by).__name__}. Write "
            "for example by='query_class'."
        )
    further = {by} if isinstance(by, str) else set(by)
    layouts = _layouts(result)
    layouts = _layouts(result)
    for more, (dims, names) in layouts.items():
        if set(more) == further:
            return _table(result, dims, names)
    known = [" ".join(more) for more in layouts if more]
    raise InputError(
        f"by must name dimensions that numbers of the result have beside those of its cells, got "
        f"{listed(sorted(map(str, further)))}; there is {listed(known) if known else 'none'}. "
        "Correct it, or leave it out."
    )


def all_tables(result: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Return every table of a result by its name, that of the cells first."""
    return {
        f"by {' '.join(more)}" if more else RESULT: _table(result, dims, names)
        for more, (dims, names) in _layouts(result).items()
    }


def other_tables(result: xr.Dataset) -> dict[str, list[str]]:
    """Return the variables that the table of the cells does not have, by the dimensions that they have more."""
    return {" ".join(more): names for more, (_, names) in _layouts(result).items() if more}


def _layouts(result: xr.Dataset) -> dict[tuple[str, ...], tuple[tuple[str, ...], list[str]]]:
    """Return dimensions of rows and names of variables of each table, by what dimensions it has beside the cells."""
    shown = {
        str(name): _rows_of(variable)
        for name, variable in result.data_vars.items()
        if not set(variable.dims) & set(NOT_IN_TABLES)
    }
    if not shown:
        raise InputError("The Dataset has no variables to make a table of. Pass a result of wattquery.")
    told = [shown[name] for name in CELLS if name in shown]
    # Of an analysis, those that most of what it found has.
    cells = told[0] if told else Counter(shown.values()).most_common(1)[0][0]
    names: dict[tuple[str, ...], list[str]] = {(): []}
    for name, dims in shown.items():
        names.setdefault(tuple(dim for dim in dims if dim not in cells), []).append(name)
    found = {}
    for more, of_table in names.items():
        used = {dim for name in of_table for dim in shown[name]} if more else set(cells)
        found[more] = ((*(dim for dim in cells if dim in used), *more), of_table)
    return found


def _rows_of(variable: xr.DataArray) -> tuple[str, ...]:
    return tuple(str(dim) for dim in variable.dims if dim not in ACROSS)


def _table(result: xr.Dataset, dims: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    units: dict[str, str] = {}

    def add(name: str, values: Any, unit: str) -> None:
        while name in columns:
            name = f"{name}_"  # a label may be called as a column is
        columns[name] = values
        if unit:
            units[name] = unit

    shape = tuple(result.sizes[dim] for dim in dims)
    for dim in dims:
        if dim in result.coords:
            add(*_labels(result.coords[dim], dims, shape))
        else:
            add(dim, _spread(xr.DataArray(np.arange(result.sizes[dim]), dims=dim), dims, shape), "")
    for name in names:
        for one in _numbers(result[name], result, dims, shape):
            add(*one)
    for coordinate in result.coords.values():
        if coordinate.name in result.dims or not set(_rows_of(coordinate)) <= set(dims):
            continue
        if set(coordinate.dims) <= set(dims):
            add(*_labels(coordinate, dims, shape))
        else:
            for one in _numbers(coordinate, result, dims, shape):
                add(*one)
    for what in PROVENANCE:
        if what in result.attrs:
            add(what, _repeated(result.attrs[what], math.prod(shape)), "")
    frame = pd.DataFrame(columns)
    frame.attrs = {**_plain_attributes(result.attrs), "units": units}
    return frame


def _numbers(
    variable: xr.DataArray, result: xr.Dataset, dims: Sequence[str], shape: tuple[int, ...]
) -> Iterator[tuple[str, Any, str]]:
    """Yield name, values and unit of each column of a variable."""
    across = [str(dim) for dim in variable.dims if dim not in dims]
    unit = str(variable.attrs.get("units", ""))
    labels = [result[dim].values.tolist() for dim in across]
    for place in itertools.product(*(range(result.sizes[dim]) for dim in across)):
        one = variable.isel(dict(zip(across, place, strict=True)))
        words = [of_dim[i] for of_dim, i in zip(labels, place, strict=True)]
        yield column(str(variable.name), words, unit), _spread(one, dims, shape), unit


def _labels(coordinate: xr.DataArray, dims: Sequence[str], shape: tuple[int, ...]) -> tuple[str, Any, str]:
    """Return name, values and unit of the column of a coordinate; one that holds text has no unit."""
    is_number = coordinate.dtype.kind in "iuf"
    unit = str(coordinate.attrs.get("units", "")) if is_number else ""
    return with_unit(str(coordinate.name), unit), _spread(coordinate, dims, shape), unit


def _spread(variable: xr.DataArray, dims: Sequence[str], shape: tuple[int, ...]) -> Any:
    """Return the values of a variable in all rows, repeated along the dimensions that it does not have."""
    own = [dim for dim in dims if dim in variable.dims]
    values = variable.transpose(*own).values
    wide = values.reshape([size if dim in own else 1 for dim, size in zip(dims, shape, strict=True)])
    flat = np.broadcast_to(wide, shape).ravel()
    return flat.astype(object) if flat.dtype.kind == "U" else flat


def _repeated(value: object, rows: int) -> Any:
    return [_plain(value)] * rows


def _plain_attributes(attributes: Mapping[Any, Any]) -> dict[Hashable, Any]:
    """Return attributes as what JSON has, for files that keep those of a table."""
    return {str(name): _plain(value) for name, value in attributes.items()}


def _plain(value: object) -> object:
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, (str, int, float, bool)) else str(plain)
