"""Solves every cell of a plan: each is a mixture, whose quantiles are found to rounding and whose moments are sums.

Cells that share deployment, lengths and a power that follows throughput are solved together. What differs between
them is sigma, and a constant that only shifts ln E: it is added last, so that a cell never depends on its neighbours.
Time grows linearly in the number of distinct (lengths, sigma), in levels, and in the nodes that a normal reaches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.threads import Progress, run_tasks
from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.kernels.exact.mixture import mixture_statistics
from wattquery.kernels.exact.normal import REACH
from wattquery.kernels.exact.segments import segment_masses, segment_moments, segment_quantiles
from wattquery.methods.exact.families import Family, check_factors, families
from wattquery.methods.exact.mixtures import Mixture, Mixtures
from wattquery.methods.statistics import STATISTICS, Statistics
from wattquery.plans.plan import Plan

__all__ = ["solve"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

CELLS_AT_A_TIME = 4096
CELLS_OF_A_TASK = 128
QUANTILES_OF_A_FAMILY = 700
"""Quantiles that a kernel solves in the time that a family's nodes take to be made, mostly in Python."""


def solve(plan: Plan, answers: Statistics, threads: int, progress: Progress | None = None) -> None:
    """Fill ``answers`` with the exact statistics of every cell that has data.

    Raises
    ------
    InputError
        If a cell has a factor that the method cannot take.
    """
    check_factors(plan)
    mixtures = Mixtures(plan)

    def work(blocks: list[Integers]) -> float:
        for block in blocks:
            constants, sigmas = plan.factors(plan.places(block))
            for family, members in families(plan, block):
                _enter(answers, mixtures, family, block[members], constants[members], sigmas[members])
        return sum(block.size for block in blocks) / plan.cells.size

    run_tasks(_tasks(plan), work, threads if _kernels_prevail(plan, answers) else 1, progress)


def _kernels_prevail(plan: Plan, answers: Statistics) -> bool:
    """Return whether most of the time goes into kernels: elsewhere threads would wait for the interpreter's lock."""
    lengths = (plan.output_tokens, plan.input_tokens)
    both_random = all(any(one.distribution and one.distribution.is_random for one in length) for length in lengths)
    if answers.keep_histograms or both_random:
        return True
    families = len(plan.deployments) * len(plan.output_tokens) * len(plan.input_tokens)
    return plan.cells.size * len(answers.levels) > QUANTILES_OF_A_FAMILY * families


def _tasks(plan: Plan) -> Iterator[list[Integers]]:
    """Yield cells in blocks of one deployment and pair of lengths, at most some thousand at a time."""
    ends = np.flatnonzero(np.diff(plan.cells // math.prod(plan.shape[6:]))) + 1
    blocks: list[Integers] = []
    for cells in np.split(plan.cells, ends) if plan.cells.size else []:
        for start in range(0, cells.size, CELLS_AT_A_TIME):
            blocks.append(cells[start : start + CELLS_AT_A_TIME])
            if sum(block.size for block in blocks) >= CELLS_OF_A_TASK:
                yield blocks
                blocks = []
    if blocks:
        yield blocks


def _enter(
    answers: Statistics, mixtures: Mixtures, family: Family, cells: Integers, constants: Array, sigmas: Array
) -> None:
    """Solve the cells of a family, each distinct sigma once, and enter them."""
    distinct, which = np.unique(sigmas, return_inverse=True)
    floors = mixtures.floors(family, distinct)
    distinct = np.where(floors > 0.0, distinct, 0.0)
    starts = np.flatnonzero(np.diff(floors, prepend=-1.0)).tolist()
    levels = np.asarray(answers.levels)
    parts, of_sigma = [], []
    for start, stop in zip(starts, [*starts[1:], distinct.size], strict=True):
        mixture = mixtures.mixture(family, float(floors[start]))
        parts.append(_statistics(mixture, distinct[start:stop], levels))
        of_sigma += [mixture] * (stop - start)
    quantiles, means, deviations = (np.concatenate(one)[which] for one in zip(*parts, strict=True))
    factors = np.exp(constants)
    values = {
        "energy": np.exp(constants[:, None] + quantiles),
        "energy_mean": factors * means,
        "energy_std": factors * deviations,
    }
    for name in STATISTICS:
        answers.arrays[name][cells] = values.get(name, 0.0)
    if answers.keep_histograms:
        for i, cell in enumerate(cells.tolist()):
            answers.keep(cell, _histogram(of_sigma[which[i]], float(constants[i]), float(sigmas[i])))


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
    return histogram
