"""Quantiles over queries, each with its credible interval for what all queries share."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.lines import (
    across_text,
    checked_levels,
    legend_around,
    level_pairs,
    line_styles,
    log_lines,
    one_axis_beside,
    percent_words,
    width_of,
)
from wattquery.plot.selection import check_variables, context
from wattquery.plot.style import (
    INK,
    WIDTH,
    Floats,
    checked_ax,
    label_rows,
    plain_frame,
    quantity_label,
    row_height,
    titled,
    value_text,
    wrapped,
)
from wattquery.specs.display_names import display_name

__all__ = ["nested"]

MADE_BY = "sensitivity.nested"
NEEDED = {"energy": ("quantile", "credible"), "energy_mean": ("credible",)}
KEPT = ("quantile", "credible")
MOST_LABELS = 8
ROOM = 0.72
"""Of a row, what the labels that are compared share."""


@refuses_unknown
def nested(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw quantiles over queries, each with the credible interval for what all queries share.

    A row for each quantile and one for the mean. From row to row is how queries differ; the line in a row is how far
    what is not known leaves it open. Thin line: the widest credible interval; thick line: the next one, where there
    are several levels; mark: the median.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.nested`: ``energy`` (quantile, credible) and ``energy_mean`` (credible) [Wh].
    over
        The axis whose labels are compared, side by side in each row; by default the one that is longer than one.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The lowest quantile at the bottom, energies on a logarithmic axis.

    Raises
    ------
    InputError
        If the dataset is another one, has no two levels as far from the median, or more than one axis of the grid
        left, or nothing is known of its cells.
    """
    ds = check_variables(ds, NEEDED, MADE_BY, positive=("energy", "energy_mean"))
    quantiles = checked_levels(ds, "quantile", MADE_BY)
    pairs = level_pairs(checked_levels(ds, "credible", MADE_BY))
    if not pairs:
        raise InputError(
            f"credible must have both ends of an interval, such as 0.05 and 0.95, got "
            f"{ds['credible'].values.tolist()}: pass the result of {MADE_BY} as it is."
        )
    ds, over = one_axis_beside(ds, "energy", KEPT, over)
    cells = [ds] if over is None else [ds.isel({over: i}) for i in range(ds.sizes[over])]
    values = [_rows_of(cell) for cell in cells]
    if not any(np.isfinite(one).any() for one in values):
        raise InputError(
            "energy is NaN: the catalog has no data for this cell. ds['supported'] tells which have: select others."
        )
    if len(cells) > MOST_LABELS:
        raise InputError(
            f"A picture compares at most {MOST_LABELS} labels, and {over} has {len(cells)}: choose some with "
            f"ds.sel({over}=[...])."
        )
    labels = [f"P{100 * level:g}" for level in quantiles] + ["mean"]
    ax = checked_ax(ax)
    if ax is None:
        height = 1.9 + len(labels) * max(0.44, 0.2 * len(cells))
        _, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    handles = _draw(ax, ds, over, values, pairs)
    label_rows(ax, labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_ylabel("quantile over queries")
    log_lines(ax, "x")
    _make_room(ax, values, write=over is None)
    ax.set_xlabel(across_text(ax, quantity_label(ds, "energy")))
    plain_frame(ax)
    legend_around(ax, handles, display_name(over) if over else "")
    titled(ax, "How queries differ, and how far that is known", _context(ds, over, pairs))
    return ax


def _rows_of(cell: xr.Dataset) -> Floats:
    """Return the energies of one cell, of (quantiles and mean, credible) [Wh]."""
    quantiles = cell["energy"].transpose("quantile", "credible").values
    return np.vstack([quantiles, cell["energy_mean"].values[None, :]]).astype(np.float64)


def _draw(
    ax: Axes, ds: xr.Dataset, over: str | None, values: list[Floats], pairs: list[tuple[int, int]]
) -> list[Artist]:
    """Draw the intervals and medians of all cells, and return what explains them."""
    credible = ds["credible"].values
    middle = int(np.argmin(np.abs(credible - 0.5)))
    handles: list[Artist] = []
    for i, (rows, style) in enumerate(zip(values, line_styles(len(values)), strict=True)):
        places: Floats = np.arange(len(rows), dtype=np.float64) + ROOM * ((len(values) - 1) / 2 - i) / len(values)
        known = np.isfinite(rows).all(axis=1)
        for (low, high), width in zip(pairs[:2], (1.8, 4.5), strict=False):
            ax.hlines(places[known], rows[known, low], rows[known, high], color=style["color"], linewidth=width)
        mark: dict[str, Any] = {name: style[name] for name in ("marker", "markeredgecolor", "color", "markersize")}
        mark |= {"markeredgewidth": 1.0, "linestyle": "none", "zorder": 4}
        if over is None:
            mark |= {"color": "white", "markeredgecolor": style["color"], "markersize": 6.0}
        if abs(credible[middle] - 0.5) < 1e-9:
            ax.plot(rows[known, middle], places[known], **mark)
        if over is None:
            _write(ax, rows[known], places[known], (*pairs[0], middle))
        else:
            words = wrapped(ds[over].values.tolist()[i], 34)
            mark |= {"linestyle": "-", "linewidth": 1.5}
            handles.append(Line2D([], [], label=words if known.any() else f"{words} (no data)", **mark))
    return handles


def _write(ax: Axes, rows: Floats, places: Floats, at: tuple[int, int, int]) -> None:
    """Write both ends of an interval beside it, and its median above the mark."""
    size = float(np.clip(row_height(ax, len(rows)) / 3.2, 5.0, 8.0))
    low, high, middle = at
    for row, place in zip(rows, places, strict=True):
        for column, offset, side in ((low, (-4, 0), "right"), (high, (4, 0), "left"), (middle, (0, 4), "center")):
            said = ax.annotate(value_text(float(row[column])), (row[column], place), offset, textcoords="offset points")
            said.set(ha=side, va="bottom" if column == middle else "center", fontsize=size, color=INK)
            said.set_path_effects([withStroke(linewidth=2.0, foreground="white")])


def _make_room(ax: Axes, values: list[Floats], *, write: bool) -> None:
    """Leave room for what is written beside the outermost lines."""
    known = np.concatenate([one[np.isfinite(one)] for one in values])
    span = float(np.log(known.max() / known.min()))
    room = np.exp((0.11 if write else 0.03) * max(WIDTH / width_of(ax), 1.0) * max(span, 0.1))
    ax.set_xlim(known.min() / room, known.max() * room)


def _context(ds: xr.Dataset, over: str | None, pairs: list[tuple[int, int]]) -> str:
    """Return what was held fixed, and what lines are."""
    levels = ds["credible"].values.tolist()
    words = [percent_words(levels[low], levels[high]) for low, high in pairs[:2]]
    lines = f"lines: {' and '.join(words)} credible interval{'s' if len(words) > 1 else ''} of what all queries share"
    return "; ".join(filter(None, [lines, context(ds, "quantile", "credible", over)]))
