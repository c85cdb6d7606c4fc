"""Whose draws a factor takes: those of its name and key, along one direction or several that cells have in common.

Two cells share the draws of a factor where its name and key are the same, and those of other keys are independent of
them. The normal score of a factor with loadings is a sum over directions that all cells have in common, sum_k l_k z_k
with independent z_k, so that those of two cells have the correlation of their loadings. Without, it has a direction of
its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions import LogNormal
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.factors import Factor

__all__ = ["by_name", "centred_lognormal", "direction_names", "draw_name", "log_parts", "normal_coefficients"]

_SEPARATOR = "\x1f"

ROUNDING = 1e-12
"""Coefficients that are this small beside the largest are zeros that round-off moved."""


def draw_name(factor: Factor) -> str:
    """Return what tells the draws of a factor from all others: its name, with its key where it has one.

    Examples
    --------
    >>> from wattquery.specs import LogNormal
    >>> draw_name(Factor("pue", LogNormal(1.05, 1.6), 1.0))
    'pue'
    """
    return f"{factor.name}{_SEPARATOR}{factor.key}" if factor.key else factor.name


def direction_names(factor: Factor) -> list[str]:
    """Return the names of the directions along which the normal score of a factor is drawn."""
    name = draw_name(factor)
    return [f"{name}{_SEPARATOR}{k}" for k in range(len(factor.loadings))] or [name]


def log_parts(factors: Iterable[Factor]) -> tuple[float, dict[str, float]]:
    """Return what lognormal factors add to ln E: the mean, and the coefficient of each direction's standard normal.

    Its variance is the sum of the squares, and the covariance of two such sums that of the products.

    Examples
    --------
    >>> from wattquery.specs import LogNormal
    >>> both = [Factor("a", LogNormal(0.5, 2.0), 1.0), Factor("b", LogNormal(0.5, 2.0), -1.0, "x", (0.6, 0.8))]
    >>> mean, parts = log_parts(both)
    >>> mean, [round(part, 3) for part in parts.values()]
    (0.0, [0.421, -0.253, -0.337])
    """
    mean, parts = 0.0, dict[str, float]()
    for factor in factors:
        if isinstance(factor.distribution, LogNormal):
            mean += factor.sign * factor.distribution.mu
            sigma = factor.sign * factor.distribution.sigma
            for name, loading in zip(direction_names(factor), factor.loadings or (1.0,), strict=True):
                parts[name] = parts.get(name, 0.0) + sigma * loading
    return mean, parts


def normal_coefficients(parts: list[dict[str, float]]) -> NDArray[np.float64]:
    """Return sums over directions as sums over as few independent standard normals as give them the same covariance.

    Parameters
    ----------
    parts
        Of each sum, the coefficient of each direction, as `log_parts` has it.

    Returns
    -------
    numpy.ndarray
        A row for each sum and a column for each normal, of which the i-th row has zeros after the i-th; as many columns
        as there are sums.
    """
    names = list(dict.fromkeys(name for one in parts for name in one))
    whole = np.array([[one.get(name, 0.0) for name in names] for one in parts]).reshape(len(parts), len(names))
    found = np.zeros((len(parts), len(parts)))
    triangle = np.asarray(np.linalg.qr(whole.T, mode="r"))
    found[:, : min(whole.shape)] = triangle.T
    largest = np.abs(whole).max(initial=0.0)
    return np.where(np.abs(found) > ROUNDING * largest, found, 0.0)


def by_name(factors: Iterable[Factor]) -> dict[str, Factor]:
    """Return the factors of a cell by name; lognormal ones of the same name, of several keys, as one."""
    found: dict[str, list[Factor]] = {}
    for factor in factors:
        found.setdefault(factor.name, []).append(factor)
    return {name: one[0] if len(one) == 1 else _joined(one) for name, one in found.items()}


def _joined(factors: list[Factor]) -> Factor:
    if not all(isinstance(one.distribution, LogNormal) for one in factors):
        raise LookupError(f"several factors of a cell are called {factors[0].name!r}, and not all are lognormal")
    mean, parts = log_parts(factors)
    spread = float(np.linalg.norm(list(parts.values())))
    return replace(factors[0], distribution=centred_lognormal(spread, mean), sign=1.0, key="", loadings=())


def centred_lognormal(sigma: float, mean: float = 0.0) -> LogNormal:
    """Return the lognormal of a standard deviation, and mean, of its logarithm."""
    return LogNormal(float(np.exp(mean - Z95 * sigma)), float(np.exp(mean + Z95 * sigma)))
