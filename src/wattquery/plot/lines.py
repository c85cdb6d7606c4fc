"""Several lines in one picture: how they are told apart, and the bands between quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from wattquery.errors import InputError, listed
from wattquery.plot.style import INK, shades

__all__ = [
    "MARKERS",
    "checked_levels",
    "level_pairs",
    "line_styles",
    "percent_words",
]

DASHES: tuple[Any, ...] = ("-", "--", "-.", (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (9, 2)))
"""Without dots, which are for what is compared with."""

MARKERS = "os^DvP*X<>"


def line_styles(count: int) -> list[dict[str, Any]]:
    """Return what tells lines apart: lightness, dashes and markers, so that grey print works."""
    return [
        {
            "color": colour,
            "linestyle": DASHES[i % len(DASHES)],
            "marker": MARKERS[i % len(MARKERS)],
            "linewidth": 1.8,
            "markersize": 5.0,
            "markeredgecolor": INK,
            "markeredgewidth": 0.6,
        }
        for i, colour in enumerate(shades(count + 1)[:count])  # without the lightest: it would be lost on a band
    ]


def checked_levels(ds: xr.Dataset, dim: str, made_by: str) -> list[float]:
    """Return the labels of a dimension that are probability levels.

    Raises
    ------
    InputError
        If one of them is not a number between 0 and 1.
    """
    values = ds[dim].values
    if values.dtype.kind not in "fiu" or not ((values >= 0) & (values <= 1)).all():
        raise InputError(
            f"The labels of {dim!r} must be probability levels from 0 to 1, got "
            f"{listed([str(label) for label in values.tolist()])}: pass the result of {made_by} as it is."
        )
    return [float(value) for value in values]


def level_pairs(levels: Sequence[float]) -> list[tuple[int, int]]:
    """Return the places of two probability levels that are as far from a half, the outermost first.

    Examples
    --------
    >>> level_pairs([0.05, 0.25, 0.5, 0.75, 0.95])
    [(0, 4), (1, 3)]
    """
    order = np.argsort(levels).tolist()
    found = []
    for at, low in enumerate(order):
        for high in order[:at:-1]:
            if abs(levels[low] + levels[high] - 1.0) < 1e-9:
                found.append((low, high))
    return found


def percent_words(low: float, high: float) -> str:
    """Return the probability between two levels in words.

    Examples
    --------
    >>> percent_words(0.05, 0.95)
    '90 %'
    """
    return f"{round(100.0 * (high - low), 6):g} %"
