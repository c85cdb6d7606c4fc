"""How far quantiles of a table's nodes are off those of the full table: measured, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.rows import Rows

__all__ = ["LEVELS", "PREFILL_WEIGHTS", "Reference", "log_energies", "weighted_quantiles"]

LEVELS = np.arange(1, 20) / 20
"""P5, P10, ..., P95."""

ROUNDING = 1e-12
"""A cumulative weight that is a level but for rounding reaches it."""

PREFILL_WEIGHTS = (0.0, 1.0 / 30.0, 0.1, 0.42, 1.0)
"""Of an input token: none, a rough share of what an output token takes, and the most that the paper's form allows."""

SLOPES = (
    *((0.0, 0.0), (-0.25, 0.0), (-0.55, 0.25), (-0.5, 0.0), (-0.5, -0.3)),
    *((-0.8, -0.4), (-0.9, 0.6), (-0.4, 0.12), (-0.6, 0.1)),
)
"""Of ln L_in and ln L_out in ln TPS: a constant throughput, and slopes as fits to the shipped catalogs have them."""

RATIOS = (
    *((1.0, 0.0, 0.25), (1.0, 1e-4, 0.4), (1.0, 5e-4, 0.8), (1.0, 1e-3, 1.0), (1.0, 2e-3, 0.5)),
    *((1.0, 1e-2, 0.8), (0.0, 1.0, 0.0), (1.0, 0.0, 1.0), (1.0, 0.0, 2.2)),
)
"""Of the coefficients a, b and c of 1/TPS = a + b (L_in + L_out/2) + c L_in/L_out to each other, as in such fits."""


def log_energies(output: FloatArray, inputs: FloatArray) -> Iterator[FloatArray]:
    """Yield the logarithm of what the energy of a query is proportional to, for each weight and throughput.

    That is ``(L_out + w L_in) / TPS``. Nothing is drawn but lengths, at least 1 in the throughput.
    """
    at_least_1 = np.maximum(output, 1.0), np.maximum(inputs, 1.0)
    log_output, log_input = np.log(at_least_1[0]), np.log(at_least_1[1])
    context, ratio = at_least_1[1] + at_least_1[0] / 2.0, at_least_1[1] / at_least_1[0]
    log_tokens = [np.log(output + weight * inputs) for weight in PREFILL_WEIGHTS]
    for by_input, by_output in SLOPES:
        log_rate = by_input * log_input + by_output * log_output
        yield from (log - log_rate for log in log_tokens)
    for per_token, per_context, per_ratio in RATIOS:
        log_time = np.log(per_token + per_context * context + per_ratio * ratio)
        yield from (log + log_time for log in log_tokens)


def weighted_quantiles(values: FloatArray, weights: FloatArray, p: ArrayLike) -> Any:
    """Return the smallest values whose cumulative weight reaches each share p of the sum; NaN outside [0, 1]."""
    p = np.asarray(p, np.float64)
    inside = (p >= 0.0) & (p <= 1.0)
    reached = np.where(inside, p, 0.0) - ROUNDING
    if (weights == weights[0]).all():  # many times faster
        in_order, found = np.sort(values), np.ceil(reached * len(values)).astype(np.intp) - 1
    else:
        order = np.argsort(values, kind="stable")
        levels = np.cumsum(weights[order])
        in_order, found = values[order], np.searchsorted(levels / levels[-1], reached, side="left")
    quantiles = np.where(inside, in_order[np.clip(found, 0, len(values) - 1)], np.nan)
    return quantiles if quantiles.ndim else float(quantiles)


@dataclass(frozen=True)
class Reference:
    """What the quantiles of nodes are compared with.

    Attributes
    ----------
    quantiles
        Quantiles of the full table, as `quantiles_of` returns them.
    """

    quantiles: FloatArray

    @classmethod
    def of(cls, rows: Rows) -> Reference:
        """Return the reference that a full table is."""
        return cls(quantiles_of(rows))

    def error(self, nodes: Rows) -> float:
        """Return the largest relative error of a quantile of the nodes: P5 to P95, margins and energies.

        Below one token, where a relative error says nothing, it is the error in tokens.
        """
        return float(np.max(np.abs(quantiles_of(nodes) - self.quantiles) / np.maximum(self.quantiles, 1.0)))


def quantiles_of(rows: Rows) -> FloatArray:
    """Return the quantiles at `LEVELS`, a row for each quantity.

    They are output, input, cached and new tokens, what energies are proportional to (`log_energies`), and a weighted
    sum with new tokens alone.
    """
    output, inputs, cached = rows.lengths
    new = inputs - cached
    lengths = [weighted_quantiles(one, rows.weights, LEVELS) for one in (output, inputs, cached, new)]
    energies = [np.exp(weighted_quantiles(one, rows.weights, LEVELS)) for one in log_energies(output, inputs)]
    return np.stack([*lengths, *energies, weighted_quantiles(output + new / 30.0, rows.weights, LEVELS)])
