"""Builds the plan of a grid over a catalog: labels go in, tables of numbers come out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wattquery.catalog import Catalog, Deployment
from wattquery.catalog.table import CATALOG_AXES
from wattquery.errors import InputError
from wattquery.inputs.ladder import FACILITY
from wattquery.kernels.equation import WATT_SECONDS
from wattquery.plans.columns import Column, length_column
from wattquery.plans.plan import Deployed, Plan
from wattquery.plans.terms import Term, boundary_term, factor_term, levers_term, power_term
from wattquery.specs import Axis, Distribution, Fixed
from wattquery.specs.grid import Grid
from wattquery.specs.scalars import shortest
from wattquery.throughput import ThroughputModel, fit_throughputs
from wattquery.throughput.identifiability import check_identified, log_lengths

__all__ = ["Lowered", "lower"]


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
    """

    plan: Plan
    deployments: tuple[Deployment | None, ...]
    node_powers: tuple[float | None, ...]


def lower(
    grid: Grid, catalog: Catalog, node_powers: Mapping[str, float] | None, *, seed: int, common_random_numbers: bool
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

    Raises
    ------
    InputError
        If a label is unknown, several deployments fit, a throughput cannot be fitted or is not determined at the
        lengths of the grid, or a node power is missing.
    """
    labels = itertools.product(grid.model.values, grid.hardware.values, grid.serving.values, grid.precision.values)
    found = [catalog.deployment(*each) for each in labels]
    models = _throughputs(found, grid, catalog.name)
    deployed: list[Deployed | None] = []
    powers: list[float | None] = []
    for deployment, throughput in zip(found, models, strict=True):
        if deployment is None or throughput is None:
            deployed.append(None)
            powers.append(None)
            continue
        power = None if grid.node_power.values != (None,) else _own_node_power(deployment, node_powers, catalog)
        powers.append(power)
        name = "\x1e".join((deployment.hardware, deployment.serving, deployment.precision))
        deployed.append(Deployed(throughput, Term() if power is None else _node_term(Fixed(power)), name))
    given_powers = [_node_term(one) for one in grid.node_power.values if one is not None]
    plan = Plan(
        shape=grid.shape,
        deployments=tuple(deployed),
        output_tokens=_lengths("output_tokens", grid),
        input_tokens=_lengths("input_tokens", grid),
        power_utilization=tuple(power_term(one) for one in grid.power_utilization.values),
        pue=tuple(factor_term("pue", one) for one in grid.pue.values),
        node_power=tuple(given_powers) or None,
        levers=tuple(levers_term(one.levers) for one in grid.levers.values),
        boundary=tuple(boundary_term(one) for one in grid.boundary.values),
        counts_pue=tuple(one.counts_pue for one in grid.boundary.values),
        prefill_weight=grid.prefill_weight,
        seed=seed,
        common_random_numbers=common_random_numbers,
        names=tuple(_names(axis) for axis in grid.axes),
    )
    return Lowered(plan, tuple(found), tuple(powers))


def _throughputs(
    deployments: Sequence[Deployment | None], grid: Grid, catalog_name: str
) -> list[ThroughputModel | None]:
    """Return the throughput model of each deployment, checked at the lengths of the grid."""
    present = [one for one in deployments if one is not None]
    subjects = [f"{one.model} ({one.precision}) in {catalog_name}" for one in present]
    fitted = fit_throughputs([(one.rows, subject) for one, subject in zip(present, subjects, strict=True)])
    lengths = [log_lengths(axis.values, whole=grid.round_tokens) for axis in (grid.input_tokens, grid.output_tokens)]
    models: list[ThroughputModel] = []
    for subject, model in zip(subjects, fitted, strict=True):
        if isinstance(model, InputError):
            raise model
        check_identified(model, repr(subject), *lengths)
        models.append(model)
    each = iter(models)
    return [None if one is None else next(each) for one in deployments]


def _lengths(name: str, grid: Grid) -> tuple[Column, ...]:
    return tuple(length_column(name, one, round_tokens=grid.round_tokens) for one in getattr(grid, name).values)


def _names(axis: Axis[object]) -> tuple[str, ...]:
    """Return what the labels of an axis are called in the name of a random stream.

    A number is spelled alike whether its neighbours are whole or not, or a cell would change with its grid.
    """
    if axis.name in CATALOG_AXES[1:]:
        return ("",) * axis.size
    if axis.name == "boundary":  # the facility adds nothing to the names of streams
        plain = (
            str(label) == str(value) == FACILITY.name for label, value in zip(axis.labels, axis.values, strict=True)
        )
        return tuple("" if one else str(label) for one, label in zip(plain, axis.labels, strict=True))
    return tuple(label if isinstance(label, str) else shortest(float(label)) for label in axis.labels)


def _node_term(power: Distribution) -> Term:
    """Return the term of a node power rating [kW]: ln(P / 3.6), so that tokens over tokens/s give Wh."""
    return factor_term("node_power", power, scale=1.0 / WATT_SECONDS)


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
