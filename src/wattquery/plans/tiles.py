"""Cells as flat arrays for sampling, in tiles that share their random columns and fit a thread's memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import BIN_WIDTH
from wattquery.kernels.equation import is_load_form, is_reciprocal, log_throughput_of
from wattquery.kernels.histogram import BINS_PER_UNIT
from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column, ColumnTable
from wattquery.plans.lever_terms import columns_of
from wattquery.plans.made_once import MadeOnce
from wattquery.plans.plan import DEPLOYMENT, Places, Plan
from wattquery.specs.factors import LENGTHS, MERGED_NORMAL

__all__ = ["Tile", "TileCells", "tile_cells", "tiles", "windows"]

TILE_BYTES = 2_000_000
"""Counts that a thread holds of its own: some dozen cells share what is made for all, and caches hold most of them."""

BYTES_PER_BIN = 4
CELLS_AT_A_TIME = 4096
SHARED_NORMAL = Column(MERGED_NORMAL, None)

FOLLOWING = "power_utilization"
"""The axis whose terms may follow throughput: they bend ln E and are no part of its sum."""

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Tile:
    """Some cells as the arguments of `wattquery.kernels.drivers.monte_carlo.count_tile`, and their places in the plan.

    Cells whose ln E differs by whole bins only have the same counts: ``distinct`` are the first of each kind, and
    ``kinds`` tells for every cell which of these it is like. ``column_streams`` has one entry, or where cells have
    streams of their own one for each of them, which `wattquery.kernels.drivers.monte_carlo.count_apart` takes.
    """

    cells: Integers
    distinct: Integers
    kinds: Integers
    numbers: Array
    terms: Integers
    windows: Integers
    term_numbers: Array
    term_columns: Integers
    term_signs: Array
    column_codes: Integers
    column_numbers: Array
    column_streams: NDArray[np.uint32]
    table_levels: Array
    table_values: Array

    @property
    def bins(self) -> int:
        """Bins of all distinct cells."""
        return int(self.windows[self.distinct, 1].sum())

    @property
    def widest(self) -> int:
        """Bins of the widest cell."""
        return int(self.windows[:, 1].max())


@dataclass(frozen=True, eq=False)
class _Chunk:
    """Consecutive cells: their numbers in the plan, factors and windows, and the first cell of each one's term.

    ``heads`` are the numbers of these first cells, and ``shared`` gives the cells themselves, made once.
    """

    cells: Integers
    numbers: Array
    heads: Integers
    windows: Integers
    shared: Callable[[int], Cell]


class TileCells:
    """The cells of one tile, as a range of the plan's cells that have data; the tile is made once it is asked for.

    What was made on the way here is kept, so that threads share it. In a pickle the range is all there is.

    Parameters
    ----------
    start, stop
        The range.
    chunk, offset
        Cells that have these among them, and where they begin there.
    """

    def __init__(self, start: int, stop: int, chunk: _Chunk | None = None, offset: int = 0) -> None:
        self.start = start
        self.stop = stop
        self._chunk = chunk
        self._offset = offset
        self._tile: MadeOnce[Tile] = MadeOnce()

    def __reduce__(self) -> tuple[type[TileCells], tuple[int, int]]:
        return TileCells, (self.start, self.stop)

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.stop - self.start

    def tile(self, plan: Plan) -> Tile:
        """Return the tile."""
        return self._tile.get(lambda: self._made(plan))

    def _made(self, plan: Plan) -> Tile:
        if self._chunk is None:
            return _tile(plan, next(_chunks(plan, self.start, self.stop)), slice(0, self.size))
        return _tile(plan, self._chunk, slice(self._offset, self._offset + self.size))


def tile_cells(plan: Plan, tile_bytes: int = TILE_BYTES) -> Iterator[TileCells]:
    """Yield all cells of a plan that have data, in tiles whose counts take at most ``tile_bytes``.

    A larger cell than ``tile_bytes`` comes alone.
    """
    before = 0
    for chunk in _chunks(plan):
        start, bins = 0, 0
        sizes = chunk.windows[:, 1].tolist()
        for i, size in enumerate(sizes):
            if i > start and (bins + size) * BYTES_PER_BIN > tile_bytes:
                yield TileCells(before + start, before + i, chunk, start)
                start, bins = i, 0
            bins += size
        yield TileCells(before + start, before + len(sizes), chunk, start)
        before += len(sizes)


def tiles(plan: Plan, tile_bytes: int = TILE_BYTES) -> Iterator[Tile]:
    """Yield the tiles of `tile_cells`."""
    for cells in tile_cells(plan, tile_bytes):
        yield cells.tile(plan)


def windows(plan: Plan) -> Iterator[Integers]:
    """Yield first bin and number of bins of all cells that have data, some thousand cells at a time."""
    for chunk in _chunks(plan):
        yield chunk.windows


def _chunks(plan: Plan, start: int = 0, stop: int | None = None) -> Iterator[_Chunk]:
    """Yield the cells of a plan in their order, or a range of them, some thousands at a time."""
    low_z, high_z = SHARED_NORMAL.log_range
    shared = cache(plan.cell)
    length_range = cache(lambda number: _length_range(shared(number), plan.prefill_weight))
    chosen = plan.cells[start:stop]
    for place in range(0, chosen.size, CELLS_AT_A_TIME):
        cells = chosen[place : place + CELLS_AT_A_TIME]
        places = plan.places(cells)
        mean, sigma = plan.factors(places)
        heads = _heads(plan, cells, places)
        ranges = np.array([length_range(head) for head in heads.tolist()])
        low, high = mean + sigma * low_z + ranges[:, 0], mean + sigma * high_z + ranges[:, 1]
        first = np.floor(low / BIN_WIDTH).astype(np.int64) - 1
        last = np.ceil(high / BIN_WIDTH).astype(np.int64) + 2
        yield _Chunk(cells, np.column_stack([mean, sigma]), heads, np.column_stack([first, last - first]), shared)


def _heads(plan: Plan, cells: Integers, places: Places) -> Integers:
    """Return for each cell the first of the cells that share all but its fixed and lognormal factors."""
    keys = [places[DEPLOYMENT], *(places[name] for name in LENGTHS)]
    if any(term.extras for term in plan.terms["pue"]) and len(set(plan.counts_pue)) > 1:
        keys.append(np.array(plan.counts_pue, dtype=np.int64)[places["boundary"]])
    if plan.is_load and len(set(plan.counts_node)) > 1:
        keys.append(plan.kinds[places["boundary"]])
    for axis, table in plan.terms.items():
        if axis == FOLLOWING or any(columns_of(table)):
            keys.append(places[axis])
    _, first, inverse = np.unique(np.column_stack(keys), axis=0, return_index=True, return_inverse=True)
    return cells[first[inverse.ravel()]]


def _length_range(cell: Cell, prefill_weight: float) -> tuple[float, float]:
    """Return what a cell's lengths and other than lognormal factors can add to ln E; beyond is rarer than 1e-9."""
    if cell.joint is None:
        low, high = _range_of_lengths(cell, prefill_weight)
    else:  # that of the nodes
        parts = cell.log_node_part()
        low, high = float(parts.min()), float(parts.max())
    for column, sign in cell.extras:
        ends = sorted(sign * end for end in column.log_range)
        low, high = low + ends[0], high + ends[1]
    return low, high


