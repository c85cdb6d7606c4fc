"""The classes of a fleet with pools over the axes of its scenario, as parts: one for each deployment that answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.errors import InputError
from wattquery.fleets.length_means import LengthPart, length_means
from wattquery.fleets.moments import moment
from wattquery.fleets.part import NO_SLOT, Part, check_energy
from wattquery.fleets.parts import ClassGrid
from wattquery.fleets.pooled.days import ClassDay, days_of
from wattquery.fleets.pooled.deployments import Deployment, deployments_of
from wattquery.fleets.pooled.effect_curves import Coefficients, factors_of, spread_of
from wattquery.fleets.pooled.levers import by_load_at, plain_terms
from wattquery.fleets.pooled.pue import pue_by_hour
from wattquery.fleets.pooled.sizing import Sized, sized
from wattquery.fleets.pooled.states import States, states_of
from wattquery.plans.plan import Plan
from wattquery.quantities import AXES
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.factors import LOAD_MODEL
from wattquery.specs.grid import Grid
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.run import Run
from wattquery.throughput.load_form import LoadForm

__all__ = ["PooledClassGrid", "PooledFleet", "Site", "at_hour", "pooled_class_grids"]

Array = NDArray[np.float64]
Place = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Site:
    """The deployments of a fleet at some points of its axes.

    Attributes
    ----------
    places
        The points.
    states
        At which of them instances differ.
    sizes, days
        Of each deployment.
    pues
        PUE by hour of the pools that have a curve of it, (states, hours) [1].
    """

    places: Sequence[Place]
    states: States
    sizes: Sequence[Sized]
    days: Sequence[Mapping[str, ClassDay]]
    pues: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class PooledFleet:
    """A scenario with pools.

    Attributes
    ----------
    scenario
        What is computed.
    deployments
        The instances of each model in each pool.
    """

    scenario: Scenario
    deployments: Sequence[Deployment]
    _sites: dict[tuple[Place, ...] | None, Site] = field(default_factory=dict)

    @property
    def grid(self) -> Grid:
        """The grid of the first deployment, which all have the axes of."""
        return self.deployments[0].run.grid

    def site(self, places: Iterable[Sequence[int]] | None = None) -> Site:
        """Return the deployments at some points, or at all."""
        key = None if places is None else tuple(tuple(place) for place in places)
        if key not in self._sites:
            sizes = (range(axis.size) for axis in self.grid.axes[1:])
            every = list(itertools.product(*sizes)) if key is None else list(key)
            states = states_of(every)
            of_pools = sized(self.scenario, self.deployments, states)
            days = days_of(self.scenario, of_pools)
            self._sites[key] = Site(every, states, of_pools, days, pue_by_hour(self.scenario, of_pools, days))
        return self._sites[key]

    @property
    def known_sites(self) -> list[Site]:
        """What has been computed."""
        return list(self._sites.values())

    @cached_property
    def plans(self) -> list[dict[str, Plan]]:
        """Plans without what is another thing over a day than at one load, by deployment and class."""
        return [{name: _plain(one.run) for name, one in each.answers.items()} for each in self.deployments]


def _plain(run: Run) -> Plan:
    """Return the plan of a grid without what the load model leaves open, and levers that depend on the load."""
    terms = {**run.plan.terms, "levers": plain_terms(run.grid.levers.values)}
    return replace(run.plan, effects=None, terms=terms, levers_by_load=False)


@dataclass(frozen=True, eq=False)
class PooledClassGrid(ClassGrid):
    """One class of queries of a fleet with pools.

    Attributes
    ----------
    fleet
        All of it.
    """

    fleet: PooledFleet = field(kw_only=True)

    def points(self, places: Iterable[Sequence[int]] | None = None) -> Iterator[list[Part]]:
        """Yield the parts at each point of the axes, in their order, or at some of them."""
        site = self.fleet.site(places)
        answering = [number for number, one in enumerate(self.fleet.deployments) if self.name in one.answers]
        for point, place in enumerate(site.places):
            state = int(site.states.of_point[point])
            yield [self._in_pool(site, number, place, state) for number in answering]

    @property
    def models_in_words(self) -> str:
        """The models that answer, and in which pools."""
        return ", ".join(f"{one.model} in {one.pool}" for one in self.fleet.deployments if self.name in one.answers)

    def _in_pool(self, site: Site, deployment: int, place: Place, state: int) -> Part:
        """Return the part that a deployment answers."""
        day, of_pool = site.days[deployment][self.name], site.sizes[deployment]
        run = day.placed.run
        at = dict(zip(AXES[1:], place, strict=True))
        boundary = run.grid.boundary.values[at["boundary"]]
        kind = int(run.plan.kinds[at["boundary"]])
        cell = self.fleet.plans[deployment][self.name].cell(int(np.ravel_multi_index((0, *place), run.grid.shape)))
        if not isinstance(cell.throughput, LoadForm):
            raise LookupError("a pool is under load")
        units = day.units[kind, :, state].copy()
        units[0] += day.standby[kind, state]
        lengths = LengthPart(
            replace(cell.throughput, units=tuple(units.tolist())),
            cell.output_tokens,
            cell.input_tokens,
            cell.base,
            cell.span,
            cell.prefill_weight,
        )
        left_open = day.coefficients(state, kind)
        levers = run.grid.levers.values[at["levers"]]
        saved, of_levers = by_load_at(levers.levers, float(day.lever_batch[state]))
        pue = site.pues.get(of_pool.deployment.pool)
        if pue is None:
            pue_mean = moment(run.grid.pue.values[at["pue"]], 1.0)
        else:
            pue_mean = float(pue[state] @ day.hour_shares[kind, state])
        counted = boundary.counts_pue
        fixed = 0.0 if pue is None or not counted else math.log(pue_mean)
        table = table_of(run.lowered)
        number = int(day.placed.number[state])
        part = Part(
            query_class=self.name,
            model=f"{of_pool.deployment.model} in {of_pool.deployment.pool}",
            weight=of_pool.deployment.answers[self.name].weight * float(of_pool.shares[self.name][state]),
            lengths=lengths,
            constant=cell.constant + fixed + saved - 0.5 * spread_of(left_open) ** 2,
            factors=(*(one for one in cell.factors if one.sign), *of_levers, *factors_of(left_open)),
            levers=levers,
            boundary=boundary,
            pue_mean=pue_mean if counted else 1.0,
            slot=NO_SLOT,
            means=length_means(lengths),
            seconds=float(day.seconds[state]),
            instance=float(day.placed.accelerators[state]),
            running=float(day.lever_batch[state]),
            accelerator_share=float(day.mean[0, state] / day.mean[1, state]) if kind else None,
            extrapolated=str(table.support_basis[number]) if table.support[number] == "extrapolated" else "",
        )
        check_energy(part)
        return part


def at_hour(part: Part, day: ClassDay, state: int, kind: int, hour: int, share: float) -> Part:
    """Return a part of which the mean is that of one hour, with what is not known of it there.

    Parameters
    ----------
    part
        That of the day.
    day, state, kind
        Where it is from.
    hour
        Of the day.
    share
        Of the energy of the day [1].
    """
    rest = tuple(one for one in part.factors if not one.name.startswith(LOAD_MODEL))
    of_day: Coefficients = day.coefficients(state, kind)
    of_hour = day.at_hour(state, kind, hour)
    moved = 0.5 * (spread_of(of_day) ** 2 - spread_of(of_hour) ** 2)
    return replace(
        part,
        constant=part.constant + moved,
        weight=part.weight * share,
        factors=(*rest, *factors_of(of_hour)),
    )


def pooled_class_grids(scenario: Scenario, preset: Preset, *, ask_memory: bool = True) -> list[ClassGrid]:
    """Return the classes of a scenario with pools.

    Raises
    ------
    InputError
        If no pool answers a class, or nothing is known of a deployment.
    """
    fleet = PooledFleet(scenario, deployments_of(scenario, preset, ask_memory=ask_memory))
    return [_class_grid(fleet, name) for name in scenario.classes]


def _class_grid(fleet: PooledFleet, name: str) -> PooledClassGrid:
    answering = [one for one in fleet.deployments if name in one.answers]
    if not answering:
        raise InputError(f"class {name!r} is answered by no pool: give one a share of it.")
    return PooledClassGrid(
        name=name,
        members=tuple((f"{one.model} in {one.pool}", one.answers[name].weight) for one in answering),
        runs=tuple(one.answers[name].run for one in answering),
        slots={},
        companions=tuple(one.answers[name].companions for one in answering),
        fleet=fleet,
    )
