"""The two lengths of a family of cells: which one is summed inside the other, how finely, and where the cap bends them.

ln E may bend along a line in (ln L_in, ln L_out), see `kinks`; each sum is cut there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.kernels.equation import is_load_form, is_reciprocal, log_length_part_of
from wattquery.methods.exact.families import Family
from wattquery.methods.exact.kinks import Numbers, context_kinks, input_kinks, output_kinks, power_bends, tangent_input
from wattquery.methods.exact.length_rules import LengthRule
from wattquery.specs.distributions import Distribution

__all__ = ["LengthPair", "log_energies", "smeared", "steepness"]

Array = NDArray[np.float64]

MOST_COMPONENTS = 2**24  # three arrays of them take 0.4 GB
MOST_KNOTS = 64  # of a table of quantiles that are cut at; a finer one is smooth enough
# Probabilities of the inner length between which a kink may pass within one panel of the outer one.
PASSED = (1e-9, 1e-6, 1e-4, 0.002, 0.01, 0.03, *(k / 10 for k in range(1, 10)), 0.97, 0.99, 0.998, 1 - 1e-4, 1 - 1e-6)
INSIDE = np.array([1e-6, 1e-5, 1e-4, 1e-3, *(k / 100 for k in range(1, 100)), 1 - 1e-3, 1 - 1e-4, 1 - 1e-6])
BEYOND_CACHED = 100.0  # of the longest prompt that is all cached
STEP, FLAT = 1e-4, 1e-3  # of ln L, and of the slope of ln E
TINY = 1e-9  # of a density
SHARE = 0.3  # of the inverse of a density: the standard deviation of a normal is 0.4 of it
SOME = (0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999)
FINER_WITH_JUMPS, FINER_WITH_TURNS = 32.0, 4.0


@dataclass(frozen=True, eq=False)
class LengthPair:
    """An inner length for each node of an outer one.

    Attributes
    ----------
    family, prefill_weight
        What decides on ln E at given lengths.
    inner, outer
        The rules of both lengths; that of the output is the inner one unless ``swapped``.
    inner_sigma, outer_sigma
        The widths of the normals that they are made for [ln L].
    swapped
        Whether the inner length is that of the input.
    """

    family: Family
    prefill_weight: float
    inner: LengthRule
    outer: LengthRule
    inner_sigma: float
    outer_sigma: float
    swapped: bool

    @property
    def _numbers(self) -> Numbers:
        return self.family.throughput.kernel_numbers

    @property
    def inner_slope(self) -> float:
        """The throughput's coefficient of the inner length."""
        return self._numbers[1 if self.swapped else 2]

    @property
    def outer_slope(self) -> float:
        """The throughput's coefficient of the outer length."""
        return self._numbers[2 if self.swapped else 1]

    @cached_property
    def outer_cut(self) -> LengthRule:
        """The outer rule, cut into panels in which the kink passes through a small part of the inner length at most.

        Where throughput hardly depends on the inner length, the kink passes all of it within a sliver of the outer one.
        """
        if not self.outer.has_panels:
            return self.outer
        inner = self.inner.distribution
        passed = inner.ppf(np.array([*PASSED, *inner.knots()[:MOST_KNOTS]]))
        kinks = self.outer_kinks([self.inner.shortest, self.inner.longest, *passed.tolist()])
        return self.outer.cut(kinks if self.swapped else [*kinks, *tangent_input(self._numbers, self.family.span)])

    def log_energies(self, inner: Array | float, outer: Array | float) -> Array:
        """Return the part of ln E that the lengths decide."""
        lengths = (outer, inner) if self.swapped else (inner, outer)
        return log_energies(self.family, self.prefill_weight, *lengths)

    def inner_kink(self, outer: float) -> list[float]:
        """Return the inner lengths at which ln E bends, given the outer one: none or one, two or under load several."""
        kinks = input_kinks if self.swapped else output_kinks
        return kinks(self._numbers, self.family.span, outer)

    def outer_kinks(self, inner: Iterable[float]) -> list[float]:
        """Return the outer lengths at which ln E bends, given each of some inner ones."""
        kinks = output_kinks if self.swapped else input_kinks
        return [kink for one in inner for kink in kinks(self._numbers, self.family.span, one)]

    def cap_crosses(self) -> bool:
        """Return whether both lengths matter to where ln E bends."""
        numbers = self._numbers
        if is_load_form(numbers):
            if self.outer.nodes[0].size == 1:
                return False
            shortest, longest = self.inner.shortest + self.outer.shortest, self.inner.longest + self.outer.longest
            return any(shortest < cap < longest for cap in context_kinks(numbers))
        if is_reciprocal(numbers):
            ends = [(rule.shortest, rule.longest) for rule in (self.inner, self.outer)]
            return power_bends(numbers, self.family.span, *(reversed(ends) if self.swapped else ends))
        if self.inner_slope == 0.0 or self.outer_slope == 0.0 or self.outer.nodes[0].size == 1:
            return False
        inner = np.log([self.inner.shortest, self.inner.longest])
        outer = np.log([self.outer.shortest, self.outer.longest])
        rates = numbers[0] + self.inner_slope * inner[:, None] + self.outer_slope * outer
        return bool(rates.min() < numbers[3] < rates.max())

    def check_size(self, size: int) -> None:
        """Raise if there are too many components."""
        if size > MOST_COMPONENTS:
            output, input_ = self.inner.distribution, self.outer.distribution
            if self.swapped:
                output, input_ = input_, output
            raise InputError(
                f"method='exact' would need more than {MOST_COMPONENTS:,} components for output_tokens = {output} with "
                f"input_tokens = {input_}. Use method='monte_carlo', or fix one of the two lengths."
            )


