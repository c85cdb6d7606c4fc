"""Rows of many deployments as flat arrays, and the ends of each: what a fit of any form starts from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog import BenchmarkRow

__all__ = ["Ends", "RowArrays", "ends_of", "row_arrays"]

Array = NDArray[np.float64]


class RowArrays(NamedTuple):
    """Lengths and rates of the rows of all groups, one group after the other, and the number of rows of each."""

    inputs: Array
    outputs: Array
    rates: Array
    sizes: NDArray[np.int64]


class Ends(TypedDict):
    """The fields of a throughput model that say how far its rows reach."""

    input_range: tuple[float, float]
    output_range: tuple[float, float]
    minimum: float
    maximum: float


def row_arrays(groups: Sequence[Sequence[BenchmarkRow]]) -> RowArrays:
    """Return the rows of groups, none of them empty, as arrays; NaN where a length is not known."""
    # None, for not known, becomes NaN.
    inputs, outputs, rates = (
        np.array(list(map(attrgetter(name), chain.from_iterable(groups))), dtype=np.float64)
        for name in ("input_tokens", "output_tokens", "tokens_per_second")
    )
    return RowArrays(inputs, outputs, rates, np.array([len(rows) for rows in groups], dtype=np.int64))


def ends_of(inputs: Array, outputs: Array, rates: Array, sizes: NDArray[np.int64]) -> Iterator[Ends]:
    """Yield how far the rows of each group reach."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    ends = [
        end.reduceat(values, starts).tolist() for values in (inputs, outputs, rates) for end in (np.minimum, np.maximum)
    ]
    for shortest_input, longest_input, shortest_output, longest_output, least, most in zip(*ends, strict=True):
        yield Ends(
            input_range=(shortest_input, longest_input),
            output_range=(shortest_output, longest_output),
            minimum=least,
            maximum=most,
        )
