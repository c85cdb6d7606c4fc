"""How far quantiles of a table's nodes are off those of the full table: measured, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.rows import Rows

__all__ = ["ENERGY_LIKE", "LEVELS", "Reference", "weighted_quantiles"]

LEVELS = np.arange(1, 20) / 20
"""P5, P10, ..., P95."""

ROUNDING = 1e-12
"""A cumulative weight that is a level but for rounding reaches it."""

ENERGY_LIKE: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "L_out + L_in/30": lambda output, inputs: output + inputs / 30.0,
    "(L_out + L_in/30) L_in^0.55 / L_out^0.24": lambda output, inputs: (
        (output + inputs / 30.0) * np.maximum(inputs, 1.0) ** 0.55 / np.maximum(output, 1.0) ** 0.24
    ),
    "L_out^0.76 L_in^0.55": lambda output, inputs: output**0.76 * np.maximum(inputs, 1.0) ** 0.55,
    "L_out L_in^0.55": lambda output, inputs: output * np.maximum(inputs, 1.0) ** 0.55,
    "L_out (L_in + L_out/2)": lambda output, inputs: output * (inputs + output / 2.0),
    "L_out (1 + (L_in + L_out/2)/10000) + 0.4 L_in": lambda output, inputs: (
        output * (1.0 + (inputs + output / 2.0) / 10_000.0) + 0.4 * inputs
    ),
}
"""What the energy of a query is proportional to, by its formula: at a constant throughput; at one that is linear in
logarithms, with the exponents of the paper's fits, with and without prefill; at a reciprocal one, reading the context
alone and with all its terms."""


def weighted_quantiles(values: FloatArray, weights: FloatArray, p: ArrayLike) -> Any:
    """Return the smallest values whose cumulative weight reaches each share p of the sum; NaN outside [0, 1]."""
    order = np.argsort(values, kind="stable")
    levels = np.cumsum(weights[order])
    p = np.asarray(p, np.float64)
    inside = (p >= 0.0) & (p <= 1.0)
    found = np.searchsorted(levels / levels[-1], np.where(inside, p, 0.0) - ROUNDING, side="left")
    quantiles = np.where(inside, values[order][np.minimum(found, len(values) - 1)], np.nan)
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

    They are output, input, cached and new tokens, and what energies are proportional to: `ENERGY_LIKE`, and the first
    of these with new tokens alone.
    """
    output, inputs, cached = rows.lengths
    new = inputs - cached
    energies = [form(output, inputs) for form in ENERGY_LIKE.values()]
    quantities = [output, inputs, cached, new, *energies, output + new / 30.0]
    return np.stack([weighted_quantiles(values, rows.weights, LEVELS) for values in quantities])
