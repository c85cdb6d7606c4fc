"""What every picture shares: figures sized for their labels, colours that survive grey, logarithmic axes, titles."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.ticker import FuncFormatter, Locator, NullFormatter, NullLocator
from numpy.typing import NDArray

from wattquery.errors import InputTypeError

__all__ = [
    "DARK",
    "INK",
    "LIGHT",
    "MIDDLE",
    "PALE",
    "annotate_inside",
    "checked_ax",
    "figure_for_rows",
    "label_rows",
    "lightness",
    "log_scale",
    "plain_frame",
    "quantity_label",
    "row_height",
    "shades",
    "titled",
    "value_text",
    "wrapped",
]

DARK, MIDDLE, LIGHT, PALE = "#1b3a63", "#5f7f9e", "#e3c565", "#e9edf2"
"""Ordered by lightness, and apart from each other for colour-blind readers: navy, slate, sand, near white."""

INK = "#222222"
WIDTH = 7.0
ROW = 0.36
LINE = 0.17
LABEL_WIDTH = 28
FONT = 9.0


def wrapped(label: object, width: int = LABEL_WIDTH) -> str:
    """Return a label in lines of at most ``width`` characters, broken at spaces, ``+``, commas or where it must be."""
    text = f"{label:g}" if isinstance(label, float) else str(label)
    # A break is wanted after these as well, and textwrap knows blanks and hyphens alone.
    marked = text.replace("+", "+\u200b").replace(",", ",\u200b").replace("/", "/\u200b").replace("\u200b ", " ")
    lines: list[str] = []
    for word in textwrap.wrap(marked.replace("\u200b", " \u200b"), width, break_on_hyphens=False):
        lines.append(word)
    return "\n".join(line.replace(" \u200b", "").replace("\u200b", "") for line in lines) or text


def checked_ax(ax: object) -> Axes | None:
    """Return where to draw, ``None`` for a new figure.

    Raises
    ------
    InputTypeError
        If it is something else than an Axes of a figure.
    """
    if ax is not None and not isinstance(ax, Axes):
        raise InputTypeError(
            f"ax must be a matplotlib Axes, or None for a new figure, got an object of type "
            f"{type(ax).__name__}. Pass one of plt.subplots()."
        )
    return ax


def figure_for_rows(ax: Axes | None, labels: Sequence[object], extra: float = 1.5, row: float = ROW) -> Axes:
    """Return the Axes given, or a new one high enough for its rows."""
    ax = checked_ax(ax)
    if ax is not None:
        return ax
    lines = [wrapped(label).count("\n") + 1 for label in labels]
    height = extra + sum(max(row, LINE * count + 0.1) for count in lines)
    _, made = plt.subplots(figsize=(WIDTH, max(2.6, height)), layout="constrained")
    return made


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
    lines = max(text.count("\n") + 1 for text in texts)
    return float(np.clip(row_height(ax, len(texts)) / (1.25 * lines), 4.0, FONT))


def titled(ax: Axes, title: str, context: str = "") -> None:
    """Write a title, and below it in smaller type what was held fixed; both in lines no longer than the Axes.

    A figure of little height keeps three lines of the latter. Called last: the labels of rows take their room from
    the Axes.
    """
    inches = _room(ax)
    root = ax.get_figure(root=True)
    most = max(3, int(0.25 * 72.0 * (4.0 if root is None else root.get_figheight()) / 12.0))
    small = textwrap.fill(context, max(24, int(inches / 0.068)), max_lines=most, placeholder=" ...")
    lines = small.count("\n") + 1 if small else 0
    large = textwrap.fill(title, max(16, int(inches / 0.105)))
    ax.set_title(large, loc="left", fontsize=11, fontweight="bold", color=INK, pad=7 + 12 * lines)
    if small:
        said = ax.annotate(small, (0.0, 1.0), (0.0, 5.0), xycoords="axes fraction", textcoords="offset points")
        said.set(fontsize=8.5, color="#444444", va="bottom", ha="left", annotation_clip=False)


def _room(ax: Axes) -> float:
    """Return about how wide the line above an Axes is, once the layout has made room for its labels [inches]."""
    root, place = ax.get_figure(root=True), ax.get_subplotspec()
    width = WIDTH if root is None else root.get_figwidth()
    if place is not None:
        width *= len(place.colspan) / place.get_gridspec().ncols
    rows = [line for label in ax.get_yticklabels() for line in label.get_text().split("\n")]
    labels = 0.075 * max(map(len, rows), default=0) + (0.25 if ax.get_ylabel() else 0.0)
    return max(1.5, width - labels - 0.2)


def plain_frame(ax: Axes, grid: Literal["x", "both"] = "x") -> None:
    """Leave only the frame that carries a scale, and a faint grid behind the data."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(axis=grid, color="#d0d0d0", linewidth=0.6)


