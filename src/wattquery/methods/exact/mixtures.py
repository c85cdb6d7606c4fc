"""Families of cells as exact mixtures: ln E given the lengths is normal, so each pair of lengths gives one component.

Their components are made once for some octaves of sigma, from the lengths as finely as the narrowest one needs, and
then reduced to the few that a normal so wide can tell apart. Fewer octaves would mean fewer components for the wide
ones, but making them takes the time of solving some dozens of cells.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.exact.gauss import compressed
from wattquery.methods.exact.components import nodes, segments
from wattquery.methods.exact.families import Family
from wattquery.methods.exact.length_pairs import LengthPair, log_energies, smeared, steepness
from wattquery.methods.exact.length_rules import NARROW_SIGMA, SEGMENT, LengthRule, length_rule
from wattquery.methods.exact.load_drivers import SharedDrivers
from wattquery.plans.columns import Column
from wattquery.plans.plan import Plan
from wattquery.specs.distributions import Distribution
from wattquery.specs.joint_lengths.nodes import JointLengths

__all__ = ["Mixture", "Mixtures", "forget", "mixtures_of"]

Array = NDArray[np.float64]
Value = TypeVar("Value")

SEGMENT_OF_MANY = 1.5e-3  # in ln L, where a second length smears what a straight piece of the cdf misses
PANEL = 4.0  # of a reduced mixture, in sigma
WIDEST_PANEL = 4.0  # in ln E: there exp(2 ln E) is no polynomial any more
OCTAVES = 3  # of sigma that share a mixture; divides the exponent of NARROW_SIGMA
SMALLEST_SIGMA = 1e-12  # is rounding in ln E
LEAST_STEEPNESS = 2.0**-6  # of ln E in ln L
MANY_ATOMS = 64
PLANS = 4
"""Plans whose mixtures are kept: tasks of one plan come one after another."""

_of_plans: WeakKeyDictionary[Plan, Mixtures] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Mixture:
    """The exact distribution of ln E of a family without its factors [ln Wh].

    Either increasing ``centres`` of normals, for any sigma of some octaves, and ``half_widths`` is ``None``;
    or segments and points, for any narrow sigma, also 0.
    """

    centres: Array
    weights: Array
    half_widths: Array | None = None


class Mixtures:
    """The mixtures of a plan. Rules of lengths are made once, and the last mixtures are kept; safe with threads.

    Attributes
    ----------
    under_load
        What cells that are solved together under load share in their place.
    """

    def __init__(self, plan: Plan, keep: int = 64) -> None:
        # Not the plan itself, with which `mixtures_of` goes.
        self._lengths = plan.output_tokens, plan.input_tokens
        self._prefill_weight = plan.prefill_weight
        self.under_load = SharedDrivers()
        self._keep = keep
        self._lock = threading.Lock()
        self._rules: dict[Hashable, LengthRule] = {}
        self._mixtures: dict[Hashable, Mixture] = {}

    def floors(self, family: Family, sigmas: Array) -> Array:
        """Return the lower end of the range of sigmas that share a mixture, for each; 0 for what is not above rounding.

        It has three octaves, or one where two lengths are random: there the number of components goes with its square.
        """
        octaves = np.frexp(sigmas)[1] - 1
        columns = self._columns(family)
        crossed = columns[0].joint is None and all(_known(column).is_random for column in columns)
        shared = 1 if crossed else OCTAVES
        return np.where(sigmas > SMALLEST_SIGMA, np.ldexp(1.0, octaves - octaves % shared), 0.0)

    def mixture(self, family: Family, floor: float) -> Mixture:
        """Return the mixture of a family for all sigmas from ``floor``, as `floors` gives it.

        Raises
        ------
        InputError
            If the two lengths need too many components.
        """
        found = self._once(self._mixtures, (family, floor), lambda: self._made(family, floor))
        with self._lock:
            while len(self._mixtures) > self._keep:
                self._mixtures.pop(next(iter(self._mixtures)))
        return found

    def _once(self, known: dict[Hashable, Value], key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is known under a key, or make it: by two threads at once rather than wait."""
        found = known.get(key)
        if found is None:
            found = make()
            with self._lock:
                found = known.setdefault(key, found)
        return found

    def _made(self, family: Family, floor: float) -> Mixture:
        """Return the mixture of a family, as segments where a continuous length meets a narrow sigma."""
        joint = self._columns(family)[0].joint
        if joint is not None:
            return self._of_nodes(family, floor, joint)
        pair = self._pair(family, floor)
        if floor == 0.0 or (floor < NARROW_SIGMA and pair.inner.has_panels):
            centres, half_widths, weights = segments(pair)
            return Mixture(centres, weights / weights.sum(), half_widths)
        return _reduced(*nodes(pair), floor)

    def _of_nodes(self, family: Family, floor: float, joint: JointLengths) -> Mixture:
        """Return the mixture of a workload, one component for each pair of lengths."""
        outputs, inputs, weights = joint.arrays
        cached = joint.cached_tokens if joint.cached else None
        values = log_energies(family, self._prefill_weight, outputs, inputs, cached)
        if floor == 0.0:
            return Mixture(values, weights / weights.sum(), np.zeros_like(values))
        return _reduced(values, weights, floor)

    def _pair(self, family: Family, sigma: float) -> LengthPair:
        """Return the rules of both lengths, as fine as a normal of ``sigma`` in ln E asks for.

        Inside is the continuous one of the two, the one that smears energies more if both are, or that of more nodes.
        """
        weight = self._prefill_weight
        columns = self._columns(family)
        lengths = [_known(column) for column in columns]
        steep = steepness(family, weight)
        sigmas = [_finer(sigma, 0.5 * one) for one in steep]
        atoms = [one.atoms() for one in lengths]
        if not columns[0].whole and atoms == [None, None]:
            smears = [
                smeared(family, weight, lengths[i], lengths[1 - i], swapped=i == 1) / max(steep[1 - i], LEAST_STEEPNESS)
                for i in (0, 1)
            ]
            inner = 0 if smears[0] >= smears[1] else 1
            sigmas[1 - inner] = max(sigmas[1 - inner], _power_of_two(smears[inner]))
            rules = [self._rule(columns[i], sigmas[i], SEGMENT_OF_MANY) for i in (0, 1)]
        else:
            many = any(one is not None and one[0].size > MANY_ATOMS for one in atoms)
            rules = [self._rule(columns[i], sigmas[i], SEGMENT_OF_MANY if many else SEGMENT) for i in (0, 1)]
            sizes = [(rule.has_panels, rule.tokens.size + rule.starts.size) for rule in rules]
            inner = 0 if sizes[0] >= sizes[1] else 1
        outer = 1 - inner
        return LengthPair(family, weight, rules[inner], rules[outer], sigmas[inner], sigmas[outer], inner == 1)

    def _columns(self, family: Family) -> tuple[Column, Column]:
        outputs, inputs = self._lengths
        return outputs[family.output_tokens], inputs[family.input_tokens]

    def _rule(self, column: Column, sigma: float, segment: float) -> LengthRule:
        return self._once(
            self._rules,
            (column, sigma, segment),
            lambda: length_rule(_known(column), whole=column.whole, sigma=sigma, segment=segment),
        )


