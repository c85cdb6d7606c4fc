"""A cell as the numbers that kernels take, `wattquery.kernels.prepared.PREPARED_NUMBERS`."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from wattquery.kernels.prepared import PREPARED_NUMBERS
from wattquery.plans.load_build import length_values
from wattquery.specs.axis import Axis
from wattquery.specs.distributions import Distribution, Fixed
from wattquery.specs.grid import Grid
from wattquery.specs.load import Batch, QueryLengths, UnderLoad
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.study import Study
from wattquery.throughput.load.deployments import LoadTable, QueryErrors, evidence, query_errors

__all__ = ["Numbers", "numbers_of"]

_NO_LOAD = (0.0,) * (len(PREPARED_NUMBERS) - PREPARED_NUMBERS.index("node_request"))
"""In the place of what only the load form has."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of a cell.

    Attributes
    ----------
    coefficients
        In the order of `wattquery.kernels.prepared.PREPARED_NUMBERS`.
    far_tokens
        Input and output together beyond which no query was measured, or the context of the model ends; infinite in the
        paper's form, whose rows have lengths of their own [tokens].
    """

    coefficients: tuple[float, ...]
    far_tokens: float


def numbers_of(run: Run) -> Numbers:
    """Return the numbers of the only cell of a run, which has data and no random factor but lognormal ones."""
    plan, under_load = run.plan, run.lowered.under_load
    cell = plan.cell(0)
    mean, variance = cell.log_factors, cell.sigma**2
    if plan.effects is not None:
        # What the load model leaves open depends on the lengths: it is taken out here, and comes in by them.
        kind = int(plan.kinds[0])
        mean -= float(plan.effects.means[kind, 0])
        variance = max(variance - float(plan.effects.variances[kind, 0]), 0.0)
    own = (mean + 0.5 * variance, variance, cell.prefill_weight, cell.base, cell.span)
    if under_load is None:
        return Numbers((*cell.throughput.kernel_numbers, *own, *_NO_LOAD), math.inf)
    kind = int(plan.kinds[0])
    limit = _limit(run.grid)
    near, far = query_errors(under_load[1], 0, kind), query_errors(_far_table(run, limit), 0, kind)
    return Numbers((*cell.throughput.kernel_numbers, *own, *_of_load(near, far, limit)), limit)


def _of_load(near: QueryErrors, far: QueryErrors, limit: float) -> tuple[float, ...]:
    """Return the numbers that only the load form has."""
    return (
        *near.node_units,
        *(near.node_sd, near.idle_sd, near.cached_sd),
        *(near.energy_variance, near.time_variance, near.covariance),
        *(limit, far.energy_variance, far.time_variance, far.covariance),
        *(far.expected_energy / near.expected_energy, far.expected_time / near.expected_time),
    )


def _limit(grid: Grid) -> float:
    """Return the most tokens of a query that was measured, and that the model was made for."""
    context = grid.model.values[0].facts.context_tokens
    return min(evidence().longest_context, math.inf if context is None else float(context))


def _far_table(run: Run, limit: float) -> LoadTable:
    """Return what the load model says of a query beyond all that was measured, in the same batch."""
    study = run.study
    if study.load is None:
        raise LookupError("the study is under no load")
    load = replace(study.load, batches=(_batch(study, study.load),), batch_workload=None)
    grid = replace(
        study.grid,
        workload=Axis("workload", ("",), (None,), is_dimension=False),
        output_tokens=_fixed("output_tokens", 2.0 * limit),
        input_tokens=_fixed("input_tokens", 1.0),
        cached_tokens=Axis("cached_tokens", ("",), (None,), is_dimension=False),
    )
    under_load = prepare(replace(study, grid=grid, load=load), run.settings).lowered.under_load
    if under_load is None:
        raise LookupError("the study is under no load")
    return under_load[1]


def _batch(study: Study, load: UnderLoad) -> Batch:
    """Return what fills the batch of the only cell: what was asked for, or queries like its own."""
    if load.batch_workload is not None:
        return tuple((share, QueryLengths(workload, None, None)) for share, workload in load.batch_workload)
    return ((1.0, next(iter(length_values(study.grid)))),)


def _fixed(name: str, tokens: float) -> Axis[Distribution]:
    return Axis(name, (tokens,), (Fixed(tokens),), is_dimension=False)
