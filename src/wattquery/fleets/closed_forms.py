"""Quantiles of a total over shared factors that are known without drawing these.

Two cases have a closed form. One unknown, whatever its distribution: every class is a monotone function of its quantile
level, and so is the total. And several lognormal ones that all parts have in common: their product is lognormal, times
a constant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.fleets.moments import moment
from wattquery.fleets.part import Part
from wattquery.specs import LogNormal
from wattquery.specs.common_draws import draw_name
from wattquery.specs.factors import Factor
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.throughput_draws import default_factor, has_freedom

__all__ = ["Adopted", "Term", "class_quantiles", "class_terms"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Adopted:
    """A lever that divides the energy of a share of the queries: their mean is multiplied by 1 - share + share / M.

    Attributes
    ----------
    share
        Of the queries [1].
    factor
        The lever.
    """

    share: float
    factor: Factor


@dataclass(frozen=True)
class Term:
    """A summand of the mean energy of a query of a class, given the shared factors.

    Attributes
    ----------
    mean
        Without its shared factors [Wh].
    factors
        Shared random factors that multiply or divide it.
    adopted
        Levers that a part of its queries are served with.
    """

    mean: float
    factors: tuple[Factor, ...]
    adopted: tuple[Adopted, ...] = ()


def class_terms(
    parts: Sequence[Part], scopes: Mapping[str, Scope], sigma: float, adopted: Sequence[Adopted] = ()
) -> list[Term] | None:
    """Return a class as terms, or ``None`` where a drawn throughput fit bends it so that there is no closed form.

    Parameters
    ----------
    parts
        The models of the class at one point of the axes.
    scopes
        ``"query"`` for factors that are not shared.
    sigma
        Of ln TPS where a fit has no degrees of freedom; 0 to take all fits as known.
    adopted
        Levers that the class adopts.
    """
    terms = []
    for part in parts:
        fit = part.fit
        if sigma and fit is not None and has_freedom(fit):
            return None
        mean, shared = part.weight * part.scale, []
        for factor in part.factors:
            if scopes.get(factor.name, "shared") == "shared" and factor.distribution.is_random:
                shared.append(factor)
            else:
                mean *= moment(factor.distribution, factor.sign)
        if sigma and fit is not None:
            shared.append(default_factor(sigma, part.slot))
        partial = []
        for lever in adopted:
            if scopes.get(lever.factor.name, "shared") == "query" or not lever.factor.distribution.is_random:
                mean *= 1.0 - lever.share + lever.share * moment(lever.factor.distribution, lever.factor.sign)
            elif lever.share == 1.0:
                shared.append(lever.factor)
            elif lever.share > 0.0:
                partial.append(lever)
        terms.append(Term(mean, tuple(sorted(shared, key=draw_name)), tuple(partial)))
    return terms


def class_quantiles(classes: Sequence[Sequence[Term] | None], levels: Sequence[float]) -> Array | None:
    """Return what classes contribute to quantiles of any mix of them [Wh], a row per class and a column per level.

    ``None`` where there is no closed form.
    """
    known = [terms for terms in classes if terms is not None]
    if len(known) < len(classes):
        return None
    one_unknown = _comonotone(known, levels)
    return _lognormal(known, levels) if one_unknown is None else one_unknown


def _comonotone(classes: Sequence[Sequence[Term]], levels: Sequence[float]) -> Array | None:
    """Return the quantiles where there is one unknown at most, which either multiplies or divides."""
    terms = [term for of_class in classes for term in of_class]
    factors = [factor for term in terms for factor in (*term.factors, *(lever.factor for lever in term.adopted))]
    if (
        len({(draw_name(factor), factor.loadings) for factor in factors}) > 1
        or len({factor.sign for factor in factors}) > 1
    ):
        return None
    # What divides is small where the total is large.
    probabilities = np.asarray(levels, dtype=np.float64)
    if factors and factors[0].sign < 0.0:
        probabilities = 1.0 - probabilities
    return np.array([sum(_at(term, probabilities) for term in of_class) for of_class in classes])


def _lognormal(classes: Sequence[Sequence[Term]], levels: Sequence[float]) -> Array | None:
    """Return the quantiles where all parts have the same factors in common, each of them lognormal."""
    terms = [term for of_class in classes for term in of_class]
    common = terms[0].factors
    if any(term.factors != common or term.adopted for term in terms):
        return None
    lognormal = [(factor.sign, factor.distribution) for factor in common if isinstance(factor.distribution, LogNormal)]
    if len(lognormal) < len(common):
        return None
    mu = sum(sign * distribution.mu for sign, distribution in lognormal)
    sigma = float(np.sqrt(sum(distribution.sigma**2 for _, distribution in lognormal)))
    product = np.exp(mu + sigma * ndtri(levels))
    return np.array([sum(term.mean for term in of_class) * product for of_class in classes])


def _at(term: Term, probabilities: Array) -> Array:
    """Return a term where its one unknown has these quantile levels."""
    values = np.full(probabilities.shape, term.mean)
    for factor in term.factors:
        values *= factor.distribution.ppf(probabilities) ** factor.sign
    for lever in term.adopted:
        values *= 1.0 - lever.share + lever.share * lever.factor.distribution.ppf(probabilities) ** lever.factor.sign
    return values
