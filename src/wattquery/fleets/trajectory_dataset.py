"""A scenario under one preset over time, as a Dataset: energy, demand and adoption by date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.fleets.adoption import AdoptedLevers, adopted_levers
from wattquery.fleets.class_draws import FleetDraws, fleet_draws
from wattquery.fleets.closed_forms import class_terms
from wattquery.fleets.evaluation import Evaluation, Look
from wattquery.fleets.extremes import ERRORS, extremes, settled
from wattquery.fleets.kept import Kept
from wattquery.fleets.layout import layout, share_coordinates, share_variable
from wattquery.fleets.mixes import added
from wattquery.fleets.name_checks import check_names
from wattquery.fleets.notes import MEAN, energy_remarks
from wattquery.fleets.part import Part
from wattquery.fleets.quantiles import Quantiles, mixed_quantiles
from wattquery.fleets.settings import FleetSettings, fleet_scopes
from wattquery.fleets.totals import check_total
from wattquery.fleets.work import results
from wattquery.quantities import GWH_PER_WH, MW_PER_GWH_A_DAY
from wattquery.scenarios.course import Course
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.axis import Axis
from wattquery.sweeps.dataset import grid_coordinates
from wattquery.sweeps.labelled import labelled

__all__ = ["trajectory_dataset", "trajectory_look"]

Array = NDArray[np.float64]
Drawn = tuple[Array, list[list[Array | float]]]
"""Draws of the classes at a point [Wh], and of 1 / M of each adopted lever and class [1]."""

OWN_DIMS = {
    "energy_credible": ("credible",),
    "energy_credible_stderr": ("credible",),
    "energy_per_day_by_class": ("query_class",),
}
"""Dimensions of a variable beside those of the totals."""


@dataclass(frozen=True, eq=False)
class Growing:
    """A scenario under one preset, and what changes over time.

    Attributes
    ----------
    evaluation
        The scenario, levers that are adopted left out.
    course
        Dates, growth, adoption and rebound.
    levers
        Those that are adopted.
    """

    evaluation: Evaluation
    course: Course
    levers: AdoptedLevers

    @cached_property
    def adoption(self) -> Array:
        """The share of queries that are served with each lever [1], a row per date and a column per lever."""
        dates = self.course.when()
        shares = [adoption.share(dates) for adoption in self.course.adopted().values()]
        return np.array(shares).reshape(-1, len(dates)).T

    @cached_property
    def demand(self) -> Array:
        """Queries per day without rebound [1/day], a row per growth and a column per date."""
        dates, queries = self.course.when(), self.evaluation.scenario.queries_per_day
        return np.array([growth.demand(dates, queries) for growth in self.course.growth_axis.values])


def trajectory_dataset(
    scenario: Scenario, preset: Preset, settings: FleetSettings, progress: Progress | None
) -> xr.Dataset:
    """Return the Dataset of a scenario under one preset."""
    growing = _growing(scenario, preset, settings)
    evaluation, course = growing.evaluation, growing.course
    totals = _totals(growing, _bands(growing, settings, progress))
    axes: list[Axis[Any]] = [course.growth_axis, course.rebound_axis]
    arrangement = layout(evaluation, axes, date=len(course.when()))
    variables = {name: arrangement.variable(name, array, OWN_DIMS.get(name, ())) for name, array in totals.items()}
    rates = (course.growth_axis.name,) if course.growth_axis.is_dimension else ()
    variables["demand"] = labelled("demand", (*rates, "date"), growing.demand if rates else growing.demand[0])
    variables["adoption"] = labelled("adoption", ("date", "lever"), growing.adoption)
    variables["share"] = share_variable(evaluation)
    notes = settled(_notes(growing, settings), extremes(totals), settings)
    attributes = {"notes": " | ".join(notes), "throughput_model": evaluation.throughput_model}
    return xr.Dataset(variables, _coordinates(growing, settings), attributes)


def trajectory_look(scenario: Scenario, preset: Preset, settings: FleetSettings) -> Look:
    """Return what is known of the Dataset of a scenario under one preset before it is solved."""
    growing = _growing(scenario, preset, settings, is_look=True)
    evaluation = growing.evaluation
    attributes = {"notes": " | ".join(_notes(growing, settings)), "throughput_model": evaluation.throughput_model}
    known = {"share": share_variable(evaluation)}
    return Look(xr.Dataset(known, _coordinates(growing, settings), attributes), evaluation)


def _notes(growing: Growing, settings: FleetSettings) -> list[str]:
    """Return the remarks on a scenario under a preset, with the place of those on its values."""
    return [*energy_remarks(growing.evaluation, settings), MEAN, *_remarks(growing), ERRORS]


def _growing(scenario: Scenario, preset: Preset, settings: FleetSettings, *, is_look: bool = False) -> Growing:
    """Return a scenario with the levers that are adopted, the scopes of its factors, and its names checked."""
    plain, course = Evaluation(scenario, preset, {}, is_look=is_look), scenario.trajectory
    is_part = settings.choices is not None
    if not is_part:
        check_names(plain)
    levers = adopted_levers(plain, list(course.adopted()))
    random = [row[0].name for row in levers.factors if any(factor.distribution.is_random for factor in row)]
    scopes = fleet_scopes(settings.scopes, [*plain.factor_names, *random], is_part=is_part)
    return Growing(replace(plain, scopes=scopes), course, levers)


def _totals(growing: Growing, bands: Quantiles) -> dict[str, Array]:
    """Return what has the dimensions of the totals, by name: by point, row of shares, growth, rebound and date."""
    evaluation, demand = growing.evaluation, growing.demand
    # Without a dimension, means are by point, row of shares, date and class [Wh].
    by_class = np.einsum("pc,sc->psc", evaluation.means, evaluation.shares)
    without = added(by_class)[:, :, None] + np.zeros(demand.shape[1])
    by_class = by_class[:, :, None, :] * growing.levers.expected(growing.adoption)
    served = added(by_class)
    rebound = np.array(growing.course.rebound_axis.values)
    factor = 1.0 + rebound[:, None] * (without / served - 1.0)[:, :, None, None, :]
    queries = demand[:, None, :] * factor
    daily = GWH_PER_WH * queries
    unreduced = GWH_PER_WH * demand[:, None, :] * without[:, :, None, None, :]
    per_day = daily * served[:, :, None, None, :]
    check_total(per_day, "The energy of a fleet")
    wide = np.ones_like(per_day)
    return {
        "energy_per_day": per_day,
        "energy_without": wide * unreduced,
        "energy_with": wide * (GWH_PER_WH * demand[:, None, :] * served[:, :, None, None, :]),
        "energy_credible": daily[..., None] * bands.values[:, :, None, None],
        "energy_credible_stderr": daily[..., None] * bands.stderr[:, :, None, None],
        "energy_per_day_by_class": daily[..., None] * by_class[:, :, None, None],
        "saved": unreduced - per_day,
        "power_mean": per_day * MW_PER_GWH_A_DAY,
        "queries_per_day": queries,
        "rebound_factor": wide * factor,
    }


def _bands(growing: Growing, settings: FleetSettings, progress: Progress | None) -> Quantiles:
    """Return quantiles of the mean energy of a query over shared factors [Wh], by point, shares, date and level.

    Every factor is drawn once for all dates, so that what is not known of a lever goes with it through the years.
    """
    evaluation, levers = growing.evaluation, growing.levers
    draws = fleet_draws(evaluation, settings, [row[0].name for row in levers.factors])
    # Dates of a point come one after another: of those before it nothing is needed any more.
    drawn: Kept[int, Drawn] = Kept(settings.threads + 1)
    adoption = growing.adoption.tolist()

    def work(number: int) -> Quantiles:
        point, date = divmod(number, len(adoption))
        classes, shares = evaluation.points[point], adoption[date]
        terms = [
            class_terms(parts, evaluation.scopes, settings.sigma, levers.taken_up(shares, i))
            for i, parts in enumerate(classes)
        ]

        def means() -> Array:
            made = drawn.get(point, partial(_drawn, growing, draws, classes, fits=bool(settings.sigma)))
            return _reduced(*made, shares)

        return mixed_quantiles(evaluation.shares, settings.intervals.quantiles, terms, cache(means))

    bands = results(len(evaluation.points) * len(adoption), work, settings.threads, progress)
    by_point = [bands[start : start + len(adoption)] for start in range(0, len(bands), len(adoption))]
    return Quantiles.stacked([Quantiles.stacked(by_date, axis=1) for by_date in by_point])


def _drawn(growing: Growing, draws: FleetDraws, classes: Sequence[Sequence[Part]], *, fits: bool) -> Drawn:
    scopes = growing.evaluation.scopes
    return draws.class_means(classes, fits=fits), growing.levers.drawn(draws, scopes, classes)


def _reduced(means: Array, inverse: list[list[Array | float]], shares: Sequence[float]) -> Array:
    """Return the draws of the classes with levers that serve these shares of the queries [Wh]."""
    product = means.copy()
    for share, row in zip(shares, inverse, strict=True):
        for i, left in enumerate(row):
            product[i] *= 1.0 - share + share * left
    return product


def _coordinates(growing: Growing, settings: FleetSettings) -> dict[str, xr.Variable]:
    evaluation, course = growing.evaluation, growing.course
    run = evaluation.grids[0].run
    first = grid_coordinates(run.grid, run.lowered)
    coordinates = share_coordinates(evaluation.scenario)
    coordinates |= {name: first[name] for name in dict.fromkeys([*(axis.name for axis in evaluation.axes), "boundary"])}
    labels = {
        "date": np.array(course.when(), dtype="datetime64[ns]"),
        "lever": np.array(growing.levers.names, dtype=None if growing.levers.names else "U1"),
        "query_class": np.array([grid.name for grid in evaluation.grids]),
        "credible": np.array(settings.intervals.quantiles),
    }
    coordinates |= {name: labelled(name, (name,), values) for name, values in labels.items()}
    growths, rebounds = course.growth_axis, course.rebound_axis
    rates = [np.nan if growth.rate is None else growth.rate for growth in growths.values]
    coordinates["growth"] = _labels(growths, rates, [growth.label for growth in growths.values])
    coordinates["rebound"] = _labels(rebounds, rebounds.values, [f"{rebound:g}" for rebound in rebounds.values])
    return coordinates


def _labels(axis: Axis[Any], numbers: Sequence[float], words: Sequence[str]) -> xr.Variable:
    """Return the labels of an axis, or its one number; what labels in words stand for is an attribute."""
    if not axis.is_dimension:
        number = labelled(axis.name, (), np.array(float(numbers[0])))
        if not np.isfinite(numbers[0]):
            number.attrs["definitions"] = words[0]
        return number
    labels = labelled(axis.name, (axis.name,), np.array(axis.labels))
    if labels.dtype.kind == "U":
        pairs = zip(axis.labels, words, strict=True)
        labels.attrs["definitions"] = "; ".join(f"{label} = {word}" for label, word in pairs)
    return labels


def _remarks(growing: Growing) -> Iterator[str]:
    """Yield what is to be known of a course beside its energies."""
    yield "bands: growth, adoption and rebound are taken as given; what is not known of them is not in the bands"
    if growing.levers.names:
        yield (
            "adoption: a lever reaches all classes and lengths alike, and independently of other levers; a lever's "
            "factor is the same on all dates"
        )
        if growing.evaluation.scenario.is_under_load:
            yield from growing.levers.overlap_notes()
    else:
        yield "adoption: no lever is adopted; energy follows demand"
    growths, most = growing.course.growth_axis.values, max(growing.course.rebound_axis.values)
    if any(growth.rate is None for growth in growths):
        queries = growing.evaluation.scenario.queries_per_day
        yield f"growth: demand is that of a table by date, and not the scenario's {queries:g} per day"
    if any(growth.rate == 0.0 for growth in growths):
        yield "growth: none; demand stays as it is"
    if most == 0.0:
        yield "rebound: none; levers are taken not to change demand"
    else:
        yield (
            "rebound: additional queries have the mix of all others; they are those that expected savings bring, and "
            "the same throughout the bands"
        )
    if most > 1.0:
        yield "rebound above 1: backfire; levers raise the energy above that without them"
