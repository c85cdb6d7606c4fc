"""Solves every cell of a plan: each is a mixture, whose quantiles are found to rounding and whose moments are sums.

Cells that share deployment, lengths and a power that follows throughput are solved together. What differs between
them is sigma, and a constant that only shifts ln E: it is added last, so that a cell never depends on its neighbours.
Time grows linearly in the number of distinct (lengths, sigma), in levels, and in the nodes that a normal reaches.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.kernels.exact.mixture import mixture_statistics
from wattquery.kernels.exact.normal import REACH
from wattquery.kernels.exact.segments import segment_masses, segment_moments, segment_quantiles
from wattquery.methods.exact.families import Family, families
from wattquery.methods.exact.load_cells import solved_under_load
from wattquery.methods.exact.mixtures import Mixture, Mixtures, forget, mixtures_of
from wattquery.methods.exact.reach import check_factors, crosses_lengths
from wattquery.methods.method import Finished
from wattquery.methods.statistics import Statistics
from wattquery.plans.plan import Plan
from wattquery.quantities import AXES, STATISTICS

__all__ = ["Cells", "Exact"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

CELLS_AT_A_TIME = 4096
CELLS_OF_A_TASK = 128
TASKS_UNDER_LOAD = 16
QUANTILES_OF_A_FAMILY = 700
"""Quantiles that a kernel solves in the time that a family's nodes take to be made, mostly in Python."""


AFTER_LENGTHS = 1 + AXES.index("cached_tokens")
"""Place of the first axis that is no length."""


@dataclass(frozen=True)
class Cells:
    """A task: a range of the plan's cells that have data.

    Attributes
    ----------
    start, stop
        The range.
    share
        What share of all cells it has.
    """

    start: int
    stop: int
    share: float


