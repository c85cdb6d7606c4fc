"""A ridge regression of the logarithm of each quantity on logarithms of what is known: it knows nothing of serving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.parameter_table import parameter_table, task_lengths
from wattquery.validation.long_table import scored

__all__ = ["LogLinear", "features"]

Numbers = NDArray[np.float64]

PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Of squared slopes of features of unit variance, in units of a row's weight: chosen among the fitted architectures."""

PARTS = 5
"""In which these are divided for that."""

_SHARED = 0.4
"""n rows of an architecture weigh as n to the power of 1 less this, as in the fit of the load model."""


class LogLinear:
    """Regressions of all quantities.

    Parameters
    ----------
    rows
        Measured rows, of which something can be predicted.
    at
        Features of them and of others, from `features`, and which of these the rows are.
    """

    def __init__(self, rows: Observations, at: Numbers) -> None:
        self._found = [_fitted(rows, at, quantity) for quantity in QUANTITIES]

    def predict(self, at: Numbers) -> Numbers:
        """Return the logarithms of `QUANTITIES`, (rows, 5)."""
        return np.stack([at @ slopes + constant for slopes, constant in self._found], axis=1)


def features(rows: Observations) -> Numbers:
    """Return what the regressions know of rows, (rows, features): logarithms, and 0 or 1 for words.

    Parameters, cache, accelerator, load, lengths, division, precision, stack, and how the load is stated.
    """
    at = Conditions.of(rows)
    wide = np.where(at.kernels.fp8 + at.kernels.int8 > 0.0, at.hardware.flops_8, at.hardware.flops_16)
    columns = [
        np.log(rows_of(at.shape.active_params, len(rows))),
        np.log(at.shape.shared_params + at.shape.routed_params),
        np.log(2.0 * at.shape.cache_elements + 1.0),
        np.log(at.hardware.bandwidth),
        np.log(np.where(at.kernels.fp4 > 0.0, at.hardware.flops_4, wide)),
        np.log(at.hardware.power_w),
        np.log(at.instance.accelerators),
        _log_or_zero(at.batch),
        _log_or_zero(at.concurrency),
        np.log(_lengths(rows)),
        np.log(at.output_tokens),
        at.date,
        at.speculation,
        rows.disaggregated.astype(float),
        at.at_maximum_load.astype(float),
        np.isfinite(at.batch).astype(float),
        np.isnan(rows.input_tokens).astype(float),
    ]
    for words in (rows.precision, at.labels["stack"]):
        columns += [(words == one).astype(float) for one in sorted(set(words))]
    return np.stack([rows_of(one, len(rows)) for one in columns], axis=1)


def rows_of(numbers: Numbers, count: int) -> Numbers:
    """Return one number for each row."""
    return np.broadcast_to(np.asarray(numbers, dtype=np.float64), count)


def _log_or_zero(load: Numbers) -> Numbers:
    return np.where(np.isfinite(load), np.log(np.where(load > 0.0, load, 1.0)), 0.0)


def _lengths(rows: Observations) -> Numbers:
    """Return input lengths, the likely one of a task where none is stated."""
    usual = parameter_table()["input_tokens"].mean
    likely = np.array([task_lengths().get(task, (usual,))[0] for task in rows.task])
    return np.where(np.isnan(rows.input_tokens), likely, rows.input_tokens)


def _fitted(rows: Observations, at: Numbers, quantity: str) -> tuple[Numbers, float]:
    """Return slopes and constant, with the penalty that predicts architectures best that are left out in turn."""
    here = np.flatnonzero(scored(rows, quantity))
    names, label, counts = np.unique(rows.architecture[here].astype(str), return_inverse=True, return_counts=True)
    weight = counts[label] ** -_SHARED
    x, y, part = at[here], np.log(rows.measured(quantity)[here]), label % PARTS
    errors = []
    for penalty in PENALTIES:
        off = np.empty(len(here))
        for one in range(min(PARTS, len(names))):
            slopes, constant = _ridge(x[part != one], y[part != one], weight[part != one], penalty)
            off[part == one] = np.abs(x[part == one] @ slopes + constant - y[part == one])
        errors.append(np.median(off))
    return _ridge(x, y, weight, PENALTIES[int(np.argmin(errors))])


def _ridge(x: Numbers, y: Numbers, weight: Numbers, penalty: float) -> tuple[Numbers, float]:
    middle, height = np.average(x, axis=0, weights=weight), np.average(y, weights=weight)
    deviation = np.sqrt(np.average((x - middle) ** 2, axis=0, weights=weight))
    scaled = np.where(deviation > 0.0, (x - middle) / np.where(deviation > 0.0, deviation, 1.0), 0.0)
    product = (scaled * weight[:, None]).T
    slopes = np.linalg.solve(product @ scaled + penalty * np.eye(x.shape[1]), product @ (y - height))
    slopes = np.where(deviation > 0.0, slopes / np.where(deviation > 0.0, deviation, 1.0), 0.0)
    return slopes, float(height - middle @ slopes)
