"""A length as nodes and weights, such that means of piecewise smooth functions of it come out to some 12 digits."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions import Distribution

__all__ = ["length_nodes"]

Array = NDArray[np.float64]

HALVINGS = 2.0 ** -np.arange(1.0, 301.0)
"""Probabilities of the tails at which panels end: in between, quantiles are smooth."""

NOTHING = 40.0
"""What lies so far below the largest part of a mean square, in its logarithm, adds nothing."""

_AT, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def length_nodes(distribution: Distribution, breaks: Iterable[float] = ()) -> tuple[Array, Array]:
    """Return lengths [tokens] and weights, of sum 1, over which functions of a length are to be summed.

    Values with a probability of their own are taken as they are. Elsewhere it is Gauss and Legendre's rule in the
    probability of lying below, and above in the upper tail, on panels that halve towards the tails.

    Parameters
    ----------
    distribution
        Of the length [tokens].
    breaks
        Lengths at which the function is continuous but not smooth [tokens].
    """
    atoms = distribution.atoms()
    if atoms is not None:
        return atoms
    lengths = np.array(list(breaks), np.float64)
    levels = np.array(distribution.knots())
    below, above = distribution.cdf(lengths), distribution.sf(lengths)
    lower = _panels(distribution, False, np.append(levels[levels < 0.5], below[below < 0.5]))
    upper = _panels(distribution, True, np.append(1.0 - levels[levels > 0.5], above[above < 0.5]))
    at = np.concatenate([distribution.ppf(lower[0]), distribution.isf(upper[0])])
    weights = np.concatenate([lower[1], upper[1]])
    return at, weights / weights.sum()


def _panels(distribution: Distribution, is_upper: bool, cuts: Array) -> tuple[Array, Array]:
    """Return probabilities and weights of one tail, from nothing to a half."""
    quantiles = distribution.isf(HALVINGS) if is_upper else distribution.ppf(HALVINGS)
    with np.errstate(divide="ignore"):
        parts = np.log(HALVINGS) + 2.0 * np.log(np.abs(quantiles))
    kept = HALVINGS[parts > parts.max() - NOTHING]
    edges = np.unique(np.concatenate([[0.0], kept, cuts[cuts > 0.0]]))
    middles, halves = 0.5 * (edges[1:] + edges[:-1]), 0.5 * np.diff(edges)
    return (middles[:, None] + halves[:, None] * _AT).ravel(), (halves[:, None] * _WEIGHTS).ravel()
