"""How levers go together: the correlation of their normal scores, from what a user writes for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs import Fixed, Lever
from wattquery.specs.containers import as_mapping
from wattquery.specs.matrices import square
from wattquery.specs.scalars import is_number, shown

__all__ = ["Correlation", "correlation_matrix"]

Correlation = Mapping[tuple[str, str] | str, float] | Sequence[Sequence[float]] | NDArray[np.float64]
"""By pair, ``{("model", "serving"): 0.5}`` or ``{"model+serving": 0.5}``, or as a matrix: by its labels where it
has them, as a DataFrame has, and in the order of the levers where it has none.
"""

ROUNDING = 1e-10


def correlation_matrix(
    levers: Sequence[Lever], correlation: Correlation, known: Iterable[str] = ()
) -> NDArray[np.float64]:
    """Return the correlation matrix of the normal scores of levers.

    With F_k the cumulative distribution of lever k, its normal score is Phi^-1(F_k(M_k)); for a lognormal lever that is
    ln M_k up to its mean and scale, so that the correlation is that of the logarithms.

    Parameters
    ----------
    levers
        The levers.
    correlation
        Correlations by pair, 0 for pairs left out; or the whole matrix, labelled or in the order of the levers.
    known
        Further levers that pairs may name, such as those of other combinations; these pairs say nothing here.

    Raises
    ------
    InputError
        If a pair names an unknown lever, one twice, or one that is a known number; if a correlation is not between
        -1 and 1; or if no distribution can have all of these correlations at once.
    """
    names = [lever.name for lever in levers]
    if getattr(correlation, "ndim", 0) == 1:
        correlation = cast(Correlation, as_mapping(correlation, "correlation"))
    named = {*names, *known}
    if isinstance(correlation, Mapping):
        matrix = _from_pairs(names, correlation, named)
    else:
        matrix = _from_rows(names, correlation, named)
    for i, lever in enumerate(levers):
        if isinstance(lever.factor, Fixed) and np.count_nonzero(matrix[i]) > 1:
            raise InputError(
                f"correlation is given for lever {lever.name!r}, which is the known number {lever.factor}. Only "
                "levers that are distributions can be correlated. Leave it out."
            )
    smallest = float(np.linalg.eigvalsh(matrix).min())
    if smallest < -ROUNDING:
        raise InputError(
            f"correlation between {listed(names)} is not positive definite (smallest eigenvalue {smallest:.3g}): "
            "no levers can have all of these correlations at once. Bring them closer to 0, or make them agree: if A "
            "goes with B and B with C, then A goes with C."
        )
    return matrix


def _from_pairs(
    names: list[str], by_pair: Mapping[tuple[str, str] | str, float], known: set[str]
) -> NDArray[np.float64]:
    matrix = np.eye(len(names))
    seen: set[frozenset[str]] = set()
    for key, value in by_pair.items():
        if not isinstance(key, (str, tuple, list, frozenset)) or not all(isinstance(part, str) for part in key):
            raise InputTypeError(
                f"correlation must have each pair of two different levers once, got the key {shown(key)}. Write "
                "('model', 'serving') or 'model+serving'."
            )
        pair = [part.strip() for part in key.split("+")] if isinstance(key, str) else list(key)
        for name in pair:
            if name not in known:
                raise InputError(
                    f"correlation must name levers of {listed(sorted(known))}, got {name!r}.{did_you_mean(name, known)}"
                )
        if len(pair) != 2 or pair[0] == pair[1] or frozenset(pair) in seen:
            raise InputError(
                f"correlation must have each pair of two different levers once, got the key {key!r}. Write "
                "('model', 'serving') or 'model+serving'."
            )
        seen.add(frozenset(pair))
        correlation = _checked(value, pair)
        if pair[0] in names and pair[1] in names:
            i, j = names.index(pair[0]), names.index(pair[1])
            matrix[i, j] = matrix[j, i] = correlation
    return matrix


def _from_rows(names: list[str], rows: object, known: set[str]) -> NDArray[np.float64]:
    size = len(names)
    matrix = square(rows, "correlation", names, sorted(known))
    if not np.allclose(matrix, matrix.T, atol=ROUNDING) or not np.allclose(np.diag(matrix), 1.0):
        raise InputError(
            f"correlation must be a symmetric {size} x {size} matrix with ones on its diagonal for the {size} levers "
            f"{listed(names)}, got shape {matrix.shape}. Or pass a mapping from pairs."
        )
    for i in range(size):
        for j in range(i):
            _checked(float(matrix[i, j]), [names[j], names[i]])
    return matrix


def _checked(value: object, pair: list[str]) -> float:
    if not is_number(value) or not -1.0 <= float(value) <= 1.0:
        raise InputError(
            f"correlation of {pair[0]!r} and {pair[1]!r} must be a number between -1 and 1, got {shown(value)}. "
            "Correct it."
        )
    return float(value)
