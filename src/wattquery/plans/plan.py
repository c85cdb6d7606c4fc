"""A whole grid as tables by axis, and any one cell of it.

Nothing here is as large as the grid: a cell is its indices into the tables until its turn comes.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, reduce
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column
from wattquery.plans.lever_terms import columns_of, moments_of
from wattquery.plans.terms import Term, joined_terms
from wattquery.quantities import AXES, CATALOG_AXES
from wattquery.specs.distributions import Distribution
from wattquery.specs.factors import LENGTHS, SUMMED_AXES, WORKLOAD
from wattquery.throughput.load_form import LoadForm, model_of
from wattquery.throughput.model import ThroughputModel

__all__ = ["DEPLOYMENT", "Deployed", "LoadEnergies", "ModelEffects", "Places", "Plan"]

Places = Mapping[str, NDArray[np.int64]]

DEPLOYMENT = "deployment"
"""In the place of the leading axes: a combination of their labels."""

LEVERS_BY_LOAD = "levers by deployment"
"""In the place of the levers, where the load of a deployment changes them: a deployment and a combination."""

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

    ``name`` tells deployments apart by what they are, whether the user or the catalog said it. In the load form there
    is another one for each load and length, and ``at_node`` takes its place where more than accelerators counts.
    """

    throughput: ThroughputModel | LoadForm
    name: str
    at_node: LoadForm | None = None

    def at(self, counts_node: bool) -> ThroughputModel | LoadForm:
        """Return the form that holds where the node is counted, or its accelerators alone."""
        return self.at_node if counts_node and self.at_node is not None else self.throughput

    @property
    def model(self) -> ThroughputModel:
        """The throughput model, for what only fits have; under load there is none."""
        return model_of(self.throughput)


@dataclass(frozen=True, eq=False)
class LoadEnergies:
    """What queries take under a load, for each of some cells.

    Attributes
    ----------
    units
        What one unit of each of `wattquery.kernels.load.query.DRIVERS` takes, (5, cells) [kJ].
    reach
        The numbers of the attention, (cells, 9).
    cached_share, cached_number
        What of the input is cached, where lengths do not say it: a share of it [1], and a number [tokens].
    """

    units: NDArray[np.float64]
    reach: NDArray[np.float64]
    cached_share: NDArray[np.float64]
    cached_number: NDArray[np.float64]


