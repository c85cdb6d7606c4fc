"""The random factors of a cell, each by its name: what `terms` merges is kept apart here.

A factor multiplies the energy (sign +1), divides it (-1), or is a length (0), which enters through the equation. The
names are ``output_tokens``, ``input_tokens``, ``power_utilization``, ``pue``, ``node_power``, ``lever:NAME``,
``accelerator_share`` and ``step:NAME``. A new factor of the equation joins here: one more `Factor` of a cell, and all
indices know it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from wattquery.kernels.equation import WATT_SECONDS, log_length_part
from wattquery.plans.build import Lowered
from wattquery.plans.columns import Column
from wattquery.plans.plan import Plan
from wattquery.plans.terms import SHARE, STEP, boundary_factors
from wattquery.specs import Distribution, Fixed, ThroughputProportional
from wattquery.specs.grid import Grid
from wattquery.throughput import ThroughputModel

__all__ = ["LENGTHS", "LEVER", "SHARE", "STEP", "CellFactors", "Factor", "cell_factors", "factor_names"]

LENGTHS = ("output_tokens", "input_tokens")
LEVER = "lever:"


@dataclass(frozen=True)
class Factor:
    """One independent random factor of a cell.

    Attributes
    ----------
    name
        What it is called.
    distribution
        Its distribution, in the unit of its quantity.
    sign
        +1 where it multiplies the energy, -1 where it divides it, 0 for a length.
    """

    name: str
    distribution: Distribution
    sign: float


@dataclass(frozen=True)
class CellFactors:
    """One cell: its random factors apart, and everything else that its energy depends on.

    Attributes
    ----------
    factors
        The random factors, in the order of their names.
    constant
        What all fixed factors together add to ln E, the node power's unit included.
    base, span
        Of a power that follows throughput; ``span`` is 0 for one that does not.
    throughput
        The throughput model.
    output_tokens, input_tokens
        The lengths, random or not.
    prefill_weight
        Weight of one input token relative to one output token [1].
    """

    factors: tuple[Factor, ...]
    constant: float
    base: float
    span: float
    throughput: ThroughputModel
    output_tokens: Column
    input_tokens: Column
    prefill_weight: float

    def length_centre(self) -> float:
        """Return the part of ln E that depends on the lengths, with these at their medians."""
        lengths = [_median(column.distribution, column.whole) for column in (self.output_tokens, self.input_tokens)]
        model = self.throughput
        part = log_length_part(
            lengths[0],
            math.log(lengths[0]),
            lengths[1],
            math.log(lengths[1]),
            model.intercept,
            model.ln_input,
            model.ln_output,
            model.ln_maximum,
            self.prefill_weight,
            self.base,
            self.span,
        )
        return float(part)

    def centre(self) -> float:
        """Return ln E [ln Wh] with every factor at its median."""
        others = (one.sign * math.log(_median(one.distribution)) for one in self.factors if one.sign)
        return float(self.constant + self.length_centre() + sum(others))


def factor_names(grid: Grid) -> tuple[str, ...]:
    """Return the names of all factors that are random somewhere in a grid, in the order of the equation."""
    pue = grid.pue.values if any(one.counts_pue for one in grid.boundary.values) else ()
    tables = (
        *((name, getattr(grid, name).values) for name in (*LENGTHS, "power_utilization")),
        ("pue", pue),
        ("node_power", grid.node_power.values),
        *((LEVER + lever.name, (lever.distribution,)) for one in grid.levers.values for lever in one.levers),
        *((name, (factor,)) for one in grid.boundary.values for name, factor in boundary_factors(one)),
    )
    random = (name for name, values in tables if any(isinstance(v, Distribution) and v.is_random for v in values))
    return tuple(dict.fromkeys(random))


def cell_factors(grid: Grid, lowered: Lowered, number: int) -> CellFactors:
    """Return the factors of a cell that has data.

    Parameters
    ----------
    grid
        What the user asked for.
    lowered
        The same, lowered.
    number
        The cell's number in the plan.
    """
    plan = lowered.plan
    cell = plan.cell(number)
    factors: list[Factor] = []
    constant = 0.0
    for name, distribution, sign in _given(grid, lowered, number):
        if distribution.is_random:
            factors.append(Factor(name, distribution, sign))
        elif sign:
            constant += sign * math.log(_median(distribution))
    power = grid.power_utilization.values[_places(plan, number)[3]]
    if isinstance(power, ThroughputProportional) and power.span == 0.0:
        constant += math.log(power.base)
    return CellFactors(
        factors=tuple(factors),
        constant=constant - math.log(WATT_SECONDS),
        base=cell.base,
        span=cell.span,
        throughput=cell.throughput,
        output_tokens=cell.output_tokens,
        input_tokens=cell.input_tokens,
        prefill_weight=plan.prefill_weight,
    )


def _given(grid: Grid, lowered: Lowered, number: int) -> Iterator[tuple[str, Distribution, float]]:
    """Yield name, distribution and sign of every factor of a cell, random or not, in the order of the names."""
    deployment, output, input_, power, pue, node, levers, place = _places(lowered.plan, number)
    boundary = grid.boundary.values[place]
    yield "output_tokens", grid.output_tokens.values[output], 0.0
    yield "input_tokens", grid.input_tokens.values[input_], 0.0
    utilization = grid.power_utilization.values[power]
    if not isinstance(utilization, ThroughputProportional):
        yield "power_utilization", utilization, 1.0
    if boundary.counts_pue:
        yield "pue", grid.pue.values[pue], 1.0
    rating = grid.node_power.values[node]
    own = lowered.node_powers[deployment]
    if rating is not None:
        yield "node_power", rating, 1.0
    elif own is not None:
        yield "node_power", Fixed(own), 1.0
    for lever in grid.levers.values[levers].levers:
        yield LEVER + lever.name, lever.distribution, -1.0
    for name, factor in boundary_factors(boundary):
        yield name, factor, 1.0


def _places(plan: Plan, number: int) -> tuple[int, ...]:
    """Return a cell's place on each axis: the deployment, then one index per further axis."""
    deployment, rest = divmod(number, math.prod(plan.shape[4:]))
    places = []
    for size in reversed(plan.shape[4:]):
        rest, place = divmod(rest, size)
        places.append(place)
    return (deployment, *reversed(places))


def _median(distribution: Distribution | None, whole: bool = False) -> float:
    """Return a median, as a whole number of at least 1 where draws are rounded to such."""
    if distribution is None:
        raise LookupError("a merged normal has no median of its own")
    median = float(distribution.ppf(0.5))
    return max(1.0, float(round(median))) if whole else median
