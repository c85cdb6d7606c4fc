"""Quasi-Monte Carlo over every cell of a plan: lattice points, shifted at random a number of times.

Cells that differ in fixed and lognormal factors only share their points, so these are made once per group of cells. A
replicate is one random shift of the lattice; how far the replicates lie apart is the sampling error. Groups are worked
on in batches of a fixed size in memory, and their masses are integers: neither the order of tasks nor where they are
done changes a result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from wattquery.kernels.random.points import MOST_POINTS
from wattquery.methods.quasi_groups import Group, GroupCells, batches, group_at
from wattquery.methods.quasi_statistics import Points, statistics_of_cells
from wattquery.methods.replicates import REPLICATES
from wattquery.methods.statistics import Array, Integers, Statistics
from wattquery.plans.plan import Plan

__all__ = ["MOST_DRAWS", "REPLICATES", "QuasiMonteCarlo", "QuasiPart", "QuasiTask", "Shifted", "nearest_draws"]

MOST_DRAWS = REPLICATES * MOST_POINTS

BATCH_BYTES = 32_000_000
CELLS_PER_TASK = 32
POINTS_PER_TASK = 2**18
TASKS_PER_WORKER = 4


def nearest_draws(draws: int) -> tuple[int, ...]:
    """Return the draws that the lattice allows next to a number of draws: itself, or the nearest below and above."""
    if draws < REPLICATES:
        return (REPLICATES,)
    if draws > MOST_DRAWS:
        return (MOST_DRAWS,)
    below = REPLICATES * 2 ** int(math.log2(draws // REPLICATES))
    return (below,) if below == draws else (below, 2 * below)


@dataclass(frozen=True, eq=False)
class Shifts:
    """A task of the first kind: some shifts of the points of a group of cells.

    Attributes
    ----------
    head
        The group, by the place of its first cell among the cells that have data.
    start, stop
        The range of replicates.
    points
        Points of each replicate.
    share
        What share of the whole work the task is.
    group
        The tables of the group, where they are at hand; a pickle does without.
    """

    head: int
    start: int
    stop: int
    points: int
    share: float
    group: Group | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "group"}


@dataclass(frozen=True, eq=False)
class Masses:
    """The part that answers it: points by replicate and bin."""

    head: int
    start: int
    masses: Integers


@dataclass(frozen=True, eq=False)
class CellsOfGroup:
    """A task of the second kind: what all points of a group say of some of its cells.

    Attributes
    ----------
    points
        The points.
    cells, numbers
        The cells' numbers, and mean and standard deviation of the merged normal of each.
    share
        What share of the whole work the task is.
    """

    points: Points
    cells: Integers
    numbers: Array
    share: float


QuasiTask = Shifts | CellsOfGroup
QuasiPart = Masses | Statistics


@dataclass(frozen=True)
class QuasiMonteCarlo:
    """Evenly spread points.

    Attributes
    ----------
    draws
        Draws per cell: all points of all replicates, one of `nearest_draws`.
    levels, keep_histograms
        What is wanted of each cell, see `wattquery.methods.statistics.Statistics`.
    """

    draws: int
    levels: tuple[float, ...]
    keep_histograms: bool = False

    def rounds(self, plan: Plan, merge: Shifted, workers: int) -> Iterator[Iterable[QuasiTask]]:
        """Yield two rounds for each batch of groups: one makes their points, the next the statistics of their cells.

        Raises
        ------
        InputError
            If a cell has more random factors than the lattice has dimensions.
        """
        for batch in batches(plan, BATCH_BYTES):
            share = sum(one.cells.size for one in batch) / plan.cells.size
            merge.begin(batch)
            yield self.shifts(batch, workers, 0.5 * share)
            yield self.cells(merge.finished(), 0.5 * share)

    def shifts(
        self, batch: list[GroupCells], workers: int, share: float, replicates: int | None = None
    ) -> Iterator[Shifts]:
        """Yield the tasks that make the points of some groups, of so many replicates each."""
        points = self.draws // REPLICATES
        if replicates is None:
            most = REPLICATES if workers == 1 else REPLICATES * len(batch) // (TASKS_PER_WORKER * workers)
            replicates = max(1, min(POINTS_PER_TASK // points, most, REPLICATES))
        each = share / (len(batch) * -(-REPLICATES // replicates))
        for one in batch:
            for start in range(0, REPLICATES, replicates):
                stop = min(start + replicates, REPLICATES)
                yield Shifts(one.head, start, stop, points, each, one.group)

    def cells(
        self, groups: Iterable[tuple[GroupCells, Points]], share: float, most: int = CELLS_PER_TASK
    ) -> Iterator[CellsOfGroup]:
        """Yield the tasks that make the statistics of the cells of some groups, of so many cells each at most."""
        groups = list(groups)
        total = sum(one.cells.size for one, _ in groups)
        for one, points in groups:
            for i in range(0, one.cells.size, most):
                cells = one.cells[i : i + most]
                yield CellsOfGroup(points, cells, one.numbers[i : i + most], share * cells.size / total)

    def work(self, plan: Plan, task: QuasiTask) -> QuasiPart:
        """Return masses of points, or the statistics of cells."""
        if isinstance(task, CellsOfGroup):
            return statistics_of_cells(task.points, task.cells, task.numbers, self.levels, self.keep_histograms)
        group = group_at(plan, task.head) if task.group is None else task.group
        return Masses(task.head, task.start, group.masses(task.start, task.stop, task.points))

    def merge(self, plan: Plan) -> Shifted:
        """Return what puts the masses of each group together."""
        return Shifted(self)

    def interpreted(self, plan: Plan) -> bool:
        """Return that kernels prevail."""
        return False


class Shifted:
    """Puts the masses of the groups of a batch together."""

    def __init__(self, method: QuasiMonteCarlo) -> None:
        self._method = method
        self._batch: list[GroupCells] = []
        self._masses: dict[int, Integers] = {}

    @property
    def draws(self) -> int:
        """Draws per cell."""
        return self._method.draws

    def begin(self, batch: list[GroupCells]) -> None:
        """Turn to the next batch."""
        self._batch = batch
        self._masses = {}

    def add(self, part: QuasiPart) -> Iterator[Statistics]:
        """Take a part, and yield it if it is the statistics of finished cells."""
        if isinstance(part, Statistics):
            yield part
            return
        replicates, bins = part.masses.shape
        if replicates == REPLICATES:
            self._masses[part.head] = part.masses
            return
        if part.head not in self._masses:
            self._masses[part.head] = np.empty((REPLICATES, bins), dtype=np.int64)
        self._masses[part.head][part.start : part.start + replicates] = part.masses

    def finished(self) -> Iterator[tuple[GroupCells, Points]]:
        """Yield each group of the batch with its points; they are gone from here then."""
        points = self._method.draws // REPLICATES
        for one in self._batch:
            yield one, Points(self._masses.pop(one.head), points, one.group.window)
