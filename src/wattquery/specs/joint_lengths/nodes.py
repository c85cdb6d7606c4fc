"""The two lengths of a query as one random choice: which node of a workload it is.

What is drawn is the number of the node, and both lengths follow from it, as correlated as in the workload. Nodes are
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
    """

    outputs: tuple[float, ...]
    inputs: tuple[float, ...]
    weights: tuple[float, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.outputs, self.inputs, self.weights))  # thousands of numbers: once

    @cached_property
    def node(self) -> NodeNumber:
        """The random factor: which node a query is."""
        return NodeNumber(tuple(range(1, len(self.weights) + 1)), self.weights)

    @cached_property
    def margins(self) -> tuple[Margin, Margin]:
        """Output and input length, each a distribution whose draws go with those of the other."""
        return Margin(self, 0), Margin(self, 1)

    @cached_property
    def arrays(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Outputs, inputs and weights."""
        return np.array(self.outputs), np.array(self.inputs), np.array(self.weights)

    def chosen(self, node: Distribution) -> JointLengths:
        """Return the lengths where the number of the node has another distribution: fixed, or some of the nodes."""
        atoms = node.atoms()
        if atoms is None:
            raise LookupError(f"{node} is no choice among nodes")
        at = np.rint(atoms[0]).astype(np.int64) - 1
        outputs, inputs, _ = self.arrays
        return JointLengths(tuple(outputs[at].tolist()), tuple(inputs[at].tolist()), tuple(atoms[1].tolist()))

    def ordered(self, keys: FloatArray) -> JointLengths:
        """Return the same nodes numbered in the order of a key."""
        order = np.argsort(keys, kind="stable")
        return JointLengths(*(tuple(one[order].tolist()) for one in self.arrays))

    def scaled(self, factor: float) -> JointLengths:
        """Return the lengths with all of both multiplied by a number."""
        outputs, inputs, _ = self.arrays
        return JointLengths(tuple((factor * outputs).tolist()), tuple((factor * inputs).tolist()), self.weights)

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
    """One of the two lengths of a workload; a draw of it is that of the node.

    Attributes
    ----------
    joint
        Both lengths.
    which
        0 for the output, 1 for the input.
    """

    joint: JointLengths
    which: int

    @property
    def label(self) -> str:
        """What it is, in words."""
        return f"the {('output', 'input')[self.which]} lengths of a workload of {len(self.joint.weights):,} pairs"

    @property
    def by_node(self) -> tuple[float, ...]:
        """The length of each node [tokens], in no order."""
        return (self.joint.outputs, self.joint.inputs)[self.which]

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
def joint_lengths(workload: Workload) -> JointLengths:
    """Return the lengths of a workload by node, each pair once and each length at least one token.

    Cached tokens are part of the input: the equation knows no cache.
    """
    outputs, inputs = (np.maximum(1.0, one).tolist() for one in workload.rows.lengths[:2])
    shares: dict[tuple[float, float], list[float]] = {}
    for output, input_, weight in zip(outputs, inputs, workload.rows.weights.tolist(), strict=True):
        shares.setdefault((output, input_), []).append(weight)
    weights = [math.fsum(parts) for parts in shares.values()]
    total = math.fsum(weights)
    of_output, of_input = zip(*shares, strict=True)
    return JointLengths(of_output, of_input, tuple(weight / total for weight in weights))
