"""Pick-freeze sums over the cells of a grid: tiles of cells times replicates, in any order.

Every task adds up a replicate of its own, so the order of tasks does not change a digit. Memory is that of the tiles in
flight, whatever the number of cells and of points: the sums of a tile go on once it has all replicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.drivers.pick_freeze import BLOCK, pick_freeze
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.made_once import MadeOnce
from wattquery.plans.pick_freeze_tables import Design, Tables

__all__ = ["PickFreeze", "Sums", "SumsOfCells", "SumsOfReplicate"]

Array = NDArray[np.float64]

OUTPUTS_AT_A_TIME = 2**22
"""Outputs of cells that one call of a kernel makes, in tenths of a second."""

CELLS_AT_A_TIME = 256
TILE_BYTES = 16_000_000
"""Of the sums of a tile at most: some copies of them are made on the way to indices."""

SCALES = 2


@dataclass(frozen=True, eq=False)
class Sums:
    """Pick-freeze sums, one row per cell, scale (E, ln E) and replicate.

    What is added up: see `wattquery.kernels.drivers.pick_freeze.add_block`.

    Attributes
    ----------
    points
        Points of a replicate.
    whole, by_group, by_pair
        The sums, over the points of each replicate.
    present
        Whether a group has a factor that is random in the cell.
    random
        Whether a cell has a random factor at all.
    centres
        ln E from which ln E is counted, and by whose exponential E is divided (and then 1 is taken off).
    resolution
        What rounding may move an output by, in ln E and in E in its unit; for any other model, in the output's unit.
    """

    points: int
    whole: Array
    by_group: Array
    by_pair: Array
    present: NDArray[np.bool_]
    random: NDArray[np.bool_]
    centres: Array
    resolution: Array

    @staticmethod
    def nbytes(cells: int, replicates: int, groups: int, pairs: bool) -> int:
        """Return how much memory the sums of so many cells take."""
        return cells * SCALES * replicates * 8 * (5 + groups * (8 + 2 * groups * pairs))

    @classmethod
    def zeros(cls, points: int, shape: tuple[int, ...], groups: int, pairs: bool) -> Sums:
        """Return sums of nothing, of cells (and scales, replicates) in the given shape."""
        paired = groups if pairs else 0
        return cls(
            points,
            np.zeros((*shape, 5)),
            np.zeros((*shape, groups, 8)),
            np.zeros((*shape, paired, groups, 2)),
            np.zeros((*shape[:1], groups), dtype=np.bool_),
            np.zeros(shape[:1], dtype=np.bool_),
            np.zeros(shape[:1]),
            np.zeros(shape[:1]),
        )

    def put(self, part: SumsOfReplicate) -> None:
        """Enter one replicate of these cells."""
        for name in ("whole", "by_group", "by_pair"):
            getattr(self, name)[:, :, part.replicate] = getattr(part.sums, name)
        for name in ("present", "random", "centres", "resolution"):
            getattr(self, name)[:] = getattr(part.sums, name)


@dataclass(frozen=True, eq=False)
class Replicate:
    """A task: one replicate of a range of cells.

    Attributes
    ----------
    start, stop
        The range of cells.
    replicate
        The number of the replicate.
    share
        What share of all replicates of all cells it is.
    made
        Holds the tables of the cells, for all their replicates.
    """

    start: int
    stop: int
    replicate: int
    share: float
    made: MadeOnce[Tables]


@dataclass(frozen=True, eq=False)
class SumsOfReplicate:
    """The part that answers it: ``sums`` has no axis of replicates."""

    start: int
    stop: int
    replicate: int
    sums: Sums


@dataclass(frozen=True, eq=False)
class SumsOfCells:
    """A finished block: all replicates of a range of cells."""

    start: int
    stop: int
    sums: Sums


class _Together:
    """The merge: the replicates of a tile, put together until none is missing.

    Parameters
    ----------
    method
        What the parts are of.
    plan
        The grid.
    """

    draws = 0

    def __init__(self, method: PickFreeze, plan: DesignedPlan) -> None:
        self._method, self._plan = method, plan
        self._begun: dict[int, tuple[Sums, set[int]]] = {}

    def add(self, part: SumsOfReplicate) -> tuple[SumsOfCells, ...]:
        """Take a replicate of a tile, and return the tile if it is the last one."""
        if part.start not in self._begun:
            shape = (part.stop - part.start, SCALES, self._method.replicates)
            self._begun[part.start] = self._method.zeros(self._plan.design, shape), set()
        sums, there = self._begun[part.start]
        sums.put(part)
        there.add(part.replicate)
        if len(there) < self._method.replicates:
            return ()
        del self._begun[part.start]
        return (SumsOfCells(part.start, part.stop, sums),)


@dataclass(frozen=True)
class PickFreeze:
    """Pick-freeze sums of all cells; every task adds up a replicate of its own.

    Attributes
    ----------
    points, replicates
        Points of a replicate, and number of replicates.
    """

    points: int
    replicates: int

    def tasks(self, plan: DesignedPlan, cells: int = CELLS_AT_A_TIME) -> Iterator[Replicate]:
        """Yield the tasks, of so many cells each at most."""
        for start in range(0, plan.size, cells):
            stop = min(start + cells, plan.size)
            made: MadeOnce[Tables] = MadeOnce()
            for replicate in range(self.replicates):
                yield Replicate(start, stop, replicate, (stop - start) / (plan.size * self.replicates), made)

    def rounds(self, plan: DesignedPlan, merge: _Together, workers: int) -> Iterator[Iterable[Replicate]]:
        """Yield the tasks, in one round."""
        yield self.tasks(plan, self.cells_at_a_time(plan.design))

    def work(self, plan: DesignedPlan, task: Replicate) -> SumsOfReplicate:
        """Return the sums of a replicate."""
        tables = task.made.get(lambda: plan.tables(task.start, task.stop))
        own = self.zeros(plan.design, (task.stop - task.start, SCALES))
        own.present[:], own.random[:] = tables.present, tables.random
        own.centres[:], own.resolution[:] = tables.centres, tables.resolution
        step = self._points_at_a_time(plan.design, task.stop - task.start)
        for begin in range(0, self.points, step):
            pick_freeze(
                tables.cells,
                tables.cell_choices,
                tables.present,
                tables.member_numbers,
                tables.member_columns,
                tables.member_signs,
                tables.member_lengths,
                tables.picked,
                tables.column_codes,
                tables.column_numbers,
                tables.column_dimensions,
                tables.column_streams,
                tables.table_levels,
                tables.table_values,
                task.replicate,
                self.points,
                begin,
                min(begin + step, self.points),
                own.whole,
                own.by_group,
                own.by_pair,
            )
        return SumsOfReplicate(task.start, task.stop, task.replicate, own)

    @staticmethod
    def _points_at_a_time(design: Design, cells: int) -> int:
        """Return the points of a call of the kernel, in whole blocks: between calls an interrupt is heeded."""
        outputs = 2 * (1 + len(design.groups))
        return BLOCK * max(1, OUTPUTS_AT_A_TIME // (BLOCK * cells * outputs))

    def merge(self, plan: DesignedPlan) -> _Together:
        """Return what takes the sums as they come, and hands out those of cells that have all replicates."""
        return _Together(self, plan)

    def interpreted(self, plan: DesignedPlan) -> bool:
        """Return that kernels prevail."""
        return False

    def cells_at_a_time(self, design: Design) -> int:
        """Return how many cells a tile has at most."""
        each = Sums.nbytes(1, self.replicates, len(design.groups), design.pairs)
        return max(1, min(CELLS_AT_A_TIME, TILE_BYTES // each))

    def zeros(self, design: Design, shape: tuple[int, ...]) -> Sums:
        """Return sums of nothing over the groups of a design."""
        return Sums.zeros(self.points, shape, len(design.groups), design.pairs)
