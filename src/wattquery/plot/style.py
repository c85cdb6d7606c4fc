"""What every picture shares: labels of rows, colours that survive grey, logarithmic axes; and the way to all of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, Locator, NullFormatter, NullLocator
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
    rows_height,
    wrapped,
)
from wattquery.plot.headings import explained, legend_label, room, titled, wrapped_label
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


class _NiceLog(Locator):
    """Ticks at round numbers of a logarithmic axis: decades, 1-2-5, or finer, whichever gives as many as have room."""

    STEPS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), tuple(map(float, range(1, 10))))
    MOST, ENOUGH = 9, 4

    def __init__(self, ax: Axes, *, across: bool) -> None:
        self._ax, self._across = ax, across
        self._room = (0.48 if across else 0.24) * scale()  # of one tick [inches]

    def __call__(self) -> Sequence[float]:
        if self.axis is None:
            return []
        low, high = self.axis.get_view_interval()
        return self.tick_values(float(low), float(high))

    def _length(self) -> float:
        """Return how long the axis is [inches]."""
        root = self._ax.get_figure(root=True)
        if root is None:
            return self.MOST * self._room
        return float((self._ax.bbox.width if self._across else self._ax.bbox.height) / root.dpi)

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((max(vmin, 1e-300), max(vmax, 1e-300)))
        length = self._length()
        most = int(np.clip(length / self._room, 2, self.MOST))
        apart = math.log(high / low) * self._room / length if high > low else 0.0
        decades = np.arange(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
        fewer: list[float] = []
        for steps in self.STEPS:
            ticks = np.sort(np.outer(10.0**decades, steps).ravel())
            ticks = ticks[(ticks >= low * 0.9999) & (ticks <= high * 1.0001)]
            if len(fewer) >= 2 and ticks.size > most:
                return fewer
            if ticks.size >= min(self.ENOUGH, most):
                return _thinned(ticks[:: math.ceil(ticks.size / most)].tolist(), apart)
            fewer = list(ticks)
        if len(fewer) >= 2:
            return fewer
        return list(mpl.ticker.MaxNLocator(min(6, most), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def _thinned(ticks: Sequence[float], apart: float) -> list[float]:
    """Return ticks that are so far apart in their logarithms that their labels do not touch."""
    kept: list[float] = []
    for tick in ticks:
        if not kept or math.log(tick / kept[-1]) >= apart:
            kept.append(tick)
    return kept


def log_scale(ax: Axes, axis: str = "x") -> None:
    """Make an axis logarithmic, with plain numbers at its ticks."""
    getattr(ax, f"set_{axis}scale")("log")
    one = getattr(ax, f"{axis}axis")
    one.set_major_locator(_NiceLog(ax, across=axis == "x"))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    one.set_minor_locator(NullLocator())
    one.set_minor_formatter(NullFormatter())


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
