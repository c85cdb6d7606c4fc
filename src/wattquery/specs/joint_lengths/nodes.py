"""The lengths of a query as one random choice: which node of a workload it is.

What is drawn is the number of the node, and all lengths follow from it, as correlated as in the workload. Nodes are
numbered in the order of their table, that of L_out + 0.42 L_in: what analyses call a quantile of the factor
``workload`` is a quantile in this order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from wattquery.specs.distributions.atomic import atomic_mean, atoms_between
from wattquery.specs.distributions.base import Distribution, FloatArray

if TYPE_CHECKING:
    from wattquery.specs.workload import Workload

__all__ = ["JointLengths", "Margin", "NodeNumber", "joint_lengths"]

Masses = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class JointLengths:
    """Pairs of lengths with their weights, by node.

    Attributes
    ----------
    outputs, inputs
        The lengths of each node [tokens].
    weights
        Probability of each node [1]; their sum is 1.
    cached
        How many of the input tokens are cached, of each node [tokens]; empty where none are, in any node.
    """

    outputs: tuple[float, ...]
    inputs: tuple[float, ...]
    weights: tuple[float, ...]
    cached: tuple[float, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.outputs, self.inputs, self.weights, self.cached))  # thousands of numbers: once

    @cached_property
    def node(self) -> NodeNumber:
        """The random factor: which node a query is."""
        return NodeNumber(tuple(range(1, len(self.weights) + 1)), self.weights)

    @cached_property
    def margins(self) -> tuple[Margin, ...]:
        """Output and input length, and cached tokens where there are any: distributions whose draws go together."""
        return tuple(Margin(self, which) for which in range(3 if self.cached else 2))

    @cached_property
    def arrays(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Outputs, inputs and weights."""
        return np.array(self.outputs), np.array(self.inputs), np.array(self.weights)

    @cached_property
    def cached_tokens(self) -> FloatArray:
        """Cached tokens of each node, 0 where there are none."""
        return np.array(self.cached) if self.cached else np.zeros(len(self.weights))

    def chosen(self, node: Distribution) -> JointLengths:
        """Return the lengths where the number of the node has another distribution: fixed, or some of the nodes."""
        atoms = node.atoms()
        if atoms is None:
            raise LookupError(f"{node} is no choice among nodes")
        at = np.rint(atoms[0]).astype(np.int64) - 1
        outputs, inputs, _ = self.arrays
        return _of_arrays(outputs[at], inputs[at], atoms[1], self.cached_tokens[at])

    def ordered(self, keys: FloatArray) -> JointLengths:
        """Return the same nodes numbered in the order of a key."""
        order = np.argsort(keys, kind="stable")
        return _of_arrays(*(one[order] for one in (*self.arrays, self.cached_tokens)))

    def scaled(self, factor: float) -> JointLengths:
        """Return the lengths with all of both, and cached tokens, multiplied by a number."""
        outputs, inputs, weights = self.arrays
        return _of_arrays(factor * outputs, factor * inputs, weights, factor * self.cached_tokens)

    def share_outside(self, input_range: tuple[float, float] | None, output_range: tuple[float, float] | None) -> float:
        """Return the share of queries of which a length lies outside a range [1]; 1 where a range is not known."""
        if input_range is None or output_range is None:
            return 1.0
        outputs, inputs, weights = self.arrays
        outside = (inputs < input_range[0]) | (inputs > input_range[1])
        outside |= (outputs < output_range[0]) | (outputs > output_range[1])
        return math.fsum(weights[outside])


