"""What is not known of queries of any lengths at one operating point: the numbers that `fold` makes sigma of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.throughput.load.deployments.table import LoadTable
from wattquery.throughput.load.deployments.uncertainty import CACHED_WEIGHT_SD

__all__ = ["QueryErrors", "query_errors"]

_KILO = 1e3


@dataclass(frozen=True)
class QueryErrors:
    """Errors at one operating point, whatever the lengths of the query that is attributed.

    Attributes
    ----------
    node_units
        What of a unit of each of `wattquery.kernels.load.query.DRIVERS` goes by the watts of the node; zeros where
        the accelerators alone are counted [kJ].
    node_sd, idle_sd
        Standard deviations of these watts, and of those of idle accelerators, relative to them [1].
    cached_sd
        That of the prefill of a cached token relative to a new one [1].
    energy_variance, time_variance, covariance
        Of the errors of the logarithms of energy and time per token [1].
    expected_energy, expected_time
        Means of the factors that they are [1].
    """

    node_units: tuple[float, ...]
    node_sd: float
    idle_sd: float
    cached_sd: float
    energy_variance: float
    time_variance: float
    covariance: float
    expected_energy: float
    expected_time: float


def query_errors(table: LoadTable, number: int, boundary: int) -> QueryErrors:
    """Return the errors at the operating point of a form.

    Parameters
    ----------
    table
        Of the load model.
    number
        The form, of which something is known.
    boundary
        0 for the accelerators alone, 1 for the node.
    """
    pair, load = int(table.forms.pair[number]), int(table.forms.load[number])
    points, errors = table.points, table.uncertainty.knowledge.of(np.array([pair])).errors
    instance = int(points.instance[pair])
    watts = float(points.nodes.watts[instance]) if boundary else 0.0
    expected = float(errors.expected_time[0, load])
    return QueryErrors(
        node_units=tuple((watts * expected / _KILO * points.seconds[:, pair, load]).tolist()),
        node_sd=float(points.nodes.relative_sd[instance]),
        idle_sd=float(points.idle_relative_sd[instance]),
        cached_sd=CACHED_WEIGHT_SD,
        energy_variance=float(errors.energy_variance[0, load]),
        time_variance=float(errors.time_variance[0, load]),
        covariance=float(errors.covariance[0, load]),
        expected_energy=float(errors.expected_energy[0, load]),
        expected_time=expected,
    )
