"""The indices of a grid once all that was asked for is settled: of the whole of it, or of any box, the same digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from wattquery.methods.pick_freeze import SCALES as OUTPUTS
from wattquery.methods.pick_freeze import PickFreeze, Sums
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.pick_freeze_tables import Choice, Design
from wattquery.sensitivity.arguments import FEWEST_POINTS
from wattquery.sensitivity.quantities import SCALES, with_interval
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sensitivity.variance.index_arrays import IndexArrays
from wattquery.sweeps.carry_out import pick_freeze_sums
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.memory import CELL_BYTES, check_cells, memory_told
from wattquery.sweeps.run import Run

__all__ = ["SobolIndices", "factor_coordinates"]

COPIES = 2
"""Of the indices in memory: what they are, and what a caller derives from them."""

SUMS_COPIES = 4
"""Of the sums of a tile: themselves, those without each replicate, and indices of both."""


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """First-order, total and second-order indices of every cell of a grid.

    Attributes
    ----------
    design
        What is picked and frozen in all cells; a factor that is random in no cell of a box is in it all the same.
    names
        Of the factors or groups that get an index.
    grouped
        Members of each group.
    estimator, replicates, level
        As of `wattquery.sensitivity.sobol`.
    """

    design: Design
    names: tuple[str, ...]
    grouped: Mapping[str, Sequence[str]]
    estimator: str
    replicates: int
    level: float

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The axes that are random."""
        return self.design.choices

    @property
    def evaluations(self) -> int:
        """How often the energy of a cell is evaluated for one base draw."""
        groups = len(self.design.groups)
        return 2 + (2 if self.design.mirrored else 1) * groups

    def of(self, run: Run) -> xr.Dataset:
        """Return the indices of all cells of a run."""
        grid = RemainingGrid(run, self.choices)
        arrays = self._arrays(grid)
        variables = {"supported": grid.labelled("supported", grid.supported)}
        for name, (dims, interval) in arrays.of.items():
            parts = (part.reshape((*grid.shape, *part.shape[1:])) for part in interval.parts)
            variables |= with_interval(name, (*grid.dims, *dims), parts, self.level)
        return self._dataset(grid, variables)

    def told(self, run: Run) -> xr.Dataset:
        """Return what is known of the result before anything is computed: coordinates and attributes."""
        whole = self._dataset(RemainingGrid(run, self.choices), {})
        return whole.drop_vars(list(whole.data_vars))

    def look(self, run: Run) -> xr.Dataset:
        """Return the indices from the fewest draws, to see what comes out."""
        return self.of(replace(run, settings=replace(run.settings, draws=FEWEST_POINTS * self.replicates)))

    @property
    def options(self) -> dict[str, Any]:
        """What was asked for beside a study, as JSON."""
        return {
            "factors": list(self.names),
            "groups": {name: list(members) for name, members in self.grouped.items()},
            "over": [[one.name, list(one.labels), list(one.weights)] for one in self.choices],
            "second_order": self.design.pairs,
            "estimator": self.estimator,
            "replicates": self.replicates,
            "level": self.level,
        }

    def _arrays(self, grid: RemainingGrid) -> IndexArrays:
        """Return the indices of all cells as arrays."""
        run, made = grid.run, grid.run.settings
        numbers = grid.members[grid.supported]
        groups, pairs = len(self.design.groups), self.design.pairs
        self._check_memory(len(numbers), made.threads)
        points = made.draws // self.replicates
        blank = Sums.zeros(points, (0, OUTPUTS, self.replicates), groups, pairs)
        arrays = IndexArrays(grid.supported, blank, self.estimator, self.level)
        lattice = made.method == "quasi_monte_carlo"
        with memory_told("pick_freeze"):
            pick_freeze_sums(
                DesignedPlan(run.plan, self.design, numbers, made.seed, lattice),
                arrays,
                points=points,
                replicates=self.replicates,
                threads=made.threads,
                progress=made.progress,
            )
        return arrays

    def _check_memory(self, cells: int, threads: int) -> None:
        """Refuse what does not fit in memory."""
        design, groups = self.design, len(self.design.groups)
        tile = min(cells, PickFreeze(1, self.replicates).cells_at_a_time(design))
        sums = SUMS_COPIES * Sums.nbytes(tile, self.replicates, groups, design.pairs)
        each = CELL_BYTES + COPIES * IndexArrays.nbytes(1, groups, design.pairs) + sums / max(cells, 1)
        holding, fewer = f"{groups} factors and {self.replicates} replicates", "factors or replicates"
        check_cells(cells, each, holding, fewer, threads=threads, method="pick_freeze")

    def _dataset(self, grid: RemainingGrid, variables: Mapping[str, xr.Variable]) -> xr.Dataset:
        scale = {"scale": labelled("scale", ("scale",), np.array(SCALES))}
        return grid.dataset(
            variables,
            {**scale, **factor_coordinates(self.names, self.design.pairs)},
            title="Variance-based sensitivity of the energy per LLM query",
            estimator=self.estimator,
            replicates=self.replicates,
            level=self.level,
            **{f"group_{name}": ", ".join(group) for name, group in self.grouped.items() if group != (name,)},
        )


def factor_coordinates(names: Sequence[str], second_order: bool) -> dict[str, xr.Variable]:
    """Return the coordinates of the factors that have an index, and of the second ones of pairs."""
    dims = ("factor", "factor_2") if second_order else ("factor",)
    return {dim: labelled(dim, (dim,), np.array(names)) for dim in dims}
