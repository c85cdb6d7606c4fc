"""How many nodes the deployments of a fleet have, and how busy their instances are, hour by hour.

Demand in the highest hour and the target say how many instances are needed; nodes are whole, and all instances of a
node serve. Requests are spread over instances evenly. From the requests of an hour and the instances that are on
follows the batch, by Little's law. Levers that shorten the time of a query let instances complete more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.fleets.pooled.curves import Curve, batches_at
from wattquery.fleets.pooled.deployments import Deployment
from wattquery.fleets.pooled.levers import time_left
from wattquery.fleets.pooled.states import Placed, States, placed
from wattquery.fleets.pooled.targets import target_batches
from wattquery.scenarios.pool_shares import pool_shares
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.instance_sizes import node_of
from wattquery.sweeps.whole_nodes import ROUND_OFF, instances_per_node, whole_nodes

__all__ = ["HOURS", "Sized", "sized"]

Array = NDArray[np.float64]

HOURS = 24
SECONDS = 3600.0
NOTHING = 1e-9
"""Running sequences of an instance in an hour without demand: it draws idle power, to nine digits [1]."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sized:
    """A deployment at each state; arrays (states,) or (states, hours).

    Attributes
    ----------
    deployment
        The instances of one model in one pool.
    placed
        Where the states lie in the grid of each class.
    completions
        Queries that its instances complete.
    shares
        Share of each class that the pool serves, by state [1].
    per_node
        Instances of a node; below 1 where one takes several [1].
    left_over
        Accelerators of a node that no instance has [1].
    of_node
        Accelerators of a node [1].
    target
        Running sequences in the highest hour that instances are sized for [1].
    target_rate
        Queries per second of an instance there [1/s].
    demand
        Queries per hour [1/h].
    needed
        Nodes for the highest hour, no whole number [1].
    nodes
        Whole ones in service, the reserve not counted [1].
    nodes_on
        Those that are on, by hour [1].
    batch
        Running sequences of each instance that is on, by hour [1].
    """

    deployment: Deployment
    placed: Mapping[str, Placed]
    completions: Completions
    shares: Mapping[str, Array]
    per_node: Array
    left_over: Array
    of_node: Array
    target: Array
    target_rate: Array
    demand: Array
    needed: Array
    nodes: Array
    nodes_on: Array
    batch: Array

    @property
    def first(self) -> Placed:
        """The grid of its first class."""
        return next(iter(self.placed.values()))

    def whole(self, needed: Array, state: int) -> Array:
        """Return whole nodes of numbers that are needed at a state [1]."""
        return whole_nodes(needed, self.per_node[state])

    @property
    def instances(self) -> Array:
        """Instances of all nodes in service [1]."""
        return np.asarray(self.nodes * self.per_node)

    @property
    def instances_on(self) -> Array:
        """Those that are on, by hour [1]."""
        return np.asarray(self.nodes_on * self.per_node[:, None])


@dataclass(frozen=True, eq=False)
class Completions:
    """Queries that instances complete, those that levers shorten counted as they are: more of them.

    Attributes
    ----------
    placed
        The grid of each class.
    weights
        Share of each class in the time of instances, by state [1]: what a lever saves of one class is weighed by it.
    levers
        Names of those that shorten time as they lower energy.
    """

    placed: Mapping[str, Placed]
    weights: Mapping[str, Array]
    levers: tuple[str, ...]

    def left(self, batch: Array) -> Array:
        """Return what levers leave of the time of a mean query at batches, (states, n) [1]."""
        of_time = partial(time_left, named=self.levers)
        parts = [self.weights[name][:, None] * one.by_levers(of_time, batch) for name, one in self.placed.items()]
        return np.asarray(np.sum(parts, axis=0))

    def at(self, batch: Array) -> Array:
        """Return queries per second of an instance at batches, (states, n)."""
        first = next(iter(self.placed.values()))
        return np.asarray(first.requests(batch) / self.left(batch))

    @cached_property
    def curve(self) -> Curve:
        """The rates of the instances of each state by batch."""
        curve = next(iter(self.placed.values())).curve
        return replace(curve, rate=curve.rate / self.left(curve.batch))


