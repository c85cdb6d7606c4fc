"""Records of numbers to one record of columns, and some rows of such a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["columns_of", "gathered", "taken"]

T = TypeVar("T")


def gathered(records: Sequence[T], rows: NDArray[np.intp]) -> T:
    """Return one record whose fields are arrays, with the numbers of a record for each row.

    Parameters
    ----------
    records
        Dataclasses of one kind whose fields are numbers.
    rows
        Which record each row has.

    Examples
    --------
    >>> from dataclasses import make_dataclass
    >>> one = make_dataclass("one", ["layers"])
    >>> gathered([one(32), one(80)], np.array([1, 0, 1])).layers
    array([80., 32., 80.])
    """
    kind: Any = type(records[0])
    columns = {one.name: np.array([getattr(record, one.name) for record in records], float) for one in fields(kind)}
    made: T = kind(**{name: column[rows] for name, column in columns.items()})
    return made


def taken(record: T, rows: NDArray[np.intp]) -> T:
    """Return some rows of a record of columns, of records and of mappings of columns in it.

    Parameters
    ----------
    record
        A dataclass of arrays, of such dataclasses and of mappings to arrays.
    rows
        Which rows, in their new order.
    """
    kind: Any = type(record)
    made: T = kind(**{one.name: _taken(getattr(record, one.name), rows) for one in fields(kind)})
    return made


def _taken(value: Any, rows: NDArray[np.intp]) -> Any:
    if is_dataclass(value):
        return taken(value, rows)
    if isinstance(value, Mapping):
        return {name: _taken(column, rows) for name, column in value.items()}
    return value[rows]


def columns_of(record: Any) -> Iterator[NDArray[Any]]:
    """Yield all columns of a record of columns, of records and of mappings of columns in it."""
    if is_dataclass(record):
        for one in fields(record):
            yield from columns_of(getattr(record, one.name))
    elif isinstance(record, Mapping):
        for column in record.values():
            yield from columns_of(column)
    else:
        yield record
