"""Runs until every quantile of every cell is known to a given relative standard error; says how many draws that took.

Monte Carlo goes on where it stopped: draw indices continue, and the new counts are added to the old ones. So the
result is that of one run with the same draws, bit for bit. Quasi-Monte Carlo doubles its points. The same draws are
made for all cells, or cells would no longer share them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.threads import Progress
from wattquery.histograms import Histogram
from wattquery.kernels.order_statistics import informing_draws
from wattquery.kernels.statistics import LATTICE_ERROR
from wattquery.methods.monte_carlo import sample
from wattquery.methods.quasi_monte_carlo import MOST_DRAWS, REPLICATES, sample_quasi
from wattquery.methods.statistics import Integers, Statistics
from wattquery.plans.plan import Plan

__all__ = [
    "MOST_BLIND_DRAWS",
    "MOST_PLAIN_DRAWS",
    "ContinuedStatistics",
    "OutOfReach",
    "quasi_to_precision",
    "sample_to_precision",
]

FIRST_DRAWS = 2**16
"""Plain draws after which it is first asked how many more are needed."""

FIRST_POINTS = 2**6
MOST_PLAIN_DRAWS = 10**11
MOST_BLIND_DRAWS = 10**10
"""How many may be made for a quantile of which nothing is known so far: they take minutes, and may not be enough."""

LARGEST_GROWTH = 16.0
"""An early estimate of the draws needed may be far off: no round makes more of them than so many times the last."""

MARGIN = 1.1
"""Draws beyond those that the last round asks for: its own estimate of the error is known to a few percent."""

SLOPE_DRAWS, SLOPE_RATIO = 30.0, 8.0
"""The slope of a tail is taken from where so many draws lie beyond, to where there are so many times more."""

SURE = 3.0
"""By how many times a number of draws that is foreseen from such a slope may be too large."""

KEPT_BYTES = 2**30
"""Counts that are kept from round to round. Where they need more, a round counts again from the first draw."""


@dataclass
class OutOfReach(Exception):  # noqa: N818 - a statement about the grid; the caller words the error
    """A precision that cannot be had.

    Attributes
    ----------
    cell, level
        Where: the number of the cell, and of the quantile.
    reached
        The relative standard error there; ``inf`` where too few draws lie beyond the quantile to tell.
    draws
        How many had been made.
    needed
        About how many it would take; ``inf`` where the quantile lies on a single value, which is known to the
        resolution of the lattice and no better.
    at_least
        Whether more than that may be needed, which a tail without draws does not tell.
    """

    cell: int
    level: int
    reached: float
    draws: int
    needed: float
    at_least: bool = False


@dataclass
class ContinuedStatistics(Statistics):
    """Statistics to which the draws of one range after another are added.

    Attributes
    ----------
    kept
        The counts of every cell so far, without the empty bins at both ends; empty where they would not fit.
    fits
        Whether they do.
    most_kept
        How many bytes of them are kept at most.
    """

    kept: dict[int, Histogram] = field(default_factory=dict)
    fits: bool = True
    most_kept: int = field(default_factory=lambda: KEPT_BYTES)
    _bytes: int = 0
    _full: bool = False

    def put_sampled(self, cells: Integers, windows: Integers, ends: Integers, counts: NDArray[np.integer]) -> None:
        """Add further draws of some cells to those they have, and enter them."""
        places = list(zip(cells.tolist(), windows.tolist(), ends.tolist(), strict=True))
        if any(cell in self.kept for cell in cells.tolist()):
            counts = counts.astype(np.int64)
            for cell, (first_bin, bins), end in {place[2]: place for place in places}.values():
                earlier = self.kept[cell]
                start = end - bins + earlier.first_bin - first_bin
                counts[start : start + earlier.masses.size] += earlier.masses
        super().put_sampled(cells, windows, ends, counts)
        # Beyond the limit nothing more is kept, and `make_room` drops the rest once no other thread adds to it.
        self._full = self._full or self._bytes > self.most_kept
        if self.fits and not self._full:
            for cell, (first_bin, bins), end in places:
                occupied = np.flatnonzero(counts[end - bins : end])
                part = counts[end - bins + occupied[0] : end - bins + occupied[-1] + 1]
                smallest = np.uint32 if int(part.max()) < 2**32 else np.int64
                before = self.kept[cell].masses.nbytes if cell in self.kept else 0
                self.kept[cell] = Histogram(first_bin + int(occupied[0]), part.astype(smallest))
                self._bytes += self.kept[cell].masses.nbytes - before

    def make_room(self) -> None:
        """Stop keeping counts that take too much memory."""
        self.fits = self.fits and not self._full and self._bytes <= self.most_kept
        self._bytes = sum(one.masses.nbytes for one in self.kept.values())
        if not self.fits:
            self.kept.clear()


def sample_to_precision(
    plan: Plan, answers: ContinuedStatistics, precision: float, threads: int, progress: Progress | None = None
) -> int:
    """Fill ``answers`` by as many plain draws as every quantile needs, and return their number.

    Parameters
    ----------
    plan
        The grid.
    answers
        Receives the statistics.
    precision
        The relative standard error to reach.
    threads
        Number of threads.
    progress
        Receives the share done, as far as it can be foreseen.

    Raises
    ------
    OutOfReach
        If a quantile lies on a single value, or more than 10**11 draws would be needed (10**10 for a quantile of which
        nothing is known so far).
    """
    _check_informing(answers)
    done, draws, needed = 0, FIRST_DRAWS, LARGEST_GROWTH * FIRST_DRAWS
    while True:
        first = done if answers.fits else 0
        sample(plan, answers, draws, threads, _between(progress, first / needed, draws / needed), first_draw=first)
        answers.make_room()
        done = draws
        worst = _worst(answers, precision)
        if worst is None:
            if progress is not None:
                progress(1.0)
            return done
        cell, level, reached = worst
        needed = done * (reached / precision) ** 2
        if math.isinf(reached):
            # An error without information asks for draws beyond the quantile, however small it would be.
            needed = max(2.0 * done, _foreseen(answers, cell, level, precision))
        if math.isclose(reached, LATTICE_ERROR, rel_tol=1e-9):
            needed = math.inf
        if not needed <= (MOST_BLIND_DRAWS if math.isinf(reached) else MOST_PLAIN_DRAWS):
            raise OutOfReach(cell, level, reached, done, needed, at_least=math.isinf(reached))
        needed *= MARGIN
        draws = math.ceil(min(needed, LARGEST_GROWTH * done) / FIRST_DRAWS) * FIRST_DRAWS


def quasi_to_precision(
    plan: Plan, answers: Statistics, precision: float, threads: int, progress: Progress | None = None
) -> int:
    """Fill ``answers`` by as many quasi-random draws as every quantile needs, and return their number.

    See `sample_to_precision` for the parameters. Points are made again after each doubling, which costs as much as the
    last round did, and no memory.

    Raises
    ------
    OutOfReach
        If the error is larger with all points that the lattice has.
    """
    draws = REPLICATES * FIRST_POINTS
    start = 0.0
    while True:
        end = 0.5 * (1.0 + start)  # how many rounds there will be is not known: each takes half of what is left
        sample_quasi(plan, answers, draws, threads, _between(progress, start, end))
        worst = _worst(answers, precision)
        if worst is None:
            if progress is not None:
                progress(1.0)
            return draws
        cell, level, reached = worst
        if math.isclose(reached, LATTICE_ERROR, rel_tol=1e-9):
            raise OutOfReach(cell, level, reached, draws, math.inf)
        if draws == MOST_DRAWS:
            # Errors fall at least as fast as those of plain draws.
            needed = draws * (reached / precision) ** 2
            if math.isinf(reached):
                needed = max(2.0 * draws, informing_draws(answers.levels[level]))
            raise OutOfReach(cell, level, reached, draws, needed, at_least=math.isinf(reached))
        draws, start = 2 * draws, end


def _check_informing(answers: Statistics) -> None:
    """Refuse a quantile that even the most draws allowed leave without any beyond it, before they are made."""
    needed = [informing_draws(level) for level in answers.levels]
    level = int(np.argmax(needed))
    if needed[level] > MOST_BLIND_DRAWS:
        raise OutOfReach(0, level, math.inf, 0, needed[level], at_least=True)


def _foreseen(answers: ContinuedStatistics, cell: int, level: int, precision: float) -> float:
    """Return how many draws a quantile will need at least, beyond which there are too few to say.

    As many as leave some beyond it; and where the counts are kept, a third of what the slope of ln E in the logarithm
    of the tail, as far as draws reach, asks for. A slope falls off in tails thinner than a power's.
    """
    q = answers.levels[level]
    tail = min(q, 1.0 - q)
    informing = informing_draws(q)
    if cell not in answers.kept:
        return informing
    histogram = answers.kept[cell]
    known = SLOPE_DRAWS / histogram.total
    tails = np.array([known, SLOPE_RATIO * known])
    ends = np.log(histogram.quantiles(tails if q < 0.5 else 1.0 - tails))
    slope = abs(float(ends[1] - ends[0])) / math.log(SLOPE_RATIO)
    return max(informing, (slope / precision) ** 2 / tail / SURE)


def _worst(answers: Statistics, precision: float) -> tuple[int, int, float] | None:
    """Return cell, level and relative standard error of the quantile known least; None where all are known enough.

    One that lies on a single value comes before all others: no draws help it.
    """
    relative = np.nan_to_num(answers.arrays["energy_stderr"] / answers.arrays["energy"], posinf=np.inf)
    if not np.any(relative > precision):
        return None
    points = (relative > precision) & np.isclose(relative, LATTICE_ERROR, rtol=1e-9, atol=0.0)
    place = int(np.argmax(points if points.any() else relative))
    cell, level = divmod(place, relative.shape[1])
    return cell, level, float(relative[cell, level])


def _between(progress: Progress | None, start: float, end: float) -> Callable[[float], None] | None:
    """Return what receives the progress of a part of the work."""
    return None if progress is None else lambda share: progress(min(start + share * (end - start), 1.0))
