"""Samples every cell of a plan: tiles of cells times ranges of draws, in any order, on any number of threads.

Counts are integers, so neither the order of tasks nor their size changes a result. A tile that is one task is counted
in place; the ranges of a longer one count into an array of their own, which is added to the tile's under a lock.
Memory is that of the tiles in flight, whatever the draws.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.threads import Progress, run_tasks
from wattquery.kernels.drivers.monte_carlo import count_apart, count_tile
from wattquery.kernels.random.philox import GRANULE
from wattquery.methods.statistics import Statistics
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import TILE_BYTES, Tile, tiles

__all__ = ["sample"]

BLOCK = 16_384
"""Draws for which a kernel makes what cells share: they stay within the second-level cache. The counts of a cell, which
come back to it with each block, do so less often where blocks are long."""

PASS = 4096
"""Draws that go through the index and the count pass at a time: their bins stay within the first-level cache."""

LARGEST_RANGE = 2**22
"""Draws per task at most, so that progress is seen and an interrupt heeded."""

TILES_PER_THREAD = 4
"""From so many tiles on, whole tiles keep the threads busy."""

SMALLEST_TILE = TILE_BYTES // 4
TYPICAL_BINS = 16_000


Counts = NDArray[np.uint32] | NDArray[np.int64]


@dataclass
class _Pending:
    """A tile whose draws are being counted."""

    tile: Tile
    draws_left: int
    counts: NDArray[np.int64] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, counted: NDArray[np.uint32], draws: int) -> Counts | None:
        """Add the counts of some draws; return all of them once the last are there."""
        with self.lock:
            if self.counts is None:
                self.counts = np.zeros(counted.shape, dtype=np.int64)
            self.counts += counted
            self.draws_left -= draws
            return None if self.draws_left else self.counts


def sample(
    plan: Plan,
    answers: Statistics,
    draws: int,
    threads: int,
    progress: Progress | None = None,
    block: int = BLOCK,
    range_draws: int | None = None,
    first_draw: int = 0,
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
    first_draw
        Where to begin, for answers that hold the draws before.
    """
    to_do = draws - first_draw
    tile_bytes, step = _division(plan.cells.size, draws, threads)
    step = range_draws or step
    total = plan.cells.size * to_do

    room = threading.local()

    def tasks() -> Iterator[tuple[_Pending, int, int]]:
        for tile in tiles(plan, tile_bytes):
            pending = _Pending(tile, to_do)
            for start in range(first_draw, draws, step):
                yield pending, start, min(start + step, draws)

    def work(task: tuple[_Pending, int, int]) -> float:
        pending, start, stop = task
        tile = pending.tile
        counted = _counted(tile, start, stop, block, room)
        part = stop - start < to_do
        finished = pending.add(counted, stop - start) if part else counted
        if finished is not None:
            ends = np.cumsum(tile.windows[tile.distinct, 1])[tile.kinds]
            answers.put_sampled(tile.cells, tile.windows, ends, finished)
        return (stop - start) * tile.cells.size / total

    run_tasks(tasks(), work, threads, progress)


def _division(cells: int, draws: int, threads: int) -> tuple[int, int]:
    """Return how large tiles and ranges of draws are to be, so that all threads have work and little is made twice.

    A grid of many tiles is divided by tiles, which need no merging. A smaller one is one tile, divided by draws: cells
    in another tile would draw the same base variates again.
    """
    grid_bytes = cells * TYPICAL_BINS * np.dtype(np.uint32).itemsize
    shares = TILES_PER_THREAD * threads
    if grid_bytes >= shares * SMALLEST_TILE:
        return min(TILE_BYTES, grid_bytes // shares), min(LARGEST_RANGE, draws)
    share = -(-draws // (2 * threads))
    return TILE_BYTES, min(LARGEST_RANGE, max(BLOCK, -(-share // GRANULE) * GRANULE))


def _counted(tile: Tile, start: int, stop: int, block: int, room: threading.local) -> NDArray[np.uint32]:
    """Return the counts of a range of draws of a tile, in ``room`` that a thread uses again and again.

    Fresh memory would come from the operating system page by page, which takes as long as counting 100,000 draws.
    """
    if getattr(room, "counts", np.empty(0)).size < tile.bins:
        room.counts = np.empty(tile.bins, dtype=np.uint32)
    counts: NDArray[np.uint32] = room.counts[: tile.bins]
    counts[:] = 0
    # 16 bits for a bin are half the traffic of 32; only very wide cells need more.
    indices = np.empty(min(PASS, block, stop - start), dtype=np.uint16 if tile.widest <= 2**16 else np.uint32)
    apart = tile.column_streams.shape[0] > 1
    (count_apart if apart else count_tile)(
        tile.numbers[tile.distinct],
        tile.terms[tile.distinct],
        tile.windows[tile.distinct],
        tile.term_numbers,
        tile.term_columns,
        tile.term_signs,
        tile.column_codes,
        tile.column_numbers,
        tile.column_streams if apart else tile.column_streams[0],
        tile.table_levels,
        tile.table_values,
        start,
        stop,
        block,
        indices,
        counts,
    )
    return counts
