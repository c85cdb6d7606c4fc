"""Quantiles over queries, each with its credible interval for what all queries share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.facets import NO_DATA, checked_facet, in_panels, part_of
from wattquery.plot.lines import checked_levels, level_pairs, line_styles, percent_words
from wattquery.plot.recolouring import background
from wattquery.plot.selection import NoDataError, check_variables, context, over_axis
from wattquery.plot.style import (
    INK,
    Floats,
    explained,
    figure_for_rows,
    label_rows,
    legend_label,
    log_scale,
    plain_frame,
    points,
    quantity_label,
    room,
    row_height,
    rows_height,
    scale,
    titled,
    value_texts,
    wrapped_label,
)
from wattquery.specs.display_names import display_name, display_value

__all__ = ["nested"]

MADE_BY = "sensitivity.nested"
NEEDED = {"energy": ("quantile", "credible"), "energy_mean": ("credible",)}
KEPT = ("quantile", "credible")
MOST_LABELS = 8
ROOM = 0.72
"""Of a row, what the labels that are compared share."""


@refuses_unknown
def nested(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
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
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The lowest quantile at the bottom, energies on a logarithmic axis. With ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If the dataset is another one, has no two levels as far from the median, or more than one axis of the grid
        left, or nothing is known of its cells.
    """
    ds = check_variables(ds, NEEDED, MADE_BY, positive=("energy", "energy_mean"))
    labels = [f"P{100 * level:g}" for level in checked_levels(ds, "quantile", MADE_BY)] + ["mean"]
    pairs = level_pairs(checked_levels(ds, "credible", MADE_BY))
    if not pairs:
        raise InputError(
            f"credible must have both ends of an interval, such as 0.05 and 0.95, got "
            f"{ds['credible'].values.tolist()}: pass the result of {MADE_BY} as it is."
        )
    if facet is None:
        part, over = over_axis(ds, "energy", over, kept=KEPT, panels=True)
        _values(part, over)  # refuses before there is a figure
        ax = figure_for_rows(ax, labels, extra=1.9, row=_row(part, over))
        _intervals(ax, part, over, pairs, labels)
        return ax
    facet = checked_facet(ds, "energy", facet, ax, over, own=KEPT)
    parts = [
        over_axis(part_of(ds, facet, place), "energy", over, kept=KEPT, panels=True) for place in range(ds.sizes[facet])
    ]
    height = 0.5 + rows_height(labels, _row(*parts[0]))
    return in_panels(ds, facet, lambda place, where: _intervals(where, *parts[place], pairs, labels), height)


def _row(ds: xr.Dataset, over: str | None) -> float:
    """Return how high a row is for the labels that are compared in it [inches], at the type of a page."""
    return max(0.44, 0.2 * (1 if over is None else min(ds.sizes[over], MOST_LABELS)))


def _intervals(ax: Axes, ds: xr.Dataset, over: str | None, pairs: list[tuple[int, int]], labels: Sequence[str]) -> None:
    """Draw the intervals of one cell, or of one for each label of an axis."""
    values = _values(ds, over)
    label_rows(ax, labels)
    handles = _draw(ax, ds, over, values, pairs)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_ylabel("quantile over queries")
    log_scale(ax)
    _make_room(ax, values, write=over is None)
    ax.set_xlabel(wrapped_label(ax, quantity_label(ds, "energy")))
    plain_frame(ax)
    if over is not None:
        explained(ax, handles, title=display_name(over))
    titled(ax, "How queries differ, and how far that is known", _context(ds, over, pairs))


def _values(ds: xr.Dataset, over: str | None) -> list[Floats]:
    """Return the energies of one cell, or of each label of an axis, if there are any and not too many."""
    cells = [ds] if over is None else [ds.isel({over: i}) for i in range(ds.sizes[over])]
    values = [_rows_of(cell) for cell in cells]
    if not any(np.isfinite(one).any() for one in values):
        raise NoDataError(
            "energy is NaN: the catalog has no data for this cell. ds['supported'] tells which have: select others."
        )
    if len(cells) > MOST_LABELS:
        raise InputError(
            f"A picture compares at most {MOST_LABELS} labels, and {over} has {len(cells)}: choose some with "
            f"ds.sel({over}=[...])."
        )
    return values


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
            words = legend_label(display_value(over, ds[over].values.tolist()[i]))
            mark |= {"linestyle": "-", "linewidth": 1.5}
            handles.append(Line2D([], [], label=words if known.any() else words + NO_DATA, **mark))
    return handles


def _write(ax: Axes, rows: Floats, places: Floats, at: tuple[int, int, int]) -> None:
    """Write both ends of an interval beside it, and its median above the mark."""
    size = min(points(8.0), row_height(ax, len(rows)) / 2.6)
    low, high, middle = at
    sides = ((low, -4.0, "right"), (high, 4.0, "left"), (middle, 0.0, "center"))
    texts = value_texts(rows[:, [low, high, middle]].ravel())
    for i, (place, row) in enumerate(zip(places, rows, strict=True)):
        for (column, away, side), text in zip(sides, texts[3 * i : 3 * i + 3], strict=True):
            offset = (away * scale(), 0.0) if away else (0.0, 4.0 * scale())
            one = ax.annotate(text, (row[column], place), offset, textcoords="offset points")
            one.set(ha=side, va="center" if away else "bottom", fontsize=size, color=INK)
            one.set_path_effects([withStroke(linewidth=2.0, foreground=background())])


def _make_room(ax: Axes, values: list[Floats], *, write: bool) -> None:
    """Leave room for what is written beside the outermost lines."""
    known = np.concatenate([one[np.isfinite(one)] for one in values])
    span = max(float(np.log(known.max() / known.min())), 0.1)
    share = min(0.3, (0.55 if write else 0.1) * scale() / room(ax))
    reach = np.exp(share / (1.0 - 2.0 * share) * span)
    ax.set_xlim(known.min() / reach, known.max() * reach)


def _context(ds: xr.Dataset, over: str | None, pairs: list[tuple[int, int]]) -> str:
    """Return what was held fixed, and what lines are."""
    levels = ds["credible"].values.tolist()
    words = [percent_words(levels[low], levels[high]) for low, high in pairs[:2]]
    lines = f"lines: {' and '.join(words)} credible interval{'s' if len(words) > 1 else ''} of what all queries share"
    return "; ".join(filter(None, [lines, context(ds, "quantile", "credible", over)]))
