"""Records of numbers to one record of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["gathered"]

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