def _reduced(values: Array, weights: Array, floor: float) -> Mixture:
    """Return components as the few that a normal of ``floor`` or wider can tell apart."""
    centres, shares = compressed(values, weights, min(PANEL * floor, WIDEST_PANEL))
    order = np.argsort(centres)
    return Mixture(centres[order], shares[order] / shares.sum())


def mixtures_of(plan: Plan) -> Mixtures:
    """Return the mixtures of a plan that this process keeps, for tasks that have nothing but the plan in common."""
    with _lock:
        found = _of_plans.get(plan)
        if found is None:
            for earliest in list(_of_plans)[: len(_of_plans) + 1 - PLANS]:
                _of_plans.pop(earliest, None)
            found = _of_plans[plan] = Mixtures(plan)
        return found


def forget(plan: Plan) -> None:
    """Let the mixtures of a plan go."""
    with _lock:
        _of_plans.pop(plan, None)


def _finer(sigma: float, steep: float) -> float:
    """Return a width in ln L for one in ln E, smaller by a power of two where ln E is steep in ln L."""
    return math.ldexp(sigma, -max(0, math.ceil(math.log2(max(steep, 1.0)))))


def _power_of_two(value: float) -> float:
    """Return the largest power of two not above a value, so that rules made for it are shared."""
    return math.ldexp(0.5, math.frexp(value)[1]) if value > 0.0 else 0.0


def _known(column: Column) -> Distribution:
    """Return the distribution of a length, which always has one."""
    if column.distribution is None:
        raise LookupError(f"{column.purpose} has no distribution")
    return column.distribution
