"""Runs until every quantile of every cell is known to a given relative standard error; says how many draws that took.

Monte Carlo goes on where it stopped: draw indices continue, and the new counts are added to the old ones. So the
result is that of one run with the same draws, bit for bit. Quasi-Monte Carlo doubles its points. The same draws are
made for all cells, or cells would no longer share them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from wattquery.kernels.order_statistics import informing_draws
from wattquery.kernels.statistics import LATTICE_ERROR
from wattquery.methods.continued import Continued, Doubled
from wattquery.methods.monte_carlo import Counted, Draws, MonteCarlo
from wattquery.methods.quasi_monte_carlo import MOST_DRAWS, REPLICATES, QuasiMonteCarlo, QuasiPart, QuasiTask
from wattquery.methods.statistics import Statistics
from wattquery.plans.plan import Plan

__all__ = [
    "MOST_BLIND_DRAWS",
    "MOST_PLAIN_DRAWS",
    "MonteCarloToPrecision",
    "OutOfReach",
    "QuasiMonteCarloToPrecision",
]

TaskT = TypeVar("TaskT", bound=Draws | QuasiTask)

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


@dataclass(frozen=True)
class MonteCarloToPrecision:
    """As many plain draws as every quantile needs.

    Attributes
    ----------
    relative_stderr
        The relative standard error to reach.
    levels, keep_histograms
        As of `wattquery.methods.monte_carlo.MonteCarlo`.
    most_kept
        How many bytes of counts are kept from round to round at most; `KEPT_BYTES` if that is less.
    """

    relative_stderr: float
    levels: tuple[float, ...]
    keep_histograms: bool = False
    most_kept: int = KEPT_BYTES

    def rounds(self, plan: Plan, merge: Continued, workers: int) -> Iterator[Iterable[Draws]]:
        """Yield the tasks of one round after another, each of as many draws as the last has shown to be missing.

        Raises
        ------
        OutOfReach
            If a quantile lies on a single value, or more than 10**11 draws would be needed (10**10 for a quantile of
            which nothing is known so far).
        """
        self._check_informing()
        draws, needed, told = FIRST_DRAWS, LARGEST_GROWTH * FIRST_DRAWS, 0.0
        while True:
            keeps = merge.fits
            sampler = merge.begin(draws)
            share = max(0.0, draws / needed - told)  # a round may show that the share done is less than was foreseen
            yield _scaled(sampler.tasks(plan, workers, counts=keeps), share)
            told += share
            merge.make_room()
            worst = merge.worst(self.relative_stderr)
            if worst is None:
                return
            needed = self._needed(merge, *worst) * MARGIN
            draws = math.ceil(min(needed, LARGEST_GROWTH * draws) / FIRST_DRAWS) * FIRST_DRAWS

    def work(self, plan: Plan, task: Draws) -> Counted | Statistics:
        """Return the counts of a range of draws, or what they say if no others are to be added."""
        return MonteCarlo(0, self.levels, self.keep_histograms).work(plan, task)

    def merge(self, plan: Plan) -> Continued:
        """Return what adds the draws of one round after another."""
        most = min(self.most_kept, KEPT_BYTES)
        return Continued(MonteCarlo(0, self.levels, self.keep_histograms), plan.size, most)

    def interpreted(self, plan: Plan) -> bool:
        """Return that kernels prevail."""
        return False

    def _needed(self, merge: Continued, cell: int, level: int, reached: float) -> float:
        """Return how many draws the quantile needs that is known least, if they can be made."""
        needed = merge.draws * (reached / self.relative_stderr) ** 2
        if math.isinf(reached):
            # An error without information asks for draws beyond the quantile, however small it would be.
            needed = max(2.0 * merge.draws, merge.foreseen(cell, level, self.relative_stderr))
        if math.isclose(reached, LATTICE_ERROR, rel_tol=1e-9):
            needed = math.inf
        if not needed <= (MOST_BLIND_DRAWS if math.isinf(reached) else MOST_PLAIN_DRAWS):
            raise OutOfReach(cell, level, reached, merge.draws, needed, at_least=math.isinf(reached))
        return needed

    def _check_informing(self) -> None:
        """Refuse a quantile that even the most draws allowed leave without any beyond it, before they are made."""
        needed = [informing_draws(level) for level in self.levels]
        most = max(needed)
        if most > MOST_BLIND_DRAWS:
            raise OutOfReach(0, needed.index(most), math.inf, 0, most, at_least=True)


@dataclass(frozen=True)
class QuasiMonteCarloToPrecision:
    """As many quasi-random draws as every quantile needs.

    Points are made again after each doubling, which costs as much as the last round did, and no memory.

    Attributes
    ----------
    relative_stderr
        The relative standard error to reach.
    levels, keep_histograms
        As of `wattquery.methods.quasi_monte_carlo.QuasiMonteCarlo`.
    """

    relative_stderr: float
    levels: tuple[float, ...]
    keep_histograms: bool = False

    def rounds(self, plan: Plan, merge: Doubled, workers: int) -> Iterator[Iterable[QuasiTask]]:
        """Yield the tasks of one round after another, each of twice as many points as the last.

        Raises
        ------
        OutOfReach
            If the error is larger with all points that the lattice has.
        """
        draws, share = REPLICATES * FIRST_POINTS, 0.5
        while True:
            method, inner = merge.begin(draws)
            for tasks in method.rounds(plan, inner, workers):
                yield _scaled(tasks, share)
            worst = merge.worst(self.relative_stderr)
            if worst is None:
                return
            self._check(draws, *worst)
            draws, share = 2 * draws, 0.5 * share  # how many rounds there will be is not known

    def work(self, plan: Plan, task: QuasiTask) -> QuasiPart:
        """Return masses of points, or the statistics of cells."""
        return QuasiMonteCarlo(0, self.levels, self.keep_histograms).work(plan, task)

    def merge(self, plan: Plan) -> Doubled:
        """Return what keeps the last round."""
        return Doubled(QuasiMonteCarlo(0, self.levels, self.keep_histograms), plan.size)

    def interpreted(self, plan: Plan) -> bool:
        """Return that kernels prevail."""
        return False

    def _check(self, draws: int, cell: int, level: int, reached: float) -> None:
        """Refuse to go on where more points would not help, or are not there."""
        if math.isclose(reached, LATTICE_ERROR, rel_tol=1e-9):
            raise OutOfReach(cell, level, reached, draws, math.inf)
        if draws == MOST_DRAWS:
            # Errors fall at least as fast as those of plain draws.
            needed = draws * (reached / self.relative_stderr) ** 2
            if math.isinf(reached):
                needed = max(2.0 * draws, informing_draws(self.levels[level]))
            raise OutOfReach(cell, level, reached, draws, needed, at_least=math.isinf(reached))


def _scaled(tasks: Iterable[TaskT], share: float) -> Iterator[TaskT]:
    """Yield the tasks of a round that is a share of the whole."""
    for task in tasks:
        yield replace(task, share=share * task.share)
