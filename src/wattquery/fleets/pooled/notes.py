"""What a reader of a fleet with pools should know before using it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.pooled.deployments import Deployment
from wattquery.fleets.pooled.grids import PooledClassGrid
from wattquery.scenarios.pool import Pool
from wattquery.scenarios.pool_shares import pool_shares
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.instance_sizes import NODE, node_of
from wattquery.sweeps.load_dataset import SAME_PUE, table_of
from wattquery.sweeps.load_levers import is_beyond

__all__ = ["as_of_pools", "pool_remarks"]


def pool_remarks(evaluation: Evaluation) -> Iterator[str]:
    """Yield how nodes were counted, how demand is spread over them, and what is assumed of idle ones."""
    scenario, first = evaluation.scenario, evaluation.grids[0]
    if not isinstance(first, PooledClassGrid):
        return
    for name, pool in scenario.pools.items():
        serves = _serves(name, scenario)
        yield f"pool {name}: {_in_words(pool, scenario) if serves else 'no queries, and so no nodes and no reserve'}"
    yield (
        "nodes: whole, for the highest hour, at the median throughput; requests are spread over all instances "
        "of the nodes in service evenly, and their running sequences follow by Little's law, hour by hour, so that "
        "whole nodes leave loads below their target"
    )
    yield (
        "intervals: each possible throughput has a fleet of its own size with the same loads, so that nodes and energy "
        "err together; of pools whose nodes are stated, loads are those at the median"
    )
    if scenario.load_profile is None:
        yield "load_profile: none was given, and demand is the same in every hour"
    yield from _of_nodes(first)
    yield from _of_idle(scenario)
    yield from _of_pue(scenario)


def as_of_pools(notes: Iterable[str], evaluation: Evaluation) -> dict[str, None]:
    """Return what is said of grids under load, without what hours of pools have of their own: PUE, and other loads."""
    pools, first = evaluation.scenario.pools, evaluation.grids[0]
    is_curve = all(pool.pue_by_load is not None for pool in pools.values())
    kept = dict.fromkeys(note for note in notes if not (is_curve and note == SAME_PUE) and not is_beyond(note))
    return kept | dict.fromkeys(_beyond(first) if isinstance(first, PooledClassGrid) else ())


def _beyond(grid: PooledClassGrid) -> Iterator[str]:
    """Yield which levers are not known at the running sequences of some hours."""
    levers = {one.name: one for value in grid.run.grid.levers.values for one in value.levers}
    for site in grid.fleet.known_sites:
        batches = np.maximum(np.concatenate([one.batch.ravel() for one in site.sizes]), 1.0)
        for name, lever in levers.items():
            low, high = (0.0, np.inf) if lever.by_concurrency is None else lever.by_concurrency.ends
            if batches.min() < low or batches.max() > high:
                yield (
                    f"lever {name!r} is known from {low:g} to {high:g} running sequences, and instances have "
                    f"{batches.min():.3g} to {batches.max():.3g}: beyond its ends its factor is that of the nearest"
                )


def _serves(name: str, scenario: Scenario) -> bool:
    """Return whether a pool has queries; one that takes what others leave may have none, which is not known here."""
    if any(pool.is_capacity for pool in scenario.pools.values()):
        return True
    shares = pool_shares(scenario.classes, scenario.pools)
    return any(of_class.get(name, 0.0) * scenario.shares[one] > 0.0 for one, of_class in shares.items())


def _in_words(pool: Pool, scenario: Scenario) -> str:
    """Return how a pool is sized."""
    targets = {"load": "as on the axis"} if "load" in scenario.axes else {k: f"{v:g}" for k, v in pool.targets.items()}
    said = ", ".join(f"{name} {value}" for name, value in targets.items())
    of_target = f"{said} in the highest hour" if said and "mean_load" not in targets else said
    nodes = "" if pool.nodes is None else f"{pool.nodes} nodes"
    parts = [part for part in (of_target, nodes) if part]
    reserve = f"; a reserve of {pool.reserve} stands by without queries" if pool.reserve else "; no reserve"
    follows = "its share of the queries follows" if pool.is_capacity else "its load follows" if not said else ""
    return f"{' with '.join(parts)}{f', from which {follows}' if follows else ''}{reserve}"


def _of_nodes(grid: PooledClassGrid) -> Iterator[str]:
    """Yield how many accelerators nodes have, where no facts say it, and those that no instance has."""
    unknown = {
        one.hardware
        for each in grid.fleet.deployments
        for one in (value.facts for value in each.run.grid.hardware.values)
        if one.accelerators_per_node is None
    }
    if unknown:
        yield f"nodes of {', '.join(sorted(unknown))}: taken to have {NODE} accelerators, for no facts say it"
    left = {(one.pool, count) for one in grid.fleet.deployments if (count := _left_over(one))}
    for name, count in sorted(left):
        yield f"pool {name}: {count} accelerators of a node have no instance, and pay idle power"


def _left_over(deployment: Deployment) -> int:
    """Return how many accelerators of a node no instance has, at most."""
    points = table_of(deployment.run.lowered).points
    counts = [node_of(deployment.run, number) for number in range(deployment.run.grid.hardware.size)]
    of_node = np.array(counts)[points.instances.hardware[points.instance]]
    sizes = points.rows.accelerators[points.instance]
    return int(np.max(np.where(sizes <= of_node, of_node % sizes, -sizes % of_node), initial=0))


def _of_idle(scenario: Scenario) -> Iterator[str]:
    off = [name for name, pool in scenario.pools.items() if pool.idle == "off"]
    on = [name for name in scenario.pools if name not in off]
    if on:
        yield f"idle: all nodes of pool {', '.join(on)} are on all day, and pay idle power while nothing runs"
    if off:
        yield (
            f"idle: nodes of pool {', '.join(off)} that an hour does not need at its target are off, and take nothing; "
            "a reserve stays on, and starting takes no time"
        )


def _of_pue(scenario: Scenario) -> Iterator[str]:
    following = [name for name, pool in scenario.pools.items() if pool.pue_by_load is not None]
    if following:
        yield f"PUE of pool {', '.join(following)}: by the power of its nodes relative to its highest hour, pue_by_load"
