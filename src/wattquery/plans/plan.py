"""A whole grid as tables by axis, and any one cell of it.

Nothing here is as large as the grid: a cell is its indices into the tables until its turn comes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.columns import Column
from wattquery.plans.terms import Term, joined_terms
from wattquery.throughput import ThroughputModel

__all__ = ["Cell", "Deployed", "Places", "Plan"]

Places = tuple[NDArray[np.int64], ...]


@dataclass(frozen=True)
class Deployed:
    """A deployment as the equation needs it: its throughput model, and its own node power as a term.

    ``name`` tells deployments apart by what they are, whether the user or the catalog said it.
    """

    throughput: ThroughputModel
    node_power: Term
    name: str


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: the factors of its energy, independent lognormals merged into one.

    Attributes
    ----------
    log_factors, sigma
        Mean and standard deviation of the sum of all fixed and lognormal factors in ln E.
    extras
        Factors of other distributions: the column and +1 (multiplies) or -1 (divides).
    base, span
        Of a power that follows throughput; ``span`` is 0 for one that does not.
    throughput
        The throughput model.
    output_tokens, input_tokens
        The lengths.
    """

    log_factors: float
    sigma: float
    extras: tuple[tuple[Column, float], ...]
    base: float
    span: float
    throughput: ThroughputModel
    output_tokens: Column
    input_tokens: Column


@dataclass(frozen=True, eq=False)
class Plan:
    """A grid in the fixed order of axes.

    Attributes
    ----------
    shape
        Length of each of the eleven axes.
    deployments
        One per combination of the first four axes (model, hardware, serving, precision), ``None`` without data.
    output_tokens, input_tokens
        Lengths by label.
    power_utilization, pue, node_power, levers, boundary
        Terms by label; ``node_power`` is ``None`` where each deployment's own is used.
    counts_pue
        Whether PUE is part of what is counted, by label of the boundary.
    prefill_weight
        Weight of one input token relative to one output token [1].
    seed
        Names all random streams.
    common_random_numbers
        Whether cells share their base variates.
    names
        A name per label and axis, by which the streams of a cell are keyed where they are not shared; empty for
        hardware, serving, precision and a node power of the deployment's own, which its name holds, and for the
        facility without further steps.
    """

    shape: tuple[int, ...]
    deployments: tuple[Deployed | None, ...]
    output_tokens: tuple[Column, ...]
    input_tokens: tuple[Column, ...]
    power_utilization: tuple[Term, ...]
    pue: tuple[Term, ...]
    node_power: tuple[Term, ...] | None
    levers: tuple[Term, ...]
    boundary: tuple[Term, ...]
    counts_pue: tuple[bool, ...]
    prefill_weight: float
    seed: int
    common_random_numbers: bool
    names: tuple[tuple[str, ...], ...]

    def __getstate__(self) -> dict[str, object]:
        """Return the fields alone: what is made of them is made again where a pickle is opened."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    @cached_property
    def supported(self) -> NDArray[np.bool_]:
        """Whether each combination of the first four axes has data."""
        has_data = [one is not None for one in self.deployments]
        return np.array(has_data, dtype=np.bool_).reshape(self.shape[:4])

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """The numbers of all cells that have data, in the order of the axes."""
        return np.flatnonzero(np.repeat(self.supported.ravel(), math.prod(self.shape[4:])))

    def places(self, numbers: NDArray[np.int64]) -> Places:
        """Return where cells lie on each axis: the deployment, then one index per further axis."""
        deployment, rest = np.divmod(numbers, math.prod(self.shape[4:]))
        return (deployment, *np.unravel_index(rest, self.shape[4:]))

    def factors(self, places: Places) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and standard deviation in ln E of all fixed and lognormal factors of cells."""
        deployment, _, _, power, pue, node, levers, boundary = places
        means, variances = self._moments
        node = deployment if self.node_power is None else node
        mean = means[0][node] + means[1][pue, boundary] + means[2][power] + means[3][levers]
        variance = variances[0][node] + variances[1][pue, boundary] + variances[2][power] + variances[3][levers]
        return mean, np.sqrt(variance)

    @cached_property
    def _moments(self) -> tuple[tuple[NDArray[np.float64], ...], tuple[NDArray[np.float64], ...]]:
        node = self.node_power
        if node is None:
            node = tuple(Term() if one is None else one.node_power for one in self.deployments)
        tables = (node, self.power_utilization, self.levers)
        means = [np.array([term.mean for term in table]) for table in tables]
        variances = [np.array([term.variance for term in table]) for table in tables]
        means.insert(1, np.array([[term.mean for term in row] for row in self.site]))
        variances.insert(1, np.array([[term.variance for term in row] for row in self.site]))
        return tuple(means), tuple(variances)

    @cached_property
    def site(self) -> tuple[tuple[Term, ...], ...]:
        """PUE, where it is counted, and the boundary's factors as one term: a row per PUE, a column per boundary."""
        nothing = Term()
        return tuple(
            tuple(
                joined_terms((pue if counted else nothing, own))
                for own, counted in zip(self.boundary, self.counts_pue, strict=True)
            )
            for pue in self.pue
        )

    def cell(self, number: int) -> Cell:
        """Return the factors of a cell that has data."""
        places = self.places(np.array([number]))
        mean, sigma = self.factors(places)
        deployment, output, input_, power, pue, node, levers, boundary = (int(place[0]) for place in places)
        deployed = self.deployments[deployment]
        if deployed is None:
            raise LookupError(f"cell {number} has no data")
        node_term = deployed.node_power if self.node_power is None else self.node_power[node]
        following = self.power_utilization[power]
        own_pue = self.pue[pue].extras if self.counts_pue[boundary] else ()
        by_axis = (
            node_term.extras,
            own_pue,
            following.extras,
            self.levers[levers].extras,
            self.boundary[boundary].extras,
        )
        return Cell(
            log_factors=float(mean[0]),
            sigma=float(sigma[0]),
            extras=tuple(chain.from_iterable(by_axis)),
            base=following.base,
            span=following.span,
            throughput=deployed.throughput,
            output_tokens=self.output_tokens[output],
            input_tokens=self.input_tokens[input_],
        )

    def name(self, number: int) -> str:
        """Return the labels of a cell in one string; what was left out counts as what was found for it."""
        place = np.unravel_index(number, self.shape)
        deployed = self.deployments[int(np.ravel_multi_index(place[:4], self.shape[:4]))]
        found = "" if deployed is None else deployed.name
        *names, boundary = (names[int(i)] for names, i in zip(self.names, place, strict=True))
        # The facility adds nothing, not even an empty name: its streams are those of a grid without boundaries.
        return "\x1e".join([found, *names, *([boundary] if boundary else [])])
