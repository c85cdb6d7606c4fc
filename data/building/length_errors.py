"""How far quantiles of the energy at a workload's nodes are off, for the throughputs of the shipped catalogs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from wattquery.catalog import load
from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.joint_lengths.interval_means import interval_means
from wattquery.specs.joint_lengths.rows import Rows
from wattquery.specs.joint_lengths.stated_error import LEVELS, PREFILL_WEIGHTS, weighted_quantiles
from wattquery.throughput import ThroughputModel, fit_throughputs

__all__ = ["EXAMPLE", "distinct", "energies", "fits", "product"]

CATALOGS = ("oviedo2026", "oviedo2026-corrected", "default")

EXAMPLE = "Llama 3.1 405B"
"""Of the documents, in the first catalog."""

STEEPEST = 1.0
"""Slope of ln TPS along ln L_in up to which a fit counts: that to rows of nearly equal input lengths has no result."""

INTERVALS = 1000
"""Of each margin in a product."""


@cache
def fits() -> tuple[ThroughputModel, ...]:
    """Return all fits, of both forms, to deployments of the shipped catalogs; the first is that of the example."""
    example = load(CATALOGS[0]).deployment(EXAMPLE)
    deployments = [example, *(one for name in CATALOGS for one in load(name).deployments() if one != example)]
    wanted = [(one.rows, one.model) for one in deployments if one is not None]
    found = [*fit_throughputs(wanted, "log_linear"), *fit_throughputs(wanted, "reciprocal")]
    fitted = [one for one in found if not isinstance(one, InputError) and one.is_fitted]
    return tuple(one for one in fitted if one.form == "reciprocal" or one.fitted[1] < STEEPEST)


@cache
def distinct() -> tuple[ThroughputModel, ...]:
    """Return one of each sort of fit: of those whose slopes, or ratios of coefficients, agree to about a quarter."""
    return tuple({_sort(one): one for one in reversed(fits())}.values())


def energies(rows: Rows, models: Sequence[ThroughputModel]) -> FloatArray:
    """Return quantiles at `LEVELS` of what the energy is proportional to, for each throughput and prefill weight."""
    output, inputs = (np.maximum(lengths, 1.0) for lengths in rows.lengths[:2])
    logs = np.log(inputs), np.log(output)
    times = (np.exp(-one.log_rate(*logs)) for one in models)
    values = ((rows.output_tokens + weight * rows.input_tokens) * time for time in times for weight in PREFILL_WEIGHTS)
    return np.stack([weighted_quantiles(one, rows.weights, LEVELS) for one in values])


def product(output: Distribution, inputs: Distribution) -> Rows:
    """Return the pairs of independent lengths."""
    columns = [interval_means(length, INTERVALS) for length in (output, inputs)]
    pairs = np.repeat(columns[0], INTERVALS), np.tile(columns[1], INTERVALS)
    return Rows(*pairs, np.zeros(INTERVALS**2), np.ones(INTERVALS**2))


def _sort(model: ThroughputModel) -> tuple[object, ...]:
    if model.form == "log_linear":
        return "log_linear", *(round(4.0 * slope) for slope in model.fitted[1:])
    per_token, per_context, per_ratio = np.array(model.fitted) * (1.0, 1000.0, 1.0) / sum(model.fitted)
    whole = per_token + per_context + per_ratio
    return "reciprocal", *(round(6.0 * part / whole) for part in (per_context, per_ratio))
