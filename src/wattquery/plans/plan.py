"""A whole grid as tables by axis, and any one cell of it.

Nothing here is as large as the grid: a cell is its indices into the tables until its turn comes.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, reduce
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column
from wattquery.plans.terms import Term, joined_terms
from wattquery.quantities import AXES, FACTOR_AXES
from wattquery.specs.factors import LENGTHS, SUMMED_AXES, WORKLOAD
from wattquery.throughput.load_form import LoadForm, model_of
from wattquery.throughput.model import ThroughputModel

__all__ = ["DEPLOYMENT", "Deployed", "Places", "Plan"]

Places = Mapping[str, NDArray[np.int64]]

DEPLOYMENT = "deployment"
"""In the place of the first four axes: a combination of their labels."""

NAMED_AXES = (
    "model",
    "hardware",
    "serving",
    "precision",
    "output_tokens",
    "input_tokens",
    "power_utilization",
    "pue",
    "node_power",
    "levers",
)
"""Axes that the name of a random stream has always held, wherever later ones stand among them. None is ever added:
every count that was drawn without common random numbers would change."""


@dataclass(frozen=True)
class Deployed:
    """A deployment as the equation needs it: its throughput model, or what a query takes of it under load.

    ``name`` tells deployments apart by what they are, whether the user or the catalog said it.
    """

    throughput: ThroughputModel | LoadForm
    name: str

    @property
    def model(self) -> ThroughputModel:
        """The throughput model, for what only fits have; under load there is none."""
        return model_of(self.throughput)


@dataclass(frozen=True, eq=False)
class Plan:
    """A grid in the fixed order of axes.

    Attributes
    ----------
    shape
        Length of each axis.
    deployments
        One per combination of the first four axes (model, hardware, serving, precision), ``None`` without data.
    output_tokens, input_tokens
        Lengths by label: of the two axes, or both of the workload, with which its cached tokens go.
    terms
        What the labels of each other axis of factors add to ln E, by axis in their order.
    by_deployment
        Axes that were left out and of which each deployment has a term of its own: their tables are by deployment.
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
        hardware, serving, precision and a node power of the deployment's own, which its name holds, and for what adds
        nothing to the facility.
    """

    shape: tuple[int, ...]
    deployments: tuple[Deployed | None, ...]
    output_tokens: tuple[Column, ...]
    input_tokens: tuple[Column, ...]
    terms: Mapping[str, tuple[Term, ...]]
    by_deployment: frozenset[str]
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

    @property
    def is_joint(self) -> bool:
        """Whether both lengths are those of a workload, which picks them together."""
        return self.output_tokens[0].joint is not None

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
        """Return where cells lie: the number of the deployment, and the place on each axis of factors, by name.

        Those of both lengths are that of the workload, where there is one.
        """
        deployment, rest = np.divmod(numbers, math.prod(self.shape[4:]))
        places = dict(zip(FACTOR_AXES, np.unravel_index(rest, self.shape[4:]), strict=True))
        return {DEPLOYMENT: deployment, **self._with_lengths(places)}

    def _places_of(self, number: int) -> dict[str, int]:
        """Return where one cell lies, as `places`, without arrays."""
        places = {}
        for name, size in zip(reversed(FACTOR_AXES), reversed(self.shape), strict=False):
            number, places[name] = divmod(number, size)
        return {DEPLOYMENT: number, **self._with_lengths(places)}

    def _with_lengths(self, places: dict[str, Any]) -> dict[str, Any]:
        """Return places in which those of the lengths point into their tables."""
        return places | dict.fromkeys(LENGTHS, places[WORKLOAD]) if self.is_joint else places

    def factors(self, places: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return mean and standard deviation in ln E of all fixed and lognormal factors of cells, or of one."""
        parts = []
        for axes, means, variances in self._moments:
            at = tuple([places[axis] for axis in axes])
            parts.append((means[at], variances[at]))
        mean = reduce(operator.add, [part[0] for part in parts])
        return mean, np.sqrt(reduce(operator.add, [part[1] for part in parts]))

    def _index(self, axis: str) -> str:
        """Return what the table of an axis is by."""
        return DEPLOYMENT if axis in self.by_deployment else axis

    @cached_property
    def _moments(self) -> tuple[tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]], ...]:
        """By what, means and variances of each summand, in the order of the sum: PUE and boundary are one summand."""
        found: list[tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]] = []
        for axis in SUMMED_AXES:
            if axis == "pue":
                means = np.array([[term.mean for term in row] for row in self.site])
                variances = np.array([[term.variance for term in row] for row in self.site])
                found.append((("pue", "boundary"), means, variances))
            elif axis != "boundary":
                table = self.terms[axis]
                means, variances = np.array([term.mean for term in table]), np.array([term.variance for term in table])
                found.append(((self._index(axis),), means, variances))
        return tuple(found)

    @cached_property
    def site(self) -> tuple[tuple[Term, ...], ...]:
        """PUE, where it is counted, and the boundary's factors as one term: a row per PUE, a column per boundary."""
        nothing = Term()
        return tuple(
            tuple(
                joined_terms((pue if counted else nothing, own))
                for own, counted in zip(self.terms["boundary"], self.counts_pue, strict=True)
            )
            for pue in self.terms["pue"]
        )

    @cached_property
    def extras(self) -> tuple[Column, ...]:
        """All factors that are neither a length nor fixed nor lognormal, PUE only where it counts."""
        counted = {axis: self.terms[axis] for axis in SUMMED_AXES if axis != "pue" or any(self.counts_pue)}
        return tuple(column for table in counted.values() for term in table for column, _ in term.extras)

    def cell(self, number: int) -> Cell:
        """Return a cell that has data."""
        places = self._places_of(number)
        mean, sigma = self.factors(places)
        deployed = self.deployments[places[DEPLOYMENT]]
        if deployed is None:
            raise LookupError(f"cell {number} has no data")
        terms = {axis: table[places[self._index(axis)]] for axis, table in self.terms.items()}
        if not self.counts_pue[places["boundary"]]:
            terms["pue"] = Term()
        power = terms["power_utilization"]
        return Cell(
            log_factors=float(mean),
            sigma=float(sigma),
            extras=tuple(chain.from_iterable(terms[axis].extras for axis in SUMMED_AXES)),
            base=power.base,
            span=power.span,
            throughput=deployed.throughput,
            output_tokens=self.output_tokens[places["output_tokens"]],
            input_tokens=self.input_tokens[places["input_tokens"]],
            terms=tuple(terms.values()),
            prefill_weight=self.prefill_weight,
        )

    def name(self, number: int) -> str:
        """Return the labels of a cell in one string; what was left out counts as what was found for it."""
        place = np.unravel_index(number, self.shape)
        deployed = self.deployments[int(np.ravel_multi_index(place[:4], self.shape[:4]))]
        found = "" if deployed is None else deployed.name
        labels = {axis: names[int(i)] for axis, names, i in zip(AXES, self.names, place, strict=True)}
        named = [labels.pop(axis) for axis in NAMED_AXES]
        # Later axes add nothing where they change nothing, not even an empty name: streams are as without them.
        return "\x1e".join([found, *named, *filter(None, labels.values())])
