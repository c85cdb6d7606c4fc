"""A fleet's queries taken apart: one part for each class of queries and each model that answers it.

This is the door from a scenario to numbers: labels stop here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, listed
from wattquery.fleets.length_means import LengthPart, length_means
from wattquery.fleets.moments import moment
from wattquery.fleets.part import NO_SLOT, Part, check_energy
from wattquery.fleets.shared_batches import Served, pooled
from wattquery.inputs.ladder import ACCELERATOR
from wattquery.quantities import AXES, FLEET_AXES
from wattquery.scenarios.query_class import FRONTIER, QueryClass
from wattquery.scenarios.scenario import Scenario
from wattquery.specs import Boundary
from wattquery.specs.axis import Axis, parse_axis
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.load_hint import load_hint
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import Study, boundary_converter, study
from wattquery.throughput.load.deployments import remedy

__all__ = ["EXACT", "ClassGrid", "check_data", "class_grids", "members_of", "said_of", "study_of"]

EMPTY: Mapping[str, Any] = MappingProxyType({})
EXACT = settings(method="exact", threads=1)
"""How the distribution of a single cell is found."""


@dataclass(frozen=True, eq=False)
class ClassGrid:
    """One class of queries over the axes of its scenario.

    Attributes
    ----------
    name
        Of the class.
    members
        Models and weights.
    runs
        The grids of its cells, lowered: one of all models, or under load one of each.
    slots
        Number of each deployment by its throughput model.
    companions
        By model, the classes on the same instances; none without a load.
    """

    name: str
    members: tuple[tuple[str, float], ...]
    runs: tuple[Run, ...]
    slots: Mapping[object, int]
    companions: tuple[tuple[str, ...], ...] = ()

    @property
    def run(self) -> Run:
        """The grid of its first model, which all of them have the axes of."""
        return self.runs[0]

    @property
    def axes(self) -> tuple[Axis[object], ...]:
        """The axes that it has in common with all classes."""
        return tuple(axis for axis in self.run.grid.dimensions if axis.name != "model")

    def points(self, places: Iterable[Sequence[int]] | None = None) -> Iterator[list[Part]]:
        """Yield the parts at each point of the axes, in their order, or at some of them."""
        sizes = [range(axis.size) for axis in self.run.grid.axes[1:]]
        for place in itertools.product(*sizes) if places is None else places:
            yield [self._part(i, weight, place) for i, (_, weight) in enumerate(self.members)]

    @property
    def models_in_words(self) -> str:
        """The models that answer, with their shares of the class."""
        return ", ".join(f"{model} {weight:.3g}" for model, weight in self.members)

    def of(self, member: int) -> tuple[Run, int]:
        """Return the grid of a model, and its place there."""
        return (self.runs[member], 0) if len(self.runs) > 1 else (self.run, member)

    def _part(self, member: int, weight: float, place: Sequence[int]) -> Part:
        run, first = self.of(member)
        grid = run.grid
        at = dict(zip(AXES[1:], place, strict=True))
        number = int(np.ravel_multi_index((first, *place), grid.shape))
        cell = run.plan.cell(number)
        lengths = LengthPart(
            cell.throughput, cell.output_tokens, cell.input_tokens, cell.base, cell.span, cell.prefill_weight
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
            slot=self.slots.get(cell.throughput, NO_SLOT),
            means=means,
            **(_under_load(run, number, boundary, lengths) if run.plan.is_load else {"seconds": means.seconds}),
        )
        check_energy(part)
        return part


def _under_load(run: Run, number: int, boundary: Boundary, lengths: LengthPart) -> dict[str, Any]:
    """Return what the table of the load model says of a cell, by the names of a part."""
    table, deployment = table_of(run.lowered), number // run.plan.cells_of_a_deployment
    said = {
        "seconds": float(table.instance_seconds[deployment]),
        "instance": float(table.accelerators[deployment]),
        "running": float(table.batch[deployment]),
        "extrapolated": str(table.support_basis[deployment]) if table.support[deployment] == "extrapolated" else "",
    }
    if boundary.counted != ACCELERATOR.name:
        said["accelerator_share"] = _accelerator_share(run, deployment, lengths)
    return said


def _accelerator_share(run: Run, deployment: int, lengths: LengthPart) -> float:
    """Return the share of the node's mean energy that its accelerators draw [1]."""
    deployed, effects = run.plan.deployments[deployment], run.plan.effects
    if deployed is None or effects is None:
        raise LookupError(f"deployment {deployment} has no data under a load")
    alone, node = (
        length_means(replace(lengths, throughput=deployed.at(counts_node))).energy for counts_node in (False, True)
    )
    expected = np.exp(effects.means[:, deployment] + 0.5 * effects.variances[:, deployment])
    return float(alone / node * expected[0] / expected[1])


