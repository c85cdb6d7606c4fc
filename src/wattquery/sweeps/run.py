"""One run: a study and its settings in, statistics of every cell out, with what made them. No labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from wattquery.engine.display import expect
from wattquery.engine.executor import Progress
from wattquery.errors import InputError
from wattquery.methods.exact.reach import exact_can
from wattquery.methods.replicates import NODE_BINS, REPLICATES
from wattquery.methods.statistics import Statistics
from wattquery.methods.to_precision import OutOfReach
from wattquery.plans.build import Lowered, lower
from wattquery.plans.cell import Cell
from wattquery.plans.load_build import lower_under_load
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import windows
from wattquery.specs.common_draws import by_name
from wattquery.specs.factors import Factor
from wattquery.specs.grid import Grid, factor_names
from wattquery.sweeps.carry_out import statistics_of
from wattquery.sweeps.magnitudes import cell_labels, check_energies
from wattquery.sweeps.measured_points import measured_attributes
from wattquery.sweeps.memory import check_memory, memory_told
from wattquery.sweeps.out_of_reach import out_of_reach
from wattquery.sweeps.outside_range import outside_range
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.settings import Method, Settings
from wattquery.sweeps.study import Study
from wattquery.sweeps.throughput_forms import forms_in_words
from wattquery.sweeps.workload_notes import workload_attribute

__all__ = ["Computed", "Run", "compute", "prepare"]


@dataclass(frozen=True, eq=False)
class Run:
    """A study with its settings, lowered: the one way from there to statistics, whatever is made of these.

    Attributes
    ----------
    study
        The grid, and where its throughputs and node powers come from.
    settings
        How to compute.
    lowered
        The plan of the grid, and what the catalog held for it.
    """

    study: Study
    settings: Settings
    lowered: Lowered

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.study.grid

    @property
    def plan(self) -> Plan:
        """The plan of the grid."""
        return self.lowered.plan

    @property
    def dims(self) -> tuple[str, ...]:
        """The dimensions of the grid."""
        return tuple(axis.name for axis in self.grid.dimensions)

    @property
    def shape(self) -> tuple[int, ...]:
        """Their lengths."""
        return tuple(axis.size for axis in self.grid.dimensions)

    @cached_property
    def method(self) -> Method:
        """The method that runs: ``"auto"`` is the exact one where it can take the plan, and quickly."""
        if self.settings.method != "auto":
            return self.settings.method
        return "exact" if exact_can(self.plan) else "monte_carlo"

    @property
    def draws(self) -> int:
        """Draws per cell of each run, 0 where the method makes none."""
        return 0 if self.method == "exact" else self.settings.draws

    @cached_property
    def cells(self) -> dict[int, Cell]:
        """Each cell that has data, by its number."""
        return {int(number): self.plan.cell(int(number)) for number in self.plan.cells}

    @cached_property
    def factor_names(self) -> tuple[str, ...]:
        """The names of all factors that are random somewhere: those of the axes, then what a load model leaves open."""
        of_axes = factor_names(self.grid)
        effects = self.plan.effects
        return of_axes if effects is None else (*of_axes, *effects.names(sorted(set(self.plan.kinds.tolist()))))

    def having(self, name: str) -> dict[int, Factor]:
        """Return a factor in each cell where it is random."""
        return {number: found[name] for number, cell in self.cells.items() if name in (found := by_name(cell.factors))}

    def with_plan(self, plan: Plan) -> Run:
        """Return a run of another plan of the same grid, for which ``"auto"`` is decided anew."""
        return replace(self, lowered=replace(self.lowered, plan=plan))

    def statistics(
        self,
        plan: Plan | None = None,
        levels: Sequence[float] | None = None,
        *,
        keep_histograms: bool = False,
        progress: Progress | None = None,
    ) -> Statistics:
        """Return the statistics of every cell of a plan.

        Parameters
        ----------
        plan
            Its own by default; or a variant of it, such as one in which a factor is fixed. Runs of one seed share
            their random numbers.
        levels
            Probability levels of the quantiles, those of the settings by default.
        keep_histograms
            Whether histograms are kept.
        progress
            Receives the share of this run that is done. The settings' own is for a whole analysis, see
            `wattquery.sweeps.stages`.
        """
        return self._solved(plan, levels, keep_histograms, progress)

    def computed(self) -> Computed:
        """Return the result of the study as it stands, checked, with what made it.

        Raises
        ------
        InputError
            If a method cannot take a factor, an error cannot be reached, or an energy is of a magnitude that no query
            has.
        """
        count = self.plan.cells.size
        draws = 0 if self.settings.relative_stderr is not None else count * self.draws
        expect(self.settings.progress, cells=count, draws=draws)
        return self.checked(self._solved(None, None, self.settings.keep_histogram, self.settings.progress))

    def checked(self, statistics: Statistics) -> Computed:
        """Return statistics of all cells as the result, checked.

        Raises
        ------
        InputError
            If an energy is of a magnitude that no query has.
        """
        cells = self.plan.cells
        energies = np.column_stack([statistics.arrays["energy"], statistics.arrays["energy_mean"]])[cells]
        check_energies(energies, lambda row: cell_labels(self.grid, int(cells[row])))
        return Computed(self, statistics)

    @property
    def attributes(self) -> dict[str, object]:
        """How the run was made, with what its study says of ranges and workloads: the part that is its own."""
        return {
            "preset": self.study.preset.name,
            "method": self.method,
            "seed": self.settings.seed,
            "draws": self.draws,
            "common_random_numbers": self.settings.common_random_numbers,
            "throughput_model": forms_in_words(self.lowered, self.study.throughput_model),
            **measured_attributes(self.study.load),
            **outside_range(self.grid, self.lowered),
            **workload_attribute(self.grid),
        }

    def provenance(self, **more: object) -> dict[str, object]:
        """Return all attributes of a result: versions, catalog, how the run was made, and ``more`` (a ``title``)."""
        return provenance(self.grid, self.study.catalog, {**self.attributes, **more})

    def made_by(self, draws: int) -> dict[str, object]:
        """Return all attributes of a result whose cells have so many draws, in a form that every file can hold."""
        own: dict[str, object] = {"draws": draws}
        if self.settings.method == "quasi_monte_carlo":
            own["randomizations"] = REPLICATES
        if self.settings.relative_stderr is not None:
            own["relative_stderr"] = self.settings.relative_stderr
        return self.provenance(**own)

    def _solved(
        self, plan: Plan | None, levels: Sequence[float] | None, keep_histograms: bool, progress: Progress | None
    ) -> Statistics:
        settings = replace(
            self.settings,
            method=self.method,
            levels=self.settings.levels if levels is None else tuple(levels),
            keep_histogram=keep_histograms,
            progress=progress,
        )
        with memory_told(self.method):
            return _solved(self.grid, self.plan if plan is None else plan, settings)


@dataclass(frozen=True, eq=False)
class Computed:
    """The result of a run.

    Attributes
    ----------
    run
        What was computed, and how.
    statistics
        The statistics of every cell, and the draws that they took.
    """

    run: Run
    statistics: Statistics

    @cached_property
    def attributes(self) -> dict[str, object]:
        """What made it, in a form that every file format can hold."""
        return self.run.made_by(self.statistics.draws)


def prepare(study: Study, settings: Settings, *, ask_memory: bool = True, goes_to_store: bool = False) -> Run:
    """Return a study lowered, ready to be run.

    Parameters
    ----------
    study, settings
        What, and how.
    ask_memory
        Whether what does not fit in memory is refused: not where the result goes elsewhere box by box.
    goes_to_store
        Whether whoever asks could pass a store, which is then said where it does not fit.

    Raises
    ------
    InputError
        If the result does not fit in memory, a label is unknown, several deployments fit, or a throughput is not
        determined.
    """
    # Where the method is not known yet, that of which less is asked.
    method = "exact" if settings.method == "auto" else settings.method
    asked: dict[str, Any] = {"threads": settings.threads, "method": method, "goes_to_store": goes_to_store}
    if ask_memory:
        check_memory(study.grid, settings.levels, **asked)
    lowered = _lowered(study, settings)
    if settings.keep_histogram and ask_memory:
        kept = math.ceil(_widest(lowered) * _kept_per_bin(settings.method))
        check_memory(study.grid, settings.levels, bins=kept, **asked)
    return Run(study, settings, lowered)


def _lowered(study: Study, settings: Settings) -> Lowered:
    streams: dict[str, Any] = {"seed": settings.seed, "common_random_numbers": settings.common_random_numbers}
    if study.load is not None:
        return lower_under_load(study.grid, study.load, study.catalog, **streams)
    return lower(
        study.grid,
        study.catalog,
        study.node_powers,
        skip_undetermined=study.skips_undetermined,
        throughput_model=study.throughput_model,
        **streams,
    )


def compute(study: Study, settings: Settings) -> Computed:
    """Return the statistics of every cell of a study; see `prepare` and `Run.computed` for what may be wrong."""
    return prepare(study, settings, goes_to_store=True).computed()


def _solved(grid: Grid, plan: Plan, settings: Settings) -> Statistics:
    """Return the statistics of every cell."""
    try:
        return statistics_of(
            plan,
            method=settings.method,
            levels=settings.levels,
            keep_histograms=settings.keep_histogram,
            draws=settings.draws,
            relative_stderr=settings.relative_stderr,
            threads=settings.threads,
            progress=settings.progress,
        )
    except OutOfReach as limit:
        raise InputError(out_of_reach(limit, settings, grid)) from None


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
