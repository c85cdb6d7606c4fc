"""Levers: their combined reduction as a distribution, and what each of them takes off."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.density import Curve, curves, seen
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.selection import check_variables, context, only, over_axis
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    PALE,
    Floats,
    figure_for_rows,
    label_rows,
    log_scale,
    plain_frame,
    points,
    quantity_label,
    room,
    rows_height,
    scale,
    titled,
    value_texts,
    wrapped_label,
)
from wattquery.specs.display_names import display_name
from wattquery.specs.factors import LEVER

__all__ = ["reduction", "waterfall"]

LOG, SAVED = "log_reduction", "saved"


@refuses_unknown
def reduction(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw by how much levers divide the energy together, as a distribution, with the range that the paper publishes.

    Hatched: P25 to P75; light: P5 to P95; line: median. One row for each label of ``levers`` or ``dependence``.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.reduction`.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Reductions on a logarithmic axis.

    Raises
    ------
    InputError
        If the dataset is another one, or has more than one axis left.
    """
    ds = check_variables(
        ds, {"reduction": ("quantile",), "histogram": ("bin",)}, "sensitivity.reduction", texts=("levers",)
    )
    ds, over = over_axis(ds, "histogram", None)
    found = curves(ds, over)
    labels = [one.label for one in found]
    ax = figure_for_rows(ax, labels, extra=2.3, row=1.25)
    if over is not None:
        label_rows(ax, labels, [row + 0.3 for row in range(len(found))[::-1]])
    low, high = seen(found)
    log_scale(ax)
    for row, one in zip(range(len(found))[::-1], found, strict=True):
        _density(ax, one, row, (low, high))
        if _is_published(ds, one.key if over == "levers" else ds["levers"].item()):
            _published(ax, row, float(ds.attrs["published_low"]), float(ds.attrs["published_high"]))
    ax.set_xlim(low, high)
    ax.set_ylim(-0.14, len(found) + 0.08)
    if over is None:
        ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(wrapped_label(ax, quantity_label(ds, "reduction")))
    plain_frame(ax)
    said = [context(ds, over), "line: median; hatched: P25 to P75; light: P5 to P95"]
    titled(ax, "Combined reduction", "; ".join(filter(None, said)))
    return ax


def _density(ax: Axes, one: Curve, row: float, shown: tuple[float, float]) -> None:
    """Draw one density above its base line, as high as its row, with as many of its quantiles as have room."""
    if one.histogram is None:
        return
    p5, p25, p50, p75, p95 = (float(value) for value in one.histogram.quantiles([0.05, 0.25, 0.5, 0.75, 0.95]))
    top = row + 0.68 * one.density / one.density.max()
    ax.fill_between(one.x, row, top, facecolor=PALE, edgecolor="none", zorder=1)
    for low, high, colour, hatch in ((p5, p95, LIGHT, ""), (p25, p75, MIDDLE, "//")):
        inside = ((one.x >= low) & (one.x <= high)).tolist()
        edge = INK if hatch else "none"
        ax.fill_between(
            one.x, row, top, where=inside, facecolor=colour, edgecolor=edge, hatch=hatch, linewidth=0.0, zorder=2
        )
    ax.plot(one.x, top, color=INK, linewidth=1.2, zorder=3)
    height = float(np.interp(np.log(p50), np.log(one.x), top))
    ax.plot([p50, p50], [row, height], color="white", linewidth=3.6, zorder=4)
    ax.plot([p50, p50], [row, height], color=DARK, linewidth=2.0, zorder=5)
    texts = value_texts([p50, p5, p95, p25, p75])
    written: list[tuple[float, float]] = []  # where texts stand, and half their widths [inches]
    for value, text in zip((p50, p5, p95, p25, p75), texts, strict=True):
        place = room(ax) * float(np.log(value / shown[0]) / np.log(shown[1] / shown[0]))
        half = 0.5 * 0.0092 * points(8.0) * (len(text) + 1)
        if all(abs(place - other) > half + beside for other, beside in written):
            written.append((place, half))
            said = ax.annotate(text, (value, row), (0, -3 * scale()), textcoords="offset points")
            said.set(ha="center", va="top", fontsize=points(8.0), color=INK, zorder=6)


