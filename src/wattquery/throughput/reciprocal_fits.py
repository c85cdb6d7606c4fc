"""Benchmark rows to reciprocal models, many deployments at once.

Least squares of the relative errors of 1/TPS, none of the coefficients below 0. Rows that scatter by s make what is
least by such squares too small by s squared, a relative error being at most 1 on one side: all three coefficients are
then multiplied by one factor, so that fitted rates are on average, of logarithms, those measured. What scatters by 5 %,
as tables of one source do, moves by 0.3 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from wattquery.catalog import BenchmarkRow
from wattquery.throughput.non_negative import non_negative_fits
from wattquery.throughput.reciprocal import ReciprocalModel
from wattquery.throughput.row_arrays import ends_of, row_arrays

__all__ = ["reciprocal_fits"]

COEFFICIENTS = 3


def reciprocal_fits(groups: Sequence[Sequence[BenchmarkRow]]) -> Iterator[ReciprocalModel | None]:
    """Yield the fit of each group of rows; None where lengths are not known, or do not tell the coefficients apart."""
    inputs, outputs, rates, sizes = row_arrays(groups)
    terms = np.column_stack([np.ones_like(inputs), inputs + outputs / 2.0, inputs / outputs])
    # Divided by 1/TPS: what is made least is the sum of squares of relative errors.
    solved = non_negative_fits(terms * rates[:, None], sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    degrees = sizes - COEFFICIENTS
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.log(solved.fitted)
        shifts = np.add.reduceat(errors, starts) / sizes
        spreads = np.sqrt(np.add.reduceat((errors - np.repeat(shifts, sizes)) ** 2, starts) / degrees)
        coefficients = solved.coefficients * np.exp(-shifts)[:, None]
        relative = terms / np.sum(terms * np.repeat(coefficients, sizes, axis=0), axis=1)[:, None]
        information = np.add.reduceat(relative[:, :, None] * relative[:, None, :], starts)
        centres = np.column_stack([np.add.reduceat(np.log(each), starts) / sizes for each in (inputs, outputs)])
    each = zip(
        sizes.tolist(),
        solved.has_rank.tolist(),
        coefficients.tolist(),
        spreads.tolist(),
        degrees.tolist(),
        information.tolist(),
        centres.tolist(),
        ends_of(inputs, outputs, rates, sizes),
        strict=True,
    )
    for size, has_rank, (per_token, per_context, per_ratio), spread, freedom, squares, centre, ends in each:
        if not has_rank:
            yield None
            continue
        yield ReciprocalModel(
            per_token=per_token,
            per_context=per_context,
            per_ratio=per_ratio,
            residual_standard_error=spread if freedom else math.nan,
            degrees_of_freedom=freedom,
            n_rows=size,
            information=tuple(map(tuple, squares)),
            centre=(centre[0], centre[1]),
            **ends,
        )
