"""What queries take in each deployment of a grid, as columns of numbers that the page computes with.

In the paper's form a row is a deployment, and its numbers are those of its throughput. Under a load it is an instance
at its load with the queries that fill its batch, once for its accelerators and once for the node. The numbers are those
of `wattquery.kernels.prepared.PREPARED_NUMBERS`, and for the query of the grid itself the mean and variance in ln E of
what the load model leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.equation import LOAD_FORM_NUMBERS, THROUGHPUT_NUMBERS
from wattquery.kernels.load.query import DRIVERS, REACH_NUMBERS
from wattquery.plans.load_build import length_values
from wattquery.specs.axis import Axis
from wattquery.specs.distributions import Fixed
from wattquery.specs.load import Batch, QueryLengths
from wattquery.sweeps.run import Run, prepare
from wattquery.throughput.load.deployments import LoadTable, evidence
from wattquery.throughput.load.deployments.query_errors import query_error_table

__all__ = ["Columns", "load_columns", "row_columns"]

Array = NDArray[np.float64]
Columns = dict[str, Array]
Far = tuple[NDArray[np.int64], LoadTable]

_UNITS = LOAD_FORM_NUMBERS[: len(DRIVERS)]
_NODE_UNITS = tuple(f"node_{name.removeprefix('per_')}" for name in _UNITS)


def row_columns(run: Run) -> Columns:
    """Return the numbers of each deployment in the paper's form, NaN where a catalog has no rows."""
    numbers = np.full((len(run.plan.deployments), len(THROUGHPUT_NUMBERS)), np.nan)
    for row, deployed in enumerate(run.plan.deployments):
        if deployed is not None:
            numbers[row] = deployed.model.kernel_numbers[: len(THROUGHPUT_NUMBERS)]
    return dict(zip(THROUGHPUT_NUMBERS, numbers.T, strict=True))


def load_columns(run: Run) -> tuple[Columns, Columns]:
    """Return the numbers of each instance at its load, of its accelerators alone and of the node.

    NaN where nothing is known.
    """
    if run.lowered.under_load is None:
        raise LookupError("the grid is under no load")
    table = run.lowered.under_load[1]
    far = list(_far(run))
    limits = np.repeat(_limits(run), len(table) // run.grid.model.size)
    return _columns(run, table, far, limits, 0), _columns(run, table, far, limits, 1)


def _columns(run: Run, table: LoadTable, far: Sequence[Far], limits: Array, kind: int) -> Columns:
    count = len(table)
    found: Columns = dict(zip(_UNITS, table.units[kind], strict=True))
    found |= dict(zip(REACH_NUMBERS, table.reach_of(np.arange(count)).T, strict=True))
    cases = [(one.cached_share, one.cached_number) for one in length_values(run.grid)]
    for name, values in zip(("cached_share", "cached_number"), zip(*cases, strict=True), strict=True):
        found[name] = np.resize(np.array(values, dtype=np.float64), count)
    found["batch"] = table.batch
    found["own_mean"], found["own_variance"] = table.shift[kind], table.sigma[kind] ** 2
    return found | _of_any_lengths(table, far, limits, kind)


def _of_any_lengths(table: LoadTable, far: Sequence[Far], limits: Array, kind: int) -> Columns:
    """Return what is not known of queries of any lengths, also of those longer than all that was measured."""
    near = query_error_table(table, kind)
    found: Columns = dict(zip(_NODE_UNITS, near.node_units, strict=True))
    found |= {name: getattr(near, name) for name in ("node_sd", "idle_sd", "energy_variance", "time_variance")}
    found |= {"covariance": near.covariance, "cached_sd": np.full(len(table), near.cached_sd), "far_tokens": limits}
    for name in ("far_energy_variance", "far_time_variance", "far_covariance", "far_energy", "far_time"):
        found[name] = np.full(len(table), np.nan)
    for rows, beyond in far:
        errors = query_error_table(beyond, kind)
        found["far_energy_variance"][rows] = errors.energy_variance
        found["far_time_variance"][rows] = errors.time_variance
        found["far_covariance"][rows] = errors.covariance
        found["far_energy"][rows] = errors.expected_energy / near.expected_energy[rows]
        found["far_time"][rows] = errors.expected_time / near.expected_time[rows]
    return found


def _limits(run: Run) -> Array:
    """Return for each model the most tokens of a query that was measured, and that it was made for."""
    longest = evidence().longest_context
    contexts = [model.facts.context_tokens for model in run.grid.model.values]
    return np.array([min(longest, math.inf if one is None else float(one)) for one in contexts])


def _far(run: Run) -> Iterator[Far]:
    """Yield which rows have a limit and lengths in common, and what the load model says of queries beyond it."""
    limits, cases = _limits(run), tuple(length_values(run.grid))
    per_model = len(run.plan.deployments) // run.grid.model.size
    for limit in np.unique(limits).tolist():
        models = np.flatnonzero(limits == limit)
        for number, case in enumerate(cases):
            rows = (models[:, None] * per_model + np.arange(number, per_model, len(cases))).ravel()
            yield rows, _far_table(run, models.tolist(), 2.0 * limit, case)


def _far_table(run: Run, models: list[int], tokens: float, case: QueryLengths) -> LoadTable:
    """Return what the load model says of a query of so many tokens in the batch of a case."""
    study, grid = run.study, run.grid
    if study.load is None:
        raise LookupError("the study is under no load")
    batch: Batch
    if study.load.batch_workload is None:
        batch = ((1.0, case),)
    else:
        batch = tuple((share, QueryLengths(one, None, None)) for share, one in study.load.batch_workload)
    alone: dict[str, Any] = {
        "model": _chosen(grid.model, models),
        "workload": Axis("workload", ("",), (None,), is_dimension=False),
        "cached_tokens": Axis("cached_tokens", ("",), (None,), is_dimension=False),
        "output_tokens": Axis("output_tokens", (tokens,), (Fixed(tokens),), is_dimension=False),
        "input_tokens": Axis("input_tokens", (1.0,), (Fixed(1.0),), is_dimension=False),
        "levers": _chosen(grid.levers, [0]),
        "pue": _chosen(grid.pue, [0]),
        "boundary": _chosen(grid.boundary, [0]),
    }
    far = replace(
        study,
        grid=replace(grid, **alone),
        load=replace(study.load, batches=(batch,), batch_workload=None),
    )
    lowered = prepare(far, run.settings).lowered
    if lowered.under_load is None:
        raise LookupError("the study is under no load")
    return lowered.under_load[1]


def _chosen(axis: Axis[Any], places: list[int]) -> Axis[Any]:
    """Return some labels of an axis."""
    return Axis(
        axis.name, tuple(axis.labels[i] for i in places), tuple(axis.values[i] for i in places), axis.is_dimension
    )
