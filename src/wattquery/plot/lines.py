"""Several lines in one picture: which axis they are of, how they are told apart, and the bands between quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import Locator, MaxNLocator

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.plot.selection import example, only
from wattquery.plot.style import INK, WIDTH, Floats, log_scale, shades, wrapped
from wattquery.specs.scalars import shown

__all__ = [
    "MARKERS",
    "across_text",
    "checked_levels",
    "legend_around",
    "level_pairs",
    "line_styles",
    "log_lines",
    "one_axis_beside",
    "percent_words",
    "up_text",
    "width_of",
]

DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = "os^DvP*X<>"

ACROSS, UP, MOST = 0.09, 0.2, 10
"""Room of a digit across, and of a number up [inch]; and the most ticks of an axis."""


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


def one_axis_beside(
    ds: xr.Dataset, variable: str, kept: Sequence[str], over: str | None
) -> tuple[xr.Dataset, str | None]:
    """Return the dataset with at most one axis beside those that the picture itself needs, and that axis.

    Parameters
    ----------
    ds
        What is drawn.
    variable
        Whose dimensions count.
    kept
        Dimensions that the picture has room for.
    over
        The axis whose labels are compared; by default the only one that is longer than one.

    Raises
    ------
    InputError
        If ``over`` is none of the axes, or others are left beside it.
    """
    axes = [str(dim) for dim in ds[variable].dims if dim not in kept]
    if over is not None:
        if not isinstance(over, str) or over not in axes:
            there = f"one of {listed(axes)}" if axes else "and there is none"
            raise InputError(
                f"over must be an axis of the dataset, {there}, got {shown(over)}: leave it out, or name one."
                f"{did_you_mean(over, axes)}"
            )
        return only(ds, variable, [over, *kept]), over
    long = [dim for dim in axes if ds.sizes[dim] > 1]
    if len(long) > 1:
        raise InputError(
            f"{variable} has the dimensions {listed(long)} beside {listed(kept)}, of which a picture shows one. Select "
            f"one label of each other: over={long[0]!r} with ds.sel({example(ds, long[1:])})."
        )
    return only(ds, variable, [*long, *kept]), long[0] if long else None


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


def width_of(ax: Axes) -> float:
    """Return how wide the figure of an Axes is [inch]."""
    root = ax.get_figure(root=True)
    return WIDTH if root is None else float(root.get_figwidth())


def across_text(ax: Axes, text: str) -> str:
    """Return what stands below an axis, in lines that fit the figure."""
    return wrapped(text, max(20, int((width_of(ax) - 0.6) / 0.08)))


def up_text(text: str, width: int = 36) -> str:
    """Return what stands beside an axis, its unit in a line of its own."""
    words, bracket, unit = text.partition(" [")
    return f"{wrapped(words, width)}\n[{unit}" if bracket else wrapped(words, width)


class _FittingLog(Locator):
    """Ticks at round numbers of a logarithmic axis, as many as its length has room for when it is drawn."""

    STEPS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 2.0, 3.0, 5.0), tuple(map(float, range(1, 10))))

    def __call__(self) -> Sequence[float]:
        if self.axis is None:
            return []
        low, high = self.axis.get_view_interval()
        return self.tick_values(float(low), float(high))

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((max(vmin, 1e-300), max(vmax, 1e-300)))
        decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        best: Sequence[float] = []
        for steps in self.STEPS:
            ticks = np.sort(np.outer(decades, steps).ravel())
            ticks = ticks[(ticks >= low * 0.9999) & (ticks <= high * 1.0001)]
            while len(steps) == 1 and ticks.size > 2 and not self._fit(ticks, low, high):
                ticks = ticks[::2]
            if len(best) < ticks.size <= MOST and ticks.size > 1 and self._fit(ticks, low, high):
                best = ticks.tolist()
        return best or list(MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))

    def _fit(self, ticks: Floats, low: float, high: float) -> bool:
        """Return whether the numbers of ticks lie beside each other."""
        axes = getattr(self.axis, "axes", None)
        root = None if axes is None else axes.get_figure(root=True)
        if axes is None or root is None:
            return True
        across = self.axis is axes.xaxis
        inches = (axes.bbox.width if across else axes.bbox.height) / root.dpi
        gap = float(np.diff(np.log(ticks)).min()) / math.log(high / low) * inches
        longest = max(len(f"{tick:,.10g}") for tick in ticks)
        return bool(gap >= (ACROSS * longest + 0.1 if across else UP))


def log_lines(ax: Axes, axis: str) -> None:
    """Make an axis logarithmic, with as many ticks as fit."""
    log_scale(ax, axis)
    getattr(ax, f"{axis}axis").set_major_locator(_FittingLog())


def legend_around(ax: Axes, handles: Sequence[Artist], title: str = "", *, alone: bool = False) -> None:
    """Explain lines below the figure, where none of them can be; inside an Axes that shares its figure with others.

    Parameters
    ----------
    ax
        Where the lines are.
    handles
        What is explained.
    title
        What the labels are of.
    alone
        Whether all Axes of the figure belong to this picture.
    """
    if not handles:
        return
    root = ax.get_figure(root=True)
    if root is not None and (alone or len(root.axes) == 1):
        size = 8.5 if width_of(ax) >= WIDTH else 7.5
        longest = max(len(line) for one in handles for line in str(one.get_label()).split("\n"))
        room = max(1, int(root.get_figwidth() / (0.0075 * size * longest + 0.45)))
        lines = math.ceil(len(handles) / min(len(handles), 4, room))
        columns = math.ceil(len(handles) / lines)
        small: dict[str, Any] = {"fontsize": size, "title_fontsize": size, "columnspacing": 1.2}
        root.legend(
            handles=handles, title=title or None, loc="outside lower center", ncols=columns, frameon=False, **small
        )
    else:
        ax.legend(handles=handles, title=title or None, loc="best", fontsize=7.5, framealpha=0.9)
