"""What is known of some rows to `Observations`: a column that is not known is NaN, empty or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.observations import Observations

__all__ = ["observations_of"]


def observations_of(count: int, columns: Mapping[str, Sequence[Any]]) -> Observations:
    """Return rows from what is known of them.

    Parameters
    ----------
    count
        How many rows there are [1].
    columns
        Values by the fields of `Observations`, one for each row; where a field is left out, or a value is None, it is
        NaN for a number, no for a flag, empty for a word.

    Examples
    --------
    >>> rows = observations_of(2, {"hardware": ["H100 SXM", "B200"], "tp": [8, None]})
    >>> rows.hardware[1], rows.tp[0], rows.serving[0]
    ('B200', np.float64(8.0), '')
    """
    made = {one.name: _column(str(one.type), columns.get(one.name), count) for one in fields(Observations)}
    return Observations(**made)


def _column(kind: str, values: Sequence[Any] | None, count: int) -> NDArray[Any]:
    if kind == "Numbers":
        return _array([np.nan if value is None else value for value in values or [None] * count], np.float64)
    if kind == "Words":
        return _array([value or "" for value in values or [""] * count], np.object_)
    return _array([bool(value) for value in values or [False] * count], np.bool_)


def _array(values: Sequence[Any], kind: Any) -> NDArray[Any]:
    made = np.empty(len(values), dtype=kind)
    made[:] = values
    return made
