"""Distributions over queries conditional on the shared factors, solved once where nothing shared bends them.

A shared factor that multiplies or divides moves ln E by the same amount for all queries, so that one solution serves
all shared draws. Coefficients of a throughput fit, and a length that all queries share, take one for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.histograms import BIN_WIDTH, Histogram, mixed
from wattquery.methods.statistics import Statistics
from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column, joint_columns
from wattquery.plans.variants import with_models
from wattquery.specs import Fixed
from wattquery.specs.factors import Factor
from wattquery.sweeps.run import Run
from wattquery.throughput.load_form import LoadForm
from wattquery.throughput.model import ThroughputModel
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.shared_draws import Inner, SharedDraws, dimensions, drawn_names
from wattquery.uncertainty.throughput_draws import default_factor, drawn_models, has_freedom

__all__ = ["InnerDistributions"]

Array = NDArray[np.float64]

ENERGIES = ("energy", "energy_mean", "energy_std")

DRAWS_AT_A_TIME = 64
"""Of which histograms are held at once."""


@dataclass(frozen=True, eq=False)
class _Member:
    """One cell of the plan, as far as the shared factors go.

    Attributes
    ----------
    number
        Its number in the plan.
    multiplying, lengths
        The shared factors that multiply or divide, and the lengths that are shared.
    slot
        Tells its throughput fit from those of other deployments in the same mixture.
    bends
        Whether the throughput fit has a solution of its own per draw.
    """

    number: int
    multiplying: tuple[Factor, ...]
    lengths: tuple[Factor, ...]
    slot: int
    bends: bool

    @property
    def names(self) -> list[str]:
        return drawn_names((*self.lengths, *self.multiplying))

    @property
    def is_drawn(self) -> bool:
        return self.bends or bool(self.lengths)


@dataclass(eq=False)
class InnerDistributions:
    """The inner distributions of the cells of a grid.

    Attributes
    ----------
    whole
        The run of the grid as the user described it.
    run
        The same with the number 1 in the place of shared factors that multiply or divide.
    scopes
        Of every random factor.
    draws
        Draws of the shared factors.
    default_sigma
        Of ln TPS where a fit has no degrees of freedom; ``None`` where fits are taken as known.
    keep_histograms
        Whether cells are mixed.
    solutions
        How many distributions over queries were solved so far.
    """

    whole: Run
    run: Run
    scopes: Mapping[str, Scope]
    draws: SharedDraws
    default_sigma: float | None
    keep_histograms: bool
    solutions: int = 0

    def __post_init__(self) -> None:
        self._known: dict[object, Statistics] = {}

    @property
    def levels(self) -> tuple[float, ...]:
        """Probability levels of the quantiles over queries."""
        return self.run.settings.levels

    @cached_property
    def _undrawn(self) -> Statistics:
        """The statistics of all cells that have one distribution for all shared draws (of the others: not used)."""
        self.solutions += self.run.plan.cells.size
        return self.run.statistics(keep_histograms=self.keep_histograms)

    def alone(self, number: int) -> Inner:
        """Return the distributions of one cell."""
        member = self._member(number, 0)
        return self._inner(member, dimensions(member.names, 1))

    def beside(self, numbers: Sequence[int]) -> list[Inner]:
        """Return the distributions of several cells at the same shared draws, each of its own."""
        members = self._members(numbers)
        places = dimensions([name for member in members for name in member.names], 1 + max(one.slot for one in members))
        return [self._inner(member, places) for member in members]

    def _members(self, numbers: Sequence[int]) -> list[_Member]:
        """Return cells whose deployments have throughput fits that are independent."""
        deployments = [number // self.run.plan.cells_of_a_deployment for number in numbers]
        slots = {deployment: slot for slot, deployment in enumerate(dict.fromkeys(deployments))}
        return [self._member(number, slots[at]) for number, at in zip(numbers, deployments, strict=True)]

    def _inner(self, member: _Member, places: Mapping[str, int]) -> Inner:
        number = member.number
        if not member.is_drawn:
            arrays = self._undrawn.arrays
            row = slice(number, number + 1)
            energies, means, stds = (arrays[name][row] for name in ENERGIES)
            relative = arrays["energy_stderr"][number] / energies[0]
            return Inner(energies, relative, means, stds, member.multiplying, places, draws=self._inner_draws)
        cell = self.run.plan.cell(number)
        # Cells that differ by a constant share their solutions.
        key = (replace(cell, log_factors=0.0), member.lengths, self.whole.plan.cell(number).joint, member.slot)
        if key not in self._known:
            self._known[key] = self._drawn(member, places, range(self.draws.count), keep_histograms=False)
        arrays, factor = self._known[key].arrays, np.exp(cell.log_factors)
        relative = np.max(arrays["energy_stderr"] / arrays["energy"], axis=0)
        energies, means, stds = (factor * arrays[name] for name in ENERGIES)
        has_moments = not member.bends
        return Inner(energies, relative, means, stds, member.multiplying, places, has_moments, self._inner_draws)

    def mixture(self, numbers: Sequence[int], weights: Sequence[float]) -> Inner:
        """Return the distributions of a query that goes to one of several cells, with what they share in common."""
        members = self._members(numbers)
        places = dimensions([name for member in members for name in member.names], 1 + max(one.slot for one in members))
        first = members[0].multiplying
        if not all(member.multiplying == first and not member.is_drawn for member in members):
            return self._drawn_mixture(members, weights, places)
        mixture = mixed([self._undrawn.histograms[member.number] for member in members], weights)
        quantiles = mixture.quantiles(self.levels)
        relative = self._relative(mixture, quantiles)
        means, stds = np.array([mixture.mean()]), np.array([mixture.std()])
        return Inner(quantiles[None], relative, means, stds, first, places, draws=self._inner_draws)

    def _drawn_mixture(self, members: Sequence[_Member], weights: Sequence[float], places: Mapping[str, int]) -> Inner:
        """Return the mixture at each shared draw, whose members these move apart or bend."""
        rows, means, seconds = [], np.empty(self.draws.count), np.empty(self.draws.count)
        shifts = [self.draws.log_product(member.multiplying, places) for member in members]
        parts = zip(*(self._histograms(member, places) for member in members), strict=True)
        for i, histograms in enumerate(parts):
            by = [float(shift[i]) for shift in shifts]
            rows.append(_shifted_quantiles(histograms, by, weights, self.levels))
            scales = np.exp(by)
            each = scales * [histogram.mean() for histogram in histograms]
            means[i] = np.dot(weights, each)
            seconds[i] = np.dot(weights, each**2 + (scales * [histogram.std() for histogram in histograms]) ** 2)
        stds = np.sqrt(np.maximum(seconds - means**2, 0.0))
        undrawn = [self._undrawn.histograms[member.number] for member in members if not member.is_drawn]
        middle = mixed(undrawn or histograms)
        relative = self._relative(middle, middle.quantiles(self.levels))
        has_moments = not any(member.bends for member in members)
        return Inner(np.array(rows), relative, means, stds, (), {}, has_moments, self._inner_draws)

    def fit_of(self, number: int) -> str:
        """Return what is drawn for the throughput fit of a cell."""
        if self.default_sigma is None:
            return "known"
        model = self.run.plan.cell(number).model
        if has_freedom(model):
            return f"student_t(degrees_of_freedom={model.degrees_of_freedom})"
        return f"default(log_sigma={self.default_sigma:g})"

    @property
    def _inner_draws(self) -> int | None:
        """From how many draws a distribution is known, ``None`` where it is exact."""
        return None if self.run.method == "exact" else self.run.draws

    def _relative(self, mixture: Histogram, quantiles: Array) -> Array:
        """Return the sampling error of quantiles; members sampled with common random numbers err together."""
        if self.run.method == "exact":
            return np.zeros(quantiles.size)
        return mixture.quantile_stderr(self.levels, self.run.draws) / quantiles

    def _member(self, number: int, slot: int) -> _Member:
        cell = self.whole.plan.cell(number)
        shared = [factor for factor in cell.factors if self.scopes[factor.name] == "shared"]
        multiplying = tuple(factor for factor in shared if factor.sign)
        bends = False
        if self.default_sigma is not None:
            bends = has_freedom(cell.model)
            multiplying += () if bends else (default_factor(self.default_sigma, slot),)
        return _Member(number, multiplying, tuple(factor for factor in shared if not factor.sign), slot, bends)

    def _histograms(self, member: _Member, places: Mapping[str, int]) -> Iterator[Histogram]:
        """Yield the histogram of a member for each shared draw, all shared factors that multiply at 1."""
        if not member.is_drawn:
            yield from [self._undrawn.histograms[member.number]] * self.draws.count
            return
        shift = self.run.plan.cell(member.number).log_factors
        for start in range(0, self.draws.count, DRAWS_AT_A_TIME):
            here = range(start, min(start + DRAWS_AT_A_TIME, self.draws.count))
            drawn = self._drawn(member, places, here, keep_histograms=True, constant=shift)
            yield from (drawn.histograms[i] for i in range(len(here)))

    def _drawn(
        self,
        member: _Member,
        places: Mapping[str, int],
        which: range,
        *,
        keep_histograms: bool,
        constant: float = 0.0,
    ) -> Statistics:
        """Return the statistics at some shared draws, one cell each."""
        self.solutions += len(which)
        cell = replace(self.run.plan.cell(member.number), log_factors=constant)
        models: Sequence[ThroughputModel | LoadForm] = [cell.throughput] * self.draws.count
        if member.bends:
            models = drawn_models(cell.model, self.draws, member.slot, places)
        if not member.lengths:
            return self._statistics(cell, [models[i] for i in which], keep_histograms)
        together = Statistics.blank(np.arange(len(which)), self.levels, keep_histograms)
        lengths = {
            length.name: length.distribution.ppf(self.draws.uniform(length.name, places[length.name]))
            for length in member.lengths
        }
        whole = self.whole.plan.cell(member.number)
        for place, i in enumerate(which):
            fixed = replace(cell, output_tokens=whole.output_tokens, input_tokens=whole.input_tokens)
            for name, values in lengths.items():
                fixed = _fixed(fixed, name, values[i])
            statistics = self._statistics(fixed, [models[i]], keep_histograms)
            together.put(statistics.numbered(np.array([place])))
        return together

    def _statistics(
        self, cell: Cell, models: Sequence[ThroughputModel | LoadForm], keep_histograms: bool
    ) -> Statistics:
        """Return the statistics of one cell with each of some throughput models."""
        plan = with_models(self.run.plan, cell, models)
        return self.run.statistics(plan, keep_histograms=keep_histograms)


def _fixed(cell: Cell, name: str, value: float) -> Cell:
    """Return a cell with a length as a number, or with one node of its workload."""
    if cell.joint is not None:
        output, input_ = joint_columns(cell.joint.chosen(Fixed(value)))
        return replace(cell, output_tokens=output, input_tokens=input_)
    column: Column = getattr(cell, name)
    changed: Any = {name: replace(column, distribution=Fixed(value))}
    return replace(cell, **changed)


def _shifted_quantiles(
    histograms: Sequence[Histogram], shifts: Sequence[float], weights: Sequence[float], levels: Sequence[float]
) -> Array:
    """Return the quantiles [Wh] of a mixture of distributions of ln E that are moved by some amounts."""
    starts = [part.first_bin * BIN_WIDTH + shift for part, shift in zip(histograms, shifts, strict=True)]
    ends = [start + part.masses.size * BIN_WIDTH for part, start in zip(histograms, starts, strict=True)]
    places = np.arange(min(starts), max(ends) + 2.0 * BIN_WIDTH, BIN_WIDTH)
    total = np.zeros(places.size)
    for part, start, weight in zip(histograms, starts, weights, strict=True):
        edges = start + BIN_WIDTH * np.arange(part.masses.size + 1)
        total += weight * np.interp(places, edges, part.cumulative)
    return np.asarray(np.exp(np.interp(levels, total, places)))
