"""States: the combinations of labels at which the instances of a deployment differ, and where each lies in its table.

Boundaries, PUE and the like change no instance, so that many points of the axes have a state in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.pooled.curves import Curve, Instances, instances_of
from wattquery.plans.load_build import LEADING
from wattquery.quantities import AXES
from wattquery.specs.lever import Lever
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.run import Run
from wattquery.throughput.load.deployments import LoadCases, LoadTable
from wattquery.throughput.load.deployments.uncertainty import Uncertainty

__all__ = ["Placed", "States", "cases_of", "placed", "states_of"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_LEVERS = AXES.index("levers") - 1
_LOAD = AXES.index("load") - 1
"""Places along the axes without that of models."""


@dataclass(frozen=True, eq=False)
class States:
    """The states of a fleet, and that of each of some points.

    Attributes
    ----------
    places
        Of each state, a place along the leading axes without that of models, and one of the levers.
    of_point
        Number of the state of each point.
    """

    places: Sequence[tuple[int, ...]]
    of_point: Integers

    def __len__(self) -> int:
        return len(self.places)


def states_of(places: Sequence[Sequence[int]]) -> States:
    """Return the states of points, each with a place along every axis but that of models."""
    found: dict[tuple[int, ...], int] = {}
    of_point = [
        found.setdefault((*place[: LEADING - 1], place[_LEVERS]), len(found)) for place in (tuple(p) for p in places)
    ]
    return States(list(found), np.array(of_point, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Placed:
    """A grid of a deployment, and where the states lie in its table.

    Attributes
    ----------
    run
        The grid.
    states
        Of the fleet.
    pair
        Which pair of an instance and lengths each state has.
    number
        Which form of the table each state has.
    """

    run: Run
    states: States
    pair: Integers
    number: Integers

    @property
    def table(self) -> LoadTable:
        """What the load model says of the grid."""
        return table_of(self.run.lowered)

    @property
    def cases(self) -> LoadCases:
        """What it was asked."""
        return cases_of(self.run)

    @cached_property
    def instance(self) -> Integers:
        """The row of the instance of each state."""
        return np.asarray(self.table.points.instance[self.pair], dtype=np.int64)

    @cached_property
    def accelerators(self) -> Array:
        """Of one instance, by state [1]."""
        return np.asarray(self.table.points.rows.accelerators[self.instance], dtype=np.float64)

    @cached_property
    def most(self) -> Array:
        """Most sequences that run at once, by state [1]."""
        return np.asarray(self.table.points.most_sequences[self.pair], dtype=np.float64)

    @cached_property
    def asked_loads(self) -> Array:
        """What the axis of loads says of each state [1]."""
        values = self.run.grid.load.values
        return np.array([values[place[_LOAD]] for place in self.states.places], dtype=np.float64)

    @cached_property
    def own_drivers(self) -> Array:
        """Means over the queries of the class, (5, states)."""
        return np.asarray(self.table.points.own_drivers[:, self.pair])

    def by_levers(self, left: Callable[[Sequence[Lever], Array], Array], batch: Array) -> Array:
        """Return what the levers of each state leave at batches, (states, n) [1]."""
        found = np.empty_like(batch)
        combination = np.array([place[-1] for place in self.states.places])
        for number, value in enumerate(self.run.grid.levers.values):
            here = combination == number
            found[here] = left(value.levers, batch[here])
        return found

    @cached_property
    def instances(self) -> Instances:
        """The instances of the grid at any batch."""
        return instances_of(self.table, self.cases)

    @cached_property
    def curve(self) -> Curve:
        """The rates of the instances of each state by batch."""
        return self.instances.curve.of(self.pair)

    def at(self, batch: Array) -> tuple[Uncertainty, tuple[Integers, Integers]]:
        """Return what is known at batches of each state, (states, n), and where each of these is found there."""
        spread, place = self._spread(batch)
        return self.instances.at(spread), place

    def rates(self, batch: Array) -> dict[str, Array]:
        """Return median rates by name at batches of each state, (states, n)."""
        spread, place = self._spread(batch)
        return {name: one[place] for name, one in self.instances.rates(spread).items()}

    def requests(self, batch: Array) -> Array:
        """Return the queries that an instance completes at batches of each state, (states, n) [1/s]."""
        spread, place = self._spread(batch)
        return np.asarray(self.instances.requests(self.instances.rates(spread)["throughput"])[place])

    def _spread(self, batch: Array) -> tuple[Array, tuple[Integers, Integers]]:
        """Return batches by pair, and where each is there."""
        rows, columns = self._columns(batch.shape[1])
        spread = np.ones((len(self.table.points), columns.max() + 1))
        spread[rows, columns] = batch
        return spread, (rows, columns)

    def _columns(self, count: int) -> tuple[Integers, Integers]:
        """Return rows and columns of states times n in a table by pair: states of one pair stand beside each other."""
        order = np.zeros(len(self.pair), dtype=np.int64)
        seen: dict[int, int] = {}
        for state, pair in enumerate(self.pair.tolist()):
            order[state] = seen.get(pair, 0)
            seen[pair] = order[state] + 1
        columns = order[:, None] * count + np.arange(count)
        return np.broadcast_to(self.pair[:, None], columns.shape), columns


def placed(run: Run, states: States) -> Placed:
    """Return where states lie in the table of a grid."""
    sizes = run.grid.shape[:LEADING]
    numbers = [int(np.ravel_multi_index((0, *place[:-1]), sizes)) for place in states.places]
    number = np.array(numbers, dtype=np.int64)
    return Placed(run, states, table_of(run.lowered).forms.pair[number], number)


def cases_of(run: Run) -> LoadCases:
    """Return what the load model was asked of a grid.

    Raises
    ------
    LookupError
        If the grid is under no load.
    """
    if run.lowered.under_load is None:
        raise LookupError("the grid is under no load")
    return run.lowered.under_load[0]
