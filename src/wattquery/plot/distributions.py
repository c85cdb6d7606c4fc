"""Distributions by the labels of an axis, from histograms: no draw is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.density import SEEN, Curve, curves, seen
from wattquery.plot.facets import NO_DATA, checked_facet, in_panels, part_of
from wattquery.plot.lines import line_styles
from wattquery.plot.selection import NoDataError, check_variables, context, over_axis
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    PALE,
    checked_ax,
    explained,
    figure_for_rows,
    label_rows,
    legend_label,
    log_scale,
    new_axes,
    plain_frame,
    points,
    quantity_label,
    row_height,
    rows_height,
    shades,
    titled,
    wrapped_label,
)
from wattquery.specs.display_names import display_name

__all__ = ["ecdf", "ridgeline", "violin"]

MADE_BY = "sweep(..., keep_histogram=True), blend or sensitivity.reduction"

Drawer = Callable[[Axes, xr.Dataset, str | None, list[Curve], float], None]
"""Draws curves on an Axes, whose highest density is as high as a row."""


@refuses_unknown
def violin(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
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
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Labels from top to bottom, energies on a logarithmic axis. With ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If there is no histogram, ``over`` or ``facet`` is not an axis, or other axes are left.
    """
    return _drawn(_violins, ds, over, ax, facet, extra=1.5, row=0.5)


def _violins(ax: Axes, ds: xr.Dataset, over: str | None, lines: list[Curve], highest: float) -> None:
    """Draw curves as violins."""
    rows = list(range(len(lines)))[::-1]
    labels = [curve.label for curve in lines]
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


@refuses_unknown
def ridgeline(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw the distribution of every label of an axis as a ridge; ridges overlap a little, which saves room.

    The height is the probability per unit of ln E, on one scale for all, smoothed by 6 %. The line in a ridge is its
    median.

    Parameters
    ----------
    ds, over, ax, facet
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
    return _drawn(_ridges, ds, over, ax, facet, extra=1.8, row=0.42)


def _ridges(ax: Axes, ds: xr.Dataset, over: str | None, lines: list[Curve], highest: float) -> None:
    """Draw curves as ridges."""
    rows = list(range(len(lines)))[::-1]
    labels = [curve.label for curve in lines]
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


@refuses_unknown
def ecdf(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw cumulative distributions: the share of queries that need at most so much energy.

    Parameters
    ----------
    ds, over, ax, facet
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
    if facet is not None:
        return _drawn(_steps, ds, over, ax, facet, extra=0.0, row=0.0, least=2.2)
    ds, over, lines = _read(ds, over)
    ax = checked_ax(ax) or new_axes(4.4)
    _steps(ax, ds, over, lines, 1.0)
    return ax


def _steps(ax: Axes, ds: xr.Dataset, over: str | None, lines: list[Curve], _: float) -> None:
    """Draw curves as cumulative distributions."""
    handles: list[Artist] = []
    for i, (curve, style) in enumerate(zip(lines, line_styles(len(lines)), strict=True)):
        handles += _cumulative(ax, curve, i, style)
    ax.set_ylim(0.0, 1.0)
    ax.set_ylabel("cumulative probability [1]")
    if over is not None:
        explained(ax, handles, title=display_name(over))
    _finish(ax, ds, over, lines, grid="both")


def _cumulative(ax: Axes, curve: Curve, place: int, style: dict[str, Any]) -> list[Any]:
    """Draw one cumulative distribution; where it stands among the others shifts its marks."""
    if curve.histogram is None:
        return ax.plot([], [], " ", label=f"{legend_label(curve.label)}{NO_DATA}")
    levels = np.linspace(*SEEN, 400)
    marks = np.linspace(25 + 90 * ((place % 5) / 5), 390, 4).astype(int).tolist()
    energies = curve.histogram.quantiles(levels)
    return ax.plot(energies, levels, markevery=marks, label=legend_label(curve.label), **style)


def _read(ds: xr.Dataset, over: str | None) -> tuple[xr.Dataset, str | None, list[Curve]]:
    """Return the dataset with one axis at most, that axis, and its curves."""
    ds, over = over_axis(check_variables(ds, {"histogram": ("bin",)}, MADE_BY), "histogram", over, panels=True)
    lines = curves(ds, over)
    if all(curve.histogram is None for curve in lines):
        raise NoDataError(
            "No cell of the dataset has data, so there is nothing to draw. ds['supported'] tells which do."
        )
    return ds, over, lines


def _drawn(
    draw: Drawer,
    ds: xr.Dataset,
    over: str | None,
    ax: Axes | None,
    facet: str | None,
    *,
    extra: float,
    row: float,
    least: float = 0.0,
) -> Axes:
    """Draw curves with rows, in one Axes or in a panel for each label of an axis."""
    if facet is None:
        ds, over, lines = _read(ds, over)
        ax = figure_for_rows(ax, [curve.label for curve in lines], extra=extra, row=row)
        draw(ax, ds, over, lines, _highest(lines))
        return ax
    ds = check_variables(ds, {"histogram": ("bin",)}, MADE_BY)
    facet = checked_facet(ds, "histogram", facet, ax, over)
    read = [_read_if_any(part_of(ds, facet, place), over) for place in range(ds.sizes[facet])]
    known = [lines for one in read if not isinstance(one, NoDataError) for lines in [one[2]]]
    # Densities of all panels are on one scale.
    highest = max(map(_highest, known), default=1.0)
    labels = max(([curve.label for curve in lines] for lines in known), key=len, default=[])

    def panel(place: int, where: Axes) -> None:
        one = read[place]
        if isinstance(one, NoDataError):
            raise one
        draw(where, *one, highest)

    return in_panels(ds, facet, panel, max(least, 0.6 + rows_height(labels, row)))


def _read_if_any(ds: xr.Dataset, over: str | None) -> tuple[xr.Dataset, str | None, list[Curve]] | NoDataError:
    """Return a part of a dataset with its curves, or why it has none."""
    try:
        return _read(ds, over)
    except NoDataError as error:
        return error


def _highest(lines: list[Curve]) -> float:
    return max((float(curve.density.max()) for curve in lines if curve.density.size), default=1.0)


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
    ax.set_xlabel(wrapped_label(ax, what))
    plain_frame(ax, grid)
    title = "Combined reduction" if reduced else "Energy per query"
    titled(ax, f"{title} by {display_name(over)}" if over else title, context(ds, over))


def _no_data(ax: Axes, row: float, *, band: bool = True) -> None:
    """Say in a row that the catalog has nothing for it."""
    said = ax.text(
        0.02, row, "no data", transform=ax.get_yaxis_transform(), va="center", fontsize=points(8.0), color=MIDDLE
    )
    said.set_zorder(90)
    if band:
        ax.axhspan(row - 0.3, row + 0.3, facecolor=PALE, edgecolor="none", zorder=0)
