"""A continuous distribution of lengths as panels of even probability, in each of which ln L is smooth.

A panel is a start and a stop: probabilities of lying below, or of lying above in the upper tail, which keep their
digits there. Panels halve towards both tails, end at the knots of the distribution, and are no wider in ln L than is
asked for.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions import Distribution

__all__ = ["NO_PANELS", "TAIL", "Panels", "panel_lengths", "panels"]

Array = NDArray[np.float64]
Panels = tuple[Array, Array, NDArray[np.bool_]]

NO_PANELS: Panels = (np.empty(0), np.empty(0), np.empty(0, dtype=np.bool_))

TAIL = 2.0**-46  # a probability of 1e-14 is left out
NO_MOMENT = 30.0  # what lies this far below the largest contribution to a moment, in its logarithm, adds nothing
POINT = 1e-11  # in ln L: what a bounded distribution has within this of its end lies at its end
RARE, RARE_IN_MOMENTS = 1e-5, 1e-2  # segments that count less may be wider: so is their share of the error
WIDEST_SEGMENT = 0.35  # in ln L


def panels(distribution: Distribution, least: float, width: float, *, wider_if_rare: bool = False) -> Panels:
    """Return start, stop and side of the panels of all lengths above ``least`` [tokens], in the order of lengths.

    Parameters
    ----------
    distribution
        Of the length [tokens].
    least
        Where the panels begin [tokens].
    width
        Of the widest panel [ln L].
    wider_if_rare
        Whether panels of lengths that hardly count, in probability and in both moments, may be wider: those that stand
        for an even density, whose error in probability is width^2 / 8 times the share of the panel.
    """
    knots = np.array(distribution.knots())
    lower = _tail_edges(distribution, knots[knots < 0.5], False)
    upper = _tail_edges(distribution, 1.0 - knots[knots >= 0.5], True)
    below, above = float(distribution.cdf(least)), float(distribution.sf(least))
    if least > 0.0:
        lower = np.append(below, lower[lower > below])
        upper = upper if below < 0.5 else np.append(upper[upper < above], above)
    starts, stops, sides = [], [], []
    for edges, is_upper in ((lower, False), (upper[::-1], True)):
        if edges.size < 2:
            continue
        logs = np.log(panel_lengths(distribution, edges, np.full(edges.size, is_upper)))
        widths = np.minimum(WIDEST_SEGMENT, width * _widening(edges, logs)) if wider_if_rare else np.array([width])
        pieces = np.maximum(1, np.ceil(np.abs(np.diff(logs)) / widths)).astype(np.int64)
        steps = np.repeat(np.diff(edges) / pieces, pieces)
        begin = np.repeat(edges[:-1], pieces)
        begin = begin + steps * (np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces))
        starts.append(begin)
        stops.append(begin + steps)
        sides.append(np.full(begin.size, is_upper))
    if not starts:
        return NO_PANELS
    return np.concatenate(starts), np.concatenate(stops), np.concatenate(sides)


def panel_lengths(distribution: Distribution, at: Array, upper: NDArray[np.bool_]) -> Array:
    """Return the quantiles at probabilities, row by row of lying below or of lying above [tokens]."""
    values = np.empty(at.shape)
    values[~upper] = distribution.ppf(at[~upper])
    values[upper] = distribution.isf(at[upper])
    return values


def _tail_edges(distribution: Distribution, knots: Array, is_upper: bool) -> Array:
    """Return increasing probabilities from a tail to the median between which ln L is smooth.

    They halve until what is left is a point, or nothing: a lower tail is cut at 1e-14, an upper one only where it no
    longer adds to the mean square of E either.
    """
    halvings = 2.0 ** -np.arange(1.0, 301.0)
    with np.errstate(divide="ignore"):
        logs = np.log(panel_lengths(distribution, halvings, np.full(halvings.size, is_upper)))
    end = distribution.support()[1 if is_upper else 0]
    if 0.0 < end < math.inf:
        kept = np.abs(logs - math.log(end)) > POINT
        kept[0] = True
        return np.unique(np.concatenate([[0.0], halvings[kept], knots]))
    kept = halvings >= TAIL
    if is_upper:
        moment = np.log(halvings) + 3.0 * logs
        kept |= moment > moment.max() - NO_MOMENT
    return np.unique(np.concatenate([halvings[kept], knots[knots > halvings[kept].min()]]))


def _widening(edges: Array, logs: Array) -> Array:
    """Return by how much the panels between edges of a tail may be wider than those that count."""
    with np.errstate(divide="ignore"):
        shares = np.log(np.maximum(edges[:-1], edges[1:]))
    longest = np.maximum(logs[:-1], logs[1:])
    moments = [moment - moment.max() for moment in (shares + longest, shares + 2.0 * longest)]
    spare = np.minimum(math.log(RARE) - shares, math.log(RARE_IN_MOMENTS) - np.maximum(*moments))
    return np.asarray(np.exp(np.clip(0.5 * spare, 0.0, 20.0)))
