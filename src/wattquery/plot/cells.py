"""A table as coloured cells with their values, its labels on two sides, and the scale of its colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle

from wattquery.plot.recolouring import colour_map
from wattquery.plot.sizes import current_size
from wattquery.plot.style import (
    FONT,
    INK,
    Floats,
    annotate_inside,
    checked_ax,
    label_rows,
    log_scale,
    new_axes,
    points,
    room,
    row_height,
    scale,
    wrapped,
)

__all__ = ["cells_height", "colour_norm", "colour_scale", "draw_cells", "figure_for_cells", "label_both"]

COLOURS = "cividis_r"
MOST_ANNOTATED = 400
LEAST_FONT = 3.5
"""Values of cells that would need smaller type [points] are left to the colours."""

BAR = 0.95
"""Room of the scale of colours [inches], at the type of a page."""


def colour_norm(known: Floats) -> Normalize:
    """Return the scale of colours: logarithmic where all values are positive."""
    low, high = float(known.min()), float(known.max())
    if low > 0.0:
        return LogNorm(low, high if high > low else 1.01 * low)
    return Normalize(low, high if high > low else low + 1.0)


def figure_for_cells(ax: Axes | None, rows: list[Any], columns: list[Any]) -> Axes:
    """Return the Axes given, or one with room for cells, row labels and column labels."""
    ax = checked_ax(ax)
    if ax is not None:
        return ax
    return new_axes(1.3 + cells_height(rows, columns), _cells_width(rows, columns), rows=True)


def _cells_width(rows: list[Any], columns: list[Any]) -> float:
    """Return how wide a figure is that has room for cells [inches], at the type of a page; a column is a column."""
    size = current_size()
    if not size.grows or size.type < 1.0:
        return 7.0
    widest = max(len(line) for row in rows for line in wrapped(row).split("\n"))
    cell = 0.72 if len(columns) <= 12 else 0.6
    return max(5.2, 1.9 + 0.085 * widest + cell * len(columns))


def cells_height(rows: list[Any], columns: list[Any]) -> float:
    """Return how high a table is with the labels of its columns [inches], at the type of a page."""
    cell = 0.72 if len(columns) <= 12 else 0.6
    deepest = max(len(line) for column in columns for line in wrapped(column, 22).split("\n"))
    slanted = _slanted(columns, cell)
    return 0.46 * len(rows) + (0.075 * deepest if slanted else 0.35)


def _slanted(columns: list[Any], cell: float) -> bool:
    return max(len(wrapped(column, 22)) for column in columns) * 0.075 > cell


def draw_cells(ax: Axes, table: Floats, norm: Normalize, texts: list[list[str]], *, hatch_missing: bool = True) -> Any:
    """Draw a table as coloured cells with their values."""
    colours = colour_map(COLOURS)
    image = ax.imshow(np.ma.masked_invalid(table), cmap=colours, norm=norm, aspect="auto", interpolation="nearest")
    rows, columns = table.shape
    for edge in np.arange(1, columns) - 0.5:
        ax.axvline(edge, color="white", linewidth=1.2)
    for edge in np.arange(1, rows) - 0.5:
        ax.axhline(edge, color="white", linewidth=1.2)
    size = _cell_font(ax, texts, rows, columns)
    written = table.size <= MOST_ANNOTATED and size >= LEAST_FONT
    for i in range(rows):
        for j in range(columns):
            if np.isfinite(table[i, j]):
                if written:
                    annotate_inside(ax, j, i, texts[i][j], colours(norm(table[i, j])), size)
            elif hatch_missing:
                ax.add_patch(
                    Rectangle(
                        (j - 0.5, i - 0.5), 1, 1, facecolor="white", edgecolor="#999999", hatch="///", linewidth=0
                    )
                )
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
    return image


def _width(ax: Axes) -> float:
    """Return about how wide a table will be beside its labels and the scale of colours [inches]."""
    place = ax.get_subplotspec()
    beside = 1 if place is None else place.get_gridspec().ncols
    return max(0.6, room(ax) - BAR * scale() / beside)


def _cell_font(ax: Axes, texts: list[list[str]], rows: int, columns: int) -> float:
    """Return a size of type [points] at which every value fits in its cell."""
    longest = max((len(text) for row in texts for text in row), default=1)
    across = 72.0 * _width(ax) / columns / (0.64 * longest + 0.6)
    return float(min(across, row_height(ax, rows) / 1.5, points(FONT)))


def label_both(ax: Axes, rows: list[Any], columns: list[Any]) -> None:
    """Write the labels of rows on the left, and those of columns below, slanted where they are long."""
    label_rows(ax, rows)
    texts = [wrapped(column, 22) for column in columns]
    width = _width(ax) / len(columns)
    size = points(FONT - (1 if len(columns) > 12 else 0))
    slanted = max(len(line) for text in texts for line in text.split("\n")) * 0.0083 * size > width
    if slanted:
        lines = max(text.count("\n") + 1 for text in texts)
        size = min(size, max(4.0, 72.0 * width * 0.55 / (0.5 + 0.5 * lines)))
    ax.set_xticks(range(len(columns)), texts, fontsize=size)
    if slanted:
        ax.tick_params(axis="x", labelrotation=40)
        for text in ax.get_xticklabels():
            text.set(ha="right", rotation_mode="anchor")


def colour_scale(axes: Axes | Sequence[Axes], image: Any, norm: Normalize, label: str) -> None:
    """Draw the scale of colours on the right of an Axes, or of several that have it in common."""
    several = [axes] if isinstance(axes, Axes) else list(axes)
    root = several[0].get_figure(root=True)
    if root is None:
        return
    bar = root.colorbar(image, ax=several, pad=0.02, aspect=20)
    if isinstance(norm, LogNorm):
        log_scale(bar.ax, "y")
    bar.ax.tick_params(labelsize=points(8.0), colors=INK)
    high = 72.0 * root.get_figheight() * 0.62
    bar.set_label(wrapped(label, int(high / (0.6 * points(8.5)))), fontsize=points(8.5), color=INK)
    bar.outline.set_visible(False)
