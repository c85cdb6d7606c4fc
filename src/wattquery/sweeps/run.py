"""One run: a study and its settings in, statistics of every cell out, with what they were made by. No labels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wattquery.errors import InputError
from wattquery.methods.exact.solve import solve
from wattquery.methods.monte_carlo import sample
from wattquery.methods.quasi_monte_carlo import MOST_DRAWS, REPLICATES, sample_quasi
from wattquery.methods.replicates import NODE_BINS
from wattquery.methods.statistics import Statistics
from wattquery.methods.to_precision import (
    MOST_BLIND_DRAWS,
    MOST_PLAIN_DRAWS,
    ContinuedStatistics,
    OutOfReach,
    quasi_to_precision,
    sample_to_precision,
)
from wattquery.plans.build import Lowered, lower
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import windows
from wattquery.specs.grid import Grid
from wattquery.sweeps.magnitudes import cell_labels, check_energies
from wattquery.sweeps.memory import available_bytes, check_memory, memory_told
from wattquery.sweeps.outside_range import outside_range
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["Computed", "compute"]


@dataclass(frozen=True)
class Computed:
    """What came of a run.

    Attributes
    ----------
    asked
        What was asked for.
    lowered
        What the catalog held for it.
    answers
        The statistics of every cell.
    attributes
        What made them, in a form that every file format can hold.
    """

    asked: Study
    lowered: Lowered
    answers: Statistics
    attributes: dict[str, object]


def compute(asked: Study, how: Settings) -> Computed:
    """Return the statistics of every cell of a study.

    Raises
    ------
    InputError
        If the result does not fit in memory, a method cannot take a factor, an error cannot be reached, or an energy
        is of a magnitude that no query has.
    """
    check_memory(asked.grid, how.levels, threads=how.threads, method=how.method)
    lowered = lower(
        asked.grid, asked.catalog, asked.node_powers, seed=how.seed, common_random_numbers=how.common_random_numbers
    )
    if how.keep_histogram:
        kept = math.ceil(_widest(lowered) * _kept_per_bin(how.method))
        check_memory(asked.grid, how.levels, bins=kept, threads=how.threads, method=how.method)
    with memory_told(how.method):
        answers, draws = _solved(asked.grid, lowered.plan, how)
    cells = lowered.plan.cells
    energies = np.column_stack([answers.arrays["energy"], answers.arrays["energy_mean"]])[cells]
    check_energies(energies, lambda row: cell_labels(asked.grid, int(cells[row])))
    run: dict[str, object] = {
        "preset": asked.preset.name,
        "method": how.method,
        "seed": how.seed,
        "draws": draws,
        "common_random_numbers": how.common_random_numbers,
    }
    if how.method == "quasi_monte_carlo":
        run["randomizations"] = REPLICATES
    if how.relative_stderr is not None:
        run["relative_stderr"] = how.relative_stderr
    run |= outside_range(asked.grid, lowered)
    return Computed(asked, lowered, answers, provenance(asked.grid, asked.catalog, run))


def _solved(grid: Grid, plan: Plan, how: Settings) -> tuple[Statistics, int]:
    """Return the statistics of every cell, and the draws that each of them took."""
    if how.relative_stderr is not None:
        answers = ContinuedStatistics.blank(np.arange(grid.size), how.levels, how.keep_histogram)
        answers.most_kept = min(answers.most_kept, available_bytes(how.threads) // 4)
        run = quasi_to_precision if how.method == "quasi_monte_carlo" else sample_to_precision
        try:
            return answers, run(plan, answers, how.relative_stderr, how.threads, how.progress)
        except OutOfReach as found:
            raise InputError(_out_of_reach(found, how, grid)) from None
    plain = Statistics.blank(np.arange(grid.size), how.levels, how.keep_histogram)
    if how.method == "exact":
        solve(plan, plain, how.threads, how.progress)
    else:
        run_draws = sample_quasi if how.method == "quasi_monte_carlo" else sample
        run_draws(plan, plain, how.draws, how.threads, how.progress)
    return plain, how.draws


def _out_of_reach(found: OutOfReach, how: Settings, grid: Grid) -> str:
    """Return the message for a precision that cannot be had: where, why, and what to do."""
    where = cell_labels(grid, found.cell)
    quantile = f"the quantile {how.levels[found.level]:g}{f' at {where}' if where else ''}"
    came = f"relative_stderr = {how.relative_stderr:g} cannot be reached"
    if math.isinf(found.needed):
        return (
            f"{came}: {quantile} lies on a single value (such as one whole token with all other factors fixed), which "
            f"the energy lattice resolves to {found.reached:.2g}, however many draws are made. Allowed is that or "
            f"more: pass relative_stderr={math.ceil(found.reached * 1e5) / 1e5:g}, or use method='exact'."
        )
    if math.isinf(found.reached):
        quantile = f"the quantile {how.levels[found.level]!r}{f' at {where}' if where else ''}"
        has = f"{quantile} has too few draws beyond it after {found.draws:,} to tell its error"
        takes = f"it would take {found.needed:.2g} of them or more"
        if not found.draws:
            has, takes = f"{quantile} has hardly a draw beyond it", f"it would take {found.needed:.2g} of them or more"
    else:
        has = f"{quantile} has {found.reached:.2g} after {found.draws:,} draws"
        takes = f"it would take about {found.needed:.2g} of them"
    most = MOST_BLIND_DRAWS if math.isinf(found.reached) else MOST_PLAIN_DRAWS
    other = "'exact'" if math.isinf(found.reached) else "'quasi_monte_carlo' or 'exact'"
    if how.method == "quasi_monte_carlo":
        most, other = MOST_DRAWS, "'exact'"
    return (
        f"{came}: {has}, and {takes}. Allowed are {most:,} with method={how.method!r}. "
        f"Pass a larger relative_stderr, or use method={other}."
    )


def _kept_per_bin(method: str) -> float:
    """Return the memory that is kept for a bin of a histogram, with what replicates disagree by, over 8 bytes."""
    if method != "quasi_monte_carlo":
        return 1.0
    return 1.0 + (REPLICATES + 1) / NODE_BINS * np.dtype(np.float32).itemsize / 8


def _widest(lowered: Lowered) -> int:
    """Return the number of bins that hold every cell."""
    first, end = [], []
    for one in windows(lowered.plan):
        first.append(one[:, 0].min())
        end.append(one.sum(axis=1).max())
    return int(max(end) - min(first)) if first else 0
