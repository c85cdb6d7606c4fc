"""Lengths as the nodes over which all cells of the load model sum that have them in common.

ln E changes with ln L_out and ln L_in by 2 ln L at most, and is smooth in both but for kinks: where a window or the
top k of a sparse attention is full, its slope bends. They lie at

    L_out = c - L_in,    L_in = c,    L_cached = c,    with c the window or the top k,

and where all input tokens are cached. Nodes are made from those of both lengths, each piece between kinks apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.equation import cached_of_input
from wattquery.kernels.exact.gauss import compressed
from wattquery.methods.exact.length_rules import LengthRule, length_rule
from wattquery.plans.columns import Column

__all__ = ["LoadLengths", "LoadNodes", "load_nodes"]

Array = NDArray[np.float64]

STEEPEST = 2.0  # of ln E in the logarithm of a length
SMOOTH_PANEL = 1.0  # of few nodes, in ln L
PANEL = 4.0  # of few nodes in ln E, in sigma: see `wattquery.kernels.exact.gauss`
FEW = 16  # nodes of a length that are kept as they are
MOST_NODES = 2**17  # of two random lengths: as many logarithms for each cell
MOST_KINKS = 64  # of a length with knots or values, at which the kink of the other one begins or ends


@dataclass(frozen=True)
class LoadLengths:
    """The lengths of a cell, and what else decides on where ln E bends.

    Attributes
    ----------
    output_tokens, input_tokens
        The columns of both lengths, of a workload or independent of each other.
    cached_share, cached_number
        Of the input tokens where no workload says it; see `wattquery.kernels.equation.cached_of_input`.
    window_tokens, topk_tokens
        At which attention looks back no further; infinite for none [tokens].
    """

    output_tokens: Column
    input_tokens: Column
    cached_share: float = 0.0
    cached_number: float = 0.0
    window_tokens: float = math.inf
    topk_tokens: float = math.inf

    @property
    def caps(self) -> list[float]:
        """The finite ones of window and top k [tokens]."""
        return [cap for cap in {self.window_tokens, self.topk_tokens} if math.isfinite(cap)]

    def cached(self, inputs: Array) -> Array:
        """Return how many of some input tokens are cached [tokens]."""
        return np.asarray(cached_of_input(self.cached_share, self.cached_number, inputs))


@dataclass(frozen=True, eq=False)
class LoadNodes:
    """Weighted nodes of the lengths.

    Attributes
    ----------
    outputs, inputs, cached
        L_out, L_in with the cached ones, and L_cached [tokens].
    weights
        Probabilities, of sum 1.
    in_order
        Whether energy grows from node to node, whatever the cell.
    """

    outputs: Array
    inputs: Array
    cached: Array
    weights: Array
    in_order: bool = False

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.weights.size)


def load_nodes(lengths: LoadLengths, sigma: float) -> LoadNodes | None:
    """Return the nodes of the lengths of some cells, as many as a normal of ``sigma`` or wider in ln E can tell apart.

    ``None`` where two random lengths have too many.

    Parameters
    ----------
    lengths
        Of the cells.
    sigma
        Standard deviation of ln E given the lengths, not narrow; see
        `wattquery.methods.exact.length_rules.NARROW_SIGMA`. Nodes of a workload do not depend on it.
    """
    joint = lengths.output_tokens.joint
    if joint is not None:
        outputs, inputs, weights = joint.arrays
        cached = joint.cached_tokens if joint.cached else lengths.cached(inputs)
        return LoadNodes(outputs, inputs, cached, weights / weights.sum())
    output, input_ = (_rule(column, sigma) for column in (lengths.output_tokens, lengths.input_tokens))
    width = min(SMOOTH_PANEL, PANEL * sigma / STEEPEST)
    ins, in_weights = _few(input_, _input_kinks(lengths, output), width)
    plain = _few(output, (), width)
    if plain[0].size * ins.size > MOST_NODES:
        return None
    parts = [_few(output, kinks, width) if kinks else plain for kinks in _output_kinks(lengths, output, ins)]
    outputs = np.concatenate([part[0] for part in parts])
    weights = np.concatenate([weight * part[1] for weight, part in zip(in_weights.tolist(), parts, strict=True)])
    inputs = np.repeat(ins, [part[0].size for part in parts])
    in_order = min(ins.size, plain[0].size) == 1
    return LoadNodes(outputs, inputs, lengths.cached(inputs), weights / weights.sum(), in_order)


def _rule(column: Column, sigma: float) -> LengthRule:
    if column.distribution is None:
        raise LookupError(f"{column.purpose} has no distribution")
    return length_rule(column.distribution, whole=column.whole, sigma=sigma)


def _output_kinks(lengths: LoadLengths, output: LengthRule, inputs: Array) -> list[list[float]]:
    """Return, for each input length, the output lengths at which the context is as long as a cap [tokens]."""
    kinks = np.subtract.outer(lengths.caps, inputs).T
    inside = (kinks > output.shortest) & (kinks < output.longest)
    return [row[here].tolist() for row, here in zip(kinks, inside, strict=True)]


def _input_kinks(lengths: LoadLengths, output: LengthRule) -> list[float]:
    """Return the input lengths at which ln E bends once outputs are summed over [tokens].

    These are kinks whatever the output, and those at which that of the output passes one of its ends or knots.
    """
    caps, share = np.array(lengths.caps), lengths.cached_share
    found = [caps]
    if share > 0.0:
        found.append((caps - lengths.cached_number) / share)
    if lengths.cached_number > 0.0 and share < 1.0:
        found.append(np.array([lengths.cached_number / (1.0 - share)]))
    found.append(np.subtract.outer(caps, _ends(output)).ravel())
    kinks: list[float] = np.unique(np.concatenate(found)).tolist()
    return kinks


def _ends(rule: LengthRule) -> Array:
    """Return the lengths at which the density of a length begins, ends, or is not smooth [tokens]."""
    knots: Array = rule.distribution.ppf(np.array(rule.distribution.knots()[:MOST_KINKS]))
    values = rule.tokens if rule.tokens.size <= MOST_KINKS else rule.tokens[:0]
    return np.concatenate([[rule.shortest, rule.longest], knots, values])


def _few(rule: LengthRule, kinks: Iterable[float], width: float) -> tuple[Array, Array]:
    """Return few nodes of a length, in order, for functions of it that are smooth in ln L but at some kinks [tokens].

    Nodes between two kinks are reduced apart from all others, on panels of ``width`` in ln L.
    """
    inside = [kink for kink in kinks if rule.shortest < kink < rule.longest]
    lengths, weights = rule.cut(inside).nodes if inside else rule.nodes
    if lengths.size > FEW:
        pieces = np.searchsorted(np.sort(inside), lengths)
        parts = [_reduced(lengths[pieces == piece], weights[pieces == piece], width) for piece in np.unique(pieces)]
        lengths, weights = (np.concatenate(one) for one in zip(*parts, strict=True))
    order = np.argsort(lengths, kind="stable")
    return lengths[order], weights[order]


def _reduced(lengths: Array, weights: Array, width: float) -> tuple[Array, Array]:
    logs, shares = compressed(np.log(lengths), weights, width)
    return np.exp(logs), shares
