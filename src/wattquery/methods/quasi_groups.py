"""Groups of cells that share their quasi-random points: they differ in mean and width of the merged normal only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import BIN_WIDTH
from wattquery.kernels.drivers.quasi_monte_carlo import deposit
from wattquery.kernels.random.points import GENERATOR
from wattquery.kernels.random.variates import ATOMS, FIXED
from wattquery.methods.quasi_statistics import Window
from wattquery.methods.replicates import REPLICATES
from wattquery.methods.statistics import Array, Integers
from wattquery.plans.columns import Column
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import Tile, TileCells, tile_cells
from wattquery.specs.factors import MERGED_NORMAL, lattice_dimensions

__all__ = ["Group", "GroupCells", "batches", "group_at"]

NARROW = 8.0 * BIN_WIDTH
"""A normal narrower than this would show the nodes; it is drawn like any other factor."""

ALL_CELLS = 2**62


@dataclass(frozen=True, eq=False)
class Group:
    """What the points of some cells are made of.

    Attributes
    ----------
    tile
        Where the columns are.
    term
        The number of the term in the tile.
    streams
        The random stream of each column.
    lengths, columns, factors, dimensions
        What is drawn, see `wattquery.kernels.drivers.quasi_monte_carlo.deposit`.
    bins
        Number of bins of the window.
    window
        Where the masses lie, and what kind they are of.
    """

    tile: Tile
    term: int
    streams: NDArray[np.uint32]
    lengths: int
    columns: Integers
    factors: Array
    dimensions: Integers
    bins: int
    window: Window

    @property
    def nbytes(self) -> int:
        """What the masses of all replicates take."""
        return REPLICATES * self.bins * np.dtype(np.int64).itemsize

    def masses(self, start: int, stop: int, points: int) -> Integers:
        """Return the masses of a range of replicates of so many points each, by replicate and bin."""
        tile = self.tile
        masses = np.zeros((stop - start, self.bins), dtype=np.int64)
        deposit(
            tile.term_numbers[self.term],
            self.lengths,
            self.columns,
            self.factors,
            self.dimensions,
            tile.column_codes,
            tile.column_numbers,
            self.streams,
            tile.table_levels,
            tile.table_values,
            start,
            points,
            self.window.first_bin,
            self.window.smooth,
            masses,
        )
        return masses


@dataclass(frozen=True, eq=False)
class GroupCells:
    """A group and its cells.

    Attributes
    ----------
    head
        The place of the first among the plan's cells that have data.
    cells, numbers
        Cells in the plan, and mean and standard deviation of the merged normal of each.
    group
        What their points are made of.
    """

    head: int
    cells: Integers
    numbers: Array
    group: Group


def batches(plan: Plan, most_bytes: int) -> Iterator[list[GroupCells]]:
    """Yield all groups of cells, as many at a time as have masses of ``most_bytes``, or one."""
    batch: list[GroupCells] = []
    size = 0
    for one in _groups(plan):
        if batch and size + one.group.nbytes > most_bytes:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.group.nbytes
    if batch:
        yield batch


def group_at(plan: Plan, head: int) -> Group:
    """Return what the points of a group are made of, by the place of its first cell: the same as in its tile."""
    return _group(plan, TileCells(head, head + 1).tile(plan), 0)


def _groups(plan: Plan) -> Iterator[GroupCells]:
    """Yield the groups, some thousand cells at a time."""
    for chunk in tile_cells(plan, ALL_CELLS):
        tile = chunk.tile(plan)
        narrow = tile.numbers[:, 1] < NARROW
        streams = np.arange(tile.cells.size) % tile.column_streams.shape[0]
        keys = np.column_stack([streams, tile.terms, np.where(narrow, tile.numbers[:, 1], np.inf)])
        _, inverse = np.unique(keys, axis=0, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(inverse[order])) + 1):
            head = int(members[0])
            yield GroupCells(chunk.start + head, tile.cells[members], tile.numbers[members], _group(plan, tile, head))


def _group(plan: Plan, tile: Tile, head: int) -> Group:
    """Return the group of one cell of a tile."""
    term = int(tile.terms[head])
    mean, sigma = tile.numbers[head].tolist()
    drawn = 0.0 if sigma >= NARROW else sigma
    cell = plan.cell(int(tile.cells[head]))
    extras, own = cell.extras, cell.length_columns
    lengths, columns = tile.term_columns[term, : len(own)].tolist(), tile.term_columns[term, 3:].tolist()
    columns = [*lengths, *columns[: len(extras)]]
    factors = [*(0.0 for _ in lengths), *(sign for _, sign in extras)]
    purposes = [*(column.purpose for column in own), *(column.purpose for column, _ in extras)]
    codes = tile.column_codes[columns]
    if drawn > 0.0:
        columns, factors, purposes = [*columns, 0], [*factors, drawn], [*purposes, MERGED_NORMAL]
    # What the normal reaches is no part of the points, unless it is drawn.
    low_z, high_z = Column(MERGED_NORMAL, None).log_range if drawn == 0.0 else (0.0, 0.0)
    first, bins = tile.windows[head].tolist()
    low = first * BIN_WIDTH - mean - sigma * low_z
    high = (first + bins) * BIN_WIDTH - mean - sigma * high_z
    # Whole units of ln E, and half of one to spare: the window does not change with the cell that it is taken from.
    first_bin = math.floor(low - 0.5) * round(1.0 / BIN_WIDTH)
    end = math.ceil(high + 0.5) * round(1.0 / BIN_WIDTH)
    return Group(
        tile=tile,
        term=term,
        streams=tile.column_streams[head % tile.column_streams.shape[0]],
        lengths=len(lengths),
        columns=np.array(columns, dtype=np.int64),
        factors=np.array(factors),
        dimensions=np.array(_dimensions(purposes), dtype=np.int64),
        bins=end - first_bin,
        window=Window(
            first_bin=first_bin,
            smooth=sigma >= NARROW,
            discrete=bool(np.all((codes[:, 3] == 1) | (codes[:, 0] == ATOMS) | (codes[:, 0] == FIXED))),
            certain=bool(np.all(codes[:, 0] == FIXED)),
        ),
    )


def _dimensions(purposes: Sequence[str]) -> list[int]:
    """Return the dimension of the lattice for each column: the same for both lengths of a workload."""
    once = list(dict.fromkeys(purposes))
    dimensions = dict(zip(once, lattice_dimensions(once, GENERATOR.size), strict=True))
    return [dimensions[purpose] for purpose in purposes]
