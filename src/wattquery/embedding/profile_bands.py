"""Bands of power and throughput over the load, from what the load model says of an instance and its node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.embedding.prepared_query import interval_quantile
from wattquery.embedding.profile import Band
from wattquery.kernels.load.fold import factor_variance, fold_variance
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.run import Run

__all__ = ["bands_over_load"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _LogNormals:
    """A lognormal at each load, by its expected value and the variance of its logarithm."""

    mean: Array
    variance: Array

    def band(self, z: float) -> Band:
        sigma = np.sqrt(self.variance)
        median = self.mean * np.exp(-0.5 * self.variance)
        every = (self.mean, median, median * np.exp(-z * sigma), median * np.exp(z * sigma))
        return Band(*(tuple(one.tolist()) for one in every))


def bands_over_load(run: Run, loads: Array, level: float) -> dict[str, Band]:
    """Return power by boundary [W per accelerator], and under ``"throughput"`` that of the instance [tokens/s].

    Parameters
    ----------
    run
        Of one cell at all loads above 0, at the facility.
    loads
        In rising order, of which the first may be 0: there idle accelerators draw what the load model takes them to.
    level
        Probability of the bands [1].
    """
    table, z = table_of(run.lowered), interval_quantile(level)
    points, settings = table.points, table.uncertainty.settings
    instance = int(points.instance[0])
    busy = loads > 0.0

    def over_loads(values: Array, idle: float) -> Array:
        found = np.full(loads.size, idle)
        found[busy] = values[: np.count_nonzero(busy)]
        return found

    power = _of_median(
        over_loads(table.power, float(points.idle_watts[instance])),
        over_loads(table.log_sds["power"], float(points.idle_relative_sd[instance])),
    )
    throughput = _of_median(over_loads(table.throughput, 0.0), over_loads(table.log_sds["throughput"], 0.0))
    node = _at_node(
        power, settings.node_factor, float(points.nodes.watts[instance]), float(points.nodes.relative_sd[instance])
    )
    pue = run.plan.terms["pue"][0]
    facility = _LogNormals(node.mean * np.exp(pue.mean + 0.5 * pue.variance), node.variance + pue.variance)
    every = {"accelerator": power, "node": node, "facility": facility, "throughput": throughput}
    return {name: one.band(z) for name, one in every.items()}


def _of_median(median: Array, sigma: Array) -> _LogNormals:
    return _LogNormals(median * np.exp(0.5 * sigma**2), sigma**2)


def _at_node(power: _LogNormals, factor: float, watts: float, relative_sd: float) -> _LogNormals:
    """Return the power of the node for each accelerator: some of it goes with theirs, some is constant.

    As for the energy of a query, the sum is taken as one lognormal with its mean, see
    `wattquery.throughput.load.deployments.fold`; what is constant has no error by time here.
    """
    mean = factor * power.mean + watts
    errors = fold_variance(power.variance, 0.0, 0.0, factor * power.mean / mean, watts / mean)
    return _LogNormals(mean, np.asarray(errors + factor_variance(relative_sd * watts / mean)))
