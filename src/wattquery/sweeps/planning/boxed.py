"""How a grid is divided into boxes: as a store has them that is there, or as a sweep would divide it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wattquery.stores.boxes import boxes_of, chunk_shape
from wattquery.sweeps.blockwise.kept import window_of
from wattquery.sweeps.blockwise.laid_out import most_cells
from wattquery.sweeps.blockwise.ways import Ways
from wattquery.sweeps.blockwise.window import Window
from wattquery.sweeps.planning.pieces import piece_at
from wattquery.sweeps.planning.pilot import PILOT_CELLS
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["Boxed", "boxed"]

LOOKS = 8
"""Pieces that tell which bins the histograms of a store have."""


@dataclass(frozen=True)
class Boxed:
    """A grid as boxes.

    Attributes
    ----------
    chunks
        Length of boxes along each dimension. Pieces are measured in this shape in memory too.
    count, cells
        How many boxes are solved one by one, and the cells of each: one of all cells in memory.
    total
        The cells of the grid.
    window
        The bins that the histograms of a store have; None without.
    """

    chunks: tuple[int, ...]
    count: int
    cells: int
    total: int
    window: Window | None = None


def boxed(study: Study, how: Settings, run: Run | None, to: Ways, there: tuple[int, ...] | None) -> Boxed:
    """Return how a grid is divided.

    Parameters
    ----------
    study, how, run
        The grid, how it is computed, and the same lowered; or None.
    to
        Where it goes.
    there
        The lengths of boxes of a store that is there already, which it keeps.
    """
    shape, size = tuple(axis.size for axis in study.grid.dimensions), study.grid.size
    chunks = chunk_shape(shape, most_cells(how, size))
    window = None
    if to.store is not None and how.keep_histogram:
        pieces = [piece_at(study, run, chunk_shape(chunks, PILOT_CELLS), (i + 0.5) / LOOKS) for i in range(LOOKS)]
        window = window_of(study, how, pieces)
        chunks = chunk_shape(shape, most_cells(how, size, window))
    chunks = there or chunks
    if to.store is None and not to.lazy and to.client is None:
        return Boxed(chunks, 1, size, size)
    return Boxed(chunks, boxes_of(shape, chunks), math.prod(chunks), size, window)
