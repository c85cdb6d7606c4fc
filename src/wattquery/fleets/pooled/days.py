"""A day of a deployment: what a query takes over all hours, hour by hour and on average, idle capacity included.

The energy of a query is linear in the units of the load model, so that the mean over a day has mean units. What
accelerators draw on which nothing runs all day, those of the reserve and those that no instance of a node has, is
divided evenly among the queries of the pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.pooled.effect_curves import Coefficients, EffectCurves, merged
from wattquery.fleets.pooled.levers import by_load_left, energy_left
from wattquery.fleets.pooled.sizing import HOURS, SECONDS, Sized
from wattquery.fleets.pooled.states import Placed
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.factors import LOAD_MODEL

__all__ = ["ClassDay", "days_of", "queries_of"]

Array = NDArray[np.float64]

KILO = 1e3


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassDay:
    """What the queries of one class take of a deployment, at each state; a first axis of two: accelerators, node.

    Attributes
    ----------
    placed
        The grid of the class.
    batch
        Running sequences of instances by hour, (states, hours) [1].
    weights
        Queries of each hour over those of the day, (states, hours) [1].
    units
        Of the mean query of a day, without what stands by, (2, 5, states) [kJ].
    standby
        What each query takes of accelerators on which nothing runs all day, (2, states) [kJ].
    standby_watts
        What such an accelerator draws, (2, states) [W].
    hourly
        What the mean query takes in each hour, times its weight, (2, states, hours) [kJ].
    sigma
        Standard deviation of ln E in each hour, (2, states, hours) [1].
    time_sigma
        That of the time of a query, at the target, (states,) [1].
    seconds
        For how long a query of the day holds an instance [s].
    lever_batch
        Running sequences at which levers count that depend on them, by state [1].
    """

    placed: Placed
    curves: EffectCurves
    batch: Array
    target: Array
    weights: Array
    units: Array
    standby: Array
    standby_watts: Array
    hourly: Array
    sigma: Array
    time_sigma: Array
    seconds: Array
    lever_batch: Array

    @property
    def mean(self) -> Array:
        """What the mean query takes, (2, states) [kJ]."""
        return np.asarray(self.hourly.sum(axis=2) + self.standby)

    @property
    def hour_shares(self) -> Array:
        """Share of each hour in that, what stands by spread evenly, (2, states, hours) [1]."""
        return np.asarray((self.hourly + self.standby[:, :, None] / HOURS) / self.mean[:, :, None])

    @cached_property
    def _kept(self) -> dict[tuple[int, int], Coefficients]:
        return {}

    def coefficients(self, state: int, boundary: int) -> Coefficients:
        """Return the effects on the energy of a day."""
        if (state, boundary) not in self._kept:
            self._kept[state, boundary] = self._of_day(state, boundary)
        return self._kept[state, boundary]

    def _of_day(self, state: int, boundary: int) -> Coefficients:
        shares = self.hourly[boundary, state] / self.mean[boundary, state]
        lines = self.curves.energy(int(self.placed.pair[state]), boundary)
        found = merged(lines, self.batch[state], self.sigma[boundary, state], shares)
        share = float(self.standby[boundary, state] / self.mean[boundary, state])
        return self._with_standby(found, state, boundary, share)

    def at_hour(self, state: int, boundary: int, hour: int) -> Coefficients:
        """Return the effects on the energy of an hour."""
        lines = self.curves.energy(int(self.placed.pair[state]), boundary)
        here = slice(hour, hour + 1)
        standby = float(self.standby[boundary, state]) / HOURS
        whole = float(self.hourly[boundary, state, hour]) + standby
        shares = self.hourly[boundary, state, here] / whole
        found = merged(lines, self.batch[state, here], self.sigma[boundary, state, here], shares)
        return self._with_standby(found, state, boundary, standby / whole)

    def time_coefficients(self, state: int) -> Coefficients:
        """Return the effects on the time for which a query holds an instance, at the target."""
        lines = self.curves.time(int(self.placed.pair[state]))
        one = np.ones(1)
        return merged(lines, self.target[state : state + 1], self.time_sigma[state : state + 1], one)

    def _with_standby(self, found: Coefficients, state: int, boundary: int, share: float) -> Coefficients:
        """Return effects with what is not known of the watts of accelerators that stand by, and of their nodes."""
        found = dict(found)
        if not share:
            return found
        points, instance = self.placed.table.points, int(self.placed.instance[state])
        factor = self.placed.cases.settings.node_factor if boundary else 1.0
        idle = factor * float(points.idle_watts[instance])
        node = float(points.nodes.watts[instance]) if boundary else 0.0
        for name, key, part, sd in (
            ("idle", points.rows.hardware[instance], idle, float(points.idle_relative_sd[instance])),
            ("node", points.nodes.types[instance], node, float(points.nodes.relative_sd[instance])),
        ):
            place = (f"{LOAD_MODEL}{name}", str(key), -1)
            found[place] = found.get(place, 0.0) + share * sd * part / (idle + node)
        return found


def days_of(scenario: Scenario, sizes: Sequence[Sized]) -> list[Mapping[str, ClassDay]]:
    """Return the days of the classes of each deployment."""
    days = [_days(one) for one in sizes]
    per_query = _standby_seconds(scenario, sizes, days)
    return [
        {name: replace(each, standby=each.standby_watts * seconds / KILO) for name, each in day.items()}
        for day, seconds in zip(days, per_query, strict=True)
    ]


def queries_of(scenario: Scenario, one: Sized, day: Mapping[str, ClassDay]) -> Mapping[str, Array]:
    """Return the queries of a day of each class, those whose energy levers lower in proportion, by state [1/day]."""
    found = {}
    for name, each in day.items():
        share = scenario.shares[name] * one.deployment.answers[name].weight
        left = each.placed.by_levers(energy_left, each.lever_batch[:, None])[:, 0]
        found[name] = scenario.queries_per_day * share * one.shares[name] * left
    return found


def _standby_seconds(scenario: Scenario, sizes: Sequence[Sized], days: Sequence[Mapping[str, ClassDay]]) -> list[Array]:
    """Return for how long accelerators stand by for each query of a pool, levers aside, by deployment [s]."""
    queries = [
        np.sum(list(queries_of(scenario, one, day).values()), axis=0) for one, day in zip(sizes, days, strict=True)
    ]
    found = []
    for one, own in zip(sizes, queries, strict=True):
        pool = one.deployment.pool
        of_pool = sum(each for other, each in zip(sizes, queries, strict=True) if other.deployment.pool == pool)
        unused = one.left_over * one.nodes_on.sum(axis=1) * SECONDS
        reserve = one.deployment.spec.reserve * one.of_node * HOURS * SECONDS
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(own > 0.0, unused / own, 0.0) + np.where(of_pool > 0.0, reserve / of_pool, 0.0)
        found.append(np.where(own > 0.0, each, 0.0))
    return found


def _days(one: Sized) -> Mapping[str, ClassDay]:
    day = one.demand.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        seconds = np.where(day > 0.0, one.instances_on.sum(axis=1) * SECONDS / day, 0.0)
    return {name: _day(one, placed, seconds) for name, placed in one.placed.items()}


def _day(one: Sized, placed: Placed, seconds: Array) -> ClassDay:
    found, every = placed.at(np.concatenate([one.batch, one.target[:, None]], axis=1))
    rows, columns = (each[:, :HOURS] for each in every)
    place, at_target = (rows, columns), tuple(each[:, HOURS] for each in every)
    day = one.demand.sum(axis=1)[:, None]
    left = one.completions.left(one.batch)
    completed = one.instances_on * placed.instances.requests(found.rates["throughput"])[place] / left * SECONDS
    weights = np.where(day > 0.0, completed / np.where(day > 0.0, day, 1.0), 1.0 / HOURS)
    log_batch = (weights * np.log(np.maximum(one.batch, 1.0))).sum(axis=1) / weights.sum(axis=1)
    at_batch = np.exp(log_batch)
    # Levers that depend on the load count as at this batch, and hours at others in proportion.
    by_load = placed.by_levers(by_load_left, one.batch) / placed.by_levers(by_load_left, at_batch[:, None])
    units = found.units[:, :, rows, columns] * by_load / KILO
    own = placed.own_drivers
    per_hour = weights * np.einsum("bdsh,ds->bsh", units, own)
    points, instance = placed.table.points, placed.instance
    idle = points.idle_watts[instance]
    watts = np.stack([idle, placed.cases.settings.node_factor * idle + points.nodes.watts[instance]])
    return ClassDay(
        placed=placed,
        curves=EffectCurves(placed),
        batch=one.batch,
        target=one.target,
        weights=weights,
        units=np.einsum("bdsh,sh->bds", units, weights),
        standby=np.zeros_like(watts),
        standby_watts=watts,
        hourly=per_hour,
        sigma=found.sigma[:, rows, columns],
        time_sigma=found.log_sds["throughput"][at_target],
        seconds=seconds,
        lever_batch=at_batch,
    )
