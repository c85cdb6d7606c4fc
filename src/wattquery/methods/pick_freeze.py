"""Runs pick-freeze sums over the cells of a grid: tiles of cells times replicates, on any number of threads.

Every task adds up a replicate of its own, so neither the threads nor the order of tasks change a digit. Memory is that
of the sums and of the tiles in flight, whatever the number of points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.threads import Progress, run_tasks
from wattquery.kernels.drivers.pick_freeze import pick_freeze
from wattquery.plans.pick_freeze_tables import Tables

__all__ = ["Sums", "pick_freeze_sums"]

Array = NDArray[np.float64]

CELLS_AT_A_TIME = 256
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


def pick_freeze_sums(
    cells: int,
    groups: int,
    pairs: bool,
    tables_of: Callable[[slice], Tables],
    *,
    points: int,
    replicates: int,
    threads: int,
    progress: Progress | None = None,
) -> Sums:
    """Return the sums of all cells.

    Parameters
    ----------
    cells, groups, pairs
        Number of cells and of groups, and whether sums over pairs of groups are wanted.
    tables_of
        Makes the tables of a range of cells.
    points, replicates
        Points of a replicate, and number of replicates.
    threads, progress
        As in `wattquery.engine.threads.run_tasks`.
    """
    sums = Sums.zeros(points, (cells, SCALES, replicates), groups, pairs)

    def tasks() -> Iterator[tuple[slice, Tables, int]]:
        for start in range(0, cells, CELLS_AT_A_TIME):
            part = slice(start, min(start + CELLS_AT_A_TIME, cells))
            tables = tables_of(part)
            sums.present[part] = tables.present
            sums.random[part] = tables.random
            sums.centres[part] = tables.centres
            sums.resolution[part] = tables.resolution
            for replicate in range(replicates):
                yield part, tables, replicate

    def work(task: tuple[slice, Tables, int]) -> float:
        part, tables, replicate = task
        _add(tables, replicate, points, sums, part)
        return float(part.stop - part.start) / (cells * replicates)

    run_tasks(tasks(), work, threads, progress)
    return sums


def _add(tables: Tables, replicate: int, points: int, sums: Sums, part: slice) -> None:
    """Fill in one replicate of some cells."""
    own = Sums.zeros(points, (part.stop - part.start, SCALES), sums.by_group.shape[-2], sums.by_pair.shape[-3] > 0)
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
        replicate,
        points,
        own.whole,
        own.by_group,
        own.by_pair,
    )
    sums.whole[part, :, replicate] = own.whole
    sums.by_group[part, :, replicate] = own.by_group
    sums.by_pair[part, :, replicate] = own.by_pair
