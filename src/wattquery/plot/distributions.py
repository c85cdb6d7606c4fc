"""Distributions by the labels of an axis, from histograms: no draw is needed."""

from __future__ import annotations

from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.density import SEEN, Curve, curves, seen
from wattquery.plot.selection import check_variables, context, over_axis
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    PALE,
    WIDTH,
    checked_ax,
    figure_for_rows,
    label_rows,
    log_scale,
    plain_frame,
    quantity_label,
    row_height,
    shades,
    titled,
    wrapped,
)

__all__ = ["ecdf", "ridgeline", "violin"]

MADE_BY = "sweep(..., keep_histogram=True), blend or sensitivity.reduction"
STYLES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = "os^Dv<>Phd"


@refuses_unknown
def violin(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the distribution of every label of an axis as a violin.

    The width is the probability per unit of ln E, on one scale for all, smoothed by 6 %. Thin line: P5 to P95; thick
    line: P25 to P75; dot: median.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` with ``keep_histogram=True``, of `wattquery.blend`, or of
        `wattquery.sensitivity.reduction`.
    over
        The axis; need not be said where there is only one.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Labels from top to bottom, energies on a logarithmic axis.

    Raises
    ------
    InputError
        If there is no histogram, ``over`` is not an axis, or other axes are left.
    """
    ds, over, lines = _read(ds, over)
    labels = [curve.label for curve in lines]
    ax = figure_for_rows(ax, labels, row=0.5)
    rows = list(range(len(lines)))[::-1]
    highest = max(curve.density.max() for curve in lines if curve.density.size)
    points = row_height(ax, len(lines))
    for row, curve in zip(rows, lines, strict=True):
        if curve.histogram is None:
            _no_data(ax, row)
            continue
        half = 0.42 * curve.density / highest
        ax.fill_between(curve.x, row - half, row + half, color=LIGHT, edgecolor=INK, linewidth=0.8)
        p5, p25, p50, p75, p95 = curve.histogram.quantiles([0.05, 0.25, 0.5, 0.75, 0.95])
        ax.plot([p5, p95], [row, row], color=DARK, linewidth=1.2, solid_capstyle="butt")
        ax.plot([p25, p75], [row, row], color=DARK, linewidth=min(4.5, 0.18 * points), solid_capstyle="butt")
        ax.plot([p50], [row], "o", color="white", markeredgecolor=DARK, markersize=min(5.5, 0.25 * points))
    label_rows(ax, labels, rows)
    ax.set_ylim(-0.6, len(lines) - 0.4)
    _finish(ax, ds, over, lines)
    return ax


@refuses_unknown
def ridgeline(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the distribution of every label of an axis as a ridge; ridges overlap a little, which saves room.

    The height is the probability per unit of ln E, on one scale for all, smoothed by 6 %. The line in a ridge is its
    median.

    Parameters
    ----------
    ds, over, ax
        As in `wattquery.plot.violin`.

    Returns
    -------
    matplotlib.axes.Axes
        Labels from top to bottom, energies on a logarithmic axis.

    Raises
    ------
    InputError
        If there is no histogram, ``over`` is not an axis, or other axes are left.
    """
    ds, over, lines = _read(ds, over)
    labels = [curve.label for curve in lines]
    ax = figure_for_rows(ax, labels, extra=1.8, row=0.42)
    rows = list(range(len(lines)))[::-1]
    highest = max(curve.density.max() for curve in lines if curve.density.size)
    for order, (row, curve, colour) in enumerate(zip(rows, lines, shades(len(lines))[::-1], strict=True)):
        if curve.histogram is None:
            _no_data(ax, row + 0.2, band=False)
            continue
        top = row + 1.5 * curve.density / highest
        ax.fill_between(curve.x, row, top, facecolor=colour, edgecolor="none", zorder=3 + 2 * order)
        ax.plot(curve.x, top, color="white", linewidth=2.2, zorder=3 + 2 * order)
        ax.plot(curve.x, top, color=INK, linewidth=0.9, zorder=4 + 2 * order)
        ax.axhline(row, color="#bbbbbb", linewidth=0.6, zorder=2)
        median = float(curve.histogram.quantiles(0.5))
        height = float(np.interp(np.log(median), np.log(curve.x), top))
        for edge, colour_of_edge in ((3.0, INK), (1.4, "white")):
            ax.plot([median, median], [row, height], color=colour_of_edge, linewidth=edge, zorder=4 + 2 * order)
    label_rows(ax, labels, rows)
    ax.set_ylim(-0.25, len(lines) + 0.75)
    _finish(ax, ds, over, lines)
    return ax


@refuses_unknown
def ecdf(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw cumulative distributions: the share of queries that need at most so much energy.

    Parameters
    ----------
    ds, over, ax
        As in `wattquery.plot.violin`. Without an axis there is one line.

    Returns
    -------
    matplotlib.axes.Axes
        Energies on a logarithmic axis. Lines differ in lightness, style and marker.

    Raises
    ------
    InputError
        If there is no histogram, ``over`` is not an axis, or other axes are left.
    """
    ds, over, lines = _read(ds, over)
    ax = checked_ax(ax)
    if ax is None:
        rows = sum(wrapped(curve.label).count("\n") + 1 for curve in lines)
        _, ax = plt.subplots(
            figsize=(WIDTH + (1.8 if over else 0.0), max(4.2, 1.2 + 0.19 * rows)), layout="constrained"
        )
    for i, (curve, colour) in enumerate(zip(lines, shades(len(lines)), strict=True)):
        _cumulative(ax, curve, i, colour)
    ax.set_ylim(0.0, 1.0)
    ax.set_ylabel("cumulative probability [1]")
    if over is not None:
        small = 8.5 if len(lines) <= 12 else 7.5
        ax.legend(
            title=over.replace("_", " "), loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize=small
        )
    _finish(ax, ds, over, lines, grid="both")
    return ax


def _cumulative(ax: Axes, curve: Curve, place: int, colour: Any) -> None:
    """Draw one cumulative distribution; where it stands among the others gives it its style and marker."""
    if curve.histogram is None:
        ax.plot([], [], " ", label=f"{wrapped(curve.label)} (no data)")
        return
    levels = np.linspace(*SEEN, 400)
    marks = np.linspace(25 + 90 * ((place % 5) / 5), 390, 4).astype(int).tolist()
    ax.plot(
        curve.histogram.quantiles(levels),
        levels,
        color=colour,
        linestyle=STYLES[place % len(STYLES)],
        linewidth=1.8,
        marker=MARKERS[place % len(MARKERS)],
        markevery=marks,
        markersize=5,
        markeredgecolor=INK,
        markeredgewidth=0.5,
        label=wrapped(curve.label),
    )


def _read(ds: xr.Dataset, over: str | None) -> tuple[xr.Dataset, str | None, list[Curve]]:
    """Return the dataset with one axis at most, that axis, and its curves."""
    ds, over = over_axis(check_variables(ds, {"histogram": ("bin",)}, MADE_BY), "histogram", over)
    lines = curves(ds, over)
    if all(curve.histogram is None for curve in lines):
        raise InputError(
            "No cell of the dataset has data, so there is nothing to draw. ds['supported'] tells which do."
        )
    return ds, over, lines


def _finish(ax: Axes, ds: xr.Dataset, over: str | None, lines: list[Curve], grid: Literal["x", "both"] = "x") -> None:
    """Set the scale, the labels and the title."""
    log_scale(ax)
    low, high = seen(lines)
    margin = (high / low) ** 0.02
    ax.set_xlim(low / margin, high * margin)
    reduced = "reduction" in ds
    what = (
        quantity_label(ds, "reduction") if reduced else quantity_label(ds, "energy", "energy per query [Wh, facility]")
    )
    ax.set_xlabel(what)
    plain_frame(ax, grid)
    title = "Combined reduction" if reduced else "Energy per query"
    titled(ax, f"{title} by {over.replace('_', ' ')}" if over else title, context(ds, over))


def _no_data(ax: Axes, row: float, *, band: bool = True) -> None:
    """Say in a row that the catalog has nothing for it."""
    said = ax.text(0.02, row, "no data", transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=MIDDLE)
    said.set_zorder(90)
    if band:
        ax.axhspan(row - 0.3, row + 0.3, facecolor=PALE, edgecolor="none", zorder=0)
