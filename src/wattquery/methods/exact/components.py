"""A pair of lengths to the components of ln E: nodes where a normal follows, segments where it is narrow."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.exact.gauss import compressed
from wattquery.methods.exact.length_pairs import LengthPair
from wattquery.methods.exact.length_rules import LengthRule

__all__ = ["nodes", "segments"]

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-12  # of probability, or of a moment
MOST_KINKS = 8  # of ln E along one length: two of power, seven under load
SMOOTH_PANEL = 1.0  # of a reduced length, in ln L


def nodes(pair: LengthPair) -> tuple[Array, Array]:
    """Return ln E and weight of all pairs of lengths, or of few nodes that stand for them."""
    if pair.cap_crosses():
        return _crossed(pair)
    # A kink that only one of the lengths decides parts it in two; each part is smooth and has few nodes.
    inner, weights = _few(pair.inner, pair.inner_kink(pair.outer.shortest), pair.inner_sigma)
    outer, outer_weights = _few(pair.outer_cut, pair.outer_kinks([pair.inner.shortest]), pair.outer_sigma)
    pair.check_size(inner.size * outer.size)
    return pair.log_energies(inner[:, None], outer).ravel(), np.outer(weights, outer_weights).ravel()


def segments(pair: LengthPair) -> tuple[Array, Array, Array]:
    """Return centre and half width in ln E, and weight, of all segments and points of the inner length."""
    rule = pair.inner
    outer, outer_weights = _that_count(pair)
    points, pieces = rule.tokens.size, rule.starts.size
    pair.check_size(outer.size * (points + pieces + 1))
    most = outer.size * (points + pieces + MOST_KINKS)
    centres, half_widths, weights = np.empty(most), np.zeros(most), np.empty(most)
    used = 0
    for length, weight in zip(outer.tolist(), outer_weights.tolist(), strict=True):
        if points:
            here = slice(used, used + points)
            centres[here] = pair.log_energies(rule.tokens, length)
            weights[here] = weight * rule.token_weights
            used += points
        if pieces:
            edges, shares = _edges_cut_at(rule, pair.inner_kink(length))
            energies = pair.log_energies(edges, length)
            here = slice(used, used + shares.size)
            centres[here] = 0.5 * (energies[:-1] + energies[1:])
            half_widths[here] = 0.5 * np.abs(np.diff(energies))
            weights[here] = weight * shares
            used += shares.size
    return centres[:used], half_widths[:used], weights[:used]


def _that_count(pair: LengthPair) -> tuple[Array, Array]:
    """Return the outer nodes that add to the distribution or to its moments."""
    lengths, weights = pair.outer_cut.nodes
    middle = float(pair.inner.distribution.ppf(0.5))
    energies = np.exp(pair.log_energies(middle, lengths))
    shares = np.array([weights * energies**power for power in (0, 1, 2)])
    kept = np.any(shares > NEGLIGIBLE * shares.sum(axis=1, keepdims=True), axis=0)
    return lengths[kept], weights[kept]


def _edges_cut_at(rule: LengthRule, kinks: list[float]) -> tuple[Array, Array]:
    """Return the ends of the panels, of which those are cut where a kink lies in them, and their weights."""
    edges, weights = rule.edges, rule.panel_weights
    # From above, so that what lies below a cut keeps its place.
    for kink in sorted(kinks, reverse=True):
        place = rule.panel_of(kink)
        if place is not None:
            first = abs(rule.level(kink, place) - float(rule.starts[place]))
            parts = [first, float(weights[place]) - first]
            edges = np.insert(edges, place + 1, kink)
            weights = np.concatenate([weights[:place], parts, weights[place + 1 :]])
    return edges, weights


def _crossed(pair: LengthPair) -> tuple[Array, Array]:
    """Return the components where each outer length has its own inner one at which the cap is reached."""
    values, masses = [], []
    size = 0
    outer, outer_weights = pair.outer_cut.nodes
    for length, weight in zip(outer.tolist(), outer_weights.tolist(), strict=True):
        kinks = pair.inner_kink(length)
        if len(kinks) > 1:
            inner, weights = pair.inner.cut(kinks).nodes
        else:
            inner, weights = pair.inner.nodes_cut_at(kinks[0]) if kinks else pair.inner.nodes
        size += inner.size
        pair.check_size(size)
        values.append(pair.log_energies(inner, length))
        masses.append(weight * weights)
    return np.concatenate(values), np.concatenate(masses)


def _few(rule: LengthRule, kinks: list[float], sigma: float) -> tuple[Array, Array]:
    """Return few nodes of a length, for a function of ln L as smooth as a normal of ``sigma`` but at some kinks.

    Nodes on both sides of a kink are reduced apart from each other; those of panels that the only one does not touch
    are as they always are.
    """
    width = min(SMOOTH_PANEL, 2.0 * sigma)
    few = rule.few(width)
    inside = [kink for kink in kinks if rule.shortest < kink < rule.longest]
    if not inside:
        return few.lengths, few.weights
    if len(inside) > 1:
        return _few_between(rule, inside, width)
    kink = inside[0]
    place = rule.panel_of(kink)
    ends = np.log([kink] if place is None else rule.edges[place : place + 2])
    first, last = np.floor(ends / width)[[0, -1]]
    touched = (few.panels_of_all >= first) & (few.panels_of_all <= last)
    logs, weights = rule.logs[touched], rule.nodes[1][touched]
    if place is not None:
        lengths, weights = rule.nodes_cut_at(kink, touched)
        logs = np.log(lengths)
    sides = logs < math.log(kink)
    parts = [compressed(logs[side], weights[side], width) for side in (sides, ~sides)]
    others = (few.panels < first) | (few.panels > last)
    lengths = np.concatenate([few.lengths[others], *(np.exp(part[0]) for part in parts)])
    return lengths, np.concatenate([few.weights[others], *(part[1] for part in parts)])


def _few_between(rule: LengthRule, kinks: list[float], width: float) -> tuple[Array, Array]:
    """Return few nodes of a length, where those between two of several kinks are reduced apart from all others."""
    lengths, weights = rule.cut(kinks).nodes
    logs = np.log(lengths)
    pieces = np.searchsorted(np.log(sorted(kinks)), logs, side="right")
    parts = [compressed(logs[pieces == piece], weights[pieces == piece], width) for piece in np.unique(pieces)]
    return np.concatenate([np.exp(part[0]) for part in parts]), np.concatenate([part[1] for part in parts])
