"""One row of statistics per cell, filled as cells finish; NaN where a cell has no data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import Histogram
from wattquery.kernels.statistics import summarize_cells
from wattquery.methods.replicates import Replicates

__all__ = ["Answers"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

NOTHING = 1e-16


@dataclass
class Answers:
    """Statistics of all cells, in the order of the plan.

    Attributes
    ----------
    cells
        Number of cells.
    levels
        The probability levels of the quantiles.
    keep_histograms
        Whether the histogram of each cell is kept.
    quantiles, stderrs
        Energies and their sampling standard errors [Wh], one row per cell and one column per level.
    means, stds
        Of the energy [Wh].
    mean_stderrs
        Sampling standard errors of the means [Wh].
    histograms
        The kept histograms by cell number.
    replicates
        What the replicates of a quasi-random sample disagree by, beside each kept histogram.
    """

    cells: int
    levels: tuple[float, ...]
    keep_histograms: bool
    quantiles: Array = field(init=False)
    stderrs: Array = field(init=False)
    means: Array = field(init=False)
    stds: Array = field(init=False)
    mean_stderrs: Array = field(init=False)
    histograms: dict[int, Histogram] = field(default_factory=dict)
    replicates: dict[int, Replicates] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.quantiles = np.full((self.cells, len(self.levels)), np.nan)
        self.stderrs = np.full((self.cells, len(self.levels)), np.nan)
        self.means = np.full(self.cells, np.nan)
        self.stds = np.full(self.cells, np.nan)
        self.mean_stderrs = np.full(self.cells, np.nan)

    @property
    def arrays(self) -> dict[str, Array]:
        """Every statistic by the name of its quantity, cells first, then levels where it has some."""
        return {
            "energy": self.quantiles,
            "energy_mean": self.means,
            "energy_std": self.stds,
            "energy_stderr": self.stderrs,
            "energy_mean_stderr": self.mean_stderrs,
        }

    def put_sampled(self, cells: Integers, windows: Integers, ends: Integers, counts: NDArray[np.integer]) -> None:
        """Enter sampled cells by the counts of their draws, which are not kept.

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
        """
        levels = np.asarray(self.levels)
        # One call for all: each would hand the interpreter's lock to another thread, and wait to have it back.
        moments = self.means, self.stds, self.mean_stderrs
        summarize_cells(cells, windows, ends, counts, levels, self.quantiles, self.stderrs, *moments)
        if self.keep_histograms:
            for cell, (first_bin, bins), end in zip(cells.tolist(), windows.tolist(), ends.tolist(), strict=True):
                part = counts[end - bins : end].astype(np.int64)
                self.histograms[cell] = _without_empty_ends(Histogram(first_bin, part))

    def put_exact(self, cell: int, quantiles: Array, mean: float, std: float, histogram: Histogram | None) -> None:
        """Enter a cell whose distribution is known; its sampling error is zero."""
        self.quantiles[cell] = quantiles
        self.stderrs[cell] = 0.0
        self.means[cell] = mean
        self.stds[cell] = std
        self.mean_stderrs[cell] = 0.0
        if histogram is not None:
            self.histograms[cell] = _without_empty_ends(histogram)


def _without_empty_ends(histogram: Histogram) -> Histogram:
    """Return a copy without the empty bins at both ends, so that the array it was part of can go.

    A probability below 1e-16 of the whole is empty: it is what is left of tails that rounding has cut.
    """
    occupied = np.flatnonzero(histogram.masses > NOTHING)
    first, last = int(occupied[0]), int(occupied[-1])
    return Histogram(histogram.first_bin + first, histogram.masses[first : last + 1].copy())
