"""Builds the plan of a grid over a catalog: labels go in, tables of numbers come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from wattquery.catalog import Catalog, Deployment
from wattquery.errors import InputError
from wattquery.plans.lengths import length_columns
from wattquery.plans.names import stream_names
from wattquery.plans.plan import Deployed, Plan
from wattquery.plans.short_outputs import check_short_outputs
from wattquery.plans.terms import value_term
from wattquery.quantities import CATALOG_AXES, FACTOR_AXES
from wattquery.specs.distributions import Fixed
from wattquery.specs.factors import LENGTH_FACTORS
from wattquery.specs.grid import Grid
from wattquery.specs.throughput_form import AskedForm
from wattquery.throughput import ThroughputModel, fit_throughputs
from wattquery.throughput.identifiability import check_identified, check_identified_jointly, log_lengths
from wattquery.throughput.load.deployments import LoadCases, LoadTable

__all__ = ["Lowered", "deployment_labels", "lower"]


@dataclass(frozen=True)
class Lowered:
    """A plan, and what was found in the catalog for its first four axes.

    Attributes
    ----------
    plan
        The flat tables.
    deployments
        One per combination of model, hardware, serving and precision, ``None`` without data.
    node_powers
        The rating that each deployment uses where the grid gives none [kW]; ``None`` otherwise.
    undetermined
        By the number of a deployment, why it is taken for one without data although it has rows.
    under_load
        What the load model was asked and what it says, for a grid under load, where nothing comes from a catalog; its
        deployments and node powers are empty.
    """

    plan: Plan
    deployments: tuple[Deployment | None, ...]
    node_powers: tuple[float | None, ...]
    undetermined: Mapping[int, str] = field(default_factory=dict)
    under_load: tuple[LoadCases, LoadTable] | None = None


def lower(
    grid: Grid,
    catalog: Catalog,
    node_powers: Mapping[str, float] | None,
    *,
    seed: int,
    common_random_numbers: bool,
    skip_undetermined: bool = False,
    throughput_model: AskedForm = "log_linear",
) -> Lowered:
    """Return the plan of a grid.

    Parameters
    ----------
    grid
        What the user asked for.
    catalog
        Where deployments come from.
    node_powers
        Node power rating by model, with ``""`` for all others [kW]; ``None`` to use what the catalog's rows say.
    seed
        Names the random streams.
    common_random_numbers
        Whether cells share base variates.
    skip_undetermined
        Whether a deployment whose rows do not tell its throughput, at the lengths of the grid, counts as one without
        data: where all of many were asked for, and none by name. Otherwise it is an error.
    throughput_model
        The form that throughputs are fitted in.

    Raises
    ------
    InputError
        If a label is unknown, several deployments fit, a throughput cannot be fitted or is not determined at the
        lengths of the grid, a node power is missing, or the energy of a query has no finite variance.
    """
    found = catalog.over([getattr(grid, name).values for name in CATALOG_AXES])
    models = _throughputs(found, grid, catalog, throughput_model, skip_undetermined=skip_undetermined)
    undetermined = {number: str(why) for number, why in enumerate(models) if isinstance(why, InputError)}
    own_power = grid.node_power.values == (None,)
    deployed: list[Deployed | None] = []
    powers: list[float | None] = []
    for deployment, throughput in zip(found, models, strict=True):
        if deployment is None or throughput is None or isinstance(throughput, InputError):
            deployed.append(None)
            powers.append(None)
            continue
        deployed.append(Deployed(throughput, _deployment_name(deployment)))
        powers.append(_own_node_power(deployment, node_powers, catalog) if own_power else None)
    terms = {
        name: tuple(value_term(name, value) for value in getattr(grid, name).values)
        for name in FACTOR_AXES
        if name not in LENGTH_FACTORS
    }
    if own_power:
        # Most combinations of a large catalog have no data, and most of the others the same node.
        by_power = {one: value_term("node_power", None if one is None else Fixed(one)) for one in set(powers)}
        terms["node_power"] = tuple(by_power[one] for one in powers)
    output_tokens, input_tokens = length_columns(grid)
    plan = Plan(
        shape=grid.shape,
        deployments=tuple(deployed),
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        terms=terms,
        by_deployment=frozenset({"node_power"} if own_power else ()),
        counts_pue=tuple(one.counts_pue for one in grid.boundary.values),
        prefill_weight=grid.prefill_weight,
        seed=seed,
        common_random_numbers=common_random_numbers,
        names=tuple(stream_names(axis, catalog) for axis in grid.axes),
    )
    check_short_outputs(plan)
    return Lowered(plan, tuple(found), tuple(powers), undetermined)


def _deployment_name(deployment: Deployment) -> str:
    return "\x1e".join((deployment.hardware, deployment.serving, deployment.precision))


def _throughputs(
    deployments: Sequence[Deployment | None], grid: Grid, catalog: Catalog, form: AskedForm, *, skip_undetermined: bool
) -> list[ThroughputModel | InputError | None]:
    """Return the throughput model of each deployment, checked at the lengths of the grid, or why it has none there."""
    present = [one for one in deployments if one is not None]
    subjects = [f"{one.model} ({_place(one, catalog)}) in {catalog.name}" for one in present]
    fitted = fit_throughputs([(one.rows, subject) for one, subject in zip(present, subjects, strict=True)], form)
    check = _length_check(grid)
    models: list[ThroughputModel | InputError] = []
    for subject, model in zip(subjects, fitted, strict=True):
        try:
            if isinstance(model, InputError):
                raise model
            check(model, repr(subject))
        except InputError as error:
            if not skip_undetermined:
                raise
            models.append(error)
        else:
            models.append(model)
    each = iter(models)
    return [None if one is None else next(each) for one in deployments]


def _place(deployment: Deployment, catalog: Catalog) -> str:
    """Return what tells a deployment from others of its model; in a small catalog its precision does."""
    return ", ".join(deployment_labels(deployment)[1:]) if catalog.known else deployment.precision


def deployment_labels(deployment: Deployment) -> tuple[str, ...]:
    """Return the labels of a deployment, in the order of the axes."""
    return tuple(getattr(deployment, axis) for axis in CATALOG_AXES)


def _length_check(grid: Grid) -> Callable[[ThroughputModel, str], None]:
    """Return what refuses a fit that its rows do not determine at the lengths of a grid."""
    if not grid.workloads:
        axes = (grid.input_tokens, grid.output_tokens)
        lengths = [log_lengths(axis.values, whole=grid.round_tokens) for axis in axes]
        return lambda model, subject: check_identified(model, subject, *lengths)

    def check(model: ThroughputModel, subject: str) -> None:
        for joint in grid.workloads:
            outputs, inputs, weights = joint.arrays
            check_identified_jointly(model, subject, np.log(inputs), np.log(outputs), weights)

    return check


def _own_node_power(deployment: Deployment, by_model: Mapping[str, float] | None, catalog: Catalog) -> float:
    """Return the rating that a deployment uses where the grid gives none [kW]."""
    if by_model is not None:
        return by_model.get(deployment.model, by_model[""])
    if deployment.node_power is None:
        raise InputError(
            f"{deployment.model} has no single node power in catalog {catalog.name!r}: its rows leave it out or "
            "disagree. Pass node_power= in kW, or complete the column 'Power for Node (kW)'."
        )
    return deployment.node_power