def _range_of_lengths(cell: Cell, prefill_weight: float) -> tuple[float, float]:
    """Return what two lengths and a power that follows throughput can add to ln E.

    Interval arithmetic, but for output tokens over throughput, which grow together. Under load it grows with both
    lengths: of each token of a prompt, some is new or what is cached of it weighs no less than nothing.
    """
    outputs, inputs = cell.output_tokens.log_range, cell.input_tokens.log_range
    if is_load_form(cell.throughput.kernel_numbers):
        ends = np.exp(np.array([outputs, inputs]))
        low, high = cell.log_length_part(*ends)
        return float(low), float(high)
    low, high = _rate_range(cell.throughput.kernel_numbers, outputs, inputs)
    if prefill_weight > 0.0:  # L_eff / L_out = 1 + w L_in / L_out
        low += math.log1p(prefill_weight * math.exp(inputs[0] - outputs[1]))
        high += math.log1p(prefill_weight * math.exp(inputs[1] - outputs[0]))
    if cell.span > 0.0:
        low, high = low + math.log(cell.base), high + math.log(cell.base + cell.span)
    return low, high


def _rate_range(numbers: Sequence[float], outputs: Range, inputs: Range) -> Range:
    """Return the range of ln L_out - ln TPS over ranges of both lengths' logarithms.

    In the reciprocal form it grows with both lengths. In the other it is linear in both logarithms on either side of
    the cap, so that its extremes are corners of the range or where the cap begins on an edge of it.
    """
    places = [(one, other) for one in inputs for other in outputs]
    b0, b1, b2, most = numbers[:4]
    if not is_reciprocal(numbers):
        if b2 != 0.0:
            places += [(one, min(max((most - b0 - b1 * one) / b2, outputs[0]), outputs[1])) for one in inputs]
        if b1 != 0.0:
            places += [(min(max((most - b0 - b2 * other) / b1, inputs[0]), inputs[1]), other) for other in outputs]
    extremes = [
        other - float(log_throughput_of(numbers, math.exp(one), one, math.exp(other), other)) for one, other in places
    ]
    return min(extremes), max(extremes)


