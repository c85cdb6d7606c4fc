"""What each pool of a fleet takes and has: energy, power, nodes and accelerators, with what is not known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.fleets.class_draws import FleetDraws, fleet_draws
from wattquery.fleets.closed_forms import class_quantiles, class_terms
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.part import Part
from wattquery.fleets.pooled.grids import PooledClassGrid, Site, at_hour
from wattquery.fleets.pooled.sizing import HOURS
from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.work import results
from wattquery.quantities import GWH_PER_WH, MW_PER_GWH_A_DAY
from wattquery.specs.common_draws import normal_coefficients
from wattquery.specs.factors import LOAD_MODEL
from wattquery.uncertainty.shared_draws import SharedDraws, dimensions

__all__ = ["POOL_DIMS", "pooled_totals"]

Array = NDArray[np.float64]

POOL_DIMS = {
    "nodes_interval": ("bound",),
    "accelerators_interval": ("bound",),
    "power_mean_interval": ("bound",),
    "power_peak_interval": ("bound",),
    **{
        f"{name}_by_pool": ("pool",)
        for name in ("nodes", "accelerators", "instances", "energy_per_day", "power_mean", "power_peak")
    },
    **{
        f"{name}_by_pool_interval": ("pool", "bound")
        for name in ("nodes", "accelerators", "energy_per_day", "power_mean", "power_peak")
    },
    "energy_per_query_by_pool": ("pool", "query_class"),
    "energy_per_query_by_pool_interval": ("pool", "query_class", "bound"),
    "energy_per_day_by_pool_and_class": ("pool", "query_class"),
    "share_by_pool": ("pool", "query_class"),
    "load_peak": ("pool",),
    "load_mean": ("pool",),
    "load_by_hour": ("pool", "hour"),
    "power_by_hour": ("pool", "hour"),
    "nodes_by_hour": ("pool", "hour"),
}
"""Dimensions of a variable beside those of the totals."""

MW_PER_WH_AN_HOUR = 1e-6


@dataclass(frozen=True, eq=False)
class _One:
    """A part at one point, with where it is from: its class, the number of its deployment, and its day."""

    part: Part
    query_class: int
    deployment: int


@dataclass(frozen=True, eq=False)
class _Point:
    """What there is at one point of the axes."""

    evaluation: Evaluation
    site: Site
    number: int

    @property
    def state(self) -> int:
        """The state of its instances."""
        return int(self.site.states.of_point[self.number])

    @cached_property
    def parts(self) -> list[_One]:
        """Its parts, weighed by the shares of their classes."""
        found = []
        shares = self.evaluation.shares[0]
        for place, (grid, parts) in enumerate(
            zip(self.evaluation.grids, self.evaluation.points[self.number], strict=True)
        ):
            answering = [i for i, one in enumerate(self.site.sizes) if grid.name in one.placed]
            for deployment, part in zip(answering, parts, strict=True):
                weighed = replace(part, weight=part.weight * float(shares[place]))
                found.append(_One(weighed, place, deployment))
        return found

    def kind(self, one: _One) -> int:
        """Return whether more than accelerators is counted."""
        run = self.site.sizes[one.deployment].first.run
        return int(run.plan.kinds[run.grid.boundary.values.index(one.part.boundary)])

    def hour_shares(self, one: _One) -> Array:
        """Return the share of each hour in the energy of a part [1]."""
        pool = self.site.sizes[one.deployment].deployment.pool
        day = self.site.days[one.deployment][one.part.query_class]
        shares = day.hour_shares[self.kind(one), self.state]
        if pool in self.site.pues and one.part.boundary.counts_pue:
            shares = shares * self.site.pues[pool][self.state]
            shares = shares / shares.sum()
        return np.asarray(shares)

    def in_hour(self, one: _One, hour: int) -> Part:
        """Return the part of an hour."""
        day = self.site.days[one.deployment][one.part.query_class]
        return at_hour(one.part, day, self.state, self.kind(one), hour, float(self.hour_shares(one)[hour]))


def pooled_totals(evaluation: Evaluation, settings: FleetSettings) -> dict[str, Array]:
    """Return what there is to say of pools, by name: arrays by point, one row of shares, and what is their own."""
    first = evaluation.grids[0]
    if not isinstance(first, PooledClassGrid):
        raise LookupError("the fleet has no pools")
    site = first.fleet.site()
    draws = fleet_draws(evaluation, settings)
    normals = _normals(settings, len(site.sizes))
    work = partial(_at_point, evaluation, settings, site, draws, normals)
    # How many there are makes them all, before threads ask for one.
    points = results(len(evaluation.points), work, settings.threads, None)
    return {name: np.array([[one[name]] for one in points]) for name in points[0]}


def _at_point(
    evaluation: Evaluation, settings: FleetSettings, site: Site, draws: FleetDraws, normals: Array, number: int
) -> dict[str, Array]:
    point = _Point(evaluation, site, number)
    found = _energies(point, settings, draws) | _nodes(point, settings, normals)
    found |= _loads(point)
    if not settings.by_hour:
        found = {name: one for name, one in found.items() if "hour" not in POOL_DIMS.get(name, ())}
    return found


def _energies(point: _Point, settings: FleetSettings, draws: FleetDraws) -> dict[str, Array]:
    """Return energy and power, with the ends of their epistemic intervals."""
    scenario = point.evaluation.scenario
    parts, pools = point.parts, list(scenario.pools)
    classes = len(point.evaluation.grids)
    queries = scenario.queries_per_day
    pool_of = np.array([pools.index(point.site.sizes[one.deployment].deployment.pool) for one in parts])
    class_of = np.array([one.query_class for one in parts])
    means = queries * np.array([one.part.weight * one.part.mean for one in parts])
    hourly = np.zeros((len(pools), HOURS))
    np.add.at(hourly, pool_of, means[:, None] * np.stack([point.hour_shares(one) for one in parts]))
    of_cells = np.zeros((len(pools), classes))
    np.add.at(of_cells, (pool_of, class_of), means)
    weights = np.zeros((len(pools), classes))
    np.add.at(weights, (pool_of, class_of), [one.part.weight for one in parts])

    peaks, fleet_peak = hourly.argmax(axis=1), int(hourly.sum(axis=0).argmax())
    groups = [one.part for one in parts]
    groups += [point.in_hour(one, int(peaks[pool])) for one, pool in zip(parts, pool_of, strict=True)]
    same = bool(np.all(peaks[hourly.sum(axis=1) > 0.0] == fleet_peak))
    groups += [] if same else [point.in_hour(one, fleet_peak) for one in parts]
    count = len(parts)
    ends = _ends(
        point.evaluation, settings, draws, groups, _rows(pool_of, class_of, len(pools), classes, count, len(groups))
    )
    own, cells = ends[: len(pools)], ends[len(pools) : len(pools) * (1 + classes)].reshape(len(pools), classes, 2)
    at_peak = ends[len(pools) * (1 + classes) :]
    with np.errstate(divide="ignore", invalid="ignore"):
        per_query = of_cells / (queries * weights)
        per_query_ends = cells / weights[:, :, None]
    daily = queries * GWH_PER_WH
    by_pool = GWH_PER_WH * of_cells.sum(axis=1)
    megawatts = queries * MW_PER_WH_AN_HOUR
    return {
        "energy_per_day_by_pool": by_pool,
        "energy_per_day_by_pool_interval": daily * own,
        "energy_per_day_by_pool_and_class": GWH_PER_WH * of_cells,
        "energy_per_query_by_pool": np.where(weights > 0.0, per_query, np.nan),
        "energy_per_query_by_pool_interval": np.where(weights[:, :, None] > 0.0, per_query_ends, np.nan),
        "power_mean_by_pool": MW_PER_GWH_A_DAY * by_pool,
        "power_mean_by_pool_interval": MW_PER_GWH_A_DAY * daily * own,
        "power_peak_by_pool": MW_PER_WH_AN_HOUR * hourly.max(axis=1),
        "power_peak_by_pool_interval": megawatts * at_peak[:-1],
        "power_peak": MW_PER_WH_AN_HOUR * hourly.sum(axis=0).max(),
        "power_peak_interval": megawatts * at_peak[-1],
        "power_by_hour": MW_PER_WH_AN_HOUR * hourly,
    }


def _rows(pool_of: Array, class_of: Array, pools: int, classes: int, count: int, groups: int) -> Array:
    """Return which groups each row sums: pools, pools by class, pools in their highest hour, and all in theirs."""
    rows = np.zeros((pools + pools * classes + pools + 1, groups))
    for i in range(count):
        rows[pool_of[i], i] = 1.0
        rows[pools + pool_of[i] * classes + class_of[i], i] = 1.0
        rows[pools + pools * classes + pool_of[i], count + i] = 1.0
        rows[-1, groups - count + i] = 1.0
    return rows


def _ends(
    evaluation: Evaluation, settings: FleetSettings, draws: FleetDraws, groups: Sequence[Part], rows: Array
) -> Array:
    """Return the ends of the largest interval of sums of parts, (rows, 2) [Wh per query of the fleet]."""
    levels = _levels(settings)
    terms = [class_terms([one], evaluation.scopes, 0.0) for one in groups]
    means = cache(partial(draws.class_means, [[one] for one in groups], fits=False))
    found = np.zeros((len(rows), 2))
    for row, chosen in enumerate(rows > 0.0):
        if not chosen.any():
            continue
        exact = class_quantiles([term for term, here in zip(terms, chosen, strict=True) if here], levels)
        found[row] = (
            np.quantile(means()[chosen].sum(axis=0), levels, method="hazen") if exact is None else exact.sum(axis=0)
        )
    return found


def _levels(settings: FleetSettings) -> list[float]:
    return [settings.intervals.quantiles[0], settings.intervals.quantiles[-1]]


def _nodes(point: _Point, settings: FleetSettings, normals: Array) -> dict[str, Array]:
    """Return nodes and accelerators, with the ends of their epistemic intervals."""
    scenario, state = point.evaluation.scenario, point.state
    pools = list(scenario.pools)
    nodes, of_node, serving = (np.zeros(len(pools)) for _ in range(3))
    by_hour = np.zeros((len(pools), HOURS))
    instance_hours = of_instances = 0.0
    for one in point.site.sizes:
        pool = pools.index(one.deployment.pool)
        instance_hours += float(one.instances_on[state].sum())
        of_instances += float(one.instances_on[state].sum() * one.first.accelerators[state])
        nodes[pool] += one.nodes[state]
        by_hour[pool] += one.nodes_on[state]
        serving[pool] += one.instances[state]
        of_node[pool] = one.of_node[state]
    reserve = np.array([scenario.pools[name].reserve for name in pools]) * (nodes > 0.0)
    drawn = _drawn_nodes(point, normals) + reserve[:, None]
    whole = nodes + reserve
    ends = np.quantile(drawn, _levels(settings), axis=1, method="inverted_cdf").T
    # Nodes of pools may differ in how many accelerators they have.
    in_all = np.stack([drawn.sum(axis=0), of_node @ drawn])
    of_all = np.quantile(in_all, _levels(settings), axis=1, method="inverted_cdf").T
    return {
        "nodes": np.asarray(whole.sum()),
        "nodes_interval": of_all[0],
        "nodes_by_pool": whole,
        "nodes_by_pool_interval": ends,
        "instances": np.asarray(serving.sum()),
        "instances_by_pool": serving,
        "accelerators": np.asarray(whole @ of_node),
        "accelerators_interval": of_all[1],
        "instance_hours": np.asarray(instance_hours),
        "accelerators_per_instance": np.asarray(of_instances / instance_hours if instance_hours else np.nan),
        "accelerator_hours": np.asarray(((by_hour + reserve[:, None]).sum(axis=1) * of_node).sum()),
        "accelerators_by_pool": whole * of_node,
        "accelerators_by_pool_interval": ends * of_node[:, None],
        "nodes_by_hour": by_hour + reserve[:, None],
    }


def _drawn_nodes(point: _Point, normals: Array) -> Array:
    """Return whole nodes by pool, the reserve not counted, for draws of what is not known of their throughput.

    Each possible throughput needs nodes of its own. Pools whose nodes are stated have these.
    """
    state, pools = point.state, list(point.evaluation.scenario.pools)
    found = np.zeros((len(pools), normals.shape[1]))
    pairs = list(zip(point.site.sizes, point.site.days, strict=True))
    is_open = [one.deployment.spec.nodes is None and one.needed[state] > 0.0 for one, _ in pairs]
    days = [next(iter(day.values())) for (_, day), opened in zip(pairs, is_open, strict=True) if opened]
    sums = [{"|".join(map(str, key)): value for key, value in day.time_coefficients(state).items()} for day in days]
    logs = iter(normal_coefficients(sums) @ normals[: len(days)] if days else ())
    for (one, _), opened in zip(pairs, is_open, strict=True):
        pool = pools.index(one.deployment.pool)
        found[pool] += one.whole(one.needed[state] * np.exp(next(logs)), state) if opened else one.nodes[state]
    return found


def _normals(settings: FleetSettings, count: int) -> Array:
    """Return draws of so many independent standard normals."""
    names = [f"{LOAD_MODEL}{number}" for number in range(count)]
    draws, places = SharedDraws(settings.seed, settings.shared_draws), dimensions(names, 0)
    return np.stack([ndtri(draws.uniform(name, places[name])) for name in names])


def _loads(point: _Point) -> dict[str, Array]:
    """Return how busy the instances of pools are, and which share of each class they serve."""
    scenario, state = point.evaluation.scenario, point.state
    pools, names = list(scenario.pools), [grid.name for grid in point.evaluation.grids]
    running, room = np.zeros((len(pools), HOURS)), np.zeros((len(pools), HOURS))
    shares = np.zeros((len(pools), len(names)))
    for one in point.site.sizes:
        pool = pools.index(one.deployment.pool)
        on = one.instances_on[state]
        running[pool] += on * one.batch[state]
        room[pool] += on * one.first.most[state]
        for name, share in one.shares.items():
            shares[pool, names.index(name)] = share[state]
    hourly = np.where(room > 0.0, running / np.where(room > 0.0, room, 1.0), 0.0)
    return {
        "share_by_pool": shares,
        "load_peak": hourly.max(axis=1),
        "load_mean": hourly.mean(axis=1),
        "load_by_hour": hourly,
    }
