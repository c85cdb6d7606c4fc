"""What is not known of queries of any lengths at one operating point: the numbers that `fold` makes sigma of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.query import DRIVERS
from wattquery.throughput.load.deployments.table import LoadTable
from wattquery.throughput.load.deployments.uncertainty import CACHED_WEIGHT_SD

__all__ = ["QueryErrorTable", "QueryErrors", "query_error_table", "query_errors"]

_KILO = 1e3

Array = NDArray[np.float64]


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


@dataclass(frozen=True, eq=False)
class QueryErrorTable:
    """`QueryErrors` of all forms of a table, NaN where nothing is known: arrays (forms), ``node_units`` (5, forms)."""

    node_units: Array
    node_sd: Array
    idle_sd: Array
    cached_sd: float
    energy_variance: Array
    time_variance: Array
    covariance: Array
    expected_energy: Array
    expected_time: Array

    def of(self, number: int) -> QueryErrors:
        """Return those of one form."""
        return QueryErrors(
            node_units=tuple(self.node_units[:, number].tolist()),
            node_sd=float(self.node_sd[number]),
            idle_sd=float(self.idle_sd[number]),
            cached_sd=self.cached_sd,
            energy_variance=float(self.energy_variance[number]),
            time_variance=float(self.time_variance[number]),
            covariance=float(self.covariance[number]),
            expected_energy=float(self.expected_energy[number]),
            expected_time=float(self.expected_time[number]),
        )


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
    return _table(table, np.array([number]), boundary).of(0)


def query_error_table(table: LoadTable, boundary: int) -> QueryErrorTable:
    """Return the errors at the operating points of all forms; see `query_errors`."""
    return _table(table, np.arange(len(table)), boundary)


def _table(table: LoadTable, numbers: NDArray[np.int64], boundary: int) -> QueryErrorTable:
    known = np.flatnonzero(table.reason[numbers] == "")
    pair, load = table.forms.pair[numbers[known]], table.forms.load[numbers[known]]
    points = table.points

    def spread(values: Array) -> Array:
        made = np.full((*values.shape[:-1], numbers.size), np.nan)
        made[..., known] = values
        return made

    if not known.size:
        nothing = spread(np.empty(0))
        return QueryErrorTable(
            spread(np.empty((len(DRIVERS), 0))), nothing, nothing, CACHED_WEIGHT_SD, *(nothing for _ in range(5))
        )
    pairs, place = np.unique(pair, return_inverse=True)
    errors = table.uncertainty.knowledge.of(pairs).errors
    instance = points.instance[pair]
    expected = errors.expected_time[place, load]
    watts = points.nodes.watts[instance] if boundary else np.zeros(known.size)
    return QueryErrorTable(
        node_units=spread(watts * expected / _KILO * points.seconds[:, pair, load]),
        node_sd=spread(points.nodes.relative_sd[instance]),
        idle_sd=spread(points.idle_relative_sd[instance]),
        cached_sd=CACHED_WEIGHT_SD,
        energy_variance=spread(errors.energy_variance[place, load]),
        time_variance=spread(errors.time_variance[place, load]),
        covariance=spread(errors.covariance[place, load]),
        expected_energy=spread(errors.expected_energy[place, load]),
        expected_time=spread(expected),
    )
