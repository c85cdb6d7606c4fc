"""`estimate`: one cell, computed like a sweep, with notes on how well its throughput is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, listed
from wattquery.quantities import STATISTICS
from wattquery.specs.grid import Grid
from wattquery.sweeps.arguments import RunArguments, SweepArguments
from wattquery.sweeps.coordinates import coordinates, counted, in_words, median_lengths
from wattquery.sweeps.estimate_result import Estimate
from wattquery.sweeps.frontier_estimate import estimate_frontier, is_frontier
from wattquery.sweeps.load_estimate import estimated_under_load
from wattquery.sweeps.load_hint import load_hint
from wattquery.sweeps.no_rows_hint import no_rows_hint
from wattquery.sweeps.outside_range import OUTSIDE_RANGE
from wattquery.sweeps.power_notes import power_notes
from wattquery.sweeps.run import Computed, compute
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import Study, study
from wattquery.sweeps.throughput_forms import twice_counted
from wattquery.sweeps.workload_notes import workload_notes
from wattquery.throughput.model import ThroughputModel
from wattquery.throughput.remarks import in_tokens, remarks

__all__ = ["Estimate", "check_one_cell", "estimate", "estimated"]

_KINDS = {
    "reciprocal": "reciprocal, 1/TPS fitted to {n} benchmark rows ({dof} degrees of freedom)",
    "regression": "fitted to {n} benchmark rows ({dof} degrees of freedom)",
    "larger_of_two": "the larger of {n} benchmark rows, the same for all lengths",
    "single_row": "one benchmark row, the same for all lengths",
}

RUN_ARGUMENTS = frozenset(RunArguments.__annotations__)
"""Arguments of `sweep` that say how to compute, and not what."""

WORTH_SAYING = 0.05
"""Share of queries beyond the lengths of the benchmark rows from which a note is written."""

MOST_LISTED = 12
"""Deployments that a message lists."""


def estimate(model: str, **arguments: Unpack[SweepArguments]) -> Estimate:
    """Return the energy of one query.

    Parameters
    ----------
    model
        A model of the catalog, or ``"frontier"``: the preset's blend; under a load also a `wattquery.Model`.
    **arguments
        As in `wattquery.sweep`, with one value for each axis.

    Returns
    -------
    Estimate
        Quantiles, mean and standard deviation [Wh] at the boundary asked for, with notes on thin or stretched data.
        With ``load`` or ``concurrency`` a `LoadEstimate`, which also has rates, latencies, power and support.

    Raises
    ------
    InputError
        If an argument makes an axis, is not allowed, or the catalog has no data for the combination.

    Examples
    --------
    >>> import wattquery as wq
    >>> result = wq.estimate("Llama 3.1 405B", method="exact")
    >>> round(result.quantiles[0.5], 3)
    0.392
    """
    if is_frontier(model, arguments):
        return estimate_frontier(**arguments)
    of_run: dict[str, Any] = {name: value for name, value in arguments.items() if name in RUN_ARGUMENTS}
    of_study: dict[str, Any] = {name: value for name, value in arguments.items() if name not in RUN_ARGUMENTS}
    how_to_compute = settings(**of_run)
    cell = study(model, asked_by="estimate", its_own=RUN_ARGUMENTS, **of_study)
    check_one_cell(cell.grid, "estimate")
    return estimated(compute(cell, how_to_compute))


def check_one_cell(grid: Grid, asked_by: str) -> None:
    """Refuse a grid of more than one cell.

    Parameters
    ----------
    grid
        What was asked for.
    asked_by
        The function that was called.

    Raises
    ------
    InputError
        If an axis has several values.
    """
    axes = [axis.name for axis in grid.dimensions]
    if axes:
        raise InputError(
            f"{asked_by} takes one value for each axis, got several for {listed(axes)}. Pass single values, or use "
            "sweep for a grid."
        )


def estimated(computed: Computed) -> Estimate:
    """Return the only cell of a run, with notes on its throughput.

    Raises
    ------
    InputError
        If nothing is known of the combination.
    """
    cell, lowered = computed.run.study, computed.run.lowered
    statistics = _of_first_cell(computed.statistics.arrays, computed.statistics.levels)
    if lowered.under_load is not None:
        return estimated_under_load(computed, statistics)
    deployed, deployment = lowered.plan.deployments[0], lowered.deployments[0]
    if deployed is None or deployment is None:
        raise InputError(_unsupported(cell))
    throughput = deployed.model
    medians = [one.item() for one in median_lengths(*next(cell.grid.length_tables()))]
    stderr = float(throughput.log_stderr(*medians))
    labels = coordinates(cell.grid, lowered)
    return Estimate(
        assumptions={name: in_words(label.values, label.attributes) for name, label in labels.items()},
        statistics=statistics,
        throughput=float(throughput.predict(*medians)),
        throughput_stderr=stderr,
        notes=(
            *remarks(throughput, deployment.rows, stderr),
            *deployment.questions,
            *_notes(throughput, cell.grid),
            *power_notes(cell, lowered),
            *twice_counted(cell.grid, lowered),
            *_outside(computed.attributes),
            *workload_notes(cell.grid),
        ),
        boundary=counted(cell.grid),
        provenance=computed.attributes,
    )


def _of_first_cell(arrays: Mapping[str, NDArray[np.float64]], levels: Sequence[float]) -> dict[str, Any]:
    """Return the statistics of the only cell by name: a number, or one for each level."""
    return {
        name: dict(zip(levels, arrays[name][0].tolist(), strict=True))
        if statistic.by_quantile
        else arrays[name][0].item()
        for name, statistic in STATISTICS.items()
        if name in arrays
    }


def _notes(throughput: ThroughputModel, grid: Grid) -> list[str]:
    """Return what qualifies the number: how the throughput is known, and how far it is stretched."""
    kind = _KINDS[throughput.kind].format(n=throughput.n_rows, dof=throughput.degrees_of_freedom)
    reach = "the fastest with" if throughput.form == "reciprocal" else "at most"
    notes = [f"throughput is {kind}, {reach} {in_tokens(throughput.maximum)} tokens/s"]
    if not throughput.is_fitted or throughput.degrees_of_freedom == 0:
        notes.append("thin data: its error cannot be told from these rows, and is not part of the spread above")
    share = float(grid.shares_outside(throughput)[0, 0])
    if throughput.input_range is None or throughput.output_range is None:
        notes.append("extrapolated: the benchmark rows do not say their lengths")
    elif share > WORTH_SAYING:
        (in_low, in_high), (out_low, out_high) = throughput.input_range, throughput.output_range
        notes.append(
            f"extrapolated for {share:.0%} of queries: benchmarks cover {in_low:g} to {in_high:g} input and "
            f"{out_low:g} to {out_high:g} output tokens"
        )
    return notes


def _outside(attributes: Mapping[str, object]) -> list[str]:
    """Return the note on what lies outside the physical range of its quantity, if anything does."""
    said = attributes.get(OUTSIDE_RANGE)
    return [] if said is None else [f"outside physical ranges: {said}"]


def _unsupported(cell: Study) -> str:
    """Return the message for a combination without data."""
    grid, catalog = cell.grid, cell.catalog
    model = grid.model.values[0]
    hint = load_hint(model, grid.hardware.values[0] or None)
    present = list(
        dict.fromkeys(
            f"hardware={row.hardware!r}, serving={row.serving!r}, precision={row.precision!r}"
            for row in catalog.rows
            if row.model == model
        )
    )
    if len(present) > MOST_LISTED:
        present = [*present[:MOST_LISTED], f"... ({len(present):,} in all)"]
    if not present:
        return (
            f"Catalog {catalog.name!r} knows {model!r}, and has no measured throughput of it. A model with rows is "
            f"needed, such as {listed(catalog.labels('model', measured=True)[:3])}; "
            f"wq.catalog.support({catalog.name!r}) lists what is measured. Pass one of them, or a table of your own "
            f"with rows for it.{hint}{no_rows_hint(model, catalog.labels('model', measured=True))}"
        )
    wanted = ", ".join(
        f"{axis.name}={axis.values[0]!r}" for axis in (grid.hardware, grid.serving, grid.precision) if axis.values[0]
    )
    default = f"precision={catalog.default_precision!r} (the catalog's own)" if catalog.default_precision else "these"
    return (
        f"Catalog {catalog.name!r} has no rows of {model!r} with {wanted or default}. "
        f"It has {'; '.join(present)}. Pass one of these.{hint}"
    )
