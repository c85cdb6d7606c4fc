"""What the cells of one attention and one pair of lengths share in the load form, and their solution.

Nodes and their drivers are made once for all cells that have lengths, attention and an octave of sigma in common; each
cell then has its own units, and costs some microseconds.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.exact.load_mixture import (
    driver_moments,
    driver_rows,
    few_in_order,
    load_mixture_statistics,
)
from wattquery.kernels.load.query import DRIVERS
from wattquery.methods.exact.load_nodes import LoadLengths, LoadNodes, load_nodes

__all__ = ["LoadDrivers", "SharedDrivers", "load_statistics"]

Array = NDArray[np.float64]

NODES_KEPT = 2**20  # of all drivers together, five numbers each: 42 MB


@dataclass(frozen=True, eq=False)
class LoadDrivers:
    """The drivers of each node of the lengths, for one attention; see `wattquery.kernels.load.query.DRIVERS`.

    Attributes
    ----------
    rows : array (nodes, 5)
        Drivers of each node [1, tokens, tokens2, tokens, tokens2].
    weights : array (nodes,)
        Probabilities, of sum 1.
    means, covariances : array (5,), array (5, 5)
        Of the drivers.
    in_order
        Whether energy grows from node to node, whatever the cell.
    """

    rows: Array
    weights: Array
    means: Array
    covariances: Array
    in_order: bool

    @classmethod
    def of(cls, nodes: LoadNodes, reach: Array) -> Self:
        """Return the drivers of nodes.

        Parameters
        ----------
        nodes
            Of the lengths.
        reach
            The numbers of the attention; see `wattquery.kernels.load.query.REACH_NUMBERS`.
        """
        outputs, inputs, cached, weights = (
            np.ascontiguousarray(one, dtype=np.float64)
            for one in (nodes.outputs, nodes.inputs, nodes.cached, nodes.weights)
        )
        rows = np.empty((nodes.size, len(DRIVERS)))
        means, covariances = np.empty(len(DRIVERS)), np.empty((len(DRIVERS), len(DRIVERS)))
        driver_rows(np.ascontiguousarray(reach, dtype=np.float64), outputs, inputs, cached, rows)
        driver_moments(rows, weights, means, covariances)
        return cls(rows, weights, means, covariances, nodes.in_order)

    def mixture(self, units: Array, sigma: float) -> tuple[Array, Array]:
        """Return few increasing centres in ln E and their weights, of one cell with its units and sigma."""
        centres, shares = few_in_order(np.log(self.rows @ units), self.weights, sigma)
        return centres, shares


def load_statistics(drivers: LoadDrivers, units: Array, sigmas: Array, levels: Array) -> tuple[Array, Array, Array]:
    """Return quantiles of ln E, and mean and standard deviation of E, of cells that share their drivers.

    E = (u . d) exp(sigma z) has no other factor: constants in ln E are added by who has them.

    Parameters
    ----------
    drivers
        Of the lengths and the attention.
    units : array (cells, 5)
        What one unit of each driver takes in each cell, say in kJ.
    sigmas : array (cells,)
        Standard deviation of ln E given the lengths, above 0.
    levels
        Of the quantiles.

    Returns
    -------
    quantiles : array (cells, levels)
        Of ln E, in the logarithm of the units' unit.
    means, deviations : array (cells,)
        In the units' unit.
    """
    quantiles = np.empty((sigmas.size, levels.size))
    means, deviations = np.empty(sigmas.size), np.empty(sigmas.size)
    load_mixture_statistics(
        np.ascontiguousarray(units, dtype=np.float64),
        drivers.rows,
        drivers.weights,
        drivers.means,
        drivers.covariances,
        drivers.in_order,
        np.ascontiguousarray(sigmas, dtype=np.float64),
        levels,
        quantiles,
        means,
        deviations,
    )
    return quantiles, means, deviations


class SharedDrivers:
    """Nodes and drivers that were made, of which the oldest go when there are many; safe with threads."""

    def __init__(self, most_nodes: int = NODES_KEPT) -> None:
        self._most = most_nodes
        self._lock = threading.Lock()
        self._nodes: dict[tuple[LoadLengths, float], LoadNodes | None] = {}
        self._drivers: dict[tuple[LoadLengths, tuple[float, ...], float], LoadDrivers] = {}

    def drivers(self, lengths: LoadLengths, reach: tuple[float, ...], floor: float) -> LoadDrivers | None:
        """Return the drivers of lengths for one attention, for every sigma from ``floor``.

        ``None`` where two random lengths have too many nodes; see `wattquery.methods.exact.load_nodes.load_nodes`.
        """
        if lengths.output_tokens.joint is not None:
            floor = 0.0  # its nodes are the same for all
        key = (lengths, reach, floor)
        found = self._drivers.get(key)
        if found is None:
            nodes = self._nodes_of(lengths, floor)
            if nodes is None:
                return None
            # By two threads at once rather than wait.
            found = LoadDrivers.of(nodes, np.array(reach))
            with self._lock:
                found = self._drivers.setdefault(key, found)
                self._let_go()
        return found

    def _nodes_of(self, lengths: LoadLengths, floor: float) -> LoadNodes | None:
        key = (lengths, floor)
        if key not in self._nodes:
            made = load_nodes(lengths, floor)
            with self._lock:
                self._nodes.setdefault(key, made)
        return self._nodes[key]

    def _let_go(self) -> None:
        """Forget the oldest drivers until the rest are few enough, but for the last."""
        total = sum(one.weights.size for one in self._drivers.values())
        while total > self._most and len(self._drivers) > 1:
            total -= self._drivers.pop(next(iter(self._drivers))).weights.size
