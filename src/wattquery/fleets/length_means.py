"""Means over the lengths of a query: of what its energy is proportional to, of the square of that, and of node time.

Whole tokens are summed one by one and continuous lengths integrated, as the exact method does. Time grows linearly in
the number of throughput fits times the number of pairs of lengths.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.kernels.equation import is_reciprocal, log_length_part, log_length_part_of, reciprocal_length_part
from wattquery.methods.exact.kinks import output_kinks
from wattquery.methods.exact.length_rules import LengthRule, length_rule
from wattquery.plans.columns import Column
from wattquery.specs import Distribution
from wattquery.throughput.load_form import LoadForm, model_of
from wattquery.throughput.model import ThroughputModel

__all__ = ["LengthMeans", "LengthPart", "length_means"]

Array = NDArray[np.float64]

SMOOTH = 0.25
"""What follows a length is as smooth as a normal of this width [ln L]: it sets how finely lengths are cut."""

COARSE, COARSER = 0.4, 1.0
"""Width in which a length is reduced to few nodes where many throughput fits are drawn, and where two are [ln L].

Relative to all nodes that moves a mean by less than 1e-4.
"""

AT_A_TIME = 2**21
"""Throughput fits times lengths that are held at a time, 16 MiB."""

MOST_PAIRS = 2**26
"""Of lengths that are summed: some seconds."""


@dataclass(frozen=True)
class LengthPart:
    """What the energy of a query depends on through its lengths; hashable, so that it is integrated once.

    Attributes
    ----------
    throughput
        The throughput model, or what a query takes under load.
    output_tokens, input_tokens
        The lengths.
    base, span
        Of a power that follows throughput; ``span`` is 0 for one that does not.
    prefill_weight
        Weight of one input token relative to one output token [1].
    """

    throughput: ThroughputModel | LoadForm
    output_tokens: Column
    input_tokens: Column
    base: float
    span: float
    prefill_weight: float

    @property
    def _fit(self) -> ThroughputModel:
        return model_of(self.throughput)

    def means(self) -> LengthMeans:
        """Return the means with the throughput fit as it is."""
        if isinstance(self.throughput, LoadForm):
            return self._means_under_load()
        energy = square = seconds = 0.0
        b = self._fit.fitted
        for length, weight, output, weights in self._sums():
            values = np.exp(self._log_energy(b, output, length))
            energy += weight * float(weights @ values)
            square += weight * float(weights @ values**2)
            seconds += weight * float(weights @ np.exp(self._log_energy(b, output, length, follows=False)))
        return LengthMeans(energy, square, seconds)

    def _means_under_load(self) -> LengthMeans:
        """Return the means of what queries take of an instance [kJ, kJ2]."""
        energy = square = 0.0
        numbers = self.throughput.kernel_numbers
        joint = self.output_tokens.joint
        cached = None if joint is None or not joint.cached else joint.cached_tokens
        for length, weight, output, weights in self._sums():
            logs = log_length_part_of(numbers, output, np.log(output), length, np.log(length), 0.0, 1.0, 0.0, cached)
            values = np.exp(logs)
            energy += weight * float(weights @ values)
            square += weight * float(weights @ values**2)
        return LengthMeans(energy, square, math.nan)

    def _sums(self) -> Iterator[tuple[float | Array, float, Array, Array]]:
        """Yield an input length and its weight, with output lengths and their weights; of a workload, all nodes."""
        if (joint := self.output_tokens.joint) is not None:
            output, input_, shares = joint.arrays
            yield input_, 1.0, output, shares
            return
        outputs, inputs = self._rules()
        pairs = outputs.nodes[0].size * inputs.nodes[0].size
        if pairs > MOST_PAIRS:
            raise InputError(
                f"Two random lengths must have at most {MOST_PAIRS:.2g} pairs to be summed, got {pairs:.2g}. Give one "
                "of them as a number or a smooth distribution."
            )
        for length, weight in zip(*(column.tolist() for column in inputs.nodes), strict=True):
            yield length, weight, *self._cut_at_cap(outputs, length)

    def _few_sums(self) -> list[tuple[float | Array, float, Array, Array]]:
        """Return the same with few lengths that stand for all."""
        if self.output_tokens.joint is not None:
            return list(self._sums())
        outputs, inputs = self._rules()
        both = outputs.nodes[0].size > 1 and inputs.nodes[0].size > 1
        few = [rule.few(COARSER if both else COARSE) for rule in (outputs, inputs)]
        (output, weights), (input_, input_weights) = ((rule.lengths, rule.weights) for rule in few)
        pairs = zip(input_.tolist(), input_weights.tolist(), strict=True)
        return [(length, weight, output, weights) for length, weight in pairs]

    def share_outside(self) -> float:
        """Return the probability that the lengths of a query lie outside those that the fit rests on [1]."""
        if (joint := self.output_tokens.joint) is not None:
            return joint.share_outside(self._fit.input_range, self._fit.output_range)
        lengths = (_distribution(column) for column in (self.input_tokens, self.output_tokens))
        return self._fit.share_outside(*lengths)

    def _cut_at_cap(self, outputs: LengthRule, input_: float) -> tuple[Array, Array]:
        """Return the nodes of the output with panels that end at the kinks of its energy."""
        if isinstance(self.throughput, LoadForm):
            # Where a window or the most that sparse attention selects is reached, energy grows less with the length.
            kinks = [reach - input_ for reach in self.throughput.reach[6:8] if input_ < reach < math.inf]
        else:
            kinks = output_kinks(self.throughput.kernel_numbers, self.span, input_)
        if len(kinks) > 1:
            return outputs.cut(kinks).nodes
        return outputs.nodes_cut_at(kinks[0]) if kinks else outputs.nodes

    def energies(self, coefficients: Array) -> Array:
        """Return `LengthMeans.energy` for each of many throughput fits, given by rows of their coefficients."""
        sums = self._few_sums()
        energies = np.zeros(len(coefficients))
        rows = max(1, AT_A_TIME // sums[0][2].size)
        # Of a t with one degree of freedom some fits are so steep that the mean under them is beyond any float.
        with np.errstate(over="ignore"):
            for start in range(0, len(coefficients), rows):
                here = slice(start, start + rows)
                b = tuple(coefficients[here].T[:, :, None])
                for length, weight, output, weights in sums:
                    energies[here] += weight * (np.exp(self._log_energy(b, output, length)) @ weights)
        return energies

    def _rules(self) -> tuple[LengthRule, LengthRule]:
        return _rule(self.output_tokens), _rule(self.input_tokens)

    def _log_energy(
        self, b: Sequence[float | Array], output: Array, input_: float | Array, *, follows: bool = True
    ) -> Array:
        """Return ln E without all factors but the lengths, for coefficients of any shape; PU where it ``follows``."""
        ln_maximum = self._fit.ln_maximum
        rest = (self.prefill_weight, self.base, self.span if follows else 0.0)
        if is_reciprocal(self.throughput.kernel_numbers):
            return np.asarray(np.log(reciprocal_length_part(*b, ln_maximum, output, input_, *rest)))
        return np.asarray(log_length_part(output, np.log(output), input_, np.log(input_), *b, ln_maximum, *rest))


@dataclass(frozen=True)
class LengthMeans:
    """Means over the lengths.

    Attributes
    ----------
    energy, square
        Of L_eff / TPS, times PU where power follows throughput, and of its square [s, s2]: times kW / 3.6 it is Wh.
        Under load, of what a query takes [kJ, kJ2].
    seconds
        Of the time that a node serves [s], alone at its throughput; NaN under load.
    """

    energy: float
    square: float
    seconds: float


@lru_cache(maxsize=1024)
def length_means(part: LengthPart) -> LengthMeans:
    """Return `LengthPart.means`, which presets, choices and scenarios mostly have in common."""
    return part.means()


def _rule(column: Column) -> LengthRule:
    return length_rule(_distribution(column), whole=column.whole, sigma=SMOOTH)


def _distribution(column: Column) -> Distribution:
    if column.distribution is None:
        raise LookupError("a merged normal is no length")
    return column.distribution
