"""How far quantiles of a table's nodes are off those of the full table: measured, not guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wattquery.specs.distributions.base import FloatArray

__all__ = ["weighted_quantiles"]


def weighted_quantiles(values: FloatArray, weights: FloatArray, p: ArrayLike) -> Any:
    """Return the smallest values whose cumulative weight reaches each share p of the sum; NaN outside [0, 1]."""
    order = np.argsort(values, kind="stable")
    levels = np.cumsum(weights[order])
    levels = levels / levels[-1]
    p = np.asarray(p, np.float64)
    # A level that is p but for rounding reaches it.
    found = np.searchsorted(levels, np.where((p >= 0.0) & (p <= 1.0), p, 0.0) - 1e-12, side="left")
    quantiles = values[order][np.minimum(found, len(values) - 1)]
    quantiles = np.where((p >= 0.0) & (p <= 1.0), quantiles, np.nan)
    return quantiles if quantiles.ndim else float(quantiles)
