"""Distributions of lengths to nodes and weights: the sums and quadratures of the exact method.

Whole tokens are summed one by one. Above a cut-off the sum becomes an integral: rounding there moves ln E by less
than half a token, which shifts the distribution of ln E, smooth on the scale sigma, by no more than 1/(24 n**2). Where
nothing smooths it, a million tokens are summed.
Continuous lengths are integrated by Gauss-Legendre panels in probability that halve toward both tails, narrow enough
in ln L for the normal of width sigma that follows, and cut where the integrand has a kink.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.specs import Distribution

__all__ = ["LengthRule", "length_rule"]

Array = NDArray[np.float64]

WHOLE_TOKENS_SUMMED = 1024
MOST_TOKENS_SUMMED = 2**20  # beyond, half a token is less than 5e-7 of the length, whatever follows
TAIL = 2.0**-46
SHORTEST_OF_SEGMENTS = 2.0**-30  # they are many: leaving out rarer short lengths moves no quantile by 1e-8
NEGLIGIBLE_SIGMA = 1e-4  # narrower than this, a normal behind continuous lengths moves no quantile by 1e-8
SMOOTH_PANEL = 0.25  # in ln L
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, eq=False)
class LengthRule:
    """A length as weighted pieces [tokens]: nodes (``lower`` equal to ``upper``) or segments of even probability."""

    lower: Array
    upper: Array
    weights: Array


def length_rule(
    distribution: Distribution, *, whole: bool, sigma: float, breaks: Iterable[float] = (), segment: float = 0.0
) -> LengthRule:
    """Return the rule of a length.

    Parameters
    ----------
    distribution
        Of the length [tokens].
    whole
        Whether the length is rounded to whole tokens, at least one.
    sigma
        Standard deviation of the normal in ln E that the rule is used with.
    breaks
        Lengths at which the integrand has a kink [tokens].
    segment
        How wide in ln L the segments are that a continuous part may come as, instead of nodes, where ``sigma`` is
        negligible; 0 for nodes whatever it is.
    """
    atoms = distribution.atoms()
    if atoms is not None:
        values, weights = atoms
        if whole:
            values = np.maximum(1.0, np.rint(values))
        return LengthRule(values, values, weights)
    if not whole:
        segment = segment if sigma < NEGLIGIBLE_SIGMA else 0.0
        shortest = SHORTEST_OF_SEGMENTS if segment else TAIL
        return _continuous(distribution, shortest, 1.0 - TAIL, sigma, breaks, segment)
    first, last = np.maximum(1.0, np.rint(distribution.ppf(np.array([TAIL, 1.0 - TAIL]))))
    smoothed = np.ceil(8.0 / sigma) if sigma > 0.0 else np.inf
    cutoff = min(last, max(first, WHOLE_TOKENS_SUMMED, min(smoothed, MOST_TOKENS_SUMMED)))
    tokens = np.arange(first, cutoff + 1.0)
    below = distribution.cdf(np.append(tokens[0] - 0.5, tokens + 0.5))
    below[0] = 0.0
    weights = np.diff(below)
    if cutoff == last:
        weights[-1] += 1.0 - below[-1]
        return LengthRule(tokens, tokens, weights)
    segment = segment if smoothed > MOST_TOKENS_SUMMED else 0.0
    rest = _continuous(distribution, float(below[-1]), 1.0 - TAIL, sigma, breaks, segment)
    lower, upper = np.concatenate([tokens, rest.lower]), np.concatenate([tokens, rest.upper])
    return LengthRule(lower, upper, np.concatenate([weights, rest.weights]))


def _continuous(
    distribution: Distribution, low: float, high: float, sigma: float, breaks: Iterable[float], segment: float
) -> LengthRule:
    """Return the rule of a density between two probabilities."""
    halvings = 2.0 ** -np.arange(1.0, 47.0)
    kinks = distribution.cdf(np.array(list(breaks), dtype=np.float64))
    edges = np.concatenate([[low, high], halvings, 1.0 - halvings, np.array(distribution.knots()), kinks])
    edges = np.unique(edges[(edges >= low) & (edges <= high)])
    width = segment or min(SMOOTH_PANEL, max(sigma, NEGLIGIBLE_SIGMA))
    pieces = np.maximum(1, np.ceil(np.abs(np.diff(np.log(distribution.ppf(edges)))) / width)).astype(np.int64)
    starts = np.repeat(edges[:-1], pieces)
    steps = np.repeat(np.diff(edges) / pieces, pieces)
    starts = starts + steps * (np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces))
    if segment:
        return LengthRule(distribution.ppf(starts), distribution.ppf(starts + steps), steps)
    levels = starts[:, None] + 0.5 * steps[:, None] * (1.0 + _NODES)
    nodes = distribution.ppf(levels.ravel())
    return LengthRule(nodes, nodes, (0.5 * steps[:, None] * _NODE_WEIGHTS).ravel())
