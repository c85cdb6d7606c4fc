"""A scenario under one preset over time, as a Dataset: energy, demand and adoption by date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.fleets.adoption import AdoptedLevers, adopted_levers
from wattquery.fleets.arguments import FleetSettings, scopes_of
from wattquery.fleets.class_draws import FleetDraws
from wattquery.fleets.closed_forms import class_terms
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.intervals import fleet_draws, mixed_quantiles
from wattquery.fleets.name_checks import check_names
from wattquery.fleets.notes import MEAN, energy_remarks, error_remarks
from wattquery.fleets.parts import Part
from wattquery.fleets.quantities import labelled, share_coordinates
from wattquery.fleets.totals import check_total
from wattquery.quantities import GWH_PER_WH, MW_PER_GWH_A_DAY
from wattquery.scenarios.course import Course
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.axis import Axis
from wattquery.sweeps.dataset import grid_coordinates

__all__ = ["over_time"]

Array = NDArray[np.float64]


def over_time(scenario: Scenario, preset: Preset, course: Course, how: FleetSettings) -> xr.Dataset:
    """Return the Dataset of a scenario under one preset."""
    plain = Evaluation(scenario, preset, {})
    check_names(plain)
    levers = adopted_levers(plain, list(course.adopted()))
    random = [row[0].name for row in levers.factors if any(one.distribution.is_random for one in row)]
    of = Evaluation(scenario, preset, scopes_of(how.scopes, [*plain.factor_names, *random]))
    dates = course.when()
    adoption = np.array([one.share(dates) for one in course.adopted().values()]).reshape(-1, len(dates)).T
    demand = np.array([one.demand(dates, scenario.queries_per_day) for one in course.growth_axis.values])

    # Without a dimension, means are by point, row of shares, date and class [Wh].
    by_class = np.einsum("pc,sc->psc", of.means, of.shares)
    without = by_class.sum(axis=-1)[:, :, None] + np.zeros(len(dates))
    by_class = by_class[:, :, None, :] * levers.expected(adoption)
    served = by_class.sum(axis=-1)
    bands, band_errors = _bands(of, levers, adoption, how)

    axes: list[Axis[Any]] = [course.growth_axis, course.rebound_axis]
    rebound = np.array(course.rebound_axis.values)
    # From here on, dimensions are point, shares, growth, rebound and date.
    factor = 1.0 + rebound[:, None] * (without / served - 1.0)[:, :, None, None, :]
    queries = demand[:, None, :] * factor
    daily = GWH_PER_WH * queries
    unreduced = GWH_PER_WH * demand[:, None, :] * without[:, :, None, None, :]
    per_day = daily * served[:, :, None, None, :]
    check_total(per_day, "The energy of a fleet")
    wide = np.ones_like(per_day)
    dims = (
        *of.share_dims,
        *(axis.name for axis in of.axes),
        *(axis.name for axis in axes if axis.is_dimension),
        "date",
    )
    shape = (*of.share_shape, *(axis.size for axis in of.axes), *(axis.size for axis in axes if axis.is_dimension))

    def shaped(values: Array) -> Array:
        return np.moveaxis(values, 1, 0).reshape((*shape, len(dates), *values.shape[5:]))

    values: dict[str, tuple[tuple[str, ...], Array]] = {
        "energy_per_day": ((), per_day),
        "energy_without": ((), wide * unreduced),
        "energy_with": ((), wide * (GWH_PER_WH * demand[:, None, :] * served[:, :, None, None, :])),
        "energy_credible": (("credible",), daily[..., None] * bands[:, :, None, None]),
        "energy_credible_stderr": (("credible",), daily[..., None] * band_errors[:, :, None, None]),
        "energy_per_day_by_class": (("query_class",), daily[..., None] * by_class[:, :, None, None]),
        "saved": ((), unreduced - per_day),
        "power_mean": ((), per_day * MW_PER_GWH_A_DAY),
        "queries_per_day": ((), queries),
        "rebound_factor": ((), wide * factor),
    }
    variables = {name: labelled(name, (*dims, *own), shaped(one)) for name, (own, one) in values.items()}
    growing = tuple(axis.name for axis in axes[:1] if axis.is_dimension)
    variables["demand"] = labelled("demand", (*growing, "date"), demand if growing else demand[0])
    variables["adoption"] = labelled("adoption", ("date", "lever"), adoption)
    variables["share"] = labelled(
        "share", (*of.share_dims, "query_class"), of.shares.reshape((*of.share_shape, len(of.grids)))
    )
    notes = [*energy_remarks(of, how, of.outside()), MEAN, *_remarks(scenario, course, levers)]
    notes += error_remarks(variables, how)
    return xr.Dataset(variables, _coordinates(scenario, of, course, levers, how), {"notes": " | ".join(notes)})


def _bands(of: Evaluation, levers: AdoptedLevers, adoption: Array, how: FleetSettings) -> tuple[Array, Array]:
    """Return quantiles of the mean energy of a query over shared factors [Wh], by point, shares, date and level.

    Every factor is drawn once for all dates, so that what is not known of a lever goes with it through the years. The
    second array has the standard errors.
    """
    draws = fleet_draws(of, how.seed, how.outer, how.sigma, [row[0].name for row in levers.factors])
    found = []
    for classes in of.points:
        drawn = cache(partial(_drawn, draws, levers, of, classes, fits=bool(how.sigma)))
        by_date = []
        for shares in adoption.tolist():
            terms = [
                class_terms(parts, of.scopes, how.sigma, levers.taken_up(shares, i)) for i, parts in enumerate(classes)
            ]
            by_date.append(mixed_quantiles(of.shares, how.credible, terms, partial(_reduced, drawn, tuple(shares))))
        found.append([np.stack([getattr(one, name) for one in by_date], axis=1) for name in ("values", "stderr")])
    values, errors = zip(*found, strict=True)
    return np.array(values), np.array(errors)


def _drawn(
    draws: FleetDraws, levers: AdoptedLevers, of: Evaluation, classes: Sequence[Sequence[Part]], *, fits: bool
) -> tuple[Array, list[list[Array | float]]]:
    """Return the draws of the classes at a point [Wh], and of the levers that are adopted [1]."""
    return draws.class_means(classes, fits=fits), levers.drawn(draws, dict(of.scopes), classes)


def _reduced(drawn: Callable[[], tuple[Array, list[list[Array | float]]]], shares: Sequence[float]) -> Array:
    """Return the draws of the classes with levers that serve these shares of the queries [Wh]."""
    means, inverse = drawn()
    reduced = means.copy()
    for share, row in zip(shares, inverse, strict=True):
        for i, left in enumerate(row):
            reduced[i] *= 1.0 - share + share * left
    return reduced


def _coordinates(
    scenario: Scenario, of: Evaluation, course: Course, levers: AdoptedLevers, how: FleetSettings
) -> dict[str, xr.Variable]:
    first = grid_coordinates(of.grids[0].asked.grid, of.grids[0].lowered)
    found = share_coordinates(scenario)
    found |= {name: first[name] for name in dict.fromkeys([*(axis.name for axis in of.axes), "boundary"])}
    found["date"] = labelled("date", ("date",), np.array(course.when(), dtype="datetime64[ns]"))
    names: dict[str, Sequence[object]] = {
        "lever": levers.names,
        "query_class": [grid.name for grid in of.grids],
        "credible": how.credible,
    }
    found |= {name: labelled(name, (name,), np.array(one)) for name, one in names.items()}
    if not levers.names:
        found["lever"] = labelled("lever", ("lever",), np.array([], dtype="U1"))
    rates = [np.nan if one.rate is None else one.rate for one in course.growth_axis.values]
    for axis, plain, words in (
        (course.growth_axis, rates, [one.label for one in course.growth_axis.values]),
        (course.rebound_axis, course.rebound_axis.values, [f"{one:g}" for one in course.rebound_axis.values]),
    ):
        found[axis.name] = _labels(axis, plain, words)
    return found


def _labels(axis: Axis[Any], numbers: Sequence[float], words: Sequence[str]) -> xr.Variable:
    """Return the labels of an axis, or its one number; what labels in words stand for is an attribute."""
    if not axis.is_dimension:
        one = labelled(axis.name, (), np.array(float(numbers[0])))
        if not np.isfinite(numbers[0]):
            one.attrs["definitions"] = words[0]
        return one
    found = labelled(axis.name, (axis.name,), np.array(axis.labels))
    if found.dtype.kind == "U":
        found.attrs["definitions"] = "; ".join(
            f"{label} = {word}" for label, word in zip(axis.labels, words, strict=True)
        )
    return found


def _remarks(scenario: Scenario, course: Course, levers: AdoptedLevers) -> Iterator[str]:
    """Yield what is to be known of a course beside its energies."""
    yield "bands: growth, adoption and rebound are taken as given; what is not known of them is not in the bands"
    if levers.names:
        yield (
            "adoption: a lever reaches all classes and lengths alike, and independently of other levers; a lever's "
            "factor is the same on all dates"
        )
    else:
        yield "adoption: no lever is adopted; energy follows demand"
    if any(one.rate is None for one in course.growth_axis.values):
        yield f"growth: demand is that of a table by date, and not the scenario's {scenario.queries_per_day:g} per day"
    if any(one.rate == 0.0 for one in course.growth_axis.values):
        yield "growth: none; demand stays as it is"
    reached = course.rebound_axis.values
    if max(reached) == 0.0:
        yield "rebound: none; levers are taken not to change demand"
    else:
        yield (
            "rebound: additional queries have the mix of all others; they are those that expected savings bring, and "
            "the same throughout the bands"
        )
    if max(reached) > 1.0:
        yield "rebound above 1: backfire; levers raise the energy above that without them"
