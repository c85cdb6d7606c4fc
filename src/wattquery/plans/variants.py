"""Plans in which a factor, or the throughput, is another one: fixed, removed, cut or scaled, all else as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column, joint_columns
from wattquery.plans.load_forms import LoadDeployments
from wattquery.plans.plan import DEPLOYMENT, Deployed, Plan
from wattquery.plans.terms import Term, term_of
from wattquery.quantities import AXES
from wattquery.specs.distributions import Distribution, Fixed
from wattquery.specs.factors import LOAD_MODEL, SUMMED_AXES, WORKLOAD, Factor, kind_of
from wattquery.specs.joint_lengths.nodes import JointLengths
from wattquery.throughput.load_form import LoadForm
from wattquery.throughput.model import ThroughputModel

__all__ = [
    "alone",
    "changed",
    "ordered_by_energy",
    "scaled_length",
    "with_joint_lengths",
    "with_lengths",
    "with_models",
    "without",
]

Change = Callable[[Distribution], Distribution]


def changed(plan: Plan, factor: str, change: Change | None) -> Plan:
    """Return a plan in which the distribution of one factor is another one wherever the factor is random.

    Parameters
    ----------
    plan
        The plan.
    factor
        Its name.
    change
        Makes the new distribution from the old one; ``None`` puts the number 1 in its place, which leaves the energy
        per unit of the factor (not of use for a length).

    Raises
    ------
    LookupError
        If nothing is called that.
    """
    kind = kind_of(factor)
    if kind is None:
        raise LookupError(f"{factor!r} is no factor")
    new = (lambda _: Fixed(1.0)) if change is None else change
    if kind.name == WORKLOAD:
        return with_joint_lengths(plan, lambda joint: joint.chosen(new(joint.node)))
    if kind.is_length:
        return with_lengths(plan, factor, [_changed_length(column, new) for column in getattr(plan, factor)])
    if kind.name == LOAD_MODEL:
        return plan if plan.effects is None else replace(plan, effects=plan.effects.changed(factor, new))
    table = tuple(_changed_term(kind.axis, term, factor, new) for term in plan.terms[kind.axis])
    return replace(plan, terms={**plan.terms, kind.axis: table})


def without(plan: Plan, factors: Collection[str]) -> Plan:
    """Return a plan in which the number 1 is in the place of several factors, none of them a length."""
    for factor in factors:
        plan = changed(plan, factor, None)
    return plan


def _changed_length(column: Column, change: Change) -> Column:
    distribution = column.distribution
    if distribution is None or not distribution.is_random:
        return column
    return replace(column, distribution=change(distribution))


def _changed_term(axis: str, term: Term, name: str, change: Change) -> Term:
    """Return a term in which the factor of a name has another distribution, if it has it as a random one."""

    def new(factor: Factor) -> Factor:
        if factor.name != name or not factor.distribution.is_random:
            return factor
        return replace(factor, distribution=change(factor.distribution))

    factors = tuple(new(factor) for factor in term.factors)
    return term if factors == term.factors else term_of(axis, factors)


def with_lengths(plan: Plan, name: str, columns: Sequence[Column]) -> Plan:
    """Return a plan with other output or input lengths."""
    if name == "output_tokens":
        return replace(plan, output_tokens=tuple(columns))
    return replace(plan, input_tokens=tuple(columns))


def with_joint_lengths(plan: Plan, change: Callable[[JointLengths], JointLengths]) -> Plan:
    """Return a plan with other lengths of each workload."""
    columns = [joint_columns(change(column.joint)) for column in plan.output_tokens if column.joint is not None]
    outputs, inputs = zip(*columns, strict=True)
    return replace(plan, output_tokens=outputs, input_tokens=inputs)


def ordered_by_energy(plan: Plan) -> Iterator[tuple[Plan, NDArray[np.int64]]]:
    """Yield plans in which the nodes of each workload are in the order of their energy, with the cells where they are.

    That order is another one with each deployment, each power that follows throughput, and under a load with what is
    counted.
    """
    places = plan.places(plan.cells)
    following = [(term.base, term.span) for term in plan.terms["power_utilization"]]
    rules = np.array([following.index(one) for one in following])[places["power_utilization"]]
    kinds = plan.kinds[places["boundary"]] if plan.kinds.size else np.zeros_like(rules)
    keys = np.column_stack([places[DEPLOYMENT], rules, kinds])
    for key in np.unique(keys, axis=0).tolist():
        here = np.all(keys == key, axis=1)
        numbers, at = plan.cells[here], places[WORKLOAD][here]
        columns = []
        for place in range(len(plan.output_tokens)):
            cell = plan.cell(int(numbers[np.argmax(at == place)]))
            if cell.joint is None:
                raise LookupError("lengths with axes of their own have no nodes")
            columns.append(joint_columns(cell.joint.ordered(cell.log_node_part())))
        outputs, inputs = zip(*columns, strict=True)
        yield (
            replace(plan, deployments=_only(plan.deployments, key[0]), output_tokens=outputs, input_tokens=inputs),
            numbers,
        )


def _only(deployments: Sequence[Deployed | None], number: int) -> Sequence[Deployed | None]:
    """Return deployments of which one alone has data."""
    if isinstance(deployments, LoadDeployments):
        return replace(deployments, only=number)
    return tuple(one if i == number else None for i, one in enumerate(deployments))


def with_models(plan: Plan, cell: Cell, models: Sequence[ThroughputModel | LoadForm]) -> Plan:
    """Return a plan of one cell with each of some throughput models, along the first axis."""
    return alone(cell, models, prefill_weight=plan.prefill_weight, seed=plan.seed)


def alone(cell: Cell, models: Sequence[ThroughputModel | LoadForm], *, prefill_weight: float, seed: int = 0) -> Plan:
    """Return the plan of a cell that is in no grid, with each of some throughput models along the first axis."""
    size = len(models)
    return Plan(
        shape=(size, *(1,) * (len(AXES) - 1)),
        deployments=tuple(Deployed(model, "") for model in models),
        output_tokens=(cell.output_tokens,),
        input_tokens=(cell.input_tokens,),
        terms={
            **{axis: (Term(),) for axis in SUMMED_AXES},
            "power_utilization": (Term(base=cell.base, span=cell.span),),
            "pue": (Term(mean=cell.log_factors, variance=cell.sigma**2, extras=cell.extras),),
        },
        by_deployment=frozenset(),
        counts_pue=(True,),
        prefill_weight=prefill_weight,
        seed=seed,
        common_random_numbers=True,
        names=(("",) * size, *(("",),) * (len(AXES) - 1)),
    )


def scaled_length(column: Column, factor: float) -> Column:
    """Return a length all of whose quantiles are multiplied by a number."""
    if column.distribution is None:
        raise ValueError("the normal that lognormal factors are merged into is no length")
    return replace(column, distribution=column.distribution.scaled(factor))
