"""Plans in which one factor is fixed, removed or cut, run with the exact method where that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.threads import available_threads
from wattquery.errors import InputError
from wattquery.methods.exact.reach import exact_can
from wattquery.methods.statistics import Statistics
from wattquery.plans.build import Lowered, lower
from wattquery.plans.cell_factors import CellFactors, Factor, cell_factors, factor_names
from wattquery.plans.plan import Plan
from wattquery.sensitivity import arguments as checked
from wattquery.specs.grid import Grid
from wattquery.sweeps.outside_range import outside_range
from wattquery.sweeps.run import statistics_of
from wattquery.sweeps.settings import checked_draws, checked_seed
from wattquery.sweeps.study import Study

__all__ = ["METHODS", "Method", "Run", "prepared", "random_factors"]

Method = Literal["auto", "exact", "monte_carlo"]
METHODS = ("auto", "exact", "monte_carlo")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """What was asked, lowered, and how plans made from it are run.

    Attributes
    ----------
    asked
        The grid and where it comes from.
    lowered
        The same, lowered.
    method
        ``"exact"`` or ``"monte_carlo"``, which then takes ``draws`` with the plan's seed, so that runs share their
        random numbers.
    draws, threads
        Draws per cell and run, and number of threads.
    """

    asked: Study
    lowered: Lowered
    method: str
    draws: int
    threads: int

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.asked.grid

    @property
    def plan(self) -> Plan:
        """The plan in which all factors are random."""
        return self.lowered.plan

    @cached_property
    def factors(self) -> dict[int, CellFactors]:
        """The factors of each cell that has data."""
        return {int(number): cell_factors(self.grid, self.lowered, int(number)) for number in self.plan.cells}

    def having(self, name: str) -> dict[int, Factor]:
        """Return a factor in each cell where it is random."""
        return {number: one for number, cell in self.factors.items() for one in cell.factors if one.name == name}

    def answers(self, plan: Plan, levels: Sequence[float] = (0.5,), keep_histograms: bool = False) -> Statistics:
        """Return the statistics of a plan."""
        return statistics_of(
            plan,
            method=self.method,
            levels=tuple(levels),
            keep_histograms=keep_histograms,
            draws=self.draws,
            threads=self.threads,
        )

    def over_grid(self, values: Array) -> Array:
        """Return values by cell as an array over the dimensions of the grid, further dimensions last."""
        shape = tuple(axis.size for axis in self.grid.dimensions)
        return values.reshape((*shape, *values.shape[1:]))

    @property
    def dims(self) -> tuple[str, ...]:
        """The dimensions of the grid."""
        return tuple(axis.name for axis in self.grid.dimensions)

    @property
    def provenance(self) -> dict[str, object]:
        """What a result says about how it was run."""
        sampled = self.method == "monte_carlo"
        return {
            "preset": self.asked.preset.name,
            "method": self.method,
            "seed": self.plan.seed,
            "draws": self.draws if sampled else 0,
            "common_random_numbers": True,
            **outside_range(self.grid, self.lowered),
        }


def prepared(
    model: object,
    arguments: Mapping[str, Any],
    *,
    method: object,
    draws: object,
    seed: object,
    threads: int | None,
    round_tokens: bool | None = None,
) -> Run:
    """Return what the arguments ask for, ready to be run.

    Raises
    ------
    InputError
        If an argument is not allowed.
    """
    chosen = checked.checked_name("method", method, METHODS)
    count = checked_draws(draws)
    asked = checked.asked_study(model, arguments)
    if round_tokens is not None:
        asked = replace(asked, grid=replace(asked.grid, round_tokens=round_tokens))
    lowered = lower(asked.grid, asked.catalog, asked.node_powers, seed=checked_seed(seed), common_random_numbers=True)
    if chosen == "auto":
        chosen = "exact" if exact_can(lowered.plan) else "monte_carlo"
    return Run(asked, lowered, chosen, count, available_threads(threads))


def random_factors(run: Run, chosen: object) -> tuple[str, ...]:
    """Return the factors that were chosen, all random ones for ``None``."""
    known = factor_names(run.grid)
    if not known:
        raise InputError(
            "No cell has a random factor: every number is fixed. Give a distribution for at least one of them."
        )
    return checked.chosen_factors("factors", chosen, known)