def _tile(plan: Plan, chunk: _Chunk, part: slice) -> Tile:
    """Return the arrays of some cells of a chunk."""
    cells, heads = chunk.cells[part], chunk.heads[part]
    table = ColumnTable()
    table.add(SHARED_NORMAL)
    order = {head: i for i, head in enumerate(dict.fromkeys(heads.tolist()))}
    shared = [chunk.shared(number) for number in order]
    most = max(len(cell.extras) for cell in shared)
    columns = np.full((len(shared), 3 + most), -1, dtype=np.int64)
    signs = np.zeros((len(shared), most))
    numbers = []
    for i, cell in enumerate(shared):
        numbers.append([*cell.throughput.kernel_numbers, plan.prefill_weight, cell.base, cell.span])
        lengths, extras = cell.length_columns, [column for column, _ in cell.extras]
        columns[i, : len(lengths)] = [table.add(column) for column in lengths]
        columns[i, 3 : 3 + len(extras)] = [table.add(column) for column in extras]
        signs[i, : len(cell.extras)] = [sign for _, sign in cell.extras]
    terms = np.array([order[head] for head in heads.tolist()], dtype=np.int64)
    if plan.common_random_numbers:
        kinds, distinct = _kinds(chunk.numbers[part], chunk.windows[part], terms)
        streams = [table.streams(plan.seed)]
    else:
        kinds = distinct = np.arange(cells.size)
        streams = [table.streams(plan.seed, plan.name(number)) for number in cells.tolist()]
    return Tile(
        cells=cells,
        distinct=distinct,
        kinds=kinds,
        numbers=chunk.numbers[part],
        terms=terms,
        windows=chunk.windows[part],
        term_numbers=np.array(numbers, dtype=np.float64),
        term_columns=columns,
        term_signs=signs,
        column_codes=np.array(table.codes, dtype=np.int64),
        column_numbers=np.array(table.numbers, dtype=np.float64),
        column_streams=np.array(streams, dtype=np.uint32),
        table_levels=np.array(table.levels, dtype=np.float64),
        table_values=np.array(table.values, dtype=np.float64),
    )


def _kinds(numbers: Array, windows: Integers, terms: Integers) -> tuple[Integers, Integers]:
    """Return which cells have the same counts, and the first of each kind, in the order of the cells.

    All that the first pass of a kernel sees of a cell beside its term are these two numbers, in single precision and
    counted from its own window.
    """
    constants = (numbers[:, 0] * BINS_PER_UNIT - windows[:, 0]).astype(np.float32)
    slopes = (numbers[:, 1] * BINS_PER_UNIT).astype(np.float32)
    keys = zip(terms.tolist(), constants.tolist(), slopes.tolist(), windows[:, 1].tolist(), strict=True)
    number: dict[tuple[int, float, float, int], int] = {}
    first: list[int] = []
    kinds = []
    for cell, key in enumerate(keys):
        if key not in number:
            number[key] = len(first)
            first.append(cell)
        kinds.append(number[key])
    return np.array(kinds, dtype=np.int64), np.array(first, dtype=np.int64)