def log_energies(
    family: Family,
    prefill_weight: float,
    outputs: Array | float,
    inputs: Array | float,
    cached: Array | None = None,
) -> Array:
    """Return the part of ln E that the lengths decide; cached tokens are as the load form says where left out."""
    return np.asarray(
        log_length_part_of(
            family.throughput.kernel_numbers,
            outputs,
            np.log(outputs),
            inputs,
            np.log(inputs),
            prefill_weight,
            family.base,
            family.span,
            cached,
        )
    )


def steepness(family: Family, prefill_weight: float) -> tuple[float, float]:
    """Return how much ln E changes at most with ln L_out, and with ln L_in.

    The part of ln L_eff has a slope from 0 to 1, and that of ln TPS, power that follows it included, one from 0 to its
    coefficient; in the reciprocal form one from -1 to 1 with the output, and from -1 to 0 with the input. Under load
    what a query takes is of the second degree in its lengths at most; see `_steepness_beyond_cached` for the exception.
    """
    prefill = 1.0 if prefill_weight > 0.0 else 0.0
    numbers = family.throughput.kernel_numbers
    if is_load_form(numbers):
        return 2.0, max(2.0, _steepness_beyond_cached(family))
    if is_reciprocal(numbers):
        return 2.0, prefill + 1.0
    _, input_, output, *_ = numbers
    return max(1.0 + max(0.0, -output), output), max(prefill + max(0.0, -input_), input_)


def _steepness_beyond_cached(family: Family) -> float:
    """Return how much ln E may change with ln L_in where a prompt is longer than a number of cached tokens."""
    share, number = family.throughput.kernel_numbers[21:23]
    if number == 0.0 or share >= 1.0:
        return 0.0
    inputs = number / (1.0 - share) * np.geomspace(1.0, BEYOND_CACHED, 200)
    ends = np.stack([inputs, inputs * math.exp(STEP)])
    return float(np.max(np.diff(log_energies(family, 0.0, 1.0, ends), axis=0))) / STEP


def smeared(family: Family, prefill_weight: float, inner: Distribution, outer: Distribution, swapped: bool) -> float:
    """Return how wide, in ln E, a continuous inner length smears what the outer one is integrated against.

    It is some share of the inverse of the highest density of ln E: above the cap, energy may hardly change with the
    input, so that its density is high. A density that jumps, at an end or at a knot, leaves kinks, and where the energy
    falls and rises with the inner length, probability goes with the square root of the distance from the turning point:
    there the panels of the outer length have to be finer instead.
    """
    inside, outside = inner.ppf(INSIDE), outer.ppf(SOME)
    ends = np.stack([inside, inside * math.exp(STEP)])[..., None]
    outputs, inputs = (outside, ends) if swapped else (ends, outside)
    slopes = np.diff(log_energies(family, prefill_weight, outputs, inputs), axis=0)[0] / STEP
    density = np.diff(inner.cdf(ends), axis=0)[0] / STEP
    jumps = any(0.0 < end < math.inf for end in inner.support()) or bool(inner.knots())
    share = SHARE / FINER_WITH_JUMPS if jumps else SHARE
    if np.any(np.any(slopes > FLAT, axis=0) & np.any(slopes < -FLAT, axis=0)):
        return share * float(np.min(np.max(np.abs(slopes), axis=0)) / np.max(density)) / FINER_WITH_TURNS
    return share * float(np.min(np.abs(slopes) / np.maximum(density, TINY)))
