"""Distributions in JSON: as they are where the page computes with them, else as a table of quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.explorer.arrays import packed
from wattquery.specs.distributions import Distribution, Exponential, LogNormal

__all__ = ["LEVELS", "described"]

LEVELS = 512
"""Quantiles of a table, at the middles of so many equal shares of the probability."""


def described(distribution: Distribution, *, logarithms: bool = False) -> dict[str, Any]:
    """Return a distribution as the page takes it.

    Parameters
    ----------
    distribution
        Fixed or random, of positive values.
    logarithms
        Whether a table holds the logarithms of the values.
    """
    if not distribution.is_random:
        return {"kind": "fixed", "value": float(distribution.support()[0])}
    if isinstance(distribution, LogNormal):
        return {"kind": "lognormal", "mu": float(distribution.mu), "sigma": float(distribution.sigma)}
    if isinstance(distribution, Exponential):
        return {"kind": "exponential", "median": float(distribution.median)}
    quantiles = np.asarray(distribution.ppf((np.arange(LEVELS) + 0.5) / LEVELS), dtype=np.float64)
    return {"kind": "table", "values": packed(np.log(quantiles) if logarithms else quantiles)}
