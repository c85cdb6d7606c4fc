"""Builds the plan of a grid under load: facts, loads and lengths go in, what queries take in each cell comes out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from wattquery.catalog import Catalog
from wattquery.errors import InputError
from wattquery.inputs.ladder import ACCELERATOR
from wattquery.plans.build import Lowered
from wattquery.plans.lengths import length_columns
from wattquery.plans.lever_terms import LeverTerms, lever_terms
from wattquery.plans.load_forms import LoadDeployments, TableEffects
from wattquery.plans.names import stream_names
from wattquery.plans.plan import Plan
from wattquery.plans.terms import value_term
from wattquery.quantities import AXES, FACTOR_AXES
from wattquery.specs.distributions import Fixed
from wattquery.specs.factors import LENGTH_FACTORS
from wattquery.specs.grid import Grid
from wattquery.specs.load import QueryLengths, UnderLoad
from wattquery.throughput.load.deployments import LengthCase, Lengths, LoadCases, LoadSettings, load_table

__all__ = ["LEADING", "SERVING", "length_values", "lower_under_load"]

LEADING = 1 + AXES.index("cached_tokens")
"""How many axes deployments under load are told apart by: all up to the lengths."""

SERVING = "vLLM"
"""The serving system where none is named: that of most measured rows."""


def lower_under_load(
    grid: Grid, asked: UnderLoad, catalog: Catalog, *, seed: int, common_random_numbers: bool
) -> Lowered:
    """Return the plan of a grid under load.

    Parameters
    ----------
    grid
        What the user asked for.
    asked
        The same beside the axes.
    catalog
        How labels are spelled in the names of random streams.
    seed, common_random_numbers
        Name the random streams, and say whether cells share base variates.

    Raises
    ------
    InputError
        If the hardware is left out, or a batch is asked for that lengths do not give.
    """
    if grid.hardware.values[0] is None:
        raise InputError(
            "hardware must be named under a load, where the load model needs an accelerator, and was left out: pass "
            "hardware='H100 SXM', several in a list, or wq.Accelerator(...) from a data sheet."
        )
    cases = _cases(grid, asked)
    table = load_table(cases)
    terms = {
        name: lever_terms(grid.levers.values, table.batch)
        if name == "levers"
        else tuple(value_term(name, value) for value in getattr(grid, name).values)
        for name in FACTOR_AXES
        if name not in LENGTH_FACTORS
    }
    # Units are of an instance that draws a kilowatt: what it draws is in them.
    terms["node_power"] = (value_term("node_power", Fixed(1.0)),)
    output_tokens, input_tokens = length_columns(grid)
    cached = np.array([(one.cached_share, one.cached_number) for one in length_values(grid)])
    plan = Plan(
        shape=grid.shape,
        deployments=LoadDeployments(table, cached[:, 0].copy(), cached[:, 1].copy(), _labels(cases)),
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        terms=terms,
        by_deployment=frozenset(),
        counts_pue=tuple(one.counts_pue for one in grid.boundary.values),
        prefill_weight=grid.prefill_weight,
        seed=seed,
        common_random_numbers=common_random_numbers,
        names=tuple(stream_names(axis, catalog) for axis in grid.axes),
        leading=LEADING,
        effects=TableEffects(table),
        counts_node=tuple(one.counted != ACCELERATOR.name for one in grid.boundary.values),
        levers_by_load=isinstance(terms["levers"], LeverTerms),
    )
    return Lowered(plan, (), (), under_load=(cases, table))


def _cases(grid: Grid, asked: UnderLoad) -> LoadCases:
    """Return what the load model is asked."""
    is_concurrency = grid.load.values[0] is None
    loads = grid.concurrency.values if is_concurrency else grid.load.values
    return LoadCases(
        models=tuple(one.facts for one in grid.model.values),
        hardware=tuple(one.facts for one in grid.hardware.values),
        serving=tuple(one or SERVING for one in grid.serving.values),
        precision=tuple(one or "" for one in grid.precision.values),
        accelerators=grid.accelerators.values,
        loads=tuple(one for one in loads if one is not None),
        is_concurrency=is_concurrency,
        lengths=tuple(_length_case(asked, number, lengths) for number, lengths in enumerate(length_values(grid))),
        settings=LoadSettings(
            kv_precision=asked.kv_precision, max_sequences=asked.max_sequences, speculation=asked.speculation
        ),
        measured=asked.measured,
        measured_as=asked.measured_as,
    )


def length_values(grid: Grid) -> Iterator[QueryLengths]:
    """Yield each combination of the lengths, with what is cached, in their order."""
    lengths = itertools.product(grid.workload.values, grid.output_tokens.values, grid.input_tokens.values)
    for (workload, output, inputs), cached in itertools.product(lengths, grid.cached_tokens.values):
        yield QueryLengths(workload, output, inputs, cached)


def _length_case(asked: UnderLoad, number: int, lengths: QueryLengths) -> LengthCase:
    """Return the lengths of the queries, and of those that fill the batch, at one of the combinations."""
    if asked.batches is not None:
        batch = tuple((share, _lengths(one)) for share, one in asked.batches[number])
        return LengthCase(query=_lengths(lengths), batch_of=batch)
    return LengthCase.of(
        workload=lengths.workload,
        output_tokens=lengths.output_tokens,
        input_tokens=lengths.input_tokens,
        cached_share=lengths.cached_share,
        cached_number=lengths.cached_number,
        batch=asked.batch_workload,
    )


def _lengths(lengths: QueryLengths) -> Lengths:
    return Lengths(
        workload=lengths.workload,
        output_tokens=lengths.output_tokens,
        input_tokens=lengths.input_tokens,
        cached_share=lengths.cached_share,
        cached_number=lengths.cached_number,
    )


def _labels(cases: LoadCases) -> tuple[str, ...]:
    """Return what tells deployments apart in the names of streams, but for models and sizes of instances."""
    parts = itertools.product(
        cases.models, (one.hardware for one in cases.hardware), cases.serving, cases.precision, cases.accelerators
    )
    return tuple("\x1e".join((hardware, serving, precision)) for _, hardware, serving, precision, _ in parts)
