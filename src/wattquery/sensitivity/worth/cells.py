"""All cells of a grid, each with what may be measured of it: intervals before and after, as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.executor import ShareDone
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sensitivity.two_level.inner_distributions import InnerDistributions
from wattquery.sensitivity.two_level.nested_quantiles import without_shared
from wattquery.sensitivity.worth.answers import answer_of
from wattquery.sensitivity.worth.beliefs import Answer, Interval, interval_after, interval_before
from wattquery.sensitivity.worth.benchmark import Runs, scatter
from wattquery.sensitivity.worth.lengths import length_elasticity
from wattquery.sensitivity.worth.measurements import ALL, IDLE, LENGTHS, LOAD, Measurement, component_of
from wattquery.sweeps.run import Run
from wattquery.throughput.load.deployments import LoadCases, LoadTable
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.shared_draws import SharedDraws

__all__ = ["Asked", "Found"]

Array = NDArray[np.float64]

OUTCOMES = 256
"""What a measurement may say of a factor that is not lognormal, in replicates."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found, by cell of the plan and measurement, `ALL` the last; NaN where nothing is said.

    Attributes
    ----------
    before
        The interval of each cell that has data.
    after
        By cell and name of the measurement.
    shares
        Of the variance of the logarithm of the answer, likewise.
    sds
        How well it is known before what is measured: standard deviations of logarithms, likewise.
    run_at
        The load at which a run is best, likewise, where it is one.
    relative_stderr
        Of the answer over queries, by cell.
    is_sampled
        Whether anything is drawn.
    """

    before: dict[int, Interval] = field(default_factory=dict)
    after: dict[tuple[int, str], Interval] = field(default_factory=dict)
    shares: dict[tuple[int, str], float] = field(default_factory=dict)
    sds: dict[tuple[int, str], float] = field(default_factory=dict)
    run_at: dict[tuple[int, str], float] = field(default_factory=dict)
    relative_stderr: dict[int, float] = field(default_factory=dict)
    is_sampled: bool = False


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked for, settled.

    Attributes
    ----------
    whole
        The run of the grid.
    scopes
        Of every random factor.
    wanted
        What may be measured, by name.
    levels
        At which intervals end.
    of
        ``"mean"`` or ``"median"`` over queries.
    length_uncertainty
        Relative standard deviation of all lengths together, if it is stated [1].
    default_sigma
        Of ln TPS where a fit has no degrees of freedom; ``None`` where fits are taken as known.
    shared_draws
        Number of draws of the shared factors.
    """

    whole: Run
    scopes: Mapping[str, Scope]
    wanted: Mapping[str, Measurement]
    levels: tuple[float, float]
    of: str
    length_uncertainty: float | None
    default_sigma: float | None
    shared_draws: int

    @property
    def splits_the_model(self) -> bool:
        """Whether a part of what a run tells is drawn per query, where nothing is measured of it."""
        return any(scope == "query" and component_of(name) == LOAD for name, scope in self.scopes.items())

    def found(self) -> tuple[RemainingGrid, Found]:
        """Return the grid of the result, and what was found."""
        grid = RemainingGrid(without_shared(self.whole, self.scopes))
        settings = self.whole.settings
        points, outcomes = SharedDraws(settings.seed, self.shared_draws), SharedDraws(settings.seed, OUTCOMES)
        inner = InnerDistributions(self.whole, grid.run, self.scopes, points, self.default_sigma, keep_histograms=False)
        cells = grid.members[grid.supported, 0].tolist()
        done, found, is_sampled = ShareDone(settings.progress), Found(), False
        for number in cells:
            answer = self._with_lengths(answer_of(inner, number, self.of), number)
            self._measure(found, number, answer, outcomes)
            is_sampled |= answer.is_drawn
            done.add(1.0 / len(cells))
        done.finish()
        return grid, replace(found, is_sampled=is_sampled)

    def _measure(self, found: Found, number: int, answer: Answer, outcomes: SharedDraws) -> None:
        """Add what is found of a cell."""
        found.before[number] = interval_before(answer, self.levels)
        found.relative_stderr[number] = answer.relative_stderr
        every: dict[str, float] = {}
        all_variances = dict(answer.variances)
        for name, one in self.wanted.items():
            (component,) = one.components
            if component == LOAD:
                if self.splits_the_model:
                    continue
                left, found.run_at[number, name] = self._left_by_a_run(number, one)
                variances, errors = {**answer.variances, LOAD: left}, dict[str, float]()
            elif component not in answer.components:
                # What is known nowhere can be measured by nobody; what this cell does not have changes nothing there.
                if component == LENGTHS:
                    continue
                variances, errors = dict(answer.variances), {}
            else:
                errors = {component: _error(one)}
                variances = answer.without(errors)
            found.after[number, name] = interval_after(answer, errors, variances, self.levels, outcomes)
            found.shares[number, name] = answer.variance_of([component]) / answer.variance
            found.sds[number, name] = answer.sd_measured(component)
            # Of two runs, the one with power meters knows more.
            all_variances |= {component: variances[component]} if component in variances else {}
            every |= errors
        found.after[number, ALL] = interval_after(answer, every, all_variances, self.levels, outcomes)
        found.shares[number, ALL] = answer.variance_of(list(answer.components)) / answer.variance

    def _with_lengths(self, answer: Answer, number: int) -> Answer:
        """Return an answer with what is not known of lengths, and how well idle power is known."""
        variances, measured = dict(answer.variances), dict[str, float]()
        if self.length_uncertainty is not None:
            variances[LENGTHS] = float(self._elasticities[number] * self.length_uncertainty) ** 2
            measured[LENGTHS] = self.length_uncertainty**2
        if IDLE in variances:
            _, table, pair, _ = self._place(number)
            sd = table.points.idle_relative_sd[table.points.instance[pair]]
            measured[IDLE] = math.log1p(float(sd) ** 2)
        return replace(answer, variances=variances, measured_variances=measured)

    @cached_property
    def _elasticities(self) -> Array:
        return length_elasticity(self.whole, self.scopes, self.of, self.length_uncertainty or 0.0)

    def _place(self, number: int) -> tuple[LoadCases, LoadTable, int, int]:
        """Return what the load model was asked and says, and which pair and load a cell is."""
        if self.whole.lowered.under_load is None:
            raise LookupError("the grid is under no load")
        cases, table = self.whole.lowered.under_load
        deployment = number // self.whole.plan.cells_of_a_deployment
        return cases, table, int(table.forms.pair[deployment]), int(table.forms.load[deployment])

    @cached_property
    def _runs(self) -> dict[tuple[int, int, str], tuple[int, dict[int, float]]]:
        return {}

    def _left_by_a_run(self, number: int, one: Measurement) -> tuple[float, float]:
        """Return the variance that the load model leaves open in a cell after the best run, and the load of that."""
        plan = self.whole.plan
        cases, table, pair, load = self._place(number)
        boundary = int(plan.kinds[plan.places(np.array([number]))["boundary"][0]])
        key = pair, boundary, one.name
        if key not in self._runs:
            with_data = (table.forms.pair == pair) & (table.reason == "")
            loads = tuple(np.unique(table.forms.load[with_data]).tolist())
            runs = Runs(table, cases.standing.model, pair, loads, cases.lengths[table.points.length[pair]].is_fixed)
            at, left = runs.best(one.name, scatter(one.name, one.error), boundary)
            self._runs[key] = at, dict(zip(runs.loads, left.tolist(), strict=True))
        at, left_at = self._runs[key]
        return left_at[load], float(cases.loads[at])


def _error(one: Measurement) -> float:
    """Return the error of a measurement that has one; runs under a load, which may have none, are not asked."""
    if one.error is None:
        raise LookupError(f"{one.name} has no error of its own")
    return one.error