@dataclass(frozen=True, eq=False)
class _Asked:
    """A deployment before its nodes are known, if its pool serves all of the queries that it might."""

    deployment: Deployment
    placed: Mapping[str, Placed]
    completions: Completions
    curve: Curve
    target: Array | None
    rate: Array
    per_node: Array
    of_node: Array
    work: Mapping[str, float]


def sized(scenario: Scenario, deployments: Sequence[Deployment], states: States) -> list[Sized]:
    """Return the deployments of a scenario at some states.

    Raises
    ------
    InputError
        If a target cannot be met, or nodes cannot serve what they should.
    """
    profile = _profile(scenario)
    asked = [_asked(scenario, one, states, profile) for one in deployments]
    taken = _taken(scenario, asked, profile)
    return [_sized(scenario, one, profile, taken) for one in asked]


def _profile(scenario: Scenario) -> Array:
    """Return the share of the day's queries that come in each hour [1]."""
    hourly = np.ones(HOURS) if scenario.load_profile is None else np.array(scenario.load_profile.hourly)
    relative = hourly / hourly.max()
    return np.asarray(relative / relative.sum())


def _asked(scenario: Scenario, deployment: Deployment, states: States, profile: Array) -> _Asked:
    by_class = {name: placed(one.run, states) for name, one in deployment.answers.items()}
    first = next(iter(by_class.values()))
    completions = Completions(by_class, _weights(scenario, deployment, by_class), scenario.node_time_levers)
    curve = completions.curve
    has_axis = "load" in scenario.axes
    target = target_batches(deployment, by_class, curve, profile / profile.max(), has_axis=has_axis)
    counts = np.array([node_of(first.run, number) for number in range(len(first.cases.hardware))], dtype=np.float64)
    of_node = counts[first.table.points.instances.hardware[first.instance]]
    return _Asked(
        deployment=deployment,
        placed=by_class,
        completions=completions,
        curve=curve,
        target=target,
        rate=curve.most if target is None else completions.at(target[:, None])[:, 0],
        per_node=instances_per_node(first.accelerators, of_node),
        of_node=of_node,
        work={name: scenario.shares[name] * one.weight for name, one in deployment.answers.items()},
    )


def _weights(scenario: Scenario, deployment: Deployment, by_class: Mapping[str, Placed]) -> Mapping[str, Array]:
    """Return the share of each class in the time for which queries hold the instances of a deployment, by state [1]."""
    fixed = pool_shares(scenario.classes, scenario.pools)
    seconds = {}
    for name, one in by_class.items():
        of_pool = 1.0 if deployment.spec.is_capacity else fixed[name][deployment.pool]
        share = scenario.shares[name] * deployment.answers[name].weight * of_pool
        seconds[name] = share * one.table.instance_seconds[one.number]
    total = np.sum(list(seconds.values()), axis=0)
    even = 1.0 / len(seconds)
    return {name: np.where(total > 0.0, one / np.where(total > 0.0, total, 1.0), even) for name, one in seconds.items()}


def _taken(scenario: Scenario, asked: Sequence[_Asked], profile: Array) -> dict[str, Array]:
    """Return what share of the queries pools serve whose nodes say it, by state [1]."""
    found: dict[str, Array] = {}
    for one in asked:
        spec = one.deployment.spec
        if spec.is_capacity and spec.nodes is not None:
            whole = _needed(scenario, one, np.full(len(one.rate), sum(one.work.values())), profile)
            with np.errstate(divide="ignore"):
                found[one.deployment.pool] = np.where(whole > 0.0, spec.nodes / whole, 0.0)
    fixed = [float(pool.share) for pool in scenario.pools.values() if isinstance(pool.share, float) and pool.share]
    room = 1.0 - sum(fixed)
    total = np.sum(list(found.values()), axis=0)
    if found and np.any(total > room + ROUND_OFF):
        state = int(np.argmax(total))
        worst = float(total[state])
        names = ", ".join(f"{name!r}" for name in found)
        raise InputError(
            f"pool {names}: its nodes serve {worst:.3g} times all queries at their target, where {room:.3g} are left "
            f"for them: give {_fitting(scenario, found, room, state)}, or a share in the place of the target."
        )
    return found


def _fitting(scenario: Scenario, found: Mapping[str, Array], room: float, state: int) -> str:
    """Return in words how many nodes would serve what is left."""
    total = sum(float(one[state]) for one in found.values())
    words = []
    for name in found:
        nodes = scenario.pools[name].nodes
        words.append(f"{name!r} at most {int((nodes or 0) * room / total)} nodes")
    return " and ".join(words)


