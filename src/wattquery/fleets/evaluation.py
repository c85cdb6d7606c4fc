"""One scenario under one preset as arrays: every class at every point of the axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.catalog.boundaries import SHARE
from wattquery.engine.executor import Progress
from wattquery.fleets.mixes import mixed
from wattquery.fleets.moments import moment
from wattquery.fleets.part import Part
from wattquery.fleets.parts import ClassGrid, class_grids
from wattquery.fleets.pooled.grids import pooled_class_grids
from wattquery.fleets.telling import telling
from wattquery.fleets.totals import ClassMoments, class_moments
from wattquery.inputs.ladder import LADDER
from wattquery.kernels.random.streams import stream
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX, share_table
from wattquery.specs import as_distribution
from wattquery.specs.axis import Axis
from wattquery.sweeps.dataset import MOST_QUERIES_OUTSIDE
from wattquery.sweeps.run import compute
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.stages import stages
from wattquery.sweeps.throughput_forms import forms_in_words
from wattquery.uncertainty.scopes import Scope

__all__ = ["OUTSIDE_LENGTHS", "WITHIN", "Evaluation", "Look"]

OUTSIDE_LENGTHS = "most queries lie outside the lengths measured"
"""Why a model is extrapolated that has a throughput fit."""

Array = NDArray[np.float64]

WITHIN = ACCELERATOR, HOST, FACILITY = tuple(rung.adds for rung in LADDER)
"""Parts of a facility's energy from the inside to the outside; steps are beyond them."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A scenario under a preset.

    Attributes
    ----------
    scenario, preset
        What is computed.
    scopes
        ``"query"`` for factors that are drawn anew for each query.
    sampled
        How means are sampled; ``None`` where they are sums.
    is_look
        Whether this is a look at a whole of which nothing is solved: its points are those that `telling` names.
    """

    scenario: Scenario
    preset: Preset
    scopes: dict[str, Scope]
    sampled: Settings | None = None
    is_look: bool = False

    @cached_property
    def grids(self) -> list[ClassGrid]:
        """The classes."""
        make = pooled_class_grids if self.scenario.pools else class_grids
        return make(self.scenario, self.preset, ask_memory=not self.is_look)

    @property
    def axes(self) -> tuple[Axis[object], ...]:
        """The axes that all classes have in common, shares left out."""
        return self.grids[0].axes

    @cached_property
    def points(self) -> list[list[list[Part]]]:
        """The parts by point, class and model."""
        places = telling(grid.run.grid for grid in self.grids) if self.is_look else None
        return [list(parts) for parts in zip(*(grid.points(places) for grid in self.grids), strict=True)]

    @cached_property
    def parts(self) -> list[Part]:
        """All parts of all points."""
        return [part for row in self.points for parts in row for part in parts]

    @cached_property
    def shares(self) -> Array:
        """The shares of the classes [1], a row per point of the axes of shares."""
        swept = self.scenario.share_axes
        return share_table(self.scenario.classes, swept).reshape(-1, len(self.grids))

    @property
    def share_dims(self) -> tuple[str, ...]:
        """What the axes of shares are called."""
        return tuple(name + SUFFIX for name in self.scenario.share_axes)

    @property
    def share_shape(self) -> tuple[int, ...]:
        """How many labels each axis of shares has."""
        return tuple(len(labels) for labels in self.scenario.share_axes.values())

    @cached_property
    def moments(self) -> list[ClassMoments]:
        """The moments of the classes at each point."""
        return [class_moments(classes, self.scopes) for classes in self.points]

    @cached_property
    def means(self) -> Array:
        """Mean energy of a query [Wh], a row per point and a column per class: a sum, or sampled."""
        if self.sampled is None:
            return np.array([moments.means for moments in self.moments])
        reports = stages(self.sampled.progress, len(self.grids))
        columns = [_sampled_means(*pair, self.sampled) for pair in zip(self.grids, reports, strict=True)]
        return np.stack(columns, axis=1)

    @cached_property
    def sampling_variances(self) -> Array:
        """Variance of a mean estimated with one draw per model [Wh2], a row per point and a column per class."""
        return np.array([moments.sampling for moments in self.moments])

    def sampling_stderr(self, draws: float) -> Array:
        """Return the standard error of the mean energy of a query [Wh] (point, shares) with so many draws per model."""
        variances = mixed(self.sampling_variances, self.shares.T**2)
        return np.asarray(np.sqrt(variances / draws))

    @cached_property
    def factor_names(self) -> list[str]:
        """The random factors that multiply or divide somewhere."""
        return list(dict.fromkeys(factor.name for part in self.parts for factor in part.factors))

    def components(self) -> tuple[list[str], Array]:
        """Return names, and the mean energy of a query by point, class and component [Wh]; they sum to the mean."""
        rows = zip(self.points, self.means.tolist(), strict=True)
        split = _split_by_part if self.scenario.pools else _split_as_first
        tables = [[split(parts, mean) for parts, mean in zip(*row, strict=True)] for row in rows]
        names = self._in_order(name for row in tables for table in row for name in table)
        values = [[[table.get(name, 0.0) for name in names] for table in row] for row in tables]
        return names, np.array(values)

    def component_names(self) -> list[str]:
        """Return the names of the components."""
        return self._in_order(name for row in self.points for parts in row for name in _split(parts[0], 1.0))

    def _in_order(self, names: Iterable[str]) -> list[str]:
        last = [step.name for step in self.scenario.overhead]
        # At another point of an axis of boundaries there may be more within the overhead.
        return sorted(dict.fromkeys(names), key=lambda name: ([*WITHIN, name].index(name), name in last))

    def component_sources(self) -> dict[str, str]:
        """Return by component where the number that makes it comes from, in words."""
        sources = {FACILITY: "PUE of the preset or the scenario"}
        for part in self.parts:
            stated = part.boundary.accelerator_share is not None
            share = part.boundary.share_source if stated else _default_share()[1]
            if part.fit is None:
                sources.setdefault(ACCELERATOR, "load model")
                sources.setdefault(HOST, "load model: the rest of its node")
            sources.setdefault(ACCELERATOR, f"{SHARE}: {share or 'not stated'}")
            sources.setdefault(HOST, f"the rest of {SHARE}")
            for step in part.boundary.steps:
                sources.setdefault(step.name, step.source or "not stated")
        return sources

    def node_seconds(self) -> Array:
        """Return for how long a query holds a node or an instance [s], a row per point and a column per class."""
        return self._over_models(lambda part: part.node_seconds(self.scenario.node_time_levers))

    def accelerator_seconds(self) -> Array:
        """Return for how long a query holds an accelerator under load [s], a row per point and a column per class."""
        return self._over_models(lambda part: part.node_seconds(self.scenario.node_time_levers) * part.instance)

    def _over_models(self, value: Callable[[Part], float]) -> Array:
        """Return the mean over the models of each class, a row per point and a column per class."""
        return np.array([[sum(part.weight * value(part) for part in parts) for parts in row] for row in self.points])

    @cached_property
    def outside(self) -> dict[str, dict[str, list[str]]]:
        """By class the models that are extrapolated, by why they are.

        Most queries lie outside the lengths of the throughput fit; under load it is what the load model says, such as
        that no row of the accelerator was measured.
        """
        found: dict[str, dict[str, list[str]]] = {}
        for part in self.parts:
            why = part.extrapolated
            if part.fit is not None and part.lengths.share_outside() > MOST_QUERIES_OUTSIDE:
                why = OUTSIDE_LENGTHS
            models = found.setdefault(part.query_class, {}).setdefault(why, []) if why else [part.model]
            if part.model not in models:
                models.append(part.model)
        return found

    @property
    def throughput_model(self) -> str:
        """The form of throughput of all deployments, or each form with those that have it."""
        runs = (grid.run for grid in self.grids)
        return "; ".join(dict.fromkeys(forms_in_words(run.lowered, run.study.throughput_model) for run in runs))

    def thin(self) -> list[str]:
        """Return the models whose benchmark rows cannot say how far the throughput fit is off."""
        thin = (part.model for part in self.parts if part.fit is not None and part.fit.degrees_of_freedom == 0)
        return list(dict.fromkeys(thin))


@dataclass(frozen=True, eq=False)
class Look:
    """What is known of a scenario under a preset before it is solved.

    Attributes
    ----------
    dataset
        Coordinates, attributes, and the variables that are known.
    evaluation
        The scenario under the preset.
    """

    dataset: xr.Dataset
    evaluation: Evaluation


def _sampled_means(grid: ClassGrid, progress: Progress | None, sampled: Settings) -> Array:
    """Return the mean energy of a query of a class [Wh] at each point, sampled."""
    # A seed of its own: cells of two classes may have the same labels, and so the same random numbers.
    seed = int(stream(sampled.seed, f"class:{grid.name}")[0])
    weights = np.array([weight for _, weight in grid.members])
    reports = stages(progress, len(grid.runs))
    means = [
        compute(run.study, replace(sampled, seed=seed, progress=report)).statistics.arrays["energy_mean"]
        for run, report in zip(grid.runs, reports, strict=True)
    ]
    return mixed(weights, np.concatenate([one.ravel() for one in means]).reshape(len(weights), -1))


def _split_as_first(parts: Sequence[Part], mean: float) -> dict[str, float]:
    """Return the parts of a mean energy of which all models have the same shares."""
    return _split(parts[0], mean)


def _split_by_part(parts: Sequence[Part], mean: float) -> dict[str, float]:
    """Return the parts of a mean energy of pools, which have PUE and shares of their own."""
    found: dict[str, float] = {}
    for part in parts:
        for name, value in _split(part, part.weight * part.mean).items():
            found[name] = found.get(name, 0.0) + value
    total = sum(found.values())
    return {name: value * mean / total for name, value in found.items()}


def _split(part: Part, mean: float) -> dict[str, float]:
    """Return the parts of a mean energy: what each boundary adds to the one within it, then each step to all before.

    Factors are independent, so that means of products are products of means.
    """
    boundary = part.boundary
    steps = {step.name: moment(step.factor, 1.0) for step in boundary.steps}
    counted = mean / math.prod(steps.values())
    if boundary.accelerator_share is not None or boundary.counted == ACCELERATOR:
        split = {ACCELERATOR: counted}
    else:
        node = counted / part.pue_mean
        share = _default_share()[0] if part.accelerator_share is None else part.accelerator_share
        split = {ACCELERATOR: node * share, HOST: node * (1.0 - share)}
        if boundary.counts_pue:
            split[FACILITY] = counted - node
    for name, factor in steps.items():
        split[name] = counted * (factor - 1.0)
        counted *= factor
    return split


@cache
def _default_share() -> tuple[float, str]:
    """Return the mean share of a node's energy that its accelerators draw where nothing is stated, and its source."""
    share = next(factor for factor in catalogs.boundary_factors() if factor.name == SHARE)
    return moment(as_distribution(share.factor, SHARE), 1.0), share.source
