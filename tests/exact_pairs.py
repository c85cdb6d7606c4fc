"""A pair of lengths of the naive reference, and what the exact method makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np

import naive
import wattquery as wq
from wattquery.methods.exact.families import Family
from wattquery.methods.exact.length_pairs import LengthPair
from wattquery.methods.exact.length_rules import length_rule
from wattquery.specs import Fixed
from wattquery.throughput import LogLinearModel, ReciprocalModel, ThroughputModel

ROWS = np.array([[128, 128, 2048, 5000, 500, 1000], [128, 2048, 128, 500, 2000, 1000]], dtype=float)
"""Input and output tokens of the benchmark rows that a reciprocal throughput could come from."""

RATE = naive.Throughput(b0=8.6, b1=-0.3, b2=-0.15, maximum=600.0)
"""It reaches its cap on a line through the middle of the lengths of most tests."""


def spec(length: naive.Length) -> Any:
    """Return the package's form of a naive length."""
    match length:
        case naive.LogNormal(p5, p95):
            return wq.LogNormal(p5, p95)
        case naive.Exponential(median):
            return wq.Exponential(median)
        case naive.Uniform(low, high):
            return wq.Uniform(low, high)
    return Fixed(float(length))


def family_of(cell: naive.Cell) -> Family:
    """Return the family that a naive cell belongs to, in a plan of one pair of lengths."""
    rate = cell.throughput
    power = cell.power if isinstance(cell.power, naive.Proportional) else naive.Proportional(1.0, 0.0)
    return Family(model_of(rate), 0, 0, power.base, power.span)


def model_of(rate: naive.Throughput | naive.Reciprocal) -> ThroughputModel:
    """Return the package's form of a naive throughput."""
    if isinstance(rate, naive.Reciprocal):
        inputs, outputs = ROWS
        columns = np.column_stack([np.ones(inputs.size), inputs + outputs / 2, inputs / outputs])
        design = columns * rate(outputs, inputs)[:, None]
        return ReciprocalModel(
            per_token=rate.a,
            per_context=rate.b,
            per_ratio=rate.c,
            maximum=rate.maximum,
            minimum=1.0,
            residual_standard_error=0.05,
            degrees_of_freedom=3,
            n_rows=6,
            input_range=(1.0, 1e5),
            output_range=(1.0, 1e5),
            centre=(6.0, 6.0),
            information=tuple(map(tuple, (design.T @ design).tolist())),
        )
    return LogLinearModel(
        intercept=rate.b0,
        ln_input=rate.b1,
        ln_output=rate.b2,
        maximum=rate.maximum,
        residual_standard_error=0.1,
        degrees_of_freedom=1,
        n_rows=4,
        kind="regression",
        input_range=(1.0, 1e5),
        output_range=(1.0, 1e5),
        coefficient_covariance=None,
        minimum=1.0,
        centre=None,
    )


def pair_of(cell: naive.Cell, sigma: float, swapped: bool = False, *, outer_sigma: float | None = None) -> LengthPair:
    """Return the pair of lengths of a naive cell, the output inside unless swapped.

    The outer one may be for a wider normal than the inner one, which then smears it.
    """
    outer_sigma = sigma if outer_sigma is None else outer_sigma
    lengths = (cell.input, cell.output) if swapped else (cell.output, cell.input)
    segment = 1.5e-3 if outer_sigma > sigma else 2e-4
    inner, outer = (
        length_rule(spec(length), whole=cell.whole, sigma=width, segment=segment)
        for length, width in zip(lengths, (sigma, outer_sigma), strict=True)
    )
    return LengthPair(family_of(cell), cell.prefill_weight, inner, outer, sigma, outer_sigma, swapped)
