"""Merges of rounds: what one round has counted is kept for the next, and how well every quantile is known by now."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from wattquery.histograms import Histogram
from wattquery.kernels.order_statistics import informing_draws
from wattquery.kernels.statistics import LATTICE_ERROR
from wattquery.methods.monte_carlo import Counted, MonteCarlo, Sampled
from wattquery.methods.quasi_monte_carlo import QuasiMonteCarlo, QuasiPart, Shifted
from wattquery.methods.statistics import Statistics

__all__ = ["Continued", "Doubled"]

SLOPE_DRAWS, SLOPE_RATIO = 30.0, 8.0
"""The slope of a tail is taken from where so many draws lie beyond, to where there are so many times more."""

SURE = 3.0
"""By how many times a number of draws that is foreseen from such a slope may be too large."""


class _Watched:
    """Keeps the relative standard error of every quantile.

    Parameters
    ----------
    cells, levels
        Number of cells of the plan, and of quantiles.
    """

    def __init__(self, cells: int, levels: int) -> None:
        self._relative = np.full((cells, levels), np.nan)

    def watched(self, block: Statistics) -> Statistics:
        """Return a finished block, whose errors are noted."""
        self._relative[block.cells] = block.arrays["energy_stderr"] / block.arrays["energy"]
        return block

    def worst(self, wanted: float) -> tuple[int, int, float] | None:
        """Return cell, level and error of the quantile known least; ``None`` where all are known well enough.

        One that lies on a single value comes before all others: no draws help it.
        """
        relative = np.nan_to_num(self._relative, posinf=np.inf)
        if not np.any(relative > wanted):
            return None
        points = (relative > wanted) & np.isclose(relative, LATTICE_ERROR, rtol=1e-9, atol=0.0)
        place = int(np.argmax(points if points.any() else relative))
        cell, level = divmod(place, relative.shape[1])
        return cell, level, float(relative[cell, level])


class Continued(_Watched, Sampled):
    """Adds the draws of one round to those of the rounds before.

    Parameters
    ----------
    method
        What is wanted of each cell.
    cells
        Number of cells of the plan.
    most_kept
        How many bytes of counts are kept at most.

    Attributes
    ----------
    draws
        Draws per cell of the round, those of the rounds before included.
    fits
        Whether counts are kept: where there are too many, each round begins with the first draw.
    """

    def __init__(self, method: MonteCarlo, cells: int, most_kept: int) -> None:
        _Watched.__init__(self, cells, len(method.levels))
        Sampled.__init__(self, method)
        self.fits = True
        self._most_kept = most_kept
        self._kept: dict[tuple[int, int], Counted] = {}
        self._bytes = 0
        self._full = False

    def begin(self, draws: int) -> MonteCarlo:
        """Return the sampler of a round, after which every cell has so many draws."""
        self._method = replace(self._method, draws=draws, first_draw=self.draws if self.fits else 0)
        return self._method

    def add(self, part: Counted | Statistics) -> Iterator[Statistics]:
        """Take a part, and yield the statistics of its tile if it was the last of the round."""
        if isinstance(part, Statistics):
            yield self.watched(part)
            return
        counted = self._summed(part)
        if counted is None:
            return
        earlier = self._kept.pop(counted.place, None)
        if earlier is not None:
            self._bytes -= earlier.counts.nbytes
            counted = counted.plus(earlier)
        if self.fits:
            self._keep(counted)
        yield self.watched(counted.statistics(self._method.levels, self._method.keep_histograms))

    def make_room(self) -> None:
        """Stop keeping counts that took too much memory in a round."""
        if self._full:
            self.fits = False
            self._kept.clear()

    def foreseen(self, cell: int, level: int, wanted: float) -> float:
        """Return how many draws a quantile will need at least, beyond which there are too few to say.

        As many as leave some beyond it; and where the counts are kept, a third of what the slope of ln E in the
        logarithm of the tail, as far as draws reach, asks for. A slope falls off in tails thinner than a power's.
        """
        q = self._method.levels[level]
        tail = min(q, 1.0 - q)
        informing = informing_draws(q)
        histogram = self._histogram(cell)
        if histogram is None:
            return informing
        known = SLOPE_DRAWS / histogram.total
        tails = np.array([known, SLOPE_RATIO * known])
        ends = np.log(histogram.quantiles(tails if q < 0.5 else 1.0 - tails))
        slope = abs(float(ends[1] - ends[0])) / math.log(SLOPE_RATIO)
        return max(informing, (slope / wanted) ** 2 / tail / SURE)

    def _keep(self, counted: Counted) -> None:
        """Keep the counts of a tile, unless there are too many by now."""
        self._full = self._full or self._bytes + counted.counts.nbytes > self._most_kept
        if not self._full:
            self._kept[counted.place] = counted
            self._bytes += counted.counts.nbytes

    def _histogram(self, cell: int) -> Histogram | None:
        """Return the counts of a cell, where they are kept."""
        for counted in self._kept.values():
            for row in np.flatnonzero(counted.cells == cell).tolist():
                first_bin, bins = counted.windows[row].tolist()
                end = int(counted.ends[row])
                return Histogram(first_bin, counted.counts[end - bins : end])
        return None


class Doubled(_Watched):
    """Merges one round of quasi-random points after another; each has all points of the one before, made again.

    Parameters
    ----------
    method
        What is wanted of each cell.
    cells
        Number of cells of the plan.
    """

    def __init__(self, method: QuasiMonteCarlo, cells: int) -> None:
        super().__init__(cells, len(method.levels))
        self._method = method
        self._round = Shifted(method)

    @property
    def draws(self) -> int:
        """Draws per cell of the round."""
        return self._method.draws

    def begin(self, draws: int) -> tuple[QuasiMonteCarlo, Shifted]:
        """Return the method of a round of so many draws, and its merge."""
        self._method = replace(self._method, draws=draws)
        self._round = Shifted(self._method)
        return self._method, self._round

    def add(self, part: QuasiPart) -> Iterator[Statistics]:
        """Take a part of the round, and yield what is finished with it."""
        for block in self._round.add(part):
            yield self.watched(block)
