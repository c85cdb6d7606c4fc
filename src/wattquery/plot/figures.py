"""Figures of pictures: as wide as the size that is set, as high as their labels need, dark on white."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from wattquery.errors import InputTypeError
from wattquery.plot.sizes import current_size, scale

__all__ = [
    "DARK",
    "INK",
    "LIGHT",
    "MIDDLE",
    "PALE",
    "PANELS",
    "WIDTH",
    "checked_ax",
    "figure_for_rows",
    "figure_width",
    "is_own",
    "new_axes",
    "new_grid",
    "own_axes",
    "rows_height",
    "wrapped",
]

DARK, MIDDLE, LIGHT, PALE = "#1b3a63", "#5f7f9e", "#e3c565", "#e9edf2"
"""Ordered by lightness, and apart from each other for colour-blind readers: navy, slate, sand, near white."""

INK = "#222222"
WIDTH = 7.0
ROW = 0.36
LINE = 0.17
LABEL_WIDTH = 28

OWN, PANELS = "wattquery", "wattquery-panels"
"""How a figure is marked that a picture made for itself: its heading and legend have all of its width. In one of
panels, they are made once for all."""


def wrapped(label: object, width: int = 0) -> str:
    """Return a label in lines of at most ``width`` characters, broken at spaces, ``+``, commas or where it must be.

    Without a width, in lines that leave room for a picture of the size that is set.
    """
    text = f"{label:g}" if isinstance(label, float) else str(label)
    width = width or max(16, round(LABEL_WIDTH * current_size().width / WIDTH / scale()))
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
    root = None if ax is None else ax.get_figure(root=True)
    if ax is not None and root is not None and root.get_gid() not in (OWN, PANELS):
        _typed(ax)
    return ax


def new_axes(height: float, width: float | None = None, *, rows: bool = False) -> Axes:
    """Return the Axes of a new figure: its height [inches] at the type of a page, its width that of the size.

    A slide is as high as it is, unless it has rows that need more.
    """
    return new_grid(1, 1, height, width, tall=rows)[0]


def new_grid(
    rows: int, columns: int, height: float, width: float | None = None, *, tall: bool = False, sharex: bool = False
) -> list[Axes]:
    """Return the Axes of a new figure, row by row: sizes as of `new_axes`, of which a ``tall`` one is higher."""
    size = current_size()
    high = max(size.least_height, height * scale()) if size.grows or tall else size.least_height
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=((width or WIDTH) * size.width / WIDTH, high),
        layout="constrained",
        sharex=sharex,
        squeeze=False,
        facecolor="white",
    )
    made = list(grid.ravel())
    own_axes(figure, made)
    return made


def own_axes(figure: Figure, made: Sequence[Axes]) -> None:
    """Mark a figure as one that a picture made for itself, and make what a style sheet colours dark on white."""
    figure.set_gid(OWN)
    for ax in made:
        ax.set_facecolor("white")
        for side in ax.spines.values():
            side.set_edgecolor(INK)
        _typed(ax)
        ax.tick_params(which="both", colors=INK)
        for axis in (ax.xaxis, ax.yaxis):
            axis.label.set_color(INK)


def _typed(ax: Axes) -> None:
    """Set the size of type of axis labels and ticks to what is set now: an Axes has what held when it was made."""
    label = FontProperties(size=mpl.rcParams["axes.labelsize"]).get_size_in_points()
    for axis, size in ((ax.xaxis, mpl.rcParams["xtick.labelsize"]), (ax.yaxis, mpl.rcParams["ytick.labelsize"])):
        axis.set_tick_params(which="both", labelsize=FontProperties(size=size).get_size_in_points(), pad=3.5 * scale())
        axis.label.set_fontsize(label)


def is_own(ax: Axes) -> bool:
    """Return whether a picture made the figure for itself alone."""
    root = ax.get_figure(root=True)
    return root is not None and root.get_gid() == OWN


def figure_width(ax: Axes) -> float:
    """Return how wide the figure of an Axes is, in inches of the type of a page."""
    root = ax.get_figure(root=True)
    return (WIDTH if root is None else root.get_figwidth()) / scale()


def figure_for_rows(ax: Axes | None, labels: Sequence[object], extra: float = 1.5, row: float = ROW) -> Axes:
    """Return the Axes given, or a new one high enough for its rows."""
    return checked_ax(ax) or new_axes(extra + rows_height(labels, row), rows=True)


def rows_height(labels: Sequence[object], row: float = ROW) -> float:
    """Return how high rows with these labels are [inches], at the type of a page."""
    lines = [wrapped(label).count("\n") + 1 for label in labels]
    return sum(max(row, LINE * count + 0.1) for count in lines)
