"""Builds the plan of a grid under load: facts, loads and lengths go in, what queries take in each cell comes out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from wattquery.catalog import Catalog
from wattquery.errors import InputError
from wattquery.inputs.ladder import ACCELERATOR
from wattquery.plans.build import Lowered
from wattquery.plans.lengths import length_columns
from wattquery.plans.load_forms import LoadDeployments, TableEffects
from wattquery.plans.names import stream_names
from wattquery.plans.plan import Plan
from wattquery.plans.terms import value_term
from wattquery.quantities import AXES, FACTOR_AXES
from wattquery.specs.distributions import Fixed
from wattquery.specs.factors import LENGTH_FACTORS
from wattquery.specs.grid import Grid
from wattquery.specs.load import UnderLoad
from wattquery.throughput.load.deployments import LengthCase, LoadCases, LoadSettings, load_table

__all__ = ["LEADING", "SERVING", "lower_under_load"]

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
            "hardware must be named under a load, and was left out: the load model needs an accelerator. Pass "
            "hardware='H100 SXM', several in a list, or wq.Accelerator(...) from a data sheet."
        )
    cases = _cases(grid, asked)
    table = load_table(cases)
    terms = {
        name: tuple(value_term(name, value) for value in getattr(grid, name).values)
        for name in FACTOR_AXES
        if name not in LENGTH_FACTORS
    }
    # Units are of an instance that draws a kilowatt: what it draws is in them.
    terms["node_power"] = (value_term("node_power", Fixed(1.0)),)
    output_tokens, input_tokens = length_columns(grid)
    cached = [_share_and_number(value) for _, value in _length_values(grid)]
    plan = Plan(
        shape=grid.shape,
        deployments=LoadDeployments(table, *(np.array(part) for part in zip(*cached, strict=True)), _labels(cases)),
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
        lengths=tuple(_length_case(grid, asked, lengths, cached) for lengths, cached in _length_values(grid)),
        settings=LoadSettings(
            kv_precision=asked.kv_precision, max_sequences=asked.max_sequences, speculation=asked.speculation
        ),
    )


def _length_values(grid: Grid) -> Iterator[tuple[tuple[Any, Any, Any], float | None]]:
    """Yield workload, output and input of each combination of the lengths, with what is cached, in their order."""
    lengths = itertools.product(grid.workload.values, grid.output_tokens.values, grid.input_tokens.values)
    yield from itertools.product(lengths, grid.cached_tokens.values)


def _share_and_number(cached: float | None) -> tuple[float, float]:
    """Return a share of the input [1], and a number of tokens, of which one is 0."""
    if cached is None:
        return 0.0, 0.0
    return (cached, 0.0) if cached < 1.0 else (0.0, cached)


def _length_case(grid: Grid, asked: UnderLoad, lengths: tuple[Any, Any, Any], cached: float | None) -> LengthCase:
    """Return the lengths of the queries, and of those that fill the batch."""
    workload, output, inputs = lengths
    share, number = _share_and_number(cached)
    return LengthCase.of(
        workload=workload,
        output_tokens=output,
        input_tokens=inputs,
        cached_share=share,
        cached_number=number,
        batch=asked.batch_workload,
    )


def _labels(cases: LoadCases) -> tuple[str, ...]:
    """Return what tells deployments apart in the names of streams, but for models and sizes of instances."""
    parts = itertools.product(
        cases.models, (one.hardware for one in cases.hardware), cases.serving, cases.precision, cases.accelerators
    )
    return tuple("\x1e".join((hardware, serving, precision)) for _, hardware, serving, precision, _ in parts)
