"""Benchmark rows to throughput models: of one deployment, or of all that a catalog has at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter

import numpy as np

from wattquery.catalog import BenchmarkRow
from wattquery.errors import InputError
from wattquery.throughput.least_squares import regressions
from wattquery.throughput.log_linear import LogLinearModel
from wattquery.throughput.remarks import differences

__all__ = ["fit_throughput", "fit_throughputs"]

_COEFFICIENTS = 3
_MOST_LINES = 12


def fit_throughput(rows: Sequence[BenchmarkRow], subject: str) -> LogLinearModel:
    """Return the throughput model of a deployment.

    ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``

    Three rows or more: ordinary least squares of ln TPS on (1, ln L_in, ln L_out), capped at the largest
    observed TPS. Two rows: the larger one, for all lengths. One row: that one. Source: see `LogLinearModel`.

    Parameters
    ----------
    rows
        Benchmark rows of one deployment.
    subject
        What messages call the deployment.

    Raises
    ------
    InputError
        If there are no rows, or for three or more: if a length is not known, or the lengths do not tell the
        coefficients apart.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.throughput import fit_throughput
    >>> rows = catalog.load("oviedo2026").deployment("Llama-3.1 Nemotron Ultra 253B").rows
    >>> model = fit_throughput(rows, "Nemotron")
    >>> model.kind, model.maximum
    ('larger_of_two', 5200.0)
    """
    (found,) = fit_throughputs([(rows, subject)])
    if isinstance(found, InputError):
        raise found
    return found


def fit_throughputs(
    deployments: Iterable[tuple[Sequence[BenchmarkRow], str]],
) -> list[LogLinearModel | InputError]:
    """Return the throughput model of each of many deployments, or the error that `fit_throughput` raises for it.

    All regressions are solved together: the time goes with the number of rows, however they are divided.

    Parameters
    ----------
    deployments
        Rows of a deployment, and what messages call it.
    """
    wanted = list(deployments)
    found: list[LogLinearModel | InputError | None] = [_without_fit(rows, subject) for rows, subject in wanted]
    fitted = [i for i, one in enumerate(found) if one is None]
    if fitted:
        for i, solved in zip(fitted, _regressions([wanted[i][0] for i in fitted]), strict=True):
            found[i] = InputError(_why_not_fitted(*wanted[i])) if solved is None else solved
    return [one for one in found if one is not None]


def _without_fit(rows: Sequence[BenchmarkRow], subject: str) -> LogLinearModel | InputError | None:
    """Return what needs no regression: a constant, or the error where there are no rows."""
    if not rows:
        return InputError(f"{subject!r} has no benchmark rows. At least one is needed. Add a row with its throughput.")
    if len(rows) >= _COEFFICIENTS:
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


def _regressions(groups: Sequence[Sequence[BenchmarkRow]]) -> Iterator[LogLinearModel | None]:
    """Yield the regression of each group of rows; None where lengths are not known, or not told apart."""
    sizes = np.array([len(rows) for rows in groups], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    # None, for not known, becomes NaN.
    inputs, outputs, rates = (
        np.array(list(map(attrgetter(name), chain.from_iterable(groups))), dtype=np.float64)
        for name in ("input_tokens", "output_tokens", "tokens_per_second")
    )
    solved = regressions(np.log(inputs), np.log(outputs), np.log(rates), sizes)
    degrees = sizes - _COEFFICIENTS
    with np.errstate(divide="ignore", invalid="ignore"):
        spreads = np.sqrt(solved.squares / degrees)
    ends = [
        end.reduceat(lengths, starts).tolist()
        for lengths in (inputs, outputs, rates)
        for end in (np.minimum, np.maximum)
    ]
    each = zip(
        sizes.tolist(),
        solved.has_rank.tolist(),
        solved.coefficients.tolist(),
        spreads.tolist(),
        degrees.tolist(),
        solved.covariances.tolist(),
        solved.centres.tolist(),
        zip(*ends, strict=True),
        strict=True,
    )
    for size, has_rank, coefficients, spread, freedom, covariance, centre, (in0, in1, out0, out1, least, most) in each:
        if not has_rank:  # and so for lengths that are not known: NaN compares with nothing
            yield None
            continue
        yield LogLinearModel(
            intercept=coefficients[0],
            ln_input=coefficients[1],
            ln_output=coefficients[2],
            maximum=most,
            residual_standard_error=spread if freedom else math.nan,
            degrees_of_freedom=freedom,
            n_rows=size,
            kind="regression",
            input_range=(in0, in1),
            output_range=(out0, out1),
            coefficient_covariance=tuple(map(tuple, covariance)),
            minimum=least,
            centre=(centre[0], centre[1]),
        )


def _why_not_fitted(rows: Sequence[BenchmarkRow], subject: str) -> str:
    for row in rows:
        if row.input_tokens is None or row.output_tokens is None:
            which = "input" if row.input_tokens is None else "output"
            return (
                f"The {which} length of {subject!r} is not known in row {row.line}. "
                f"A fit on {len(rows)} rows needs both lengths of each. Fill it in, or leave the row out."
            )
    lengths = {"input": {row.input_tokens for row in rows}, "output": {row.output_tokens for row in rows}}
    same = [f"all have the {which} length {one.pop():g}" for which, one in lengths.items() if len(one) == 1]
    lines = ", ".join(str(row.line) for row in rows[:_MOST_LINES]) + (", ..." if len(rows) > _MOST_LINES else "")
    problem = (
        f"The throughput of {subject!r} cannot be fitted to its {len(rows)} rows (lines {lines}): "
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


def _range(lengths: Sequence[float | None]) -> tuple[float, float] | None:
    known = [length for length in lengths if length is not None]
    return (min(known), max(known)) if len(known) == len(lengths) else None
