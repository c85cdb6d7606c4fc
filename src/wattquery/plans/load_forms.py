"""Deployments under load as a plan needs them: length forms and effects, made of arrays where a cell asks for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.columns import Column
from wattquery.plans.plan import Deployed, LoadEnergies
from wattquery.plans.terms import Term, joined_terms, term_of
from wattquery.specs.distributions import Distribution, Fixed, LogNormal
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.factors import LOAD_MODEL, Factor
from wattquery.throughput.load.deployments import Effect, LoadTable
from wattquery.throughput.load_form import LoadForm

__all__ = ["LoadDeployments", "TableEffects"]

Array = NDArray[np.float64]
Change = Callable[[Distribution], Distribution]

_SHIFT = f"{LOAD_MODEL}mean"
"""What moves ln E of all queries alike, so that a normal stands for a sum of two: a number."""


@dataclass(frozen=True, eq=False)
class LoadDeployments(Sequence[Deployed | None]):
    """All combinations of the leading axes: a deployment at one load with one kind of query.

    Attributes
    ----------
    table
        What the load model says of each.
    cached_share, cached_number
        By length case: what of the input is cached, where lengths do not say it.
    labels
        By combination of model, hardware, serving, precision and accelerators, what tells it apart in the names of
        random streams.
    only
        The number of the one that is to have data, where the others are passed over.
    """

    table: LoadTable
    cached_share: Array
    cached_number: Array
    labels: tuple[str, ...]
    only: int | None = None

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[Deployed | None]:
        return (self[number] for number in range(len(self)))

    @overload
    def __getitem__(self, number: int) -> Deployed | None: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Deployed | None]: ...
    def __getitem__(self, number: int | slice) -> Deployed | Sequence[Deployed | None] | None:
        """Return one of them, None where nothing is known or nothing fits."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not self.supported[number]:
            return None
        per_deployment = len(self) // len(self.labels)
        name = f"{self.labels[number // per_deployment]}\x1e{self.table.accelerators[number]}"
        return Deployed(self._form(number, 0), name, self._form(number, 1))

    def _form(self, number: int, kind: int) -> LoadForm:
        case = number % self.cached_share.size
        return LoadForm(
            tuple(self.table.units[kind, :, number].tolist()),
            tuple(self.table.reach_of(number).tolist()),
            float(self.cached_share[case]),
            float(self.cached_number[case]),
        )

    @cached_property
    def supported(self) -> NDArray[np.bool_]:
        """Which have data."""
        known = np.asarray(self.table.reason == "", dtype=np.bool_)
        return known if self.only is None else known & (np.arange(known.size) == self.only)

    def energies(self, numbers: NDArray[np.int64], kinds: NDArray[np.int64]) -> LoadEnergies:
        """Return what queries take for some of them, with accelerators alone (0) or the node (1) counted for each."""
        case = numbers % self.cached_share.size
        units = self.table.units[kinds, :, numbers].T
        return LoadEnergies(units, self.table.reach_of(numbers), self.cached_share[case], self.cached_number[case])


@dataclass(frozen=True, eq=False)
class TableEffects:
    """What the load model leaves open, from its table: a term for each deployment and what is counted.

    Attributes
    ----------
    table
        What the load model says.
    changes
        Factors that are another one wherever they are random, by name, in the order in which they were changed.
    """

    table: LoadTable
    changes: tuple[tuple[str, Change], ...] = ()

    def changed(self, name: str, change: Change) -> TableEffects:
        """Return effects in which one factor has another distribution wherever it is random."""
        return replace(self, changes=(*self.changes, (name, change)))

    @cached_property
    def _terms(self) -> tuple[tuple[Term | None, ...], ...]:
        """All terms where factors were changed: small grids, whose factors are looked at one by one."""
        known = self.table.reason == ""
        return tuple(
            tuple(self._made(number, kind) if known[number] else None for number in range(len(self.table)))
            for kind in range(2)
        )

    @cached_property
    def means(self) -> Array:
        """What each adds to ln E on average, (2, deployments)."""
        if not self.changes:
            return self.table.shift
        return np.array([[math.nan if one is None else one.mean for one in row] for row in self._terms])

    @cached_property
    def variances(self) -> Array:
        """Its variance, (2, deployments)."""
        if not self.changes:
            return np.asarray(self.table.sigma**2)
        return np.array([[math.nan if one is None else one.variance for one in row] for row in self._terms])

    @cached_property
    def extras(self) -> tuple[Column, ...]:
        """Their factors that are neither fixed nor lognormal."""
        if not self.changes:
            return ()
        terms = (one for row in self._terms for one in row if one is not None)
        return tuple(dict.fromkeys(column for term in terms for column, _ in term.extras))

    def names(self, kinds: Collection[int]) -> tuple[str, ...]:
        """Return the names of all factors that are random somewhere, where some of 0 and 1 are counted."""
        terms = (self.term(int(number), kind) for number in np.flatnonzero(self.table.reason == "") for kind in kinds)
        factors = (factor for term in terms for factor in term.factors if factor.distribution.is_random)
        return tuple(dict.fromkeys(factor.name for factor in factors))

    def term(self, deployment: int, kind: int) -> Term:
        """Return one of them, with its factors by name."""
        if not self.changes:
            return self._made(deployment, kind)
        term = self._terms[kind][deployment]
        if term is None:
            raise LookupError(f"deployment {deployment} has no data")
        return term

    def _made(self, number: int, kind: int) -> Term:
        factors = [_factor(effect) for effect in self.table.effects(number, kind) if effect.sigma != 0.0]
        for name, change in self.changes:
            factors = [
                replace(one, distribution=change(one.distribution))
                if one.name == name and one.distribution.is_random
                else one
                for one in factors
            ]
        shift = float(self.table.shift[kind, number])
        fixed = term_of("load", (Factor(_SHIFT, Fixed(math.exp(shift)), 1.0),))
        return joined_terms((fixed, term_of("load", factors)))


def _factor(effect: Effect) -> Factor:
    """Return an effect as a factor with the median 1."""
    spread = math.exp(Z95 * abs(effect.sigma))
    return Factor(
        effect.name,
        LogNormal(1.0 / spread, spread),
        math.copysign(1.0, effect.sigma),
        effect.key,
        effect.loadings,
    )
