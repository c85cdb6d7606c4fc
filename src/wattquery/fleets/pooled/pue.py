"""PUE that follows the load of a pool, hour by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.pooled.days import ClassDay, queries_of
from wattquery.fleets.pooled.sizing import HOURS, Sized
from wattquery.scenarios.scenario import Scenario

__all__ = ["pue_by_hour"]

Array = NDArray[np.float64]

NODE = 1
"""The boundary that PUE multiplies."""


def pue_by_hour(scenario: Scenario, sizes: Sequence[Sized], days: Sequence[Mapping[str, ClassDay]]) -> dict[str, Array]:
    """Return the PUE by hour of the pools that have a curve of it, (states, hours) [1]."""
    found = {}
    for pool, spec in scenario.pools.items():
        if spec.pue_by_load is None:
            continue
        pairs = zip(sizes, days, strict=True)
        energy = sum(_node_energy(scenario, one, day) for one, day in pairs if one.deployment.pool == pool)
        whole = np.asarray(energy)
        loads, values = (np.array(list(part)) for part in (spec.pue_by_load.keys(), spec.pue_by_load.values()))
        highest = whole.max(axis=1, keepdims=True)
        load = whole / np.where(highest > 0.0, highest, 1.0)
        found[pool] = np.interp(load, loads, values)
    return found


def _node_energy(scenario: Scenario, one: Sized, day: Mapping[str, ClassDay]) -> Array:
    """Return the energy of a deployment by hour, (states, hours) [kJ], without PUE and overhead."""
    total = np.zeros((len(one.nodes), HOURS))
    queries = queries_of(scenario, one, day)
    for name, each in day.items():
        total += queries[name][:, None] * (each.hourly[NODE] + each.standby[NODE][:, None] / HOURS)
    return total
