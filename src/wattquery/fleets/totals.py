"""Means and second moments of a mix of classes: what the total of a day is made of, per query.

Sums over classes and pairs of parts; time grows with the number of points times the square of the number of parts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.moments import joint_moment, moment
from wattquery.fleets.parts import Part
from wattquery.lowering.factors import Factor
from wattquery.sensitivity.scopes import Scope

__all__ = ["ClassMoments", "class_moments", "mixed_variances"]

Array = NDArray[np.float64]
Scopes = Mapping[str, Scope]


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
    """

    means: Array
    squares: Array
    shared: Array
    sampling: Array


def class_moments(classes: Sequence[Sequence[Part]], scopes: Scopes) -> ClassMoments:
    """Return the moments of all classes at one point; ``scopes`` tell the factors that are drawn per query."""
    means = np.array([sum(one.weight * one.mean for one in parts) for parts in classes])
    squares = np.array([sum(one.weight * one.square for one in parts) for parts in classes])
    sampling = np.array([sum(one.weight**2 * (one.square - one.mean**2) for one in parts) for parts in classes])
    shared = np.empty((len(classes), len(classes)))
    for i, j in zip(*np.triu_indices(len(classes)), strict=True):
        shared[i, j] = shared[j, i] = sum(
            one.weight * other.weight * _product(one, other, scopes)
            for one in classes[int(i)]
            for other in classes[int(j)]
        )
    return ClassMoments(means, squares, shared, np.maximum(sampling, 0.0))


def mixed_variances(moments: ClassMoments, shares: Array, *, any_shared: bool) -> tuple[Array, Array, Array]:
    r"""Return the variance over queries, that by shared factors, and both [Wh2], one for each row of shares.

    .. math::

        V[E] = E_s[V[E | s]] + V_s[E[E | s]]

    Parameters
    ----------
    moments
        Of the classes.
    shares
        Of the classes, along the last dimension.
    any_shared
        Whether any factor is shared: otherwise the second part is zero and not a rounding error.
    """
    means = shares @ moments.means
    squares = shares @ moments.squares
    of_means = np.einsum("...i,ij,...j->...", shares, moments.shared, shares) if any_shared else means**2
    between = np.maximum(of_means - means**2, 0.0)
    within = np.maximum(squares - of_means, 0.0)
    return within, between, within + between


def _product(one: Part, other: Part, scopes: Scopes) -> float:
    """Return the mean over shared factors of the product of two means over queries [Wh2]."""
    first, second = ({factor.name: factor for factor in part.factors} for part in (one, other))
    product = one.scale * other.scale
    for name, factor in first.items():
        if name in second and scopes.get(name, "shared") == "shared":
            product *= _joint(factor, second[name])
        else:
            product *= moment(factor.distribution, factor.sign)
            product *= moment(second[name].distribution, second[name].sign) if name in second else 1.0
    rest = (factor for name, factor in second.items() if name not in first)
    return product * math.prod(moment(factor.distribution, factor.sign) for factor in rest)


def _joint(first: Factor, second: Factor) -> float:
    return joint_moment(first.distribution, first.sign, second.distribution, second.sign)
