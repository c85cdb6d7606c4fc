"""Cells as flat arrays for sampling, in tiles that share their random columns and fit a thread's memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.equation import log_effective_tokens, log_throughput
from wattquery.lattice import BIN_WIDTH
from wattquery.lowering.columns import Column, ColumnTable
from wattquery.lowering.plan import Cell, Plan

__all__ = ["Tile", "tiles", "window"]

TILE_BYTES = 4_000_000
"""Counts that a thread holds of its own."""

SHARED_NORMAL = Column("normal", None)


@dataclass(frozen=True, eq=False)
class Tile:
    """Some cells as the arguments of `wattquery.kernels.monte_carlo.count_tile`, and their window of the lattice."""

    cells: NDArray[np.int64]
    numbers: NDArray[np.float64]
    columns: NDArray[np.int64]
    signs: NDArray[np.float64]
    column_codes: NDArray[np.int64]
    column_numbers: NDArray[np.float64]
    column_streams: NDArray[np.uint32]
    table_levels: NDArray[np.float64]
    table_values: NDArray[np.float64]
    first_bin: int
    bins: int


def tiles(plan: Plan, tile_bytes: int = TILE_BYTES) -> Iterator[Tile]:
    """Yield all cells of a plan that have data, in tiles whose counts take at most ``tile_bytes``.

    Cells with streams of their own come alone. A larger cell than ``tile_bytes`` comes alone too.
    """
    members: list[tuple[int, Cell]] = []
    low = high = 0
    for number in plan.cells:
        cell = plan.cell(int(number))
        first, end = window(cell, plan.prefill_weight)
        wider = (min(low, first), max(high, end)) if members else (first, end)
        full = (wider[1] - wider[0]) * (len(members) + 1) * 8 > tile_bytes or not plan.common_random_numbers
        if members and full:
            yield _tile(plan, members, low, high)
            members, wider = [], (first, end)
        members.append((int(number), cell))
        low, high = wider
    if members:
        yield _tile(plan, members, low, high)


def window(cell: Cell, prefill_weight: float) -> tuple[int, int]:
    """Return the first lattice bin of a cell and the end of its range; draws outside are rarer than 1e-9."""
    model = cell.throughput
    normal = SHARED_NORMAL.log_range()
    outputs, inputs = cell.output_tokens.log_range(), cell.input_tokens.log_range()
    # Interval arithmetic: each part of the equation at its own extremes, whichever lengths they come from.
    rates = [
        float(log_throughput(model.intercept, model.ln_input, model.ln_output, model.ln_maximum, log_input, log_output))
        for log_input in inputs
        for log_output in outputs
    ]
    tokens = [
        float(log_effective_tokens(math.exp(log_output), log_output, math.exp(log_input), prefill_weight))
        for log_output, log_input in zip(outputs, inputs, strict=True)
    ]
    low = cell.log_factors + cell.sigma * normal[0] + tokens[0] - max(rates)
    high = cell.log_factors + cell.sigma * normal[1] + tokens[1] - min(rates)
    if cell.span > 0.0:
        low, high = low + math.log(cell.base), high + math.log(cell.base + cell.span)
    for column, sign in cell.extras:
        ends = sorted(sign * end for end in column.log_range())
        low, high = low + ends[0], high + ends[1]
    return math.floor(low / BIN_WIDTH) - 1, math.ceil(high / BIN_WIDTH) + 2


def _tile(plan: Plan, members: list[tuple[int, Cell]], low: int, high: int) -> Tile:
    """Return the arrays of some cells."""
    table = ColumnTable(plan.seed, "" if plan.common_random_numbers else plan.name(members[0][0]))
    most = max(len(cell.extras) for _, cell in members)
    columns = np.full((len(members), 3 + most), -1, dtype=np.int64)
    signs = np.zeros((len(members), most))
    numbers = []
    for i, (_, cell) in enumerate(members):
        model = cell.throughput
        numbers.append(
            [
                cell.log_factors,
                cell.sigma,
                model.intercept,
                model.ln_input,
                model.ln_output,
                model.ln_maximum,
                plan.prefill_weight,
                cell.base,
                cell.span,
            ]
        )
        wanted = [SHARED_NORMAL, cell.output_tokens, cell.input_tokens, *(column for column, _ in cell.extras)]
        columns[i, : len(wanted)] = [table.add(column) for column in wanted]
        signs[i, : len(cell.extras)] = [sign for _, sign in cell.extras]
    return Tile(
        cells=np.array([number for number, _ in members], dtype=np.int64),
        numbers=np.array(numbers, dtype=np.float64),
        columns=columns,
        signs=signs,
        column_codes=np.array(table.codes, dtype=np.int64),
        column_numbers=np.array(table.numbers, dtype=np.float64),
        column_streams=np.array(table.streams, dtype=np.uint32),
        table_levels=np.array(table.levels, dtype=np.float64),
        table_values=np.array(table.values, dtype=np.float64),
        first_bin=low,
        bins=high - low,
    )
