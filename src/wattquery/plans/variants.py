"""Plans in which a factor, or the throughput, is another one: fixed, removed, cut or scaled, all else as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from wattquery.kernels.equation import WATT_SECONDS
from wattquery.plans.cell_factors import LENGTHS, LEVER, SHARE, STEP
from wattquery.plans.columns import Column
from wattquery.plans.plan import Cell, Deployed, Plan
from wattquery.plans.terms import Term, boundary_factors, factor_term, joined_terms, power_term
from wattquery.quantities import AXES
from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    ThroughputProportional,
    Triangular,
    Truncated,
    Uniform,
)
from wattquery.specs.grid import Grid
from wattquery.throughput import ThroughputModel

__all__ = ["alone", "changed", "scaled_length", "with_lengths", "with_models", "without"]

Change = Callable[[Distribution], Distribution]


def changed(grid: Grid, plan: Plan, factor: str, change: Change | None) -> Plan:
    """Return a plan in which the distribution of one factor is another one wherever the factor is random.

    Parameters
    ----------
    grid
        What the user asked for.
    plan
        The same, lowered.
    factor
        Its name.
    change
        Makes the new distribution from the old one; ``None`` puts the number 1 in its place, which leaves the energy
        per unit of the factor (not of use for a length).
    """

    def new(distribution: Distribution) -> Distribution:
        if not distribution.is_random:
            return distribution
        return Fixed(1.0) if change is None else change(distribution)

    if factor in LENGTHS:
        columns = tuple(
            Column(factor, new(one), grid.round_tokens) if one.is_random else column
            for one, column in zip(getattr(grid, factor).values, getattr(plan, factor), strict=True)
        )
        return with_lengths(plan, factor, columns)
    if factor == "power_utilization":
        terms = tuple(
            power_term(one if isinstance(one, ThroughputProportional) else new(one))
            for one in grid.power_utilization.values
        )
        return replace(plan, power_utilization=terms)
    if factor == "pue":
        return replace(plan, pue=tuple(factor_term("pue", new(one)) for one in grid.pue.values))
    if factor == "node_power":
        given = tuple(factor_term(factor, new(one), scale=1.0 / WATT_SECONDS) for one in grid.node_power.values if one)
        return replace(plan, node_power=given or None)

    if factor.startswith(LEVER):
        return _with_levers(grid, plan, (factor,), new)
    return _with_boundary(grid, plan, (factor,), new)


def without(grid: Grid, plan: Plan, factors: Collection[str]) -> Plan:
    """Return a plan in which the number 1 is in the place of several factors, none of them a length."""
    for factor in factors:
        if not factor.startswith((LEVER, SHARE, STEP)):
            plan = changed(grid, plan, factor, None)

    def fixed(distribution: Distribution) -> Distribution:
        return Fixed(1.0) if distribution.is_random else distribution

    # A combination of levers is one term, and so is a boundary: all of one go at once.
    return _with_boundary(grid, _with_levers(grid, plan, factors, fixed), factors, fixed)


def _with_levers(grid: Grid, plan: Plan, factors: Collection[str], change: Change) -> Plan:
    """Return a plan in which some levers have another distribution."""

    def lever_term(name: str, distribution: Distribution) -> Term:
        chosen = change(distribution) if LEVER + name in factors else distribution
        return factor_term(LEVER + name, chosen, sign=-1.0)

    levers = (joined_terms(lever_term(x.name, x.distribution) for x in one.levers) for one in grid.levers.values)
    return replace(plan, levers=tuple(levers))


def _with_boundary(grid: Grid, plan: Plan, factors: Collection[str], change: Change) -> Plan:
    """Return a plan in which some factors of boundaries have another distribution."""
    terms = (
        joined_terms(factor_term(name, change(one) if name in factors else one) for name, one in boundary_factors(each))
        for each in grid.boundary.values
    )
    return replace(plan, boundary=tuple(terms))


def with_lengths(plan: Plan, name: str, columns: Sequence[Column]) -> Plan:
    """Return a plan with other output or input lengths."""
    if name == "output_tokens":
        return replace(plan, output_tokens=tuple(columns))
    return replace(plan, input_tokens=tuple(columns))


def with_models(plan: Plan, cell: Cell, models: Sequence[ThroughputModel]) -> Plan:
    """Return a plan of one cell with each of some throughput models, along the first axis."""
    return alone(cell, models, prefill_weight=plan.prefill_weight, seed=plan.seed)


def alone(cell: Cell, models: Sequence[ThroughputModel], *, prefill_weight: float, seed: int = 0) -> Plan:
    """Return the plan of a cell that is in no grid, with each of some throughput models along the first axis."""
    size = len(models)
    return Plan(
        shape=(size, *(1,) * (len(AXES) - 1)),
        deployments=tuple(Deployed(model, Term(), "") for model in models),
        output_tokens=(cell.output_tokens,),
        input_tokens=(cell.input_tokens,),
        power_utilization=(Term(base=cell.base, span=cell.span),),
        pue=(Term(mean=cell.log_factors, variance=cell.sigma**2, extras=cell.extras),),
        node_power=(Term(),),
        levers=(Term(),),
        boundary=(Term(),),
        counts_pue=(True,),
        prefill_weight=prefill_weight,
        seed=seed,
        common_random_numbers=True,
        names=(("",) * size, *(("",),) * (len(AXES) - 1)),
    )


def scaled_length(column: Column, factor: float) -> Column:
    """Return a length all of whose quantiles are multiplied by a number."""
    return replace(column, distribution=_scaled(column.distribution, factor))


def _scaled(distribution: Distribution | None, factor: float) -> Distribution:
    """Return the distribution of ``factor`` times a number."""

    def times(*numbers: float) -> list[float]:
        return [factor * number for number in numbers]

    match distribution:
        case Fixed(value=value):
            return Fixed(factor * value)
        case Exponential(median=median):
            return Exponential(factor * median)
        case LogNormal(p5=p5, p95=p95):
            return LogNormal(*times(p5, p95))
        case Uniform(low=low, high=high):
            return Uniform(*times(low, high))
        case Triangular(low=low, mode=mode, high=high):
            return Triangular(*times(low, mode, high))
        case Normal(mu=mu, sigma=sigma):
            return Normal(*times(mu, sigma))
        case Empirical(samples=samples) if samples is not None:
            return Empirical(samples=times(*samples))
        case Empirical(probabilities=levels, values=values) if values is not None:
            return Empirical(probabilities=levels, values=times(*values))
        case Truncated(distribution=inner, low=bottom, high=top):
            low_end = None if bottom is None else factor * bottom
            return Truncated(_scaled(inner, factor), low_end, None if top is None else factor * top)
    raise NotImplementedError(f"no scaled form of {type(distribution).__name__}")
