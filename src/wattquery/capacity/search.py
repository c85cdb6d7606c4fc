"""The best load of each candidate that meets all targets: between two loads of the table, what bends is a line of logs.

Latencies never fall with the load, so that those that meet a target are all up to one, where the first latency
reaches its limit. The best is one of them, or that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.capacity.candidates import Array
from wattquery.capacity.curves import Curves

__all__ = ["ROUNDING", "Best", "best_loads"]

ROUNDING = 1e-9
"""Energies that are nearer to each other, relative to them, are the same: what is between loads is rounded."""


@dataclass(frozen=True, eq=False)
class Best:
    """By candidate, all of which meet the targets at some load.

    Attributes
    ----------
    rate
        Requests that an instance serves at its best load [1/h].
    load
        That load [1].
    binds
        Limits that keep the load from being higher: names of latencies joined by a space, ``"full"`` where no more
        sequences run, or ``"nothing"`` where a higher load takes more.
    """

    rate: Array
    load: Array
    binds: NDArray[np.object_]


def best_loads(curves: Curves, limits: Mapping[str, float], minimize: str) -> Best:
    """Return the best loads.

    Parameters
    ----------
    curves
        Candidates that meet all limits at the lowest load.
    limits
        The most of each latency [s].
    minimize
        ``"energy"`` of a query, or ``"nodes"``: the most requests of an instance.
    """
    rows = np.arange(len(curves))
    met = np.logical_and.reduce([curves.latencies[name] <= most for name, most in limits.items()])
    last = met.sum(axis=1) - 1
    full = last == curves.loads.size - 1
    after = np.minimum(last + 1, curves.loads.size - 1)
    shares = {name: _share(curves.latencies[name], most, rows, last, after) for name, most in limits.items()}
    first = np.minimum.reduce(list(shares.values()))
    first[full] = 0.0
    ends = {
        name: np.exp((1.0 - first) * np.log(values[rows, last]) + first * np.log(values[rows, after]))
        for name, values in {"rate": curves.rate, "watts": curves.watts}.items()
    }
    logs = np.log(curves.loads)
    end_load = np.where(full, 1.0, np.exp((1.0 - first) * logs[last] + first * logs[after]))
    if minimize == "nodes":
        better = np.zeros(len(curves), dtype=np.bool_)
        place = last
    else:
        energy = np.where(met, curves.watts / curves.rate, np.inf)
        place = np.argmin(energy, axis=1)
        better = energy[rows, place] < (1.0 - ROUNDING) * ends["watts"] / ends["rate"]
    return Best(
        rate=np.where(better, curves.rate[rows, place], ends["rate"]),
        load=np.where(better, curves.loads[place], end_load),
        binds=_binding(shares, first, full, better),
    )


def _share(
    latency: Array, most: float, rows: NDArray[np.int64], last: NDArray[np.int64], after: NDArray[np.int64]
) -> Array:
    """Return how far from the last load that meets all limits to the next one this latency reaches its own, 1 at most.

    In logarithms, as what is between two loads is.
    """
    low, high = np.log(latency[rows, last]), np.log(latency[rows, after])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (np.log(most) - low) / (high - low)
    return np.where(high > np.log(most), share, 1.0)


def _binding(
    shares: Mapping[str, Array], first: Array, full: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> NDArray[np.object_]:
    found = np.array(
        [
            " ".join(name for name, share in shares.items() if share[row] <= first[row] + 1e-9)
            for row in range(len(first))
        ],
        dtype=object,
    )
    found[full] = "full"
    found[inside] = "nothing"
    return found