def _needed(scenario: Scenario, one: _Asked, work: Array, profile: Array) -> Array:
    """Return the nodes that a deployment needs for the highest hour [1]."""
    peak = scenario.queries_per_day * float(profile.max()) / SECONDS
    return np.asarray(peak * work / (one.rate * one.per_node))


def _sized(scenario: Scenario, one: _Asked, profile: Array, taken: Mapping[str, Array]) -> Sized:
    spec = one.deployment.spec
    first = next(iter(one.placed.values()))
    shares = _shares(scenario, one, taken)
    work = np.sum([one.work[name] * shares[name] for name in shares], axis=0)
    demand = scenario.queries_per_day * work[:, None] * profile
    needed = _needed(scenario, one, work, profile)
    has_queries = work > 0.0
    if spec.nodes is None:
        whole = whole_nodes(needed, one.per_node)
    else:
        whole = np.full(len(work), float(spec.nodes))
        _check_carried(one, needed, whole)
    nodes = np.where(has_queries, whole, 0.0)
    target, rate = one.target, one.rate
    if target is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(has_queries, demand.max(axis=1) / SECONDS / (nodes * one.per_node), one.curve.rate[:, 0])
        target = batches_at(rate[:, None], one.curve, one.completions.at)[:, 0]
    sizes = Sized(
        deployment=one.deployment,
        placed=one.placed,
        completions=one.completions,
        shares=shares,
        per_node=one.per_node,
        left_over=one.of_node - one.per_node * first.accelerators,
        of_node=one.of_node,
        target=target,
        target_rate=rate,
        demand=demand,
        needed=np.where(has_queries, needed, 0.0),
        nodes=nodes,
        nodes_on=np.broadcast_to(nodes[:, None], demand.shape),
        batch=np.broadcast_to(target[:, None], demand.shape),
    )
    return _by_hour(sizes, one.curve)


def _shares(scenario: Scenario, one: _Asked, taken: Mapping[str, Array]) -> dict[str, Array]:
    """Return the share of each class that the pool of a deployment serves, by state [1]."""
    pool, count = one.deployment.pool, len(one.rate)
    if not taken:
        fixed = pool_shares(scenario.classes, scenario.pools)
        return {name: np.full(count, fixed[name][pool]) for name in one.placed}
    rows = [
        pool_shares(scenario.classes, scenario.pools, {name: float(share[state]) for name, share in taken.items()})
        for state in range(count)
    ]
    return {name: np.array([row[name][pool] for row in rows]) for name in one.placed}


def _check_carried(one: _Asked, needed: Array, nodes: Array) -> None:
    """Refuse nodes that cannot serve the share of the queries that they are given."""
    if one.target is not None or not np.any(needed > nodes + ROUND_OFF):
        return
    state = int(np.argmax(needed))
    raise InputError(
        f"pool {one.deployment.pool!r} has {nodes[state]:g} nodes, which serve {nodes[state] / needed[state]:.3g} of "
        f"the queries that it is given in the hour of highest demand: give it {np.ceil(needed[state]):.0f} nodes or "
        "more, or a smaller share."
    )


def _by_hour(sizes: Sized, curve: Curve) -> Sized:
    """Return a deployment with its nodes that are on, and the batch of their instances, hour by hour."""
    demand, per_node = sizes.demand / SECONDS, sizes.per_node[:, None]
    nodes_on = np.broadcast_to(sizes.nodes[:, None], demand.shape)
    if sizes.deployment.spec.idle == "off":
        needed = demand / (sizes.target_rate[:, None] * per_node)
        nodes_on = np.minimum(nodes_on, whole_nodes(needed, per_node))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(nodes_on > 0.0, demand / (nodes_on * per_node), 0.0)
    serving = rate > 0.0
    least = NOTHING * curve.rate[:, :1]
    rate = np.where(serving, np.maximum(rate, least), least)
    # At the target to round-off, the search would look beyond it.
    rate = np.minimum(rate, curve.most[:, None])
    batch = batches_at(rate, curve, sizes.completions.at)
    has_queries = demand.any(axis=1, keepdims=True)
    return replace(sizes, nodes_on=nodes_on, batch=np.where(has_queries, batch, sizes.target[:, None]))
