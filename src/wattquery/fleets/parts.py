"""A fleet's queries taken apart: one part for each class of queries and each model that answers it.

This is the door from a scenario to numbers: labels stop here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, listed
from wattquery.fleets.length_means import LengthMeans, LengthPart, length_means
from wattquery.fleets.moments import moment
from wattquery.quantities import AXES, FLEET_AXES
from wattquery.scenarios.query_class import FRONTIER, QueryClass
from wattquery.scenarios.scenario import Scenario
from wattquery.specs import Boundary
from wattquery.specs.axis import Axis, parse_axis
from wattquery.specs.converters import LeverSet
from wattquery.specs.factors import Factor
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import Study, boundary_converter, study

__all__ = ["ClassGrid", "Part", "class_grids", "members_of"]

MOST_WH = 1e12
"""Of a mean query: what a city uses in a month."""

EXACT = settings(method="exact", threads=1)
"""How the distribution of a single cell is found."""


@dataclass(frozen=True, eq=False)
class Part:
    """The queries of one class that one model answers, at one point of the axes.

    Attributes
    ----------
    query_class, model
        Their names.
    weight
        Share of the class's queries [1].
    lengths
        What depends on the lengths.
    constant
        ln of all fixed factors, with the unit of power [ln(Wh/s)].
    factors
        Random factors that multiply or divide.
    levers, boundary
        What the energy is divided by, and what is counted.
    pue_mean
        Mean of the PUE, 1 where it is not counted [1].
    slot
        Number of the deployment, whose throughput fit is one unknown for all classes.
    means
        Over the lengths.
    """

    query_class: str
    model: str
    weight: float
    lengths: LengthPart
    constant: float
    factors: tuple[Factor, ...]
    levers: LeverSet
    boundary: Boundary
    pue_mean: float
    slot: int
    means: LengthMeans

    @cached_property
    def scale(self) -> float:
        """Fixed factors and the lengths [Wh]."""
        return math.exp(self.constant) * self.means.energy

    @cached_property
    def mean(self) -> float:
        """Mean energy of a query over everything random [Wh]."""
        return self.scale * math.prod(moment(factor.distribution, factor.sign) for factor in self.factors)

    @cached_property
    def square(self) -> float:
        """Mean of the square of the energy [Wh2]."""
        factors = math.prod(moment(factor.distribution, 2.0 * factor.sign) for factor in self.factors)
        return math.exp(2.0 * self.constant) * self.means.square * factors

    def node_seconds(self, levers: Sequence[str]) -> float:
        """Return for how long a query holds a node [s], shortened by some levers."""
        shorter = (lever.distribution for lever in self.levers.levers if lever.name in levers)
        return self.means.seconds * math.prod(moment(distribution, -1.0) for distribution in shorter)


@dataclass(frozen=True, eq=False)
class ClassGrid:
    """One class of queries over the axes of its scenario.

    Attributes
    ----------
    name
        Of the class.
    members
        Models and weights.
    run
        The grid of its cells, lowered.
    slots
        Number of each deployment by its throughput model.
    """

    name: str
    members: tuple[tuple[str, float], ...]
    run: Run
    slots: Mapping[object, int]

    @property
    def axes(self) -> tuple[Axis[object], ...]:
        """The axes that it has in common with all classes."""
        return tuple(axis for axis in self.run.grid.dimensions if axis.name != "model")

    def points(self) -> Iterator[list[Part]]:
        """Yield the parts at each point of the axes, in their order."""
        sizes = [range(axis.size) for axis in self.run.grid.axes[1:]]
        for place in itertools.product(*sizes):
            yield [self._part(i, weight, place) for i, (_, weight) in enumerate(self.members)]

    def number(self, member: int, place: Sequence[int]) -> int:
        """Return the number of a cell in the plan."""
        return int(np.ravel_multi_index((member, *place), self.run.grid.shape))

    def _part(self, member: int, weight: float, place: Sequence[int]) -> Part:
        grid = self.run.grid
        at = dict(zip(AXES[1:], place, strict=True))
        cell = self.run.plan.cell(self.number(member, place))
        lengths = LengthPart(
            cell.model, cell.output_tokens, cell.input_tokens, cell.base, cell.span, cell.prefill_weight
        )
        boundary = grid.boundary.values[at["boundary"]]
        with np.errstate(over="ignore", invalid="ignore"):  # said below
            means = length_means(lengths)
        part = Part(
            query_class=self.name,
            model=self.members[member][0],
            weight=weight,
            lengths=lengths,
            constant=cell.constant,
            factors=tuple(factor for factor in cell.factors if factor.sign),
            levers=grid.levers.values[at["levers"]],
            boundary=boundary,
            pue_mean=moment(grid.pue.values[at["pue"]], 1.0) if boundary.counts_pue else 1.0,
            slot=self.slots[cell.throughput],
            means=means,
        )
        _check_energy(part)
        return part


def _check_energy(part: Part) -> None:
    """Refuse a mean energy that is no number or that no query can take, before totals are made of it."""
    try:
        mean, square = part.mean, part.square
    except OverflowError:
        mean = square = math.inf
    if not (mean <= MOST_WH and math.isfinite(square)):
        shown = f"{mean:.3g} Wh" if math.isfinite(mean) else "no finite number"
        raise InputError(
            f"class {part.query_class!r}: the mean energy of a query to {part.model} must be at most {MOST_WH:g} Wh, "
            f"got {shown}. Check its lengths, factors and overhead for a unit or a slip of the pen."
        )


def class_grids(scenario: Scenario, preset: Preset) -> list[ClassGrid]:
    """Return the classes of a scenario as grids over its axes.

    Raises
    ------
    InputError
        If a class has no data, or an argument of it is not allowed.
    """
    slots: dict[object, int] = {}
    grids = []
    for name, query_class in scenario.classes.items():
        try:
            grids.append(_class_grid(scenario, preset, name, query_class, slots))
        except InputError as error:
            raise type(error)(f"class {name!r}: {error}") from error
    return grids


def members_of(query_class: QueryClass, scenario: Scenario, preset: Preset) -> tuple[tuple[str, float], ...]:
    """Return the models that answer a class, and the share of its queries that each does.

    Raises
    ------
    InputError
        If the frontier is asked for with another catalog than the preset's.
    """
    if query_class.model != FRONTIER:
        return query_class.members
    if scenario.catalog is not None and catalogs.load(scenario.catalog).name != preset.catalog:
        raise InputError(
            f"model = {FRONTIER!r} stands for the models that preset {preset.name!r} finds in its own catalog "
            f"{preset.catalog!r}, and another catalog was given. Name the models: model = ['A', 'B']."
        )
    models = frontier_models(preset)
    return tuple((model, 1.0 / len(models)) for model in models)


def _class_grid(
    scenario: Scenario,
    preset: Preset,
    name: str,
    query_class: QueryClass,
    slots: dict[object, int],
) -> ClassGrid:
    members = members_of(query_class, scenario, preset)
    models = [model for model, _ in members]
    run = prepare(_study(scenario, preset, query_class, models), EXACT)
    supported = run.plan.supported.ravel()
    missing = [model for model, has_data in zip(models, supported, strict=True) if not has_data]
    if missing:
        catalog = run.study.catalog
        raise InputError(
            f"catalog {catalog.name!r} has no rows of {missing[0]!r} for this class. It has "
            f"{listed(sorted(catalog.labels('model', measured=True)))}; see wattquery catalog for their hardware, "
            "serving and precision."
        )
    # As the catalog spells them, whatever the scenario does.
    members = tuple(zip(run.grid.model.values, (weight for _, weight in members), strict=True))
    for deployed in run.plan.deployments:
        if deployed is not None:
            slots.setdefault(deployed.throughput, len(slots))
    return ClassGrid(name, members, run, slots)


def _study(scenario: Scenario, preset: Preset, query_class: QueryClass, models: list[str]) -> Study:
    """Return the grid of a class: what it states, and the scenario's axes in the place of that."""
    own = replace(preset, levers=query_class.with_lever_factors(preset.levers))
    arguments: dict[str, Any] = query_class.arguments()
    arguments |= {name: scenario.axes[name] for name in FLEET_AXES[1:] if name in scenario.axes}
    counted = _with_overhead(scenario, preset)
    arguments["boundary"] = counted.values[0]
    if counted.is_dimension:
        arguments["boundary"] = dict(zip(counted.labels, counted.values, strict=True))
    if "pue" not in scenario.axes and not any(boundary.counts_pue for boundary in counted.values):
        arguments.pop("pue", None)
    return study(models, catalog=scenario.catalog, preset=own, throughput_model=scenario.throughput_model, **arguments)


def _with_overhead(scenario: Scenario, preset: Preset) -> Axis[Boundary]:
    """Return the boundary, or the axis of them, with the overhead as further steps."""
    convert = boundary_converter(preset)

    def beyond(value: object) -> Boundary:
        boundary = convert(value)
        return replace(boundary, steps=(*boundary.steps, *scenario.overhead))

    return parse_axis("boundary", scenario.axes.get("boundary", scenario.boundary), beyond)
