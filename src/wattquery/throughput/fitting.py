"""Benchmark rows to throughput models: of one deployment, or of all that a catalog has at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from wattquery.catalog import BenchmarkRow
from wattquery.errors import InputError
from wattquery.specs.throughput_form import AUTO, AskedForm, checked_form
from wattquery.throughput.forms import FEWEST_LENGTHS, takes_reciprocal
from wattquery.throughput.log_linear import LogLinearModel
from wattquery.throughput.log_linear_fits import COEFFICIENTS, log_linear_fits
from wattquery.throughput.model import ThroughputModel
from wattquery.throughput.reciprocal_fits import reciprocal_fits
from wattquery.throughput.remarks import differences

__all__ = ["fit_throughput", "fit_throughputs"]

_MOST_LINES = 12


def fit_throughput(
    rows: Sequence[BenchmarkRow], subject: str, throughput_model: AskedForm = "log_linear"
) -> ThroughputModel:
    """Return the throughput model of a deployment.

    Log-linear: ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``. Three rows or more: ordinary least squares
    of ln TPS on (1, ln L_in, ln L_out), capped at the largest observed TPS. Two rows: the larger one, for all lengths.
    One row: that one. Source: see `LogLinearModel`.

    Reciprocal: ``1/TPS = a + b (L_in + L_out/2) + c L_in/L_out``, by least squares of the relative errors of 1/TPS,
    with no coefficient below 0, and a level at which these errors are 0 on average (of logarithms). It takes three rows
    or more, of three pairs of lengths; see `ReciprocalModel`.

    Parameters
    ----------
    rows
        Benchmark rows of one deployment.
    subject
        What messages call the deployment.
    throughput_model
        ``"log_linear"``; ``"reciprocal"``; or ``"auto"``: the reciprocal one where three or more pairs of lengths, at
        one operating point, tell its coefficients apart, and the log-linear one elsewhere.

    Raises
    ------
    InputError
        If there are no rows; for the reciprocal form with less than three pairs of lengths; and for three rows or
        more if a length is not known, or the lengths do not tell the coefficients apart.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.throughput import fit_throughput
    >>> rows = catalog.load("oviedo2026").deployment("Llama-3.1 Nemotron Ultra 253B").rows
    >>> model = fit_throughput(rows, "Nemotron")
    >>> model.kind, model.maximum
    ('larger_of_two', 5200.0)
    """
    (found,) = fit_throughputs([(rows, subject)], throughput_model)
    if isinstance(found, InputError):
        raise found
    return found


def fit_throughputs(
    deployments: Iterable[tuple[Sequence[BenchmarkRow], str]], throughput_model: AskedForm = "log_linear"
) -> list[ThroughputModel | InputError]:
    """Return the throughput model of each of many deployments, or the error that `fit_throughput` raises for it.

    All fits of a form are solved together: the time goes with the number of rows, however they are divided.

    Parameters
    ----------
    deployments
        Rows of a deployment, and what messages call it.
    throughput_model
        As in `fit_throughput`, for all of them.
    """
    form = checked_form(throughput_model)
    wanted = list(deployments)
    found: dict[int, ThroughputModel | InputError] = {}
    if form != "log_linear":
        tried = [i for i, (rows, _) in enumerate(wanted) if _tries_reciprocal(rows, form)]
        found |= _present(tried, reciprocal_fits([wanted[i][0] for i in tried]) if tried else ())
    if form == "reciprocal":
        return [found.get(i) or InputError(_why_not_reciprocal(*one)) for i, one in enumerate(wanted)]
    rest = [i for i in range(len(wanted)) if i not in found]
    found |= _present(rest, (_without_fit(*wanted[i]) for i in rest))
    rest = [i for i in rest if i not in found]
    found |= _present(rest, log_linear_fits([wanted[i][0] for i in rest]) if rest else ())
    return [found.get(i) or InputError(_why_not_fitted(*one)) for i, one in enumerate(wanted)]


def _present(
    places: Sequence[int], models: Iterable[ThroughputModel | InputError | None]
) -> dict[int, ThroughputModel | InputError]:
    """Return what was found, by place."""
    return {i: model for i, model in zip(places, models, strict=True) if model is not None}


def _tries_reciprocal(rows: Sequence[BenchmarkRow], form: AskedForm) -> bool:
    return len(rows) >= COEFFICIENTS and (form != AUTO or takes_reciprocal(rows))


def _without_fit(rows: Sequence[BenchmarkRow], subject: str) -> LogLinearModel | InputError | None:
    """Return what needs no regression: a constant, or the error where there are no rows."""
    if not rows:
        return InputError(_why_not_fitted(rows, subject))
    if len(rows) >= COEFFICIENTS:
        return None
    rates = [row.tokens_per_second for row in rows]
    return LogLinearModel(
        intercept=math.log(max(rates)),
        ln_input=0.0,
        ln_output=0.0,
        maximum=max(rates),
        residual_standard_error=math.nan,
        degrees_of_freedom=0,
        n_rows=len(rows),
        kind="single_row" if len(rows) == 1 else "larger_of_two",
        input_range=_range([row.input_tokens for row in rows]),
        output_range=_range([row.output_tokens for row in rows]),
        coefficient_covariance=None,
        minimum=min(rates),
        centre=None,
    )


def _why_not_reciprocal(rows: Sequence[BenchmarkRow], subject: str) -> str:
    if not rows or (len(rows) >= COEFFICIENTS and _unknown_length(rows, subject)):
        return _why_not_fitted(rows, subject)
    pairs = {(row.input_tokens, row.output_tokens) for row in rows}
    if len(pairs) < FEWEST_LENGTHS:
        problem = f"{len(pairs)} pair{'s' * (len(pairs) > 1)} of lengths in {len(rows)} row{'s' * (len(rows) > 1)}"
    else:
        problem = f"{len(pairs)} pairs of lengths ({_lines(rows)}) that do not tell its coefficients apart"
    return (
        f"The reciprocal throughput model of {subject!r} would be fitted to {problem}. It needs at least "
        f"{FEWEST_LENGTHS} in which L_in + L_out/2 and L_in/L_out do not change in step. Add rows with other output "
        "lengths, or leave throughput_model out."
    )


def _why_not_fitted(rows: Sequence[BenchmarkRow], subject: str) -> str:
    if not rows:
        return f"{subject!r} has no benchmark rows. At least one is needed. Add a row with its throughput."
    if unknown := _unknown_length(rows, subject):
        return unknown
    lengths = {"input": {row.input_tokens for row in rows}, "output": {row.output_tokens for row in rows}}
    same = [f"all have the {which} length {one.pop():g}" for which, one in lengths.items() if len(one) == 1]
    problem = (
        f"The throughput of {subject!r} cannot be fitted to its {len(rows)} rows ({_lines(rows)}): "
        f"{' and '.join(same) or 'their input and output lengths change in step'}, so the effects of the two "
        "lengths cannot be told apart."
    )
    apart = differences(rows)
    if apart and len({(row.input_tokens, row.output_tokens) for row in rows}) < len(rows):
        # Such as a curve over concurrency: the larger of two rows of it would be an answer to another question.
        return (
            f"{problem} At the same lengths they differ in {', '.join(apart)}, which no model of throughput here has. "
            "Keep the rows of one operating point only (alone it is taken for all lengths), or write the operating "
            "point into 'Serving' (such as 'vLLM, 64 requests'), so that each is a deployment of its own."
        )
    return (
        f"{problem} Both lengths must vary, and not in step. Add a row with another length, or keep at most two rows, "
        "of which the larger throughput is then taken for all lengths."
    )


def _unknown_length(rows: Sequence[BenchmarkRow], subject: str) -> str:
    """Return what to say of a length that is not known; nothing where all are."""
    for row in rows:
        if row.input_tokens is None or row.output_tokens is None:
            which = "input" if row.input_tokens is None else "output"
            return (
                f"The {which} length of {subject!r} is not known in row {row.line}. "
                f"A fit on {len(rows)} rows needs both lengths of each. Fill it in, or leave the row out."
            )
    return ""


def _lines(rows: Sequence[BenchmarkRow]) -> str:
    return "lines " + ", ".join(str(row.line) for row in rows[:_MOST_LINES]) + ", ..." * (len(rows) > _MOST_LINES)


def _range(lengths: Sequence[float | None]) -> tuple[float, float] | None:
    known = [length for length in lengths if length is not None]
    return (min(known), max(known)) if len(known) == len(lengths) else None
