"""Benchmark rows to throughput models: of one deployment, or of all that a catalog has at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from wattquery.catalog import BenchmarkRow
from wattquery.errors import InputError
from wattquery.throughput.least_squares import Regressions, regressions
from wattquery.throughput.model import Kind, ThroughputModel
from wattquery.throughput.remarks import differences

__all__ = ["fit_throughput", "fit_throughputs"]

_COEFFICIENTS = 3
_MOST_LINES = 12


def fit_throughput(rows: Sequence[BenchmarkRow], subject: str) -> ThroughputModel:
    """Return the throughput model of a deployment.

    ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``

    Three rows or more: ordinary least squares of ln TPS on (1, ln L_in, ln L_out), capped at the largest
    observed TPS. Two rows: the larger one, for all lengths. One row: that one. Source: see `ThroughputModel`.

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
) -> list[ThroughputModel | InputError]:
    """Return the throughput model of each of many deployments, or the error that `fit_throughput` raises for it.

    All regressions are solved together: the time goes with the number of rows, however they are divided.

    Parameters
    ----------
    deployments
        Rows of a deployment, and what messages call it.
    """
    wanted = list(deployments)
    found: list[ThroughputModel | InputError | None] = [_without_fit(rows, subject) for rows, subject in wanted]
    fitted = [i for i, one in enumerate(found) if one is None]
    if fitted:
        rows_of = [wanted[i][0] for i in fitted]
        for i, solved in zip(fitted, _regressions(rows_of), strict=True):
            found[i] = InputError(_why_not_fitted(*wanted[i])) if solved is None else solved
    return [one for one in found if one is not None]


def _without_fit(rows: Sequence[BenchmarkRow], subject: str) -> ThroughputModel | InputError | None:
    """Return what needs no regression: a constant, or the error for rows that allow none."""
    if not rows:
        return InputError(f"{subject!r} has no benchmark rows. At least one is needed. Add a row with its throughput.")
    if len(rows) < _COEFFICIENTS:
        log_larger = math.log(max(row.tokens_per_second for row in rows))
        return _model(rows, "single_row" if len(rows) == 1 else "larger_of_two", (log_larger, 0.0, 0.0))
    for row in rows:
        if row.input_tokens is None or row.output_tokens is None:
            which = "input" if row.input_tokens is None else "output"
            return InputError(
                f"The {which} length of {subject!r} is not known in row {row.line}. "
                f"A fit on {len(rows)} rows needs both lengths of each. Fill it in, or leave the row out."
            )
    return None


def _regressions(groups: Sequence[Sequence[BenchmarkRow]]) -> Iterator[ThroughputModel | None]:
    """Yield the regression of each group of rows; None where its lengths do not tell the coefficients apart."""
    points = [(row.input_tokens, row.output_tokens, row.tokens_per_second) for row in chain.from_iterable(groups)]
    sizes = np.array([len(rows) for rows in groups], dtype=np.int64)
    solved: Regressions = regressions(*np.log(np.array(points, dtype=np.float64).T), sizes)
    degrees = sizes - _COEFFICIENTS
    with np.errstate(divide="ignore", invalid="ignore"):
        spreads = np.sqrt(solved.squares / degrees)
    each = zip(
        groups,
        solved.has_rank.tolist(),
        solved.coefficients.tolist(),
        spreads.tolist(),
        degrees.tolist(),
        solved.covariances.tolist(),
        solved.centres.tolist(),
        strict=True,
    )
    for rows, has_rank, (intercept, ln_input, ln_output), spread, freedom, covariance, centre in each:
        yield (
            _model(
                rows,
                "regression",
                (intercept, ln_input, ln_output),
                spread if freedom else math.nan,  # the same NaN in all models, which makes equal ones equal
                freedom,
                tuple(map(tuple, covariance)),
                (centre[0], centre[1]),
            )
            if has_rank
            else None
        )


def _model(
    rows: Sequence[BenchmarkRow],
    kind: Kind,
    coefficients: tuple[float, float, float],
    spread: float = math.nan,
    degrees: int = 0,
    covariance: tuple[tuple[float, ...], ...] | None = None,
    centre: tuple[float, float] | None = None,
) -> ThroughputModel:
    rates = [row.tokens_per_second for row in rows]
    return ThroughputModel(
        intercept=coefficients[0],
        ln_input=coefficients[1],
        ln_output=coefficients[2],
        maximum=max(rates),
        residual_standard_error=spread,
        degrees_of_freedom=degrees,
        n_rows=len(rows),
        kind=kind,
        input_range=_range([row.input_tokens for row in rows]),
        output_range=_range([row.output_tokens for row in rows]),
        coefficient_covariance=covariance,
        minimum=min(rates),
        centre=centre,
    )


def _why_not_fitted(rows: Sequence[BenchmarkRow], subject: str) -> str:
    lengths = {"input": {row.input_tokens for row in rows}, "output": {row.output_tokens for row in rows}}
    same = [f"all have the {which} length {one.pop():g}" for which, one in lengths.items() if len(one) == 1]
    lines = ", ".join(str(row.line) for row in rows[:_MOST_LINES]) + (", ..." if len(rows) > _MOST_LINES else "")
    came = (
        f"The throughput of {subject!r} cannot be fitted to its {len(rows)} rows (lines {lines}): "
        f"{' and '.join(same) or 'their input and output lengths change in step'}, so the effects of the two "
        "lengths cannot be told apart."
    )
    apart = differences(rows)
    if apart and len({(row.input_tokens, row.output_tokens) for row in rows}) < len(rows):
        # Such as a curve over concurrency: the larger of two rows of it would be an answer to another question.
        return (
            f"{came} At the same lengths they differ in {', '.join(apart)}, which no model of throughput here has. "
            "Keep the rows of one operating point only (alone it is taken for all lengths), or write the operating "
            "point into 'Serving' (such as 'vLLM, 64 requests'), so that each is a deployment of its own."
        )
    return (
        f"{came} Both lengths must vary, and not in step. Add a row with another "
        "length, or keep at most two rows, of which the larger throughput is then taken for all lengths."
    )


def _range(lengths: Sequence[float | None]) -> tuple[float, float] | None:
    known = [length for length in lengths if length is not None]
    return (min(known), max(known)) if len(known) == len(lengths) else None
