"""Rows to cells: rows of one deployment share their numbers, and differ in load and lengths alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.coefficients import context_tokens, input_tokens, load_numbers
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.gathered import columns_of, taken
from wattquery.throughput.load.parameters import Layout, Values

__all__ = ["CellNumbers", "Cells"]

Numbers = NDArray[np.float64]

_OF_A_ROW = ("output_tokens", "lengths_vary", "concurrency", "batch", "input_tokens", "at_maximum_load", "reason")
"""What the numbers of a cell do not depend on."""


@dataclass(frozen=True, eq=False)
class CellNumbers:
    """What the equations take, from one vector of parameters.

    Attributes
    ----------
    numbers
        Of the cells, with the names of `wattquery.kernels.load.numbers.LOAD_NUMBERS` along the first axis.
    cell
        Which cell each row has.
    input_tokens, context_tokens
        Mean input length and mean context of each row [tokens].
    """

    numbers: Numbers
    cell: NDArray[np.intp]
    input_tokens: Numbers
    context_tokens: Numbers

    def of(self, rows: Any) -> Numbers:
        """Return the numbers of some rows, one column for each."""
        return self.numbers[:, self.cell[rows]]

    def differs(self, other: CellNumbers) -> NDArray[np.bool_]:
        """Return which rows have other numbers or lengths with another vector of parameters."""
        changed = (self.numbers != other.numbers).any(axis=0)[self.cell]
        lengths = (self.input_tokens != other.input_tokens) | (self.context_tokens != other.context_tokens)
        found: NDArray[np.bool_] = changed | lengths
        return found


class Cells:
    """The cells of some rows, ready for any vector of parameters.

    Parameters
    ----------
    layout
        Which numbers the vectors hold.
    at
        The conditions of the rows.
    """

    def __init__(self, layout: Layout, at: Conditions) -> None:
        self._layout, self._at = layout, at
        self.codes = layout.codes(at)
        first, self._cell = _cells(at, self.codes)
        self._cells = taken(at, first)
        self._codes_of_cells = {grouping: codes[first] for grouping, codes in self.codes.items()}

    def numbers(self, vector: Numbers) -> CellNumbers:
        """Return what the equations take from a vector of parameters."""
        values = Values(self._layout, self.codes, vector)
        inputs = input_tokens(values, self._at)
        return CellNumbers(
            numbers=load_numbers(Values(self._layout, self._codes_of_cells, vector), self._cells),
            cell=self._cell,
            input_tokens=inputs,
            context_tokens=context_tokens(values, self._at, inputs),
        )

    def numbers_of_each(self, vectors: Numbers) -> CellNumbers:
        """Return what the equations take where each row has parameters of its own, (numbers, rows)."""
        values = Values(self._layout, self.codes, vectors)
        inputs = input_tokens(values, self._at)
        return CellNumbers(
            numbers=load_numbers(values, self._at),
            cell=np.arange(len(self._at)),
            input_tokens=inputs,
            context_tokens=context_tokens(values, self._at, inputs),
        )


def _cells(at: Conditions, codes: Mapping[str, NDArray[np.intp]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first row of each cell, and the cell of each row: of one cell are rows that differ in load alone."""
    parts = [getattr(at, one.name) for one in fields(at) if one.name not in (*_OF_A_ROW, "labels")]
    columns = [column for part in parts for column in columns_of(part)]
    columns += [codes[grouping] for grouping in codes if grouping != "task"]
    table = np.ascontiguousarray(np.stack(columns, axis=1).astype(np.float64))
    # Bytes are compared, so that NaN equals NaN.
    keys = table.view(np.dtype((np.void, table.shape[1] * table.itemsize)))[:, 0]
    _, first, cell = np.unique(keys, return_index=True, return_inverse=True)
    return first, cell
