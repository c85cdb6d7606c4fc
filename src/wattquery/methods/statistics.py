"""Statistics of cells, by the names of their quantities: of one block of cells, or of all cells of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import Histogram
from wattquery.kernels.statistics import summarize_cells
from wattquery.methods.replicates import Replicates
from wattquery.quantities import STATISTICS

__all__ = ["Statistics"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

NOTHING = 1e-16
"""A share of the whole below which the bin of a histogram is empty: what is left of tails that rounding has cut."""


@dataclass(eq=False)
class Statistics:
    """Statistics of some cells.

    Attributes
    ----------
    cells
        The numbers of the cells in their plan, one per row of the arrays.
    levels
        The probability levels of the quantiles.
    keep_histograms
        Whether the histogram of each cell is kept.
    draws
        Draws that were made of each cell; 0 where the distribution is known without.
    arrays
        One array for each name of `wattquery.quantities.STATISTICS`: cells first, then a column per level where it has
        such. NaN where a cell has no data.
    histograms
        The kept histograms, by cell.
    replicates
        What the replicates of a quasi-random sample disagree by, beside each kept histogram, by cell.
    """

    cells: Integers
    levels: tuple[float, ...]
    keep_histograms: bool = False
    draws: int = 0
    arrays: dict[str, Array] = field(default_factory=dict)
    histograms: dict[int, Histogram] = field(default_factory=dict)
    replicates: dict[int, Replicates] = field(default_factory=dict)

    @classmethod
    def blank(cls, cells: Integers, levels: tuple[float, ...], keep_histograms: bool = False, draws: int = 0) -> Self:
        """Return statistics of which nothing is known yet."""
        shapes = {True: (cells.size, len(levels)), False: (cells.size,)}
        arrays = {name: np.full(shapes[row.by_quantile], np.nan) for name, row in STATISTICS.items()}
        return cls(cells, tuple(levels), keep_histograms, draws, arrays)

    @classmethod
    def of_counts(
        cls,
        cells: Integers,
        windows: Integers,
        ends: Integers,
        counts: NDArray[np.integer],
        levels: tuple[float, ...],
        keep_histograms: bool = False,
        draws: int = 0,
    ) -> Statistics:
        """Return the statistics of sampled cells; nothing of them is part of ``counts``.

        Parameters
        ----------
        cells
            Their numbers.
        windows
            First lattice bin and number of bins of each cell.
        ends
            Where the bins of each cell end in ``counts``; cells may share them.
        counts
            Draws per bin.
        levels, keep_histograms, draws
            As of `Statistics`.
        """
        found = cls.blank(cells, levels, keep_histograms, draws)
        rows = np.arange(cells.size)
        # One call for all: each would hand the interpreter's lock to another thread, and wait to have it back.
        summarize_cells(rows, windows, ends, counts, np.asarray(levels), **found.arrays)
        if keep_histograms:
            for cell, (first_bin, bins), end in zip(cells.tolist(), windows.tolist(), ends.tolist(), strict=True):
                found.keep(cell, Histogram(first_bin, counts[end - bins : end].astype(np.int64)))
        return found

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(self.cells.size)

    def put(self, block: Statistics) -> None:
        """Enter the statistics of a block in the rows of its cells' numbers; this one has all cells of a plan."""
        for name, values in block.arrays.items():
            self.arrays[name][block.cells] = values
        self.histograms |= block.histograms
        self.replicates |= block.replicates

    def numbered(self, cells: Integers) -> Self:
        """Return the same statistics of cells that have other numbers."""
        number = dict(zip(self.cells.tolist(), cells.tolist(), strict=True))
        return replace(
            self,
            cells=cells,
            histograms={number[cell]: kept for cell, kept in self.histograms.items()},
            replicates={number[cell]: kept for cell, kept in self.replicates.items()},
        )

    def keep(self, cell: int, histogram: Histogram) -> None:
        """Keep a copy of a cell's histogram without the empty bins at both ends, so that all else of it can go."""
        occupied = np.flatnonzero(histogram.masses > NOTHING)
        first, last = int(occupied[0]), int(occupied[-1])
        self.histograms[cell] = Histogram(histogram.first_bin + first, histogram.masses[first : last + 1].copy())
