"""Cells without data: refused, or whole labels dropped until the grid is full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.specs.scalars import shown
from wattquery.sweeps.support_words import missing_because

__all__ = ["complete"]

RULES = ("raise", "drop_labels")


def complete(
    ds: xr.Dataset, statistic: xr.DataArray, axes: Sequence[str], kept: Sequence[str], missing: str
) -> tuple[xr.Dataset, dict[str, list[object]]]:
    """Return a dataset whose statistic is known in every cell, and the labels that had to go, by axis.

    Parameters
    ----------
    ds, statistic
        The dataset, and what is to be known in every cell of it.
    axes
        Axes that must be full.
    kept
        Further dimensions. Where all cells of one of their labels are NaN, those are no reason to drop anything.
    missing
        ``"raise"`` or ``"drop_labels"``.

    Raises
    ------
    InputError
        If cells are missing and nothing may be dropped, or too little would be left.
    """
    if not isinstance(missing, str) or missing not in RULES:
        raise InputError(f"missing must be one of {listed(RULES)}, got {shown(missing)}.{did_you_mean(missing, RULES)}")
    gaps = np.isnan(statistic.transpose(*axes, *kept).values)
    places = tuple(range(len(axes)))
    empty = gaps.all(axis=places)
    if bool(empty.all()):
        reason = missing_because(ds, dict.fromkeys(map(str, ds.dims), 0))
        known = (
            f"Nothing is predicted of the first one{reason}."
            if reason
            else "The catalog has no data for these combinations; wq.catalog.load(...).rows lists what it has."
        )
        raise InputError(f"{statistic.name} is NaN in every cell, so there is nothing to explain. {known}")
    gaps &= ~empty
    if not gaps.any():
        return ds, {}
    labels = [ds[axis].values.tolist() for axis in axes]
    gone = _dropped(gaps, labels)
    words = _in_words(gaps, axes, labels) + _first_reason(ds, gaps, (*axes, *kept))
    left = [len(own) - len(out) for own, out in zip(labels, gone, strict=True)]
    named = {axis: out for axis, out in zip(axes, gone, strict=True) if out}
    listing = "; ".join(f"{axis}: {listed(out)}" for axis, out in named.items())
    too_few = [axis for axis, count in zip(axes, left, strict=True) if count < 2]
    if too_few:
        raise InputError(
            f"{words} Dropping labels until the grid is full would leave {listed(too_few)} with fewer than two. "
            "Select cells that have data with ds.sel(...), or decompose over fewer axes with axes=[...]."
        )
    if missing == "raise":
        raise InputError(
            f"{words} A decomposition needs every cell. Drop labels with missing='drop_labels' (it would drop "
            f"{listing}), or select others with ds.sel(...)."
        )
    remaining = {
        axis: [label for label in own if label not in named[axis]]
        for axis, own in zip(axes, labels, strict=True)
        if axis in named
    }
    return ds.sel(remaining), named


def _first_reason(ds: xr.Dataset, gaps: NDArray[np.bool_], dims: Sequence[str]) -> str:
    """Return why the first missing cell has no number, where that is known."""
    place = dict(zip(dims, (int(i) for i in np.argwhere(gaps)[0]), strict=True))
    reason = missing_because(ds, place)
    return f" Of the first one nothing is predicted{reason}." if reason else ""


def _dropped(gaps: NDArray[np.bool_], labels: Sequence[Sequence[object]]) -> list[list[object]]:
    """Return the labels to drop from each axis: again and again the one with the largest share of missing cells."""
    remaining = [np.arange(len(own)) for own in labels]
    gone: list[list[object]] = [[] for _ in labels]
    while gaps.size and gaps.any():
        shares = [gaps.mean(axis=tuple(i for i in range(gaps.ndim) if i != axis)) for axis in range(len(labels))]
        # Of two alike the later axis gives way: the first ones say what is compared, the last ones how.
        axis = max(range(len(labels)), key=lambda i: (round(float(shares[i].max()), 12), i))
        place = int(np.argmax(shares[axis]))
        gone[axis].append(labels[axis][remaining[axis][place]])
        remaining[axis] = np.delete(remaining[axis], place)
        gaps = np.delete(gaps, place, axis=axis)
    return gone


def _in_words(gaps: NDArray[np.bool_], axes: Sequence[str], labels: Sequence[Sequence[object]]) -> str:
    """Return which labels have cells without data, for a message."""
    parts = []
    for i, (axis, own) in enumerate(zip(axes, labels, strict=True)):
        others = tuple(j for j in range(gaps.ndim) if j != i)
        shares = gaps.mean(axis=others)
        if bool(np.all(shares == shares[0])):
            continue  # an axis along which all labels miss alike says nothing
        parts.append(f"{axis}: " + ", ".join(f"{own[k]!r} ({shares[k]:.0%})" for k in np.flatnonzero(shares).tolist()))
    where = f" Labels by their share of NaN cells: {'; '.join(parts)}." if parts else ""
    return f"{int(gaps.sum()):,} of {gaps.size:,} cells are NaN.{where}"
