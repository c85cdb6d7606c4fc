"""A table as coloured cells with their values, its labels on two sides, and the scale of its colours."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle

from wattquery.plot.style import FONT, INK, Floats, annotate_inside, checked_ax, label_rows, log_scale, wrapped

__all__ = ["colour_scale", "draw_cells", "figure_for_cells", "label_both", "norm"]

COLOURS = "cividis_r"
MOST_ANNOTATED = 400


def norm(known: Floats) -> Normalize:
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
    widest = max(len(line) for row in rows for line in wrapped(row).split("\n"))
    cell = 0.72 if len(columns) <= 12 else 0.6
    width = 1.9 + 0.085 * widest + cell * len(columns)
    deepest = max(len(line) for column in columns for line in wrapped(column, 22).split("\n"))
    slanted = _slanted(columns, cell)
    height = 1.3 + 0.46 * len(rows) + (0.075 * deepest if slanted else 0.35)
    _, made = plt.subplots(figsize=(max(5.2, width), max(2.8, height)), layout="constrained")
    return made


def _slanted(columns: list[Any], cell: float) -> bool:
    return max(len(wrapped(column, 22)) for column in columns) * 0.075 > cell


def draw_cells(ax: Axes, table: Floats, scale: Normalize, texts: list[list[str]], *, hatch_missing: bool = True) -> Any:
    """Draw a table as coloured cells with their values."""
    colours = mpl.colormaps[COLOURS]
    image = ax.imshow(np.ma.masked_invalid(table), cmap=colours, norm=scale, aspect="auto", interpolation="nearest")
    rows, columns = table.shape
    for edge in np.arange(1, columns) - 0.5:
        ax.axvline(edge, color="white", linewidth=1.2)
    for edge in np.arange(1, rows) - 0.5:
        ax.axhline(edge, color="white", linewidth=1.2)
    size = _cell_font(ax, texts, rows, columns)
    for i in range(rows):
        for j in range(columns):
            if np.isfinite(table[i, j]):
                if table.size <= MOST_ANNOTATED:
                    annotate_inside(ax, j, i, texts[i][j], colours(scale(table[i, j])), size)
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


def _cell_font(ax: Axes, texts: list[list[str]], rows: int, columns: int) -> float:
    """Return a size of type [points] at which every value fits in its cell."""
    root = ax.get_figure(root=True)
    width, height = (root.get_size_inches() if root is not None else (7.0, 4.0)) * np.array([0.62, 0.62])
    longest = max((len(text) for row in texts for text in row), default=1)
    return float(np.clip(min(72 * width / columns / (0.62 * longest + 0.6), 72 * height / rows / 1.6), 4.0, FONT))


def label_both(ax: Axes, rows: list[Any], columns: list[Any]) -> None:
    """Write the labels of rows on the left, and those of columns below, slanted where they are long."""
    label_rows(ax, rows)
    texts = [wrapped(column, 22) for column in columns]
    root = ax.get_figure(root=True)
    width = (root.get_figwidth() if root is not None else 7.0) * 0.62 / len(columns)
    slanted = max(len(line) for text in texts for line in text.split("\n")) * 0.075 > width
    ax.set_xticks(range(len(columns)), texts, fontsize=FONT - (1 if len(columns) > 12 else 0))
    if slanted:
        ax.tick_params(axis="x", labelrotation=40)
        for text in ax.get_xticklabels():
            text.set(ha="right", rotation_mode="anchor")


def colour_scale(ax: Axes, image: Any, scale: Normalize, label: str) -> None:
    """Draw the scale of colours on the right."""
    root = ax.get_figure(root=True)
    if root is None:
        return
    bar = root.colorbar(image, ax=ax, pad=0.02)
    if isinstance(scale, LogNorm):
        log_scale(bar.ax, "y")
    bar.ax.tick_params(labelsize=8)
    bar.set_label(wrapped(label, 42), fontsize=8.5, color=INK)
    bar.outline.set_visible(False)