def shades(count: int) -> list[Any]:
    """Return colours from dark to light, far enough from white to be seen."""
    table = mpl.colormaps["cividis"]
    return [table(value) for value in np.linspace(0.0, 0.86, max(count, 1))]


def lightness(colour: Any) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (sRGB weights)."""
    red, green, blue = to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def annotate_inside(ax: Axes, x: float, y: float, text: str, background: Any, size: float) -> None:
    """Write a value on a coloured cell, dark on light or light on dark."""
    colour = "white" if lightness(background) < 0.5 else INK
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=colour)


def value_text(value: float) -> str:
    """Return a number as people write it, with two or three digits that mean something."""
    if not math.isfinite(value):
        return "-"
    size = abs(float(f"{value:.3g}"))
    if size >= 1e6 or 0.0 < size < 1e-4:
        return f"{value:.1e}"
    for least, decimals in ((100.0, 0), (10.0, 1), (0.1, 2), (0.01, 3), (0.001, 4)):
        if size >= least:
            return f"{value:,.{decimals}f}"
    return f"{value:.5f}" if size else "0"


class _NiceLog(Locator):
    """Ticks at round numbers of a logarithmic axis: decades, 1-2-5, or finer, whichever gives four to nine."""

    STEPS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), tuple(map(float, range(1, 10))))

    def __call__(self) -> Sequence[float]:
        if self.axis is None:
            return []
        low, high = self.axis.get_view_interval()
        return self.tick_values(float(low), float(high))

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((max(vmin, 1e-300), max(vmax, 1e-300)))
        decades = np.arange(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
        for steps in self.STEPS:
            ticks = np.sort(np.outer(10.0**decades, steps).ravel())
            ticks = ticks[(ticks >= low * 0.9999) & (ticks <= high * 1.0001)]
            if ticks.size >= 4:
                return list(ticks[:: math.ceil(ticks.size / 9)])
        return list(mpl.ticker.MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def log_scale(ax: Axes, axis: str = "x") -> None:
    """Make an axis logarithmic, with plain numbers at its ticks."""
    getattr(ax, f"set_{axis}scale")("log")
    one = getattr(ax, f"{axis}axis")
    one.set_major_locator(_NiceLog())
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    one.set_minor_locator(NullLocator())
    one.set_minor_formatter(NullFormatter())


def quantity_label(ds: xr.Dataset, name: str, fallback: str = "") -> str:
    """Return the long name of a variable with its unit and boundary, for an axis."""
    attributes = ds[name].attrs if name in ds else {}
    text = str(attributes.get("long_name", fallback or name))
    unit = "times" if name == "reduction" else str(attributes.get("units", ""))
    boundary = str(attributes.get("boundary", ""))
    if boundary.startswith("see ") and "boundary" in ds.coords:
        # One was selected, or the picture names them by its labels.
        boundary = str(ds["boundary"].item()) if ds["boundary"].ndim == 0 else ""
    inside = ", ".join(part for part in ("" if unit in ("", "1") else unit, boundary) if part)
    return f"{text} [{inside}]" if inside else text


Floats = NDArray[np.float64]
