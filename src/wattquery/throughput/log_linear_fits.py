"""Benchmark rows to log-linear models, many deployments at once: ordinary least squares of ln TPS, with a cap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from wattquery.catalog import BenchmarkRow
from wattquery.throughput.least_squares import regressions
from wattquery.throughput.log_linear import LogLinearModel
from wattquery.throughput.row_arrays import ends_of, row_arrays

__all__ = ["log_linear_fits"]

COEFFICIENTS = 3


def log_linear_fits(groups: Sequence[Sequence[BenchmarkRow]]) -> Iterator[LogLinearModel | None]:
    """Yield the regression of each group of rows; None where lengths are not known, or not told apart."""
    inputs, outputs, rates, sizes = row_arrays(groups)
    solved = regressions(np.log(inputs), np.log(outputs), np.log(rates), sizes)
    degrees = sizes - COEFFICIENTS
    with np.errstate(divide="ignore", invalid="ignore"):
        spreads = np.sqrt(solved.squares / degrees)
    each = zip(
        sizes.tolist(),
        solved.has_rank.tolist(),
        solved.coefficients.tolist(),
        spreads.tolist(),
        degrees.tolist(),
        solved.covariances.tolist(),
        solved.centres.tolist(),
        ends_of(inputs, outputs, rates, sizes),
        strict=True,
    )
    for size, has_rank, coefficients, spread, freedom, covariance, centre, ends in each:
        if not has_rank:  # and so for lengths that are not known: NaN compares with nothing
            yield None
            continue
        yield LogLinearModel(
            intercept=coefficients[0],
            ln_input=coefficients[1],
            ln_output=coefficients[2],
            residual_standard_error=spread if freedom else math.nan,
            degrees_of_freedom=freedom,
            n_rows=size,
            kind="regression",
            coefficient_covariance=tuple(map(tuple, covariance)),
            centre=(centre[0], centre[1]),
            **ends,
        )
