"""Samples every cell of a plan: tiles of cells times ranges of draws, in any order, on any number of threads.

Each task counts into an array of its own and adds it to its tile's counts under a lock. Counts are integers, so
neither the order of tasks nor their size changes a result. Memory is that of the tiles in flight, whatever the draws.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.answers import Answers
from wattquery.engine.threads import Progress, run_tasks
from wattquery.kernels.monte_carlo import count_tile
from wattquery.lattice import Histogram
from wattquery.lowering.plan import Plan
from wattquery.lowering.tiles import Tile, tiles

__all__ = ["sample"]

BLOCK = 4096
"""Draws held at a time by a kernel: its scratch stays within the cache."""

LARGEST_RANGE = 2**20
"""Draws per task at most, so that progress is seen and an interrupt heeded."""


@dataclass
class _Pending:
    """A tile whose draws are being counted."""

    tile: Tile
    counts: NDArray[np.int64]
    draws_left: int
    lock: threading.Lock = field(default_factory=threading.Lock)


def sample(
    plan: Plan,
    answers: Answers,
    draws: int,
    threads: int,
    progress: Progress | None = None,
    block: int = BLOCK,
    range_draws: int | None = None,
) -> None:
    """Fill ``answers`` with the statistics of ``draws`` draws of every cell that has data.

    Parameters
    ----------
    plan
        The grid.
    answers
        Receives the statistics.
    draws
        Draws per cell.
    threads
        Number of threads.
    progress
        Receives the share done.
    block, range_draws
        Draws held at a time by a kernel, and draws per task; neither changes a result.
    """
    step = range_draws or max(BLOCK, min(LARGEST_RANGE, -(-draws // (2 * threads))))
    total = plan.cells.size * draws

    def tasks() -> Iterator[tuple[_Pending, int, int]]:
        for tile in tiles(plan):
            pending = _Pending(tile, np.zeros((tile.cells.size, tile.bins), dtype=np.int64), draws)
            for start in range(0, draws, step):
                yield pending, start, min(start + step, draws)

    def work(task: tuple[_Pending, int, int]) -> float:
        pending, start, stop = task
        tile = pending.tile
        counts = np.zeros_like(pending.counts)
        count_tile(
            tile.numbers,
            tile.columns,
            tile.signs,
            tile.column_codes,
            tile.column_numbers,
            tile.column_streams,
            tile.table_levels,
            tile.table_values,
            start,
            stop,
            block,
            tile.first_bin,
            counts,
        )
        with pending.lock:
            pending.counts += counts
            pending.draws_left -= stop - start
            finished = pending.draws_left == 0
        if finished:
            for cell, masses in zip(tile.cells.tolist(), pending.counts, strict=True):
                answers.put_sampled(cell, Histogram(tile.first_bin, masses), draws)
        return (stop - start) * tile.cells.size / total

    run_tasks(tasks(), work, threads, progress)
