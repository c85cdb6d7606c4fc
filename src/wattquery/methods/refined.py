"""More draws of cells whose counts are known: only those that are missing are made, and all are counted together.

Draws have numbers, and what draw 1,000 is does not depend on which are made with it. So the sum is that of one run
with all draws, to the last count, and with it all that is said of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.methods.monte_carlo import LARGEST_RANGE, Counted, Counts, Draws, MonteCarlo
from wattquery.methods.statistics import Statistics
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import Tile, TileCells, tile_cells

__all__ = ["known_draws", "refined"]


def known_draws(plan: Plan, counts: NDArray[np.int64]) -> int:
    """Return how many draws are known of all cells of a plan that have data; 0 where some have more than others.

    Parameters
    ----------
    plan
        The cells.
    counts
        Draws per bin, a row for each cell.
    """
    sums = np.unique(counts.sum(axis=1)[plan.cells])
    return int(sums[0]) if sums.size == 1 else 0


def refined(plan: Plan, levels: tuple[float, ...], draws: int, counts: NDArray[np.int64], first_bin: int) -> Statistics:
    """Return the statistics of cells, with their histograms, from known counts and the draws that are missing.

    Parameters
    ----------
    plan
        The cells.
    levels
        Probability levels of the quantiles.
    draws
        Draws per cell, the known ones included.
    counts
        Known draws per bin, a row for each cell. They count for nothing where they are more than ``draws``, or not as
        many of every cell.
    first_bin
        The bin of the first column.
    """
    found = Statistics.blank(np.arange(plan.size), levels, keep_histograms=True, draws=draws)
    known = known_draws(plan, counts)
    known = known if known <= draws else 0
    method = MonteCarlo(draws, levels, keep_histograms=True, first_draw=known)
    for cells in tile_cells(plan):
        tile = cells.tile(plan)
        counted = _known(cells, tile, counts, first_bin, known)
        for start in range(known, draws, LARGEST_RANGE):
            part = method.work(plan, Draws(cells, start, min(start + LARGEST_RANGE, draws), False, 0.0))
            assert isinstance(part, Counted)
            counted = counted.plus(part)
        found.put(counted.statistics(levels, True))
    return found


def _known(cells: TileCells, tile: Tile, counts: NDArray[np.int64], first_bin: int, known: int) -> Counted:
    """Return known counts as if a task had made them."""
    room: Counts = np.zeros(tile.bins, np.uint32) if known < 2**32 else np.zeros(tile.bins, np.int64)
    end = 0
    for row in tile.distinct.tolist() if known else ():
        first, bins = tile.windows[row].tolist()
        start, end = end, end + bins
        low, high = max(first, first_bin), min(first + bins, first_bin + counts.shape[1])
        room[start + low - first : start + high - first] = counts[tile.cells[row], low - first_bin : high - first_bin]
    ends = np.cumsum(tile.windows[tile.distinct, 1])[tile.kinds]
    return Counted((cells.start, cells.stop), known, tile.cells, tile.windows, ends, room, is_sum=True)
