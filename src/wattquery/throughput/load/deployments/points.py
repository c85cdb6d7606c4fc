"""Pairs of an instance and lengths of which something can be computed, and their operating points at any parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.points import RATES, fill_points
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.deployments.nodes import NodeDraws
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.parameters import Layout

__all__ = ["RATES", "Points", "operating_points"]

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Points:
    """Instances, pairs of an instance and lengths, and for each pair as many loads as the cases have.

    Attributes
    ----------
    instances
        Those that are used, one row each.
    numbers
        Of their cells at the fitted parameters, (`LOAD_NUMBERS`, instances).
    idle_watts
        Of one accelerator of each [W].
    idle_relative_sd
        What is not known of that, relative to it, of each [1].
    nodes
        What the node of each draws beside them.
    instance, length
        Of each pair.
    reach
        Numbers of the attention of each pair, (`REACH_NUMBERS`, pairs).
    drivers, own_drivers
        Means of `DRIVERS` over the queries that fill the batch, and over those that are attributed, (5, pairs).
    own_cached
        Mean cached tokens of the latter, by pair [tokens].
    input_tokens
        Mean input of the queries that fill the batch, by pair [tokens].
    length_keys
        What tells their lengths from others, by pair.
    interval_class
        See `wattquery.throughput.load.support.Seen.interval_class`, by pair: what was measured at other lengths alone
        counts as supported.
    most_sequences
        B_max of each pair [1].
    by_memory
        Whether memory sets the batch, by pair: not where the scheduler does, or a concurrency is given.
    batch
        Mean numbers of running sequences, (pairs, loads) [1].
    units, seconds
        What one unit of each of `DRIVERS` takes of the accelerators [J], and for how long it occupies them, one after
        another [s], both without residuals, (5, pairs, loads). The first is that of idle time alone, in which there is
        none from one running sequence on. A constant power of each accelerator takes as many J for each W of it.
    rates
        `RATES` without residuals, (5, pairs, loads).
    """

    instances: InstanceRows
    numbers: Numbers
    idle_watts: Numbers
    idle_relative_sd: Numbers
    nodes: NodeDraws
    instance: Integers
    length: Integers
    reach: Numbers
    drivers: Numbers
    own_drivers: Numbers
    own_cached: Numbers
    input_tokens: Numbers
    length_keys: Words
    interval_class: Words
    most_sequences: Numbers
    by_memory: NDArray[np.bool_]
    batch: Numbers
    units: Numbers
    seconds: Numbers
    rates: Numbers

    def __len__(self) -> int:
        return len(self.instance)

    @property
    def rows(self) -> Observations:
        """What is known of the instances, one row each."""
        return self.instances.rows

    @property
    def at(self) -> Conditions:
        """The conditions of the instances."""
        return self.instances.at

    @property
    def cache_known(self) -> bool:
        """Whether the precision of the key-value cache was given, and does not depend on fitted parameters."""
        return self.instances.key_value_bytes is not None

    def numbers_of(self, layout: Layout, vector: Numbers) -> Numbers:
        """Return the numbers of the cells from another vector of parameters."""
        return self.instances.numbers(layout, vector)


def operating_points(
    numbers: Numbers,
    idle_watts: Numbers,
    instance: Integers,
    drivers: Numbers,
    own_drivers: Numbers,
    batch: Numbers,
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the ``units``, ``seconds`` and ``rates`` of `Points`, for any numbers of cells and batches.

    Parameters
    ----------
    numbers, idle_watts, instance, drivers, own_drivers, batch
        As of `Points`.
    """
    units, seconds, rates = np.empty((3, 5, *batch.shape))
    fill_points(
        np.ascontiguousarray(numbers.T),
        np.ascontiguousarray(idle_watts),
        np.ascontiguousarray(instance),
        np.ascontiguousarray(drivers.T),
        np.ascontiguousarray(own_drivers.T),
        np.ascontiguousarray(batch),
        units,
        seconds,
        rates,
    )
    return units, seconds, rates