@dataclass(frozen=True)
class Exact:
    """Distributions without draws.

    Attributes
    ----------
    levels, keep_histograms
        What is wanted of each cell, see `wattquery.methods.statistics.Statistics`.
    """

    levels: tuple[float, ...]
    keep_histograms: bool = False

    def tasks(self, plan: Plan, fewest: int = CELLS_OF_A_TASK, most: int = CELLS_AT_A_TIME) -> Iterator[Cells]:
        """Yield cells of one deployment and pair of lengths, ``most`` at a time; of several where they are few.

        Under load they are taken as they come.
        """
        begun = 0
        if _is_table(plan):
            # Neighbours there have little in common, and each costs little.
            fewest = most = min(most, max(fewest, plan.cells.size // TASKS_UNDER_LOAD))
        for end in [*(() if _is_table(plan) else _ends(plan, plan.cells)), plan.cells.size]:
            while end - begun >= fewest:
                stop = min(end, begun + most)
                yield Cells(begun, stop, (stop - begun) / plan.cells.size)
                begun = stop
        if begun < plan.cells.size:
            yield Cells(begun, plan.cells.size, (plan.cells.size - begun) / plan.cells.size)

    def rounds(self, plan: Plan, merge: Finished[Statistics], workers: int) -> Iterator[Iterable[Cells]]:
        """Yield the tasks, in one round.

        Raises
        ------
        InputError
            If a cell has a factor that the method cannot take.
        """
        check_factors(plan)
        try:
            yield self.tasks(plan)
        finally:
            forget(plan)

    def work(self, plan: Plan, task: Cells) -> Statistics:
        """Return the statistics of some cells."""
        cells = plan.cells[task.start : task.stop]
        block = Statistics.blank(cells, self.levels, self.keep_histograms)
        left = np.arange(cells.size)
        if _is_table(plan):
            left = _enter_under_load(block, plan)
        ends = _ends(plan, cells[left])
        for start, stop in zip([0, *ends], [*ends, left.size], strict=True):
            rows = left[start:stop]
            if rows.size:
                constants, sigmas = plan.factors(plan.places(cells[rows]))
                for family, members in families(plan, cells[rows]):
                    _enter(block, mixtures_of(plan), family, rows[members], constants[members], sigmas[members])
        return block

    def merge(self, plan: Plan) -> Finished[Statistics]:
        """Return what takes the blocks as they come."""
        return Finished()

    def interpreted(self, plan: Plan) -> bool:
        """Return whether most of the time goes into Python, where threads would wait for the interpreter's lock."""
        if self.keep_histograms or crosses_lengths(plan) or _is_table(plan):
            return False
        families = len(plan.deployments) * math.prod(plan.shape[4:AFTER_LENGTHS])
        # Counted, and not listed: a plan may be asked about that is never run as a whole.
        cells = int(np.count_nonzero(plan.supported)) * plan.cells_of_a_deployment
        return cells * len(self.levels) <= QUANTILES_OF_A_FAMILY * families


def _is_table(plan: Plan) -> bool:
    """Return whether deployments are rows of a table of the load model, and not some that were put in their place."""
    return plan.is_load and hasattr(plan.deployments, "energies")


def _ends(plan: Plan, cells: Integers) -> list[int]:
    """Return where among some cells another deployment or pair of lengths begins, but at the first."""
    return (np.flatnonzero(np.diff(cells // math.prod(plan.shape[AFTER_LENGTHS:]))) + 1).tolist()


def _enter(
    block: Statistics, mixtures: Mixtures, family: Family, rows: Integers, constants: Array, sigmas: Array
) -> None:
    """Solve the cells of a family, each distinct sigma once, and enter them in some rows of a block."""
    distinct, which = np.unique(sigmas, return_inverse=True)
    floors = mixtures.floors(family, distinct)
    distinct = np.where(floors > 0.0, distinct, 0.0)
    starts = np.flatnonzero(np.diff(floors, prepend=-1.0)).tolist()
    levels = np.asarray(block.levels)
    parts, of_sigma = [], []
    for start, stop in zip(starts, [*starts[1:], distinct.size], strict=True):
        mixture = mixtures.mixture(family, float(floors[start]))
        parts.append(_statistics(mixture, distinct[start:stop], levels))
        of_sigma += [mixture] * (stop - start)
    found = [np.concatenate(one)[which] for one in zip(*parts, strict=True)]
    _enter_statistics(block, rows, constants, *found)
    if block.keep_histograms:
        for i, cell in enumerate(block.cells[rows].tolist()):
            block.keep(cell, _histogram(of_sigma[which[i]], float(constants[i]), float(sigmas[i])))


def _enter_under_load(block: Statistics, plan: Plan) -> Integers:
    """Solve what of a block is solved together under load, and return which rows are left."""
    constants, sigmas = plan.factors(plan.places(block.cells))
    solved = solved_under_load(plan, mixtures_of(plan).under_load, block.cells, sigmas, np.asarray(block.levels))
    rows = np.flatnonzero(solved.known)
    _enter_statistics(block, rows, constants[rows], solved.quantiles, solved.means, solved.deviations)
    if block.keep_histograms:
        for i, row in enumerate(rows.tolist()):
            mixture = Mixture(*solved.mixture(i, float(sigmas[row])))
            block.keep(int(block.cells[row]), _histogram(mixture, float(constants[row]), float(sigmas[row])))
    return np.flatnonzero(~solved.known)


def _enter_statistics(
    block: Statistics, rows: Integers, constants: Array, quantiles: Array, means: Array, deviations: Array
) -> None:
    """Enter statistics that are without the constants of the cells in some rows of a block."""
    factors = np.exp(constants)
    values = {
        "energy": np.exp(constants[:, None] + quantiles),
        "energy_mean": factors * means,
        "energy_std": factors * deviations,
    }
    for name, statistic in STATISTICS.items():
        block.arrays[name][rows] = 0.0 if statistic.is_error else values[name]


def _statistics(mixture: Mixture, sigmas: Array, levels: Array) -> tuple[Array, Array, Array]:
    """Return quantiles of ln E, and mean and standard deviation of E, one row per sigma, without the constant."""
    quantiles = np.empty((sigmas.size, levels.size))
    means, deviations = np.empty(sigmas.size), np.empty(sigmas.size)
    if mixture.half_widths is None:
        mixture_statistics(mixture.centres, mixture.weights, sigmas, levels, quantiles, means, deviations)
        return quantiles, means, deviations
    arrays = mixture.centres, mixture.half_widths, mixture.weights
    for k, sigma in enumerate(sigmas.tolist()):
        segment_quantiles(levels, *arrays, sigma, quantiles[k])
        means[k], deviations[k] = segment_moments(*arrays, sigma)
    return quantiles, means, deviations


def _histogram(mixture: Mixture, constant: float, sigma: float) -> Histogram:
    """Return the probability of each bin of the lattice."""
    centres, widths = mixture.centres + constant, mixture.half_widths
    if widths is None:
        widths = np.zeros_like(centres)
    reach = REACH * sigma + float(np.max(widths))
    first_bin = math.floor((float(np.min(centres)) - reach) / BIN_WIDTH) - 1
    end = math.ceil((float(np.max(centres)) + reach) / BIN_WIDTH) + 2
    histogram = Histogram(first_bin, np.zeros(end - first_bin))
    segment_masses(first_bin, centres, widths, mixture.weights, sigma, histogram.masses)
    # A difference of two normals may round to -1e-16, which is no probability.
    np.maximum(histogram.masses, 0.0, out=histogram.masses)
    return histogram