class ModelEffects(Protocol):
    """What the load model leaves open: a term for each deployment, for the accelerators alone (0) and the node (1)."""

    @property
    def means(self) -> NDArray[np.float64]:
        """What each adds to ln E on average, (2, deployments)."""

    @property
    def variances(self) -> NDArray[np.float64]:
        """Its variance, (2, deployments)."""

    @property
    def extras(self) -> tuple[Column, ...]:
        """Their factors that are neither fixed nor lognormal."""

    def names(self, kinds: Collection[int]) -> tuple[str, ...]:
        """Return the names of all factors that are random somewhere, where some of 0 and 1 are counted."""

    def term(self, deployment: int, kind: int) -> Term:
        """Return one of them, with its factors by name."""

    def changed(self, name: str, change: Callable[[Distribution], Distribution]) -> ModelEffects:
        """Return effects in which one factor has another distribution wherever it is random."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A grid in the fixed order of axes.

    Attributes
    ----------
    shape
        Length of each axis.
    deployments
        One per combination of the leading axes, ``None`` without data.
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
    leading
        How many axes deployments are told apart by: those of the catalog, and under a load all up to the lengths.
    effects
        What the load model leaves open, if it is the one that is asked.
    counts_node
        Whether more than the accelerators is counted, by label of the boundary; empty where that bends nothing.
    levers_by_load
        Whether the terms of the levers are those of each deployment in turn, whose load changes them.
    """

    shape: tuple[int, ...]
    deployments: Sequence[Deployed | None]
    output_tokens: tuple[Column, ...]
    input_tokens: tuple[Column, ...]
    terms: Mapping[str, Sequence[Term]]
    by_deployment: frozenset[str]
    counts_pue: tuple[bool, ...]
    prefill_weight: float
    seed: int
    common_random_numbers: bool
    names: tuple[tuple[str, ...], ...]
    leading: int = len(CATALOG_AXES)
    effects: ModelEffects | None = None
    counts_node: tuple[bool, ...] = ()
    levers_by_load: bool = False

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
        """Whether each combination of the leading axes has data."""
        known: NDArray[np.bool_] | None = getattr(self.deployments, "supported", None)
        if known is None:
            known = np.array([one is not None for one in self.deployments], dtype=np.bool_)
        return known.reshape(self.shape[: self.leading])

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """The numbers of all cells that have data, in the order of the axes."""
        return np.flatnonzero(np.repeat(self.supported.ravel(), self.cells_of_a_deployment))

    @property
    def cells_of_a_deployment(self) -> int:
        """How many cells follow each other that differ in later axes alone."""
        return math.prod(self.shape[self.leading :])

    def places(self, numbers: NDArray[np.int64]) -> Places:
        """Return where cells lie: the number of the deployment, and the place on each axis after the catalog's.

        Those of both lengths are that of the workload, where there is one.
        """
        after = len(CATALOG_AXES)
        rest = numbers % math.prod(self.shape[after:])
        places = dict(zip(AXES[after:], np.unravel_index(rest, self.shape[after:]), strict=True))
        return self._with_lengths({DEPLOYMENT: numbers // self.cells_of_a_deployment, **places})

    def _places_of(self, number: int) -> dict[str, int]:
        """Return where one cell lies, as `places`, without arrays."""
        deployment, places = number // self.cells_of_a_deployment, {}
        for name, size in zip(reversed(AXES[len(CATALOG_AXES) :]), reversed(self.shape), strict=False):
            number, places[name] = divmod(number, size)
        return self._with_lengths({DEPLOYMENT: deployment, **places})

    def _with_lengths(self, places: dict[str, Any]) -> dict[str, Any]:
        """Return places in which those of the lengths, and of levers by load, point into their tables."""
        if self.levers_by_load:
            size = self.shape[AXES.index("levers")]
            places[LEVERS_BY_LOAD] = places[DEPLOYMENT] * size + places["levers"]
        return places | dict.fromkeys(LENGTHS, places[WORKLOAD]) if self.is_joint else places

    @property
    def is_load(self) -> bool:
        """Whether the load model says what queries take."""
        return self.effects is not None

    def load_energies(self, numbers: NDArray[np.int64]) -> LoadEnergies:
        """Return what queries take in some cells under a load.

        Raises
        ------
        LookupError
            If the plan is of another form.
        """
        energies: Callable[..., LoadEnergies] | None = getattr(self.deployments, "energies", None)
        if energies is None:
            raise LookupError("only a plan under load has energies of its own")
        kinds = self.kinds[self.places(numbers)["boundary"]]
        return energies(numbers // self.cells_of_a_deployment, kinds)

    def factors(self, places: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return mean and standard deviation in ln E of all fixed and lognormal factors of cells, or of one."""
        parts = []
        for axes, means, variances in self._moments:
            at = tuple([places[axis] for axis in axes])
            parts.append((means[at], variances[at]))
        if self.effects is not None:
            of_model = self.kinds[places["boundary"]], places[DEPLOYMENT]
            parts.append((self.effects.means[of_model], self.effects.variances[of_model]))
        mean = reduce(operator.add, [part[0] for part in parts])
        return mean, np.sqrt(reduce(operator.add, [part[1] for part in parts]))

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """By label of the boundary, 0 where accelerators alone are counted, else 1."""
        return np.array(self.counts_node, dtype=np.int64)

    def _index(self, axis: str) -> str:
        """Return what the table of an axis is by."""
        if axis == "levers" and self.levers_by_load:
            return LEVERS_BY_LOAD
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
                means, variances = moments_of(self.terms[axis])
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
        columns = tuple(column for table in counted.values() for of_label in columns_of(table) for column in of_label)
        return columns if self.effects is None else columns + self.effects.extras

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
        extras = tuple(chain.from_iterable(terms[axis].extras for axis in SUMMED_AXES))
        counts_node = not self.counts_node or self.counts_node[places["boundary"]]
        if self.effects is not None:
            of_model = self.effects.term(places[DEPLOYMENT], int(counts_node))
            terms["load"], extras = of_model, extras + of_model.extras
        power = terms["power_utilization"]
        return Cell(
            log_factors=float(mean),
            sigma=float(sigma),
            extras=extras,
            base=power.base,
            span=power.span,
            throughput=deployed.at(counts_node),
            output_tokens=self.output_tokens[places["output_tokens"]],
            input_tokens=self.input_tokens[places["input_tokens"]],
            terms=tuple(terms.values()),
            prefill_weight=self.prefill_weight,
        )

    def name(self, number: int) -> str:
        """Return the labels of a cell in one string; what was left out counts as what was found for it."""
        place = np.unravel_index(number, self.shape)
        deployed = self.deployments[number // self.cells_of_a_deployment]
        found = "" if deployed is None else deployed.name
        labels = {axis: names[int(i)] for axis, names, i in zip(AXES, self.names, place, strict=True)}
        named = [labels.pop(axis) for axis in NAMED_AXES]
        # Later axes add nothing where they change nothing, not even an empty name: streams are as without them.
        return "\x1e".join([found, *named, *filter(None, labels.values())])
