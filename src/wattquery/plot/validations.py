"""Predicted against measured: a panel for each quantity, with intervals and how often they hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.compared_rows import NAMES, WORDS, checked_rows, labels_of
from wattquery.plot.figures import PANELS
from wattquery.plot.lines import MARKERS
from wattquery.plot.recolouring import restyle
from wattquery.plot.sizes import current_size
from wattquery.plot.style import (
    INK,
    WIDTH,
    checked_ax,
    explained,
    legend_label,
    log_scale,
    new_axes,
    new_grid,
    plain_frame,
    points,
    scale,
    shades,
    titled,
    wrapped_label,
)
from wattquery.specs.display_names import display_value
from wattquery.specs.scalars import shown
from wattquery.validation import Comparison as Compared  # a name that the documents have once

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["predicted_against_measured", "validation"]

MOST_LINES = 300
"""Points whose intervals can be told apart; of more, the points alone are drawn."""

FEW_LABELS = 2
ROOM = 1.25
"""Factor that a panel reaches beyond its outermost point."""


@refuses_unknown
def validation(
    comparison: Compared | pd.DataFrame, quantity: str | None = None, by: str = "support", ax: Axes | None = None
) -> Axes:
    """Draw predictions over what was measured, with their 90 % intervals.

    On the line, predictions are right. The legend says for each label how many points there are and how many of them
    lie inside their 90 % interval. Of more than 300 points the intervals are left out, and counted all the same.

    Parameters
    ----------
    comparison
        Result of `wattquery.validation.compare`, or a DataFrame with columns like those of its ``rows``. Rows of low
        confidence and points that calibrated are not drawn.
    quantity
        What is compared: one of its quantities. If left out, all that were measured, a panel each; in an Axes of yours
        the first.
    by
        The column whose labels are told apart by marker and lightness: ``"support"``, or such as ``"kind"``,
        ``"hardware"`` or ``"serving"``, with eight labels at most.
    ax
        Where to draw one quantity; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The first panel. Both axes are logarithmic and alike.

    Raises
    ------
    InputError
        If nothing was measured that can be compared, the quantity or column is none, or rows stand more than once.
    """
    rows = checked_rows(comparison, by)
    there = [name for name in WORDS if name in set(rows["quantity"].map(NAMES))]
    if quantity is not None:
        known = {name for name, standard in NAMES.items() if standard in there}
        if not isinstance(quantity, str) or quantity not in known:
            raise InputError(
                f"quantity must be one that was measured, {listed(rows['quantity'].unique().tolist())}, got "
                f"{shown(quantity)}: write one of these.{did_you_mean(quantity, known)}"
            )
        there = [NAMES[quantity]]
    order = labels_of(rows[by].astype(str).tolist(), by)
    ax = checked_ax(ax)
    panels = [ax] if ax is not None else _panels(len(there), len(order))
    for panel, name in zip(panels, there, strict=False):
        _draw(panel, rows[rows["quantity"].map(NAMES) == name], name, by, order)
    figure = panels[0].get_figure(root=True)
    if len(panels) > 1 and figure is not None:
        restyle([figure])
    return panels[0]


def predicted_against_measured(labelled: pd.DataFrame, quantities: Sequence[str] = tuple(WORDS)[:4]) -> Figure:
    """Return the picture of the cross-validation of the shipped load model: dense models and mixtures of experts.

    Parameters
    ----------
    labelled
        Predictions as `wattquery.validation.groups.with_groups` returns them, of one kind of folds and without measured
        points that calibrated.
    quantities
        What has a panel.
    """
    ax = validation(labelled[labelled["quantity"].isin(quantities)], by="kind")
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)  # it was made for it
    return figure


def _panels(count: int, labels: int) -> list[Axes]:
    """Return the Axes of a new figure, beside each other where there is room; legends have as many labels."""
    if count == 1:
        return [new_axes(5.2)]
    size = current_size()
    columns = 1 if size.width < WIDTH else 2
    rows = math.ceil(count / columns)
    # A panel is square, with title and labels above and below it.
    around = 1.35 + 0.17 * labels
    side = size.width / scale() / columns - 0.7
    panels = new_grid(rows, columns, rows * (side + around), tall=True)
    for ax in panels[count:]:
        ax.remove()
    figure = panels[0].get_figure(root=True)
    assert isinstance(figure, Figure)  # it was made for them
    figure.set_gid(PANELS)
    return panels[:count]


def _draw(ax: Axes, rows: pd.DataFrame, name: str, by: str, order: Sequence[str]) -> None:
    """Draw one quantity."""
    many = len(rows) > MOST_LINES
    log_scale(ax, "x")
    log_scale(ax, "y")
    shown_values = rows[["measured", "q50"] if many else ["measured", "q05", "q50", "q95"]].to_numpy(dtype=np.float64)
    ends = np.array([shown_values.min() / ROOM, shown_values.max() * ROOM])
    ax.plot(ends, ends, color=INK, linewidth=0.9, zorder=2)
    handles: list[Artist] = []
    for label, marker, colour in zip(order, MARKERS, _colours(len(order)), strict=False):
        mine = rows[rows[by].astype(str) == label]
        if len(mine):
            _points(ax, mine, many, {"color": colour, "marker": marker})
            words = f"{display_value(by, label)}: {len(mine):,}, {_inside(mine, 'q05', 'q95')} inside"
            mark: dict[str, Any] = {"marker": marker, "markersize": 5.0, "markeredgecolor": INK, "markeredgewidth": 0.5}
            handles.append(Line2D([], [], linestyle="none", color=colour, label=legend_label(words), **mark))
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.set_ylabel("predicted median")
    ax.set_xlabel(wrapped_label(ax, f"measured {WORDS[name][1]}"))
    plain_frame(ax, "both")
    _legend(ax, handles)
    half, most = _inside(rows, "q25", "q75"), _inside(rows, "q05", "q95")
    counts = f"{len(rows):,} measured; {half} inside 50 % intervals, {most} inside 90 % intervals"
    titled(ax, WORDS[name][0], counts)


def _legend(ax: Axes, handles: Sequence[Artist]) -> None:
    """Explain the points below the axis; those of each panel have numbers of their own."""
    figure = ax.get_figure(root=True)
    if figure is None or figure.get_gid() != PANELS:
        explained(ax, handles)
        return
    lines = ax.get_xlabel().count("\n") + 1
    below = ScaledTranslation(0.0, -points(22.0 + 14.5 * lines) / 72.0, figure.dpi_scale_trans)
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), "borderaxespad": 0.0, "borderpad": 0.0}
    legend = ax.legend(
        handles=handles,
        fontsize=points(8.0),
        frameon=False,
        handletextpad=0.2,
        bbox_transform=ax.transAxes + below,
        **place,
    )
    for text in legend.get_texts():
        text.set_color(INK)


def _colours(count: int) -> list[Any]:
    """Return shades, for two the ends: points lie over each other more than lines do."""
    return shades(count + 1)[:count] if count > FEW_LABELS else [shades(2)[0], "#d9a520"][:count]


def _points(ax: Axes, mine: pd.DataFrame, many: bool, style: dict[str, Any]) -> None:
    """Draw the points of one label, with their intervals where these can be told apart."""
    x, y = (mine[column].to_numpy(dtype=np.float64) for column in ("measured", "q50"))
    if many:
        ax.scatter(x, y, s=9.0, alpha=0.35, linewidths=0.0, rasterized=True, zorder=3, **style)
        return
    ax.vlines(x, mine["q05"], mine["q95"], color=style["color"], linewidth=1.0, alpha=0.8, zorder=3)
    ax.scatter(x, y, s=26.0, linewidths=0.6, edgecolors=INK, zorder=4, **style)


def _inside(rows: pd.DataFrame, low: str, high: str) -> str:
    """Return in per cent how many measured numbers lie inside an interval."""
    share = ((rows["measured"] >= rows[low]) & (rows["measured"] <= rows[high])).mean()
    return f"{100.0 * share:.0f} %"
