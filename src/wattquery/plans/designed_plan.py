"""A grid under a pick-freeze design: what its sums are made from, range by range of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.pick_freeze_tables import Design, Tables, tables
from wattquery.plans.plan import Plan

__all__ = ["DesignedPlan"]


@dataclass(frozen=True, eq=False)
class DesignedPlan:
    """A grid under a pick-freeze design.

    Attributes
    ----------
    plan
        The grid.
    design
        What is picked and what is frozen.
    numbers
        The cells of the plan that make up each cell of the result, see `wattquery.plans.pick_freeze_tables.Members`.
    seed
        Names the random numbers.
    lattice
        Whether points are those of a lattice, and not independent.
    """

    plan: Plan
    design: Design
    numbers: NDArray[np.int64]
    seed: int
    lattice: bool

    @property
    def size(self) -> int:
        """Number of cells of the result."""
        return len(self.numbers)

    def tables(self, start: int, stop: int) -> Tables:
        """Return a range of cells as arrays."""
        numbers = self.numbers[start:stop]
        return tables(self.plan, self.design, numbers, seed=self.seed, lattice=self.lattice)
