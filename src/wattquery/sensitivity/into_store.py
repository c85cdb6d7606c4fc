"""Analyses of large grids into a store, box by box, for those that say of each cell what does not depend on others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import xarray as xr

from wattquery.plans.pick_freeze_tables import Choice
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.stores.boxes import Box
from wattquery.sweeps.blockwise.analyses import Promise, analysis_to_store
from wattquery.sweeps.blockwise.asked import asked
from wattquery.sweeps.blockwise.elsewhere import Elsewhere
from wattquery.sweeps.blockwise.ways import ways
from wattquery.sweeps.blockwise.work import study_at
from wattquery.sweeps.coordinates import counted
from wattquery.sweeps.dataset import at_boundary
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["AnalysisOfBox", "CellByCell", "stored_analysis"]

MOST_CELLS = 1024
"""Cells of a box at most."""

EVALUATIONS_OF_A_BOX = 400_000_000
"""Energies that are evaluated for a box, in some seconds."""


class CellByCell(Protocol):
    """An analysis whose arguments are settled, by a look at the whole grid: it says of a box what it says of the whole.

    It survives pickling.
    """

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The axes that are random, of which every box has all labels."""

    @property
    def options(self) -> Mapping[str, Any]:
        """What was asked for beside a study, as JSON."""

    def of(self, run: Run) -> xr.Dataset:
        """Return the result of all cells of a run."""

    def told(self, run: Run) -> xr.Dataset:
        """Return what is known of the result beforehand: coordinates and attributes."""

    def look(self, run: Run) -> xr.Dataset:
        """Return a result from the fewest draws, to see what comes out."""


@dataclass(frozen=True, eq=False)
class AnalysisOfBox:
    """The analysis of a box.

    Attributes
    ----------
    analysis
        What is done.
    study, settings
        The whole, and how to compute; a box is solved on one thread, and tells no progress.
    dims
        The dimensions that boxes divide.
    """

    analysis: CellByCell
    study: Study
    settings: Settings
    dims: tuple[str, ...]

    def solve(self, box: Box) -> xr.Dataset:
        """Return the result of a box."""
        return self.analysis.of(self.run(box))

    def run(self, box: Box) -> Run:
        """Return a box lowered."""
        return prepare(study_at(self.study, dict(zip(self.dims, box.ranges, strict=True))), self.settings)


def stored_analysis(name: str, analysis: CellByCell, run: Run, kept: Elsewhere, evaluations: int) -> xr.Dataset:
    """Return an analysis from a store, see `wattquery.sweep`.

    Parameters
    ----------
    name
        Of the function that was called.
    analysis
        The analysis.
    run
        The whole grid.
    kept
        Where it goes, as its user wrote it.
    evaluations
        Energies that are evaluated for a cell.

    Raises
    ------
    InputError
        If the store is of something else, it is none, or only some labels of a random axis have data.
    """
    way = ways(**kept, lazy=False, settings=run.settings)
    where = way.analysis_store
    grid = RemainingGrid(run, analysis.choices)
    if grid.choices:
        _ = grid.supported  # refused here, and not when some boxes are done
    settings = replace(run.settings, threads=1, progress=None)
    work = AnalysisOfBox(analysis, run.study, settings, grid.dims)
    first = Box(0, (0,) * len(grid.dims), (1,) * len(grid.dims), 0.0)
    look = at_boundary(analysis.look(work.run(first)), counted(run.grid, set(grid.random_axes)))
    most = max(1, min(MOST_CELLS, EVALUATIONS_OF_A_BOX // max(evaluations, 1)))
    promise = Promise(grid.dims, analysis.told(run), look, most)
    asked_for = asked(run.study, settings, name, **analysis.options)
    executor = way.executor(run.study, run.settings)
    return analysis_to_store(work, promise, asked_for, where, executor, run.settings.progress)
