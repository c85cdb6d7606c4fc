"""What every picture shares: labels of rows, colours that survive grey; and the way to all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from numpy.typing import NDArray

from wattquery.plot.figures import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    PALE,
    WIDTH,
    checked_ax,
    figure_for_rows,
    figure_width,
    is_own,
    new_axes,
    new_grid,
    rows_height,
    wrapped,
)
from wattquery.plot.headings import explained, legend_label, room, titled, wrapped_label
from wattquery.plot.log_axes import log_scale
from wattquery.plot.numbers import table_texts, value_text, value_texts
from wattquery.plot.recolouring import FINAL, lightness
from wattquery.plot.sizes import points, scale
from wattquery.specs.display_names import display_name, display_value

__all__ = [
    "DARK",
    "FONT",
    "INK",
    "LIGHT",
    "MIDDLE",
    "PALE",
    "WIDTH",
    "Floats",
    "annotate_inside",
    "checked_ax",
    "explained",
    "figure_for_rows",
    "figure_width",
    "is_own",
    "label_rows",
    "legend_label",
    "lightness",
    "log_scale",
    "new_axes",
    "new_grid",
    "plain_frame",
    "points",
    "quantity_label",
    "room",
    "row_height",
    "rows_height",
    "scale",
    "shades",
    "table_texts",
    "titled",
    "value_text",
    "value_texts",
    "wrapped",
    "wrapped_label",
]

Floats = NDArray[np.float64]

FONT = 9.0
"""Size of the labels of rows and cells [points], at the type of a page."""


def label_rows(ax: Axes, labels: Sequence[object], positions: Sequence[float] | None = None) -> None:
    """Write the labels of rows on the left, in type that fits between them."""
    places = list(range(len(labels))) if positions is None else list(positions)
    texts = [wrapped(label) for label in labels]
    ax.set_yticks(places, texts, fontsize=row_font(ax, texts))
    ax.tick_params(axis="y", length=0)


def row_height(ax: Axes, rows: int) -> float:
    """Return about how high a row will be, once title and axis label have their room [points]."""
    root = ax.get_figure(root=True)
    height = (root.get_figheight() if root is not None else 4.0) * ax.get_position().height
    return 72.0 * 0.78 * height / max(rows, 1)


def row_font(ax: Axes, texts: Sequence[str]) -> float:
    """Return a size of type [points] at which rows of text fit above each other."""
    lines = max((text.count("\n") + 1 for text in texts), default=1)
    return float(np.clip(row_height(ax, len(texts)) / (1.25 * lines), 4.0, points(FONT)))


def plain_frame(ax: Axes, grid: Literal["x", "both"] = "x") -> None:
    """Leave only the frame that carries a scale, and a faint grid behind the data."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(axis=grid, color="#d0d0d0", linewidth=0.6)


def shades(count: int, lightest: float = 0.86) -> list[Any]:
    """Return colours from dark to light, far enough from white to be seen."""
    table = mpl.colormaps["cividis"]
    return [table(value) for value in np.linspace(0.0, lightest, max(count, 1))]


def annotate_inside(ax: Axes, x: float, y: float, text: str, background: Any, size: float) -> None:
    """Write a value on a coloured cell, dark on light or light on dark."""
    colour = "white" if lightness(background) < 0.5 else INK
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=colour, gid=FINAL)


def quantity_label(ds: xr.Dataset, name: str, fallback: str = "") -> str:
    """Return the long name of a variable with its unit and boundary, for an axis."""
    attributes = ds[name].attrs if name in ds else {}
    text = str(attributes.get("long_name", fallback or display_name(name)))
    unit = "times" if name == "reduction" else str(attributes.get("units", ""))
    boundary = str(attributes.get("boundary", ""))
    if boundary.startswith("see ") and "boundary" in ds.coords:
        # One was selected, or the picture names them by its labels.
        boundary = str(ds["boundary"].item()) if ds["boundary"].ndim == 0 else ""
    boundary = display_value("boundary", boundary)
    inside = ", ".join(part for part in ("" if unit in ("", "1") else unit, boundary) if part)
    return f"{text} [{inside}]" if inside else text
