"""PUE that follows the load of a pool, hour by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.pooled.days import ClassDay
from wattquery.fleets.pooled.sizing import HOURS, Sized
from wattquery.scenarios.scenario import Scenario

__all__ = ["PueByHour", "node_energy", "pue_by_hour"]

Array = NDArray[np.float64]

NODE = 1
"""The boundary that PUE multiplies."""


@dataclass(frozen=True, eq=False)
class PueByHour:
    """PUE of a pool by state.

    Attributes
    ----------
    hourly
        (states, hours) [1].
    mean
        Weighed by the energy of its nodes, (states,) [1].
    """

    hourly: Array
    mean: Array


def pue_by_hour(
    scenario: Scenario, sizes: Sequence[Sized], days: Sequence[Mapping[str, ClassDay]]
) -> dict[str, PueByHour]:
    """Return the PUE of the pools that have a curve of it."""
    found = {}
    for pool, spec in scenario.pools.items():
        if spec.pue_by_load is None:
            continue
        pairs = zip(sizes, days, strict=True)
        energy = sum(node_energy(scenario, one, day, NODE) for one, day in pairs if one.deployment.pool == pool)
        whole = np.asarray(energy)
        loads, values = (np.array(list(part)) for part in (spec.pue_by_load.keys(), spec.pue_by_load.values()))
        highest = whole.max(axis=1, keepdims=True)
        load = whole / np.where(highest > 0.0, highest, 1.0)
        hourly = np.interp(load, loads, values)
        total = whole.sum(axis=1)
        mean = (hourly * whole).sum(axis=1) / np.where(total > 0.0, total, 1.0)
        found[pool] = PueByHour(hourly, np.where(total > 0.0, mean, hourly[:, 0]))
    return found


def node_energy(scenario: Scenario, one: Sized, day: Mapping[str, ClassDay], boundary: int) -> Array:
    """Return the energy of a deployment by hour, (states, hours) [kJ], without PUE and overhead."""
    total = np.zeros((len(one.nodes), HOURS))
    for name, each in day.items():
        answers = one.deployment.answers[name]
        queries = scenario.queries_per_day * scenario.shares[name] * answers.weight * one.shares[name]
        counted = queries * each.placed.shortened(None)
        total += counted[:, None] * (each.hourly[boundary] + each.standby[boundary][:, None] / HOURS)
    return total
