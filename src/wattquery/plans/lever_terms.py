"""Levers whose factor depends on load: a term for each deployment and combination, made where a cell asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.columns import Column
from wattquery.plans.terms import Term, factor_term, joined_terms, value_term
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.converters import LeverSet
from wattquery.specs.factors import LEVER, Factor
from wattquery.specs.lever import Lever

__all__ = ["LeverTerms", "columns_of", "lever_terms", "moments_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LeverTerms(Sequence[Term]):
    """The terms of combinations of levers in all deployments: those of a deployment follow each other.

    Attributes
    ----------
    combinations
        The labels of the axis.
    concurrency
        Running sequences of each deployment [1]; NaN where nothing is known, whose terms are empty.
    """

    combinations: tuple[LeverSet, ...]
    concurrency: Array

    def __len__(self) -> int:
        return self.concurrency.size * len(self.combinations)

    @overload
    def __getitem__(self, number: int) -> Term: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Term]: ...
    def __getitem__(self, number: int | slice) -> Term | Sequence[Term]:
        """Return the term of one combination in one deployment."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        deployment, combination = divmod(number, len(self.combinations))
        concurrency = float(self.concurrency[deployment])
        if np.isnan(concurrency):
            return Term()
        return _joined([_term(lever, concurrency) for lever in self.combinations[combination].levers])

    @cached_property
    def moments(self) -> tuple[Array, Array]:
        """Mean and variance in ln E of the fixed and lognormal parts of all terms."""
        sums = [self._moments_of(one) for one in self.combinations]
        means, variances = (np.stack(parts, axis=-1).ravel() for parts in zip(*sums, strict=True))
        return means, variances

    @cached_property
    def columns(self) -> tuple[tuple[Column, ...], ...]:
        """By combination, its factors that are neither fixed nor lognormal, which no load changes."""
        plain = ([lever for lever in one.levers if lever.by_concurrency is None] for one in self.combinations)
        terms = (_joined([factor_term(_factor(lever)) for lever in levers]) for levers in plain)
        return tuple(tuple(column for column, _ in term.extras) for term in terms)

    def _moments_of(self, combination: LeverSet) -> tuple[Array, Array]:
        """Return the sums over the levers of a combination, added as those of a single term are."""
        parts = []
        for lever in combination.levers:
            curve = lever.by_concurrency
            if curve is None:
                term = factor_term(_factor(lever))
                parts.append((np.full_like(self.concurrency, term.mean), np.full_like(self.concurrency, term.variance)))
            else:
                mean, sd = curve.logs(self.concurrency)
                parts.append((-1.0 * mean, sd**2))
        if not parts:
            return np.zeros_like(self.concurrency), np.zeros_like(self.concurrency)
        means, variances = zip(*parts, strict=True)
        return (means[0], variances[0]) if len(parts) == 1 else (np.asarray(sum(means)), np.asarray(sum(variances)))


def lever_terms(values: Sequence[LeverSet], concurrency: Array) -> Sequence[Term]:
    """Return the terms of an axis of levers: by label, unless the load changes one of them.

    Parameters
    ----------
    values
        The labels of the axis.
    concurrency
        Running sequences of each deployment [1].
    """
    if any(lever.by_concurrency is not None for one in values for lever in one.levers):
        return LeverTerms(tuple(values), concurrency)
    return tuple(value_term("levers", one) for one in values)


def moments_of(table: Sequence[Term]) -> tuple[Array, Array]:
    """Return mean and variance in ln E of the fixed and lognormal parts of terms."""
    if isinstance(table, LeverTerms):
        return table.moments
    return np.array([term.mean for term in table]), np.array([term.variance for term in table])


def columns_of(table: Sequence[Term]) -> tuple[tuple[Column, ...], ...]:
    """Return the factors of terms that are neither fixed nor lognormal, those of levers by combination."""
    return (
        table.columns
        if isinstance(table, LeverTerms)
        else tuple(tuple(column for column, _ in term.extras) for term in table)
    )


def _term(lever: Lever, concurrency: float) -> Term:
    curve = lever.by_concurrency
    if curve is None:
        return factor_term(_factor(lever))
    mean, sd = (float(one) for one in curve.logs(concurrency))
    return Term(mean=-1.0 * mean, variance=sd**2, factors=(_at(lever, curve, concurrency),))


def _joined(terms: Sequence[Term]) -> Term:
    return terms[0] if len(terms) == 1 else joined_terms(terms)


def _factor(lever: Lever) -> Factor:
    return Factor(LEVER + lever.name, lever.factor, -1.0)


def _at(lever: Lever, curve: ByConcurrency, concurrency: float) -> Factor:
    return Factor(LEVER + lever.name, curve.at(concurrency), -1.0)
