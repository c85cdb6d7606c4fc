"""All candidates at all loads, from one table: how fast they serve, what they draw, and how long users wait."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.capacity.asked import Asked
from wattquery.capacity.candidates import SEARCHED, Array
from wattquery.capacity.lever_effects import LeverEffects, lever_effects
from wattquery.capacity.multiplier import Multiplier, multiplier_of, site_of
from wattquery.sweeps.instance_sizes import node_of
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.load_levers import levers_of
from wattquery.sweeps.load_points import LATENCIES, LoadPoints, points_of
from wattquery.sweeps.run import Run
from wattquery.throughput.load.deployments import LoadTable

__all__ = ["Curves", "curves_of"]

HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class Curves:
    """Candidates by load: arrays of (candidates, loads), or (candidates,).

    Attributes
    ----------
    loads
        Running sequences as a share of the most, in rising order, the first two of them below one sequence [1].
    reason
        Why there is nothing of a candidate, empty where there is.
    rate
        Requests that an instance serves, at the median throughput with levers: at this load, or a lower one that serves
        more [1/h].
    watts
        Mean power of an instance, of what the boundary counts [W].
    latencies
        Time per output token and to the first token by name, as the targets take them: at the chance that is asked
        for, and the longest of this and all lower loads [s].
    medians, log_sds
        Medians of them, the longest of this and all lower loads [s], and the standard deviations of their logarithms.
    sigma
        Standard deviation of ln E that the load model, and levers that depend on the load, leave open [1].
    throughput_sd
        Standard deviation of the logarithm of the rate [1].
    waiting
        Mean power of one accelerator that has nothing to do, with its share of the node where that is counted,
        (candidates,) [W].
    running, most
        Running sequences, and the most of them [1].
    size, per_node
        Accelerators of an instance, and of a node [1].
    number
        Of each candidate among all combinations of the grid.
    """

    loads: Array
    reason: NDArray[np.object_]
    rate: Array
    watts: Array
    latencies: dict[str, Array]
    medians: dict[str, Array]
    log_sds: dict[str, Array]
    sigma: Array
    throughput_sd: Array
    waiting: Array
    running: Array
    most: Array
    size: NDArray[np.int64]
    per_node: NDArray[np.int64]
    number: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.reason)

    @property
    def fits(self) -> NDArray[np.bool_]:
        """Which candidates there are."""
        return np.asarray(self.reason == "", dtype=np.bool_)

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Curves:
        """Return some of the candidates."""

        def of(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: one[rows] for name, one in value.items()}
            return value[rows] if isinstance(value, np.ndarray) else value

        return replace(self, **{one.name: of(getattr(self, one.name)) for one in fields(self) if one.name != "loads"})

    @property
    def idle_watts(self) -> Array:
        """What ``watts`` are where nothing runs, (candidates,) [W]: below one running sequence they are a line."""
        slope = (self.watts[:, 1] - self.watts[:, 0]) / (self.rate[:, 1] - self.rate[:, 0])
        return np.asarray(self.watts[:, 0] - slope * self.rate[:, 0])


def curves_of(run: Run, loads: Array, asked: Asked, kept: NDArray[np.int64]) -> tuple[Curves, Multiplier]:
    """Return the candidates of a run, and what their energies are multiplied by.

    Parameters
    ----------
    run, loads
        All combinations at loads in rising order [1].
    asked
        What they have to do.
    kept
        Numbers of the combinations that are candidates.
    """
    table, multiplier = table_of(run.lowered), multiplier_of(run)
    levers = lever_effects(levers_of(run.grid), table.batch)
    energy = _mean_energy(run, table) * multiplier.mean * levers.energy
    points = points_of(run, loads, energy, searched=SEARCHED, sigmas=asked.sigmas)
    medians = points if asked.sigmas == 0.0 else points_of(run, loads, energy, searched=SEARCHED)
    every = _every(run, table, points, medians, levers)
    return every.taken(kept), multiplier


def _mean_energy(run: Run, table: LoadTable) -> Array:
    """Return the mean energy of a query at the accelerators or the node, before what multiplies it [Wh].

    The table has expected values of what units of drivers take, so that their mean is that of all queries.
    """
    kind = int(run.plan.kinds[0])
    drivers = np.full((len(table.units[kind]), len(table)), np.nan)
    known = table.reason == ""
    drivers[:, known] = table.points.own_drivers[:, table.forms.pair[known]]
    return np.asarray((table.units[kind] * drivers).sum(axis=0) * 1e3 / HOUR)


def _waiting(run: Run, table: LoadTable) -> Array:
    """Return the power of an idle accelerator of all combinations, which no lever changes [W]."""
    found, known = np.full(len(table), np.nan), table.reason == ""
    instance = table.points.instance[table.forms.pair[known]]
    found[known] = table.points.idle_watts[instance]
    if run.plan.kinds[0]:
        found[known] = table.uncertainty.settings.node_factor * found[known] + table.points.nodes.watts[instance]
    return np.asarray(found * site_of(run).mean)


def _every(run: Run, table: LoadTable, points: LoadPoints, medians: LoadPoints, levers: LeverEffects) -> Curves:
    shape = points.energy.shape
    rate = (HOUR / table.instance_seconds * levers.rate).reshape(shape)
    hardware = np.repeat(np.arange(run.grid.hardware.size), shape[0] // run.grid.hardware.size)
    nodes = np.array([node_of(run, number) for number in range(run.grid.hardware.size)])
    return Curves(
        loads=points.loads,
        reason=table.reason.reshape(shape)[:, 0],
        rate=np.maximum.accumulate(rate, axis=1),
        watts=points.energy * rate,
        latencies=dict(points.latencies),
        medians=dict(medians.latencies),
        log_sds={name: table.log_sds[name].reshape(shape) for name in LATENCIES},
        sigma=np.sqrt(table.sigma[int(run.plan.kinds[0])] ** 2 + levers.energy_variance).reshape(shape),
        throughput_sd=np.sqrt(table.log_sds["throughput"] ** 2 + levers.rate_variance).reshape(shape),
        waiting=_waiting(run, table).reshape(shape)[:, 0],
        running=points.running,
        most=points.most[:, 0],
        size=table.accelerators.reshape(shape)[:, 0],
        per_node=nodes[hardware],
        number=np.arange(shape[0]),
    )
