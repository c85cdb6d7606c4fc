"""`prepare`: one cell, fixed for other tools."""

from __future__ import annotations

from typing import Any, Unpack

from wattquery.embedding.coefficients import numbers_of
from wattquery.embedding.prepared_query import PreparedQuery
from wattquery.errors import InputError
from wattquery.kernels import prepared as kernels
from wattquery.methods.exact.reach import obstacle
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.estimate import check_one_cell, estimated
from wattquery.sweeps.load_estimate import LoadEstimate
from wattquery.sweeps.run import Run
from wattquery.sweeps.run import prepare as lowered_run
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study
from wattquery.throughput.model import ThroughputModel

__all__ = ["prepare"]


def prepare(model: object, **arguments: Unpack[StudyArguments]) -> PreparedQuery:
    """Return one cell, fixed, that says the energy of queries of any lengths: for tools that embed it.

    Parameters
    ----------
    model
        A model of the catalog; under a load also a `wattquery.Model`.
    **arguments
        As in `wattquery.estimate`, with one value for each axis; nothing that says how to compute, for all of it is
        exact. Under a load the lengths, ``workload`` or ``batch_workload`` say what fills the batch.

    Returns
    -------
    PreparedQuery
        The cell.

    Raises
    ------
    InputError
        If an argument makes an axis, a factor is neither a number nor lognormal, something else is not allowed, or
        nothing is known of the combination.

    Examples
    --------
    >>> import wattquery as wq
    >>> cell = wq.prepare("Llama 3.1 70B", hardware="H100 SXM", load=0.5, workload="azure_conversation")
    >>> low, high = cell.interval(1000, 200, 500)
    >>> bool(low < cell.energy(1000, 200, 500) < high), cell.boundary, cell.support
    (True, 'facility', 'supported')
    """
    asked: dict[str, Any] = {**arguments}
    cell = study(model, asked_by="prepare", **asked)
    check_one_cell(cell.grid, "prepare")
    run = lowered_run(cell, settings(method="exact"))
    if (reason := obstacle(run.plan)) is not None:
        raise InputError(
            f"prepare cannot take {reason}: give this factor as a LogNormal, or as the number that stands for it."
        )
    found = _prepared(run, (model, asked))
    kernels.request(found.numbers, 1.0, 1.0, 1.0, 0.0)  # compiled here, and not while the first request waits
    return found


def _prepared(run: Run, asked: tuple[object, dict[str, Any]]) -> PreparedQuery:
    said = estimated(run.computed())
    numbers = numbers_of(run)
    shared: dict[str, Any] = {
        "coefficients": numbers.coefficients,
        "boundary": said.boundary,
        "assumptions": said.assumptions,
        "notes": said.notes,
        "provenance": said.provenance,
        "far_tokens": numbers.far_tokens,
        "throughput_tokens_per_s": said.throughput,
        "asked": asked,
    }
    if isinstance(said, LoadEstimate):
        return PreparedQuery(
            **shared,
            support=said.support,
            support_rows=said.support_rows,
            support_basis=said.support_basis,
            input_tokens_measured=None,
            output_tokens_measured=None,
            accelerators=said.accelerators,
            running_sequences=said.running_sequences,
            power_w_per_accelerator=said.power,
            fit=None,
        )
    fit = run.plan.cell(0).throughput
    if not isinstance(fit, ThroughputModel):
        raise LookupError("a cell under no load has a throughput model")
    return PreparedQuery(
        **shared,
        support="measured",
        support_rows=fit.n_rows,
        support_basis=f"{fit.n_rows} benchmark rows of this model, accelerator and serving system",
        input_tokens_measured=fit.input_range,
        output_tokens_measured=fit.output_range,
        accelerators=None,
        running_sequences=None,
        power_w_per_accelerator=None,
        fit=fit if fit.is_fitted else None,
    )
