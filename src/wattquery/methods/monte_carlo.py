"""Samples every cell of a plan: tiles of cells times ranges of draws, in any order, wherever they are counted.

Counts are integers, so neither the order of tasks nor their size changes a result. A tile that is one task comes back
as statistics; the ranges of a longer one come back as counts, and are added up. Memory is that of the tiles in flight,
whatever the draws.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.drivers.monte_carlo import count_apart, count_tile
from wattquery.kernels.random.philox import GRANULE
from wattquery.methods.statistics import Statistics
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import TILE_BYTES, Tile, TileCells, tile_cells

__all__ = ["Counted", "Draws", "MonteCarlo"]

BLOCK = 16_384
"""Draws for which a kernel makes what cells share: they stay within the second-level cache. The counts of a cell, which
come back to it with each block, do so less often where blocks are long."""

PASS = 4096
"""Draws that go through the index and the count pass at a time: their bins stay within the first-level cache."""

LARGEST_RANGE = 2**22
"""Draws per task at most, so that progress is seen."""

COUNTED_AT_A_TIME = 2**25
"""Draws of cells that one call of a kernel counts, in some tenths of a second: between calls an interrupt is heeded.
Each call takes its room anew, which costs a tenth of the time where calls are four times as short and the allocator
gives all memory back, as that of a Dask worker is told to."""

APART_AT_A_TIME = 2**23
"""The same where cells share no draws, each of which then takes longer."""

TILES_PER_WORKER = 4
"""From so many tiles on, whole tiles keep all workers busy."""

SMALLEST_TILE = TILE_BYTES // 4
TYPICAL_BINS = 16_000

Integers = NDArray[np.int64]
Counts = NDArray[np.uint32] | NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Draws:
    """A task: a range of draws of the cells of a tile.

    Attributes
    ----------
    cells
        The tile.
    start, stop
        The range of draws.
    whole
        Whether these are all draws of the cells, and their statistics are wanted instead of their counts.
    share
        What share of all draws of all cells they are.
    """

    cells: TileCells
    start: int
    stop: int
    whole: bool
    share: float


@dataclass(frozen=True, eq=False)
class Counted:
    """A part: the counts of some draws of the cells of a tile.

    Attributes
    ----------
    place
        The range of the plan's cells that the tile has.
    draws
        How many draws were counted.
    cells, windows, ends, counts
        As `wattquery.methods.statistics.Statistics.of_counts` takes them.
    is_sum
        Whether the counts are a sum that nobody else has.
    """

    place: tuple[int, int]
    draws: int
    cells: Integers
    windows: Integers
    ends: Integers
    counts: Counts
    is_sum: bool = False

    def plus(self, other: Counted) -> Counted:
        """Return the counts of both; a sum takes the others in, and must not be used any more."""
        draws = self.draws + other.draws
        kind = np.uint32 if draws < 2**32 else np.int64
        room = self.counts if self.is_sum and self.counts.dtype == kind else None
        counts = np.add(self.counts, other.counts, out=room, dtype=kind)
        return Counted(self.place, draws, self.cells, self.windows, self.ends, counts, is_sum=True)

    def statistics(self, levels: tuple[float, ...], keep_histograms: bool) -> Statistics:
        """Return what the counts say."""
        return Statistics.of_counts(
            self.cells, self.windows, self.ends, self.counts, levels, keep_histograms, self.draws
        )


@dataclass(frozen=True)
class MonteCarlo:
    """Independent draws.

    Attributes
    ----------
    draws
        Draws per cell.
    levels, keep_histograms
        What is wanted of each cell, see `wattquery.methods.statistics.Statistics`.
    first_draw
        Where to begin, for cells whose draws before are known.
    block, range_draws
        Draws held at a time by a kernel, and draws per task; neither changes a result.
    """

    draws: int
    levels: tuple[float, ...]
    keep_histograms: bool = False
    first_draw: int = 0
    block: int = BLOCK
    range_draws: int | None = None

    def tasks(self, plan: Plan, workers: int, *, counts: bool = False) -> Iterator[Draws]:
        """Yield the tasks; with ``counts``, all of them are to come back as counts."""
        to_do = self.draws - self.first_draw
        tile_bytes, step = _division(plan.cells.size, self.draws, workers)
        step = self.range_draws or step
        total = plan.cells.size * to_do
        for cells in tile_cells(plan, tile_bytes):
            for start in range(self.first_draw, self.draws, step):
                stop = min(start + step, self.draws)
                whole = stop - start == to_do and not counts
                yield Draws(cells, start, stop, whole, (stop - start) * cells.size / total)

    def rounds(self, plan: Plan, merge: Sampled, workers: int) -> Iterator[Iterable[Draws]]:
        """Yield the tasks, in one round."""
        yield self.tasks(plan, workers)

    def work(self, plan: Plan, task: Draws) -> Counted | Statistics:
        """Return the counts of a range of draws, or what they say if there are no others."""
        tile = task.cells.tile(plan)
        counts = _room_for(tile.bins) if task.whole else np.zeros(tile.bins, dtype=np.uint32)
        _count(tile, task.start, task.stop, self.block, counts)
        ends = np.cumsum(tile.windows[tile.distinct, 1])[tile.kinds]
        place = task.cells.start, task.cells.stop
        counted = Counted(place, task.stop - task.start, tile.cells, tile.windows, ends, counts)
        return counted.statistics(self.levels, self.keep_histograms) if task.whole else counted

    def merge(self, plan: Plan) -> Sampled:
        """Return what adds up the counts of each tile."""
        return Sampled(self)

    def interpreted(self, plan: Plan) -> bool:
        """Return that kernels prevail."""
        return False


class Sampled:
    """Adds up the counts of tiles, until all their draws are there."""

    def __init__(self, method: MonteCarlo) -> None:
        self._method = method
        self._open: dict[tuple[int, int], Counted] = {}

    @property
    def draws(self) -> int:
        """Draws per cell."""
        return self._method.draws

    def add(self, part: Counted | Statistics) -> Iterator[Statistics]:
        """Take a part, and yield the statistics of its tile if it was the last."""
        if isinstance(part, Statistics):
            yield part
            return
        counted = self._summed(part)
        if counted is not None:
            yield counted.statistics(self._method.levels, self._method.keep_histograms)

    def _summed(self, part: Counted) -> Counted | None:
        """Return all counts of a tile once the last of them are there."""
        earlier = self._open.pop(part.place, None)
        counted = part if earlier is None else earlier.plus(part)
        if counted.draws == self._method.draws - self._method.first_draw:
            return counted
        self._open[part.place] = counted
        return None


def _division(cells: int, draws: int, workers: int) -> tuple[int, int]:
    """Return how large tiles and ranges of draws are to be, so that all workers are busy and little is made twice.

    A grid of many tiles is divided by tiles, which need no merging. A smaller one is one tile, divided by draws: cells
    in another tile would draw the same base variates again. One worker needs neither, and spares itself the merging.
    """
    grid_bytes = cells * TYPICAL_BINS * np.dtype(np.uint32).itemsize
    shares = TILES_PER_WORKER * workers
    if workers == 1 or grid_bytes >= shares * SMALLEST_TILE:
        tile_bytes = TILE_BYTES if workers == 1 else min(TILE_BYTES, grid_bytes // shares)
        return tile_bytes, min(LARGEST_RANGE, draws)
    share = -(-draws // (2 * workers))
    return TILE_BYTES, min(LARGEST_RANGE, max(BLOCK, -(-share // GRANULE) * GRANULE))


_room = threading.local()


def _room_for(bins: int) -> NDArray[np.uint32]:
    """Return zeros, in the room in which this thread counts again and again: nothing that leaves it may be part of it.

    Fresh memory would come from the operating system page by page, which takes as long as counting 100,000 draws.
    """
    room: NDArray[np.uint32] = getattr(_room, "counts", np.empty(0, dtype=np.uint32))
    if room.size < bins:
        room = np.empty(bins, dtype=np.uint32)
        if room.nbytes <= TILE_BYTES:  # a larger cell than a tile is rare, and its room would stay
            _room.counts = room
    counts = room[:bins]
    counts[:] = 0
    return counts


def _count(tile: Tile, start: int, stop: int, block: int, counts: NDArray[np.uint32]) -> None:
    """Add a range of draws of a tile to its counts."""
    # 16 bits for a bin are half the traffic of 32; only very wide cells need more.
    indices = np.empty(min(PASS, block, stop - start), dtype=np.uint16 if tile.widest <= 2**16 else np.uint32)
    apart = tile.column_streams.shape[0] > 1
    at_a_time = APART_AT_A_TIME if apart else COUNTED_AT_A_TIME
    step = block * max(1, at_a_time // (block * tile.distinct.size))
    for begin in range(start, stop, step):
        _count_range(tile, apart, begin, min(begin + step, stop), block, indices, counts)


def _count_range(
    tile: Tile, apart: bool, start: int, stop: int, block: int, indices: NDArray[Any], counts: NDArray[np.uint32]
) -> None:
    """Do what one call of a kernel does."""
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