def class_grids(scenario: Scenario, preset: Preset, *, ask_memory: bool = True) -> list[ClassGrid]:
    """Return the classes of a scenario as grids over its axes.

    Parameters
    ----------
    scenario, preset
        What is computed.
    ask_memory
        Whether what does not fit in memory is refused: not where a grid is looked at and not solved.

    Raises
    ------
    InputError
        If a class has no data, or an argument of it is not allowed.
    """
    members, served = {}, {}
    for name, query_class in scenario.classes.items():
        with said_of(name):
            members[name] = members_of(query_class, scenario, preset)
            served[name] = _served(scenario, preset, name, members[name])
    slots: dict[object, int] = {}
    grids = []
    filled = iter(pooled([one for of_class in served.values() for one in of_class]))
    for name, of_class in served.items():
        with said_of(name):
            grids.append(_class_grid(name, members[name], [next(filled) for _ in of_class], slots, ask_memory))
    return grids


@contextmanager
def said_of(name: str, what: str = "class") -> Iterator[None]:
    """Say of which class, or of what else, a message is."""
    try:
        yield
    except InputError as error:
        raise type(error)(f"{what} {name!r}: {error}") from error


def members_of(query_class: QueryClass, scenario: Scenario, preset: Preset) -> tuple[tuple[Any, float], ...]:
    """Return the models that answer a class, and the share of its queries that each does.

    Raises
    ------
    InputError
        If the frontier is asked for with another catalog than the preset's, or under a load.
    """
    if query_class.model != FRONTIER:
        return query_class.members
    if scenario.is_under_load:
        raise InputError(
            f"model = {FRONTIER!r} stands for the models that take most by the paper's throughputs, which is "
            "nothing under a load. Name the models: model = ['Llama 3.1 405B', 'DeepSeek-R1']."
        )
    if scenario.catalog is not None and catalogs.load(scenario.catalog).name != preset.catalog:
        raise InputError(
            f"model = {FRONTIER!r} stands for the models that preset {preset.name!r} finds in its own catalog "
            f"{preset.catalog!r}, and another catalog was given. Name the models: model = ['A', 'B']."
        )
    models = frontier_models(preset)
    return tuple((model, 1.0 / len(models)) for model in models)


def _served(scenario: Scenario, preset: Preset, name: str, members: Sequence[tuple[Any, float]]) -> list[Served]:
    """Return what a class asks of its models: of all at once, or under load of each, which is batched alone."""
    query_class, share = scenario.classes[name], scenario.shares[name]
    if scenario.is_under_load:
        return [
            Served(name, share * weight, study_of(scenario, preset, query_class, [model])) for model, weight in members
        ]
    return [Served(name, share, study_of(scenario, preset, query_class, [model for model, _ in members]))]


def _class_grid(
    name: str,
    members: Sequence[tuple[Any, float]],
    served: Sequence[Served],
    slots: dict[object, int],
    ask_memory: bool,
) -> ClassGrid:
    runs = tuple(prepare(one.study, EXACT, ask_memory=ask_memory, goes_to_store=True) for one in served)
    for run in runs:
        check_data(run)
        for deployed in run.plan.deployments if not run.plan.is_load else ():
            if deployed is not None:
                slots.setdefault(deployed.throughput, len(slots))
    # As the catalog spells them, whatever the scenario does.
    labels = [str(getattr(model, "label", model)) for run in runs for model in run.grid.model.values]
    weights = [weight for _, weight in members]
    companions = tuple(one.companions for one in served if one.companions)
    return ClassGrid(name, tuple(zip(labels, weights, strict=True)), runs, slots, companions)


def check_data(run: Run) -> None:
    """Refuse a class some of whose cells nothing is known of."""
    supported = run.plan.supported
    if supported.all():
        return
    first = int(np.argmin(supported.ravel()))
    place = np.unravel_index(first, supported.shape)
    if run.plan.is_load:
        reason = table_of(run.lowered).reason[first]
        labels = [
            f"{axis.name} {axis.labels[int(i)]}"
            for axis, i in zip(run.grid.axes, place, strict=False)
            if axis.labels != ("",)
        ]
        raise InputError(f"The load model has no answer for {', '.join(labels)}, for {reason}: {remedy(reason)}.")
    catalog, model = run.study.catalog, run.grid.model.labels[int(place[0])]
    raise InputError(
        f"catalog {catalog.name!r} has no rows of {model!r} for this class. It has "
        f"{listed(sorted(catalog.labels('model', measured=True)))}; see wattquery catalog for their hardware, "
        f"serving and precision.{load_hint(model, run.grid.hardware.values[int(place[1])] or None)}"
    )


def study_of(
    scenario: Scenario, preset: Preset, query_class: QueryClass, models: list[Any], stated: Mapping[str, Any] = EMPTY
) -> Study:
    """Return the grid of a class: what it states, and what else is stated of it; the scenario's axes in their place."""
    own = replace(
        preset,
        levers=query_class.with_lever_factors(preset.levers),
        lever_kinds={**preset.lever_kinds, **query_class.lever_kinds},
    )
    arguments: dict[str, Any] = {**query_class.arguments(), **stated}
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
    convert = boundary_converter(preset, has_share=not scenario.is_under_load)

    def beyond(value: object) -> Boundary:
        boundary = convert(value)
        return replace(boundary, steps=(*boundary.steps, *scenario.overhead))

    return parse_axis("boundary", scenario.axes.get("boundary", scenario.boundary), beyond)
