"""What predictions under a load rest on, in words: a line for all cells that rest on the same, or have one reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["SUPPORT", "missing_because", "support_lines", "support_words"]

SUPPORT = ("support", "support_rows", "support_basis", "unsupported_reason")
"""The variables of a result under load that say it, over the axes that tell deployments apart."""

_MOST_LINES = 12
_MOST_LABELS = 4


def support_words(support: str, rows: int, basis: str, reason: str = "") -> str:
    """Return what a prediction rests on, or why there is none.

    Examples
    --------
    >>> support_words("measured", 1, "of this instance"), support_words("none", 0, "", "its weights do not fit")
    ('measured, 1 row: of this instance', 'none: its weights do not fit')
    """
    if reason:
        return f"{support}: {reason}"
    return f"{support}, {rows:,} row{'' if rows == 1 else 's'}{f': {basis}' if basis else ''}"


def support_lines(ds: xr.Dataset, *, reasons: bool = True) -> list[str]:
    """Return a line for all cells of a result that rest on the same; none for one that is under no load.

    Parameters
    ----------
    ds
        The result.
    reasons
        Whether cells that nothing is predicted of are said as well.
    """
    if not set(SUPPORT) <= {str(name) for name in ds.data_vars}:
        return []
    arrays = [ds[name].values for name in SUPPORT]
    dims = [str(dim) for dim in ds[SUPPORT[0]].dims]
    telling = [dim for i, dim in enumerate(dims) if not all(_same_along(values, i) for values in arrays)]
    first = tuple(slice(None) if dim in telling else 0 for dim in dims)
    kept = [values[first] for values in arrays]
    cells: dict[tuple[Any, ...], list[int]] = {}
    for number, said in enumerate(zip(*(values.ravel().tolist() for values in kept), strict=True)):
        if reasons or not said[-1]:
            cells.setdefault(said, []).append(number)
    labels = [[_label(dim, value) for value in ds[dim].values.tolist()] for dim in telling]
    lines = [
        f"support{_of(numbers, labels)}: {support_words(*said)}"
        for said, numbers in sorted(cells.items(), key=lambda item: item[1][0])[:_MOST_LINES]
    ]
    more = len(cells) - len(lines)
    return [*lines, f"support: {more:,} more lines like these, see the variable support"] if more else lines


def missing_because(ds: xr.Dataset, place: Mapping[str, int]) -> str:
    """Return why a cell of a result under load has no number, as the end of a sentence; nothing where it is not said.

    Parameters
    ----------
    ds
        The result.
    place
        The place of the cell along each dimension of it.
    """
    if "unsupported_reason" not in ds:
        return ""
    reasons = ds["unsupported_reason"]
    said = str(reasons.isel({dim: place[str(dim)] for dim in reasons.dims}).item())
    return f": {said}" if said else ""


def _same_along(values: NDArray[Any], axis: int) -> bool:
    return bool(np.all(values == values.take([0], axis=axis)))


def _label(dim: str, value: object) -> str:
    """Return a label; numbers say of what they are."""
    return f"{dim} {value:g}" if isinstance(value, (int, float)) else str(value)


def _of(numbers: Sequence[int], labels: Sequence[Sequence[str]]) -> str:
    """Return the first of some cells by their labels, and how many more there are."""
    if not labels:
        return ""
    shape = tuple(map(len, labels))
    named = []
    for number in numbers[:_MOST_LABELS]:
        place = np.unravel_index(number, shape)
        named.append(", ".join(own[int(i)] for own, i in zip(labels, place, strict=True)))
    more = len(numbers) - len(named)
    return f" ({'; '.join([*named, *([f'{more:,} more'] if more else [])])})"
