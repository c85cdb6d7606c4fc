"""Means and second moments of a mix of classes: what the total of a day is made of, per query.

Sums over pairs of classes and, within these, of sets of random factors; time grows with the number of points times the
square of the number of classes, and not of models as long as these have their random factors in common.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.fleets.mixes import added, mixed
from wattquery.fleets.moments import moment, shared_moment
from wattquery.fleets.part import Part
from wattquery.specs.common_draws import draw_name
from wattquery.specs.factors import Factor
from wattquery.sweeps.magnitudes import check_energies
from wattquery.uncertainty.scopes import Scope

__all__ = ["MOST_GWH", "ClassMoments", "check_total", "class_moments", "mixed_variances"]

Array = NDArray[np.float64]
Scopes = Mapping[str, Scope]

MOST_GWH = 1e9
"""GWh/day: two thousand times what mankind uses of any primary energy."""


def check_total(per_day: Array, what: str) -> None:
    """Refuse totals that are no numbers, or that no fleet can have.

    Parameters
    ----------
    per_day
        Energies [GWh/day].
    what
        What they are, for the message.

    Raises
    ------
    InputError
        If one is not finite, or beyond `MOST_GWH`.
    """
    absurd = ~(np.abs(per_day) <= MOST_GWH)
    if absurd.any():
        worst = float(np.abs(per_day[absurd]).max())
        shown = f"{worst:.3g}" if np.isfinite(worst) else "no finite number"
        raise InputError(
            f"{what} must be at most {MOST_GWH:g} GWh per day, two thousand times the world's primary energy, "
            f"got {shown}. Check queries_per_day, growth, lengths, overhead and factors for a wrong unit."
        )


@dataclass(frozen=True, eq=False)
class ClassMoments:
    """Moments of the energy of a query of each class, at one point of the axes.

    Attributes
    ----------
    means, squares
        Of the energy of a query, by class [Wh, Wh2].
    shared
        Mean over the shared factors of the product of the means of two classes given these [Wh2].
    sampling
        Variance of each class's mean estimated with one draw per model [Wh2].
    any_shared
        Whether a random factor is shared by all queries at this point, throughput fits apart.
    """

    means: Array
    squares: Array
    shared: Array
    sampling: Array
    any_shared: bool


def class_moments(classes: Sequence[Sequence[Part]], scopes: Scopes) -> ClassMoments:
    """Return the moments of all classes at one point; ``scopes`` tell the factors that are drawn per query."""
    means = np.array([sum(part.weight * part.mean for part in parts) for parts in classes])
    check_energies(means[:, None], lambda row: f"class {classes[row][0].query_class!r}")
    squares = np.array([sum(part.weight * part.square for part in parts) for parts in classes])
    sampling = np.array([sum(part.weight**2 * (part.square - part.mean**2) for part in parts) for parts in classes])
    shared = np.empty((len(classes), len(classes)))
    groups = [_by_factors(parts) for parts in classes]
    for i, j in zip(*np.triu_indices(len(classes)), strict=True):
        shared[i, j] = shared[j, i] = sum(
            scale * other * _product(factors, others, scopes)
            for factors, scale in groups[int(i)].items()
            for others, other in groups[int(j)].items()
        )
    factors = (factor for parts in classes for part in parts for factor in part.factors)
    any_shared = any(scopes.get(factor.name, "shared") == "shared" for factor in factors)
    return ClassMoments(means, squares, shared, np.maximum(sampling, 0.0), any_shared)


def mixed_variances(moments: ClassMoments, shares: Array) -> tuple[Array, Array, Array]:
    r"""Return the variance over queries, that by shared factors, and both [Wh2], one for each row of shares.

    .. math::

        V[E] = E_s[V[E | s]] + V_s[E[E | s]]

    Parameters
    ----------
    moments
        Of the classes. Where no factor is shared, the second part is zero and not round-off.
    shares
        Of the classes, along the last dimension.
    """
    means = mixed(shares, moments.means)
    squares = mixed(shares, moments.squares)
    of_means = added(shares * mixed(shares, moments.shared)) if moments.any_shared else means**2
    between = np.maximum(of_means - means**2, 0.0)
    within = np.maximum(squares - of_means, 0.0)
    return within, between, within + between


def _by_factors(parts: Sequence[Part]) -> dict[tuple[Factor, ...], float]:
    """Return the weighted scales [Wh] of parts by their random factors, which a class mostly has one set of."""
    scales: dict[tuple[Factor, ...], float] = {}
    for part in parts:
        scales[part.factors] = scales.get(part.factors, 0.0) + part.weight * part.scale
    return scales


def _product(factors: Sequence[Factor], others: Sequence[Factor], scopes: Scopes) -> float:
    """Return the mean over shared factors of the product of two means over queries, each relative to its scale [1]."""
    first, second = ({draw_name(factor): factor for factor in group} for group in (factors, others))
    product = 1.0
    for name, factor in first.items():
        if name in second and scopes.get(factor.name, "shared") == "shared":
            product *= shared_moment(factor, second[name])
        else:
            product *= moment(factor.distribution, factor.sign)
            product *= moment(second[name].distribution, second[name].sign) if name in second else 1.0
    rest = (factor for name, factor in second.items() if name not in first)
    return product * math.prod(moment(factor.distribution, factor.sign) for factor in rest)