def _is_published(ds: xr.Dataset, label: object) -> bool:
    """Return whether a combination is the one that the paper speaks about."""
    named = ds.attrs.get("published_levers")
    return named is not None and set(str(named).split("+")) == set(str(label).split("+"))


def _published(ax: Axes, row: float, low: float, high: float) -> None:
    """Mark the published range in a row, behind the density and with its words above it."""
    top = row + 0.78
    span = Rectangle((low, row), high - low, top - row, facecolor="none", edgecolor=MIDDLE, hatch="..", linewidth=1.0)
    span.set(alpha=0.6, zorder=0)
    ax.add_patch(span)
    ax.annotate("", (low, top), (high, top), arrowprops={"arrowstyle": "<->", "color": INK, "linewidth": 1.0})
    said = ax.annotate(
        f"published: {low:g} to {high:g} times", (low, top), (0, 3 * scale()), textcoords="offset points"
    )
    said.set(ha="left", va="bottom", fontsize=points(8.5), color=INK)


@refuses_unknown
def waterfall(ds: xr.Dataset, quantity: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw what each lever takes off, from the energy without levers to that with all of them.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.shapley`.
    quantity
        ``"saved"``: the mean energy of a fleet [GWh/day]; ``"log_reduction"``: the median energy of a query relative
        to none, on a logarithmic axis, where factors are lengths. By default the first one where there is a fleet.
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, such as ``dependence``, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        From top to bottom: without levers, each lever, with all of them. With ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If the dataset is another one, has axes left, or has no fleet where ``"saved"`` is asked for.
    """
    ds = check_variables(
        ds,
        {"log_reduction_mean": ("lever",), "share": ("lever",), "log_reduction": ("lever", "quantile")},
        "sensitivity.shapley",
    )
    if facet is not None:
        facet = checked_facet(ds, "log_reduction_mean", facet, ax, own=("lever",))
    elif "dependence" in ds.dims and ds.sizes["dependence"] > 1:
        raise InputError(
            "The dataset has the dimension 'dependence', for which the picture has no room. Select one: "
            "ds.sel(dependence='correlated'). For a panel for each label, pass facet='dependence'."
        )
    ds = only(ds, "log_reduction_mean", ("lever",) if facet is None else ("lever", facet), panels=True)
    log = _checked_quantity(ds, quantity) == LOG
    if facet is None:
        ax = figure_for_rows(ax, _names(ds), row=0.45)
        _waterfall(ax, ds, log=log)
        return ax
    height = 0.4 + rows_height(_names(ds), 0.45)
    return in_panels(ds, facet, lambda place, where: _waterfall(where, part_of(ds, facet, place), log=log), height)


def _names(ds: xr.Dataset) -> list[str]:
    """Return what stands at each row."""
    return ["without levers", *(display_name(f"{LEVER}{name}") for name in ds["lever"].values), "with all levers"]


def _waterfall(ax: Axes, ds: xr.Dataset, *, log: bool) -> None:
    """Draw the levels of one cell."""
    levels = _relative_medians(ds) if log else _means_of_the_fleet(ds)
    labels = _names(ds)
    rows = np.arange(len(labels))[::-1]
    label_rows(ax, labels, rows.tolist())
    floor = levels.min() / 1.35 if log else 0.0
    texts = _draw_levels(ax, rows, levels, floor, log=log)
    # Room for the text beside the longest bar.
    share = min(0.4, 0.0095 * points(8.5) * (len(texts[0]) + 2) / room(ax))
    if log:
        log_scale(ax)
        ax.set_xlim(floor, levels.max() * np.exp(share / (1.0 - share) * np.log(levels.max() / floor)))
        ax.set_xlabel(wrapped_label(ax, "median energy per query, relative to none [1]"))
    else:
        ax.set_xlim(0.0, levels.max() / (1.0 - share))
        ax.set_xlabel(wrapped_label(ax, "mean energy of the fleet [GWh/day]"))
    ax.set_ylim(-0.6, len(labels) - 0.4)
    plain_frame(ax)
    said = ["Shapley values: the mean over all orders", context(ds)]
    titled(ax, "What each lever takes off", "; ".join(filter(None, said)))


def _means_of_the_fleet(ds: xr.Dataset) -> Floats:
    """Return the mean energy of the fleet without levers, and after each of them [GWh/day]."""
    start = float(ds.attrs["queries_per_day"]) * float(ds.attrs["baseline_wh"]) * 1e-9
    return np.asarray(start - np.concatenate([[0.0], np.cumsum(ds["saved_mean"].values)]))


def _relative_medians(ds: xr.Dataset) -> Floats:
    """Return the median energy relative to none, without levers and after each of them [1]."""
    if 0.5 not in ds["quantile"].values:
        raise InputError("The dataset has no median. Call sensitivity.shapley with 0.5 among the quantiles.")
    parts = ds["log_reduction"].sel(quantile=0.5).values
    return np.asarray(np.exp(-np.concatenate([[0.0], np.cumsum(parts)])))


def _draw_levels(ax: Axes, rows: Any, levels: Floats, floor: float, *, log: bool) -> list[str]:
    """Draw a bar for the first and the last level, and between them what each lever takes off; return the texts."""
    texts = _level_texts(levels, log=log)
    for row, value, text in ((rows[0], levels[0], texts[0]), (rows[-1], levels[-1], texts[-1])):
        ax.barh(row, value - floor, left=floor, height=0.62, color=DARK, edgecolor=INK, linewidth=0.6)
        _value(ax, value, row, text)
    for row, before, after, text in zip(rows[1:-1], levels[:-1], levels[1:], texts[1:-1], strict=True):
        ax.barh(row, before - after, left=after, height=0.62, color=LIGHT, hatch="////", edgecolor=INK, linewidth=0.6)
        ax.plot([before, before], [row + 0.31, row + 0.69], color=INK, linewidth=0.8)
        _value(ax, before, row, text)
    ax.plot([levels[-1]] * 2, [rows[-1] + 0.31, rows[-1] + 0.69], color=INK, linewidth=0.8)
    return texts


def _level_texts(levels: Floats, *, log: bool) -> list[str]:
    """Return what is written beside each bar, with so many digits that those that differ look different."""
    if log:
        factors = value_texts(levels[:-1] / levels[1:], lambda value, more: f"\u00f7 {value:.{2 + more}f}")
        first, last = (f"{100 * value:.3g} %" for value in (levels[0], levels[-1]))
        return [first, *factors, last]
    texts = value_texts([levels[0], *(levels[:-1] - levels[1:]), levels[-1]])
    return [texts[0], *(f"\u2212{text}" for text in texts[1:-1]), texts[-1]]


def _checked_quantity(ds: xr.Dataset, quantity: str | None) -> str:
    has_fleet = "saved_mean" in ds
    if quantity is None:
        return SAVED if has_fleet else LOG
    if quantity not in (LOG, SAVED):
        raise InputError(
            f"quantity must be one of {listed((LOG, SAVED))}, got {quantity!r}.{did_you_mean(quantity, (LOG, SAVED))}"
        )
    if quantity == SAVED and not has_fleet:
        raise InputError(
            "The dataset has no energy saved. Call sensitivity.shapley with queries_per_day= and baseline=, or draw "
            "quantity='log_reduction'."
        )
    return quantity


def _value(ax: Axes, x: float, row: float, text: str) -> None:
    """Write a value to the right of a bar."""
    said = ax.annotate(text, (float(x), float(row)), (4 * scale(), 0), textcoords="offset points")
    said.set(ha="left", va="center", fontsize=points(8.5), color=INK)