@dataclass(frozen=True)
class NodeNumber(Distribution, written=False):
    """Which node of a workload a query is, counted from 1.

    Attributes
    ----------
    numbers
        Of the nodes that it can be, increasing.
    weights
        Their probabilities [1].
    """

    numbers: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def label(self) -> str:
        """What it is, in words."""
        return f"one of {len(self.numbers):,} pairs of lengths"

    def between(self, low: float, high: float) -> NodeNumber:
        """Return the number given that its quantile level lies between two levels; what lies astride is cut."""
        ends = np.append(0.0, np.cumsum(self._masses()[1]))
        ends = np.clip(ends / ends[-1], low, high)
        shares = np.diff(ends) / (high - low)
        kept = np.flatnonzero(shares)
        return NodeNumber(tuple(np.array(self.numbers)[kept].tolist()), tuple(shares[kept].tolist()))

    def support(self) -> tuple[float, float]:
        """Return the first and the last number."""
        return float(self.numbers[0]), float(self.numbers[-1])

    def _masses(self) -> Masses:
        return np.array(self.numbers, dtype=np.float64), np.array(self.weights)

    def _ppf(self, p: FloatArray) -> FloatArray:
        return _quantiles(self._masses(), p)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _shares(self._masses(), x)

    def _mean_between(self, low: float, high: float) -> float:
        return atomic_mean(atoms_between(self._masses(), low, high))


@dataclass(frozen=True)
class Margin(Distribution, written=False):
    """One of the lengths of a workload; a draw of it is that of the node.

    Attributes
    ----------
    joint
        All of them.
    which
        0 for the output, 1 for the input, 2 for the cached tokens of the input.
    """

    joint: JointLengths
    which: int

    @property
    def label(self) -> str:
        """What it is, in words."""
        length = ("output", "input", "cached")[self.which]
        return f"the {length} lengths of a workload of {len(self.joint.weights):,} pairs"

    @property
    def by_node(self) -> tuple[float, ...]:
        """The length of each node [tokens], in no order."""
        return (self.joint.outputs, self.joint.inputs, self.joint.cached)[self.which]

    def support(self) -> tuple[float, float]:
        """Return the shortest and the longest length."""
        return min(self.by_node), max(self.by_node)

    @cached_property
    def _sorted(self) -> Masses:
        values, which = np.unique(np.array(self.by_node), return_inverse=True)
        return values, np.bincount(which, weights=np.array(self.joint.weights)).astype(np.float64)

    def _masses(self) -> Masses:
        return self._sorted

    def _ppf(self, p: FloatArray) -> FloatArray:
        return _quantiles(self._sorted, p)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _shares(self._sorted, x)

    def _mean_between(self, low: float, high: float) -> float:
        return atomic_mean(atoms_between(self._sorted, low, high))


def _cumulative(masses: Masses) -> FloatArray:
    """Return the probability of each value and all before it, 1 at the last: sums of weights are not exact."""
    cumulative = np.cumsum(masses[1])
    return np.asarray(cumulative / cumulative[-1])


def _quantiles(masses: Masses, p: FloatArray) -> FloatArray:
    return np.asarray(masses[0][np.searchsorted(_cumulative(masses), p, side="left")])


def _shares(masses: Masses, x: FloatArray) -> FloatArray:
    return np.append(0.0, _cumulative(masses))[np.searchsorted(masses[0], x, side="right")]


@lru_cache(maxsize=256)
def joint_lengths(workload: Workload, *, with_cached: bool = False) -> JointLengths:
    """Return the lengths of a workload by node, each pair once and each length at least one token.

    Parameters
    ----------
    workload
        The workload.
    with_cached
        Whether nodes that differ in cached tokens alone are told apart, as the load form asks for. The equation of a
        throughput knows no cache: for it cached tokens are input tokens like others.
    """
    outputs, inputs = (np.maximum(1.0, one).tolist() for one in workload.rows.lengths[:2])
    cached = (workload.rows.cached_tokens if with_cached else np.zeros(len(outputs))).tolist()
    shares: dict[tuple[float, float, float], list[float]] = {}
    for *lengths, weight in zip(outputs, inputs, cached, workload.rows.weights.tolist(), strict=True):
        shares.setdefault(tuple(lengths), []).append(weight)
    weights = [math.fsum(parts) for parts in shares.values()]
    total = math.fsum(weights)
    of_output, of_input, of_cached = zip(*shares, strict=True)
    return JointLengths(
        of_output, of_input, tuple(weight / total for weight in weights), of_cached if any(of_cached) else ()
    )


def _of_arrays(outputs: FloatArray, inputs: FloatArray, weights: FloatArray, cached: FloatArray) -> JointLengths:
    output, input_, shares = (tuple(one.tolist()) for one in (outputs, inputs, weights))
    return JointLengths(output, input_, shares, tuple(cached.tolist()) if cached.any() else ())
