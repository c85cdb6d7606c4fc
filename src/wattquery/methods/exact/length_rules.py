"""Distributions of lengths to weighted nodes or segments: the sums and quadratures of the exact method.

Whole tokens are summed one by one. Above a cut-off n the sum becomes an integral. Where the two meet, the midpoint
rule behind this is off by P(n) h'(n) / 24 in the distribution function, with P(n) < 0.4/n the probability of a token
and h' < 0.4/(n sigma) the slope of the normal that follows, and rounding itself widens that normal by 1/(24 n**2).
Both move ln E by less than 1e-8 for n > 2600 and n > 1300 / sqrt(sigma); a density that jumps beyond n may add some
times that. Where nothing smooths the sum, a million tokens are summed.
Continuous lengths are integrated by Gauss-Legendre panels, narrow enough in ln L for the normal of width sigma that
follows, and cut where the integrand has a kink. Where sigma is narrow, they come as short segments of even density.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.exact.gauss import compressed
from wattquery.methods.exact.panels import NO_PANELS, TAIL, panel_lengths, panels
from wattquery.specs.distributions import Distribution

__all__ = ["NARROW_SIGMA", "SEGMENT", "LengthRule", "length_rule"]

Array = NDArray[np.float64]

MOST_TOKENS_SUMMED = 2**20  # beyond, half a token is less than 5e-7 of the length, whatever follows
LEAST_TOKENS_SUMMED = 2600.0
TOKENS_FOR_SIGMA_ONE = 1300.0
NARROW_SIGMA = 2.0**-9  # a narrower normal would need more nodes than there are segments
SMOOTH_PANEL = 0.7  # in ln L: a halving of the lower tail
SEGMENT = 2e-4  # in ln L: the cdf is off by SEGMENT**2 / 8 times its curvature
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, eq=False)
class FewNodes:
    """Few lengths and weights that stand for all nodes of a rule, and the lattice panels in which both lie."""

    lengths: Array
    weights: Array
    panels: Array
    panels_of_all: Array


@dataclass(frozen=True, eq=False)
class LengthRule:
    """A length as weighted tokens and as panels of even probability, whose nodes are made when asked for.

    Attributes
    ----------
    tokens, token_weights
        Lengths that have a probability of their own [tokens].
    distribution
        Of what lies on the panels.
    starts, stops
        Probabilities at the ends of each panel: of lying below where ``upper`` is false, of lying above where true.
    upper
        Which tail a panel counts from, so that it keeps its digits.
    """

    tokens: Array
    token_weights: Array
    distribution: Distribution
    starts: Array
    stops: Array
    upper: NDArray[np.bool_]
    _few: dict[float, FewNodes] = field(default_factory=dict, init=False)

    @property
    def has_panels(self) -> bool:
        """Whether any part is continuous."""
        return self.starts.size > 0

    @cached_property
    def shortest(self) -> float:
        """The shortest node [tokens]."""
        return float(self.nodes[0].min())

    @cached_property
    def longest(self) -> float:
        """The longest node [tokens]."""
        return float(self.nodes[0].max())

    @cached_property
    def nodes(self) -> tuple[Array, Array]:
        """Lengths [tokens] and weights."""
        steps = self.stops - self.starts
        at = self.starts[:, None] + 0.5 * steps[:, None] * (1.0 + _NODES)
        values = panel_lengths(self.distribution, at, self.upper)
        weights = np.abs(0.5 * steps[:, None] * _NODE_WEIGHTS)
        return np.append(self.tokens, values), np.append(self.token_weights, weights)

    @cached_property
    def logs(self) -> Array:
        """The logarithms of the nodes [ln tokens]."""
        return np.asarray(np.log(self.nodes[0]))

    @cached_property
    def edges(self) -> Array:
        """The lengths at which panels begin and end, one more than there are panels [tokens]."""
        if not self.has_panels:
            return self.starts
        at, upper = np.append(self.starts, self.stops[-1]), np.append(self.upper, self.upper[-1])
        # By rounding, quantiles from either side of the median may differ in the last digit.
        return np.asarray(np.maximum.accumulate(panel_lengths(self.distribution, at, upper)))

    @property
    def panel_weights(self) -> Array:
        """The probability of each panel."""
        return np.asarray(np.abs(self.stops - self.starts))

    def few(self, width: float) -> FewNodes:
        """Return few nodes that do for functions of ln L as smooth as a normal of a quarter ``width``."""
        if width not in self._few:
            logs, weights = compressed(self.logs, self.nodes[1], width)
            of_all, of_few = np.floor(self.logs / width), np.floor(logs / width)
            self._few[width] = FewNodes(np.exp(logs), weights, of_few, of_all)
        return self._few[width]

    def cut(self, breaks: Sequence[float]) -> LengthRule:
        """Return the rule with panels that end at each of some lengths [tokens]; itself where none is inside."""
        rule = self
        for length in breaks:
            place = rule.panel_of(length)
            if place is not None:
                rule = rule._cut_once(place, length)
        return rule

    def nodes_cut_at(self, length: float, chosen: NDArray[np.bool_] | None = None) -> tuple[Array, Array]:
        """Return the nodes of the rule cut at one length, or those ``chosen`` of them and all of the panel that is cut.

        Those of all other panels are as they were.
        """
        place = self.panel_of(length)
        if place is None:
            return self.nodes
        kept = np.ones(self.nodes[0].size, dtype=np.bool_) if chosen is None else chosen.copy()
        kept[self.tokens.size + np.arange(place * _NODES.size, (place + 1) * _NODES.size)] = False
        at, none, both = self.level(length, place), self.tokens[:0], [place, place]
        starts, stops = np.array([self.starts[place], at]), np.array([at, self.stops[place]])
        halves = LengthRule(none, none, self.distribution, starts, stops, self.upper[both])
        (lengths, weights), (new_lengths, new_weights) = self.nodes, halves.nodes
        return np.append(lengths[kept], new_lengths), np.append(weights[kept], new_weights)

    def panel_of(self, length: float) -> int | None:
        """Return which panel has a length well inside, if any has."""
        place = int(np.searchsorted(self.edges, length)) - 1
        if not 0 <= place < self.starts.size:
            return None
        ends = sorted((float(self.starts[place]), float(self.stops[place])))
        return place if ends[0] < self.level(length, place) < ends[1] else None

    def level(self, length: float, panel: int) -> float:
        """Return the probability of lying below a length, or above where the panel counts from the upper tail."""
        side = self.distribution.sf if self.upper[panel] else self.distribution.cdf
        return float(side(length))

    def _cut_once(self, place: int, length: float) -> LengthRule:
        at = self.level(length, place)
        return replace(
            self,
            starts=np.insert(self.starts, place + 1, at),
            stops=np.insert(self.stops, place, at),
            upper=np.insert(self.upper, place, self.upper[place]),
        )


def length_rule(distribution: Distribution, *, whole: bool, sigma: float, segment: float = SEGMENT) -> LengthRule:
    """Return the rule of a length.

    Parameters
    ----------
    distribution
        Of the length [tokens].
    whole
        Whether the length is rounded to whole tokens, at least one.
    sigma
        Standard deviation of the normal in ln L that the rule is used with; below `NARROW_SIGMA` the panels are there
        to be used as segments.
    segment
        How wide those are where they count [ln L].
    """
    atoms = distribution.atoms()
    if atoms is not None:
        values, weights = atoms
        if whole:
            values = np.maximum(1.0, np.rint(values))
        return LengthRule(values, weights, distribution, *NO_PANELS)
    narrow = sigma < NARROW_SIGMA
    width = segment if narrow else min(SMOOTH_PANEL, sigma)
    if not whole:
        nothing = np.empty(0)
        return LengthRule(nothing, nothing, distribution, *panels(distribution, 0.0, width, wider_if_rare=narrow))
    first, last = np.maximum(1.0, np.rint(distribution.ppf(np.array([TAIL, 1.0 - TAIL]))))
    cutoff = max(first, min(last, _most_tokens(sigma)))
    tokens = np.arange(first, cutoff + 1.0)
    ends = np.append(first - 0.5, tokens + 0.5)
    below, above = distribution.cdf(ends), distribution.sf(ends)
    below[0], above[0] = 0.0, 1.0
    weights = np.where(below[:-1] < 0.5, np.diff(below), -np.diff(above))
    if cutoff == last and narrow:
        # A part of 1e-14 must not turn points into segments.
        return LengthRule(tokens, weights, distribution, *NO_PANELS)
    return LengthRule(tokens, weights, distribution, *panels(distribution, cutoff + 0.5, width, wider_if_rare=narrow))


def _most_tokens(sigma: float) -> float:
    """Return up to where whole tokens are summed one by one."""
    if sigma == 0.0:
        return MOST_TOKENS_SUMMED
    wanted = max(LEAST_TOKENS_SUMMED, TOKENS_FOR_SIGMA_ONE / math.sqrt(sigma), 8.0 / sigma)
    return min(MOST_TOKENS_SUMMED, math.ceil(wanted))
