"""Levers: their combined reduction as a distribution, and what each of them takes off."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.plot.density import Curve, curves, seen
from wattquery.plot.selection import check_variables, context, only, over_axis
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    PALE,
    figure_for_rows,
    label_rows,
    log_scale,
    plain_frame,
    quantity_label,
    titled,
    value_text,
)

__all__ = ["reduction", "waterfall"]

LOG, SAVED = "log_reduction", "saved"


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
    ds = check_variables(ds, ("reduction", "histogram"), "sensitivity.reduction")
    ds, over = over_axis(ds, "histogram", None)
    found = curves(ds, over)
    labels = [one.label for one in found]
    ax = figure_for_rows(ax, labels, extra=2.3, row=1.1)
    highest = max(one.density.max() for one in found)
    for row, one in zip(range(len(found))[::-1], found, strict=True):
        _density(ax, one, row, 0.72 / highest)
    low, high = seen(found)
    log_scale(ax)
    if _is_published(ds):
        first, last = float(ds.attrs["published_low"]), float(ds.attrs["published_high"])
        top = len(found) - 0.02
        ax.axvspan(first, last, facecolor="none", edgecolor=MIDDLE, hatch="..", linewidth=1.0, alpha=0.55, zorder=0)
        ax.annotate("", (first, top), (last, top), arrowprops={"arrowstyle": "<->", "color": INK, "linewidth": 1.0})
        middle = float(np.sqrt(first * last))
        said = ax.annotate(f"published: {first:g} to {last:g} times", (middle, top), (0, 3), textcoords="offset points")
        said.set(ha="center", va="bottom", fontsize=8.5, color=INK)
    ax.set_xlim(low, high)
    ax.set_ylim(-0.12, len(found) + 0.22)
    if over is None:
        ax.set_yticks([])
    else:
        label_rows(ax, labels, [row + 0.3 for row in range(len(found))[::-1]])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(quantity_label(ds, "reduction") + " [times]")
    plain_frame(ax)
    said_of = context(ds, over)
    titled(
        ax,
        "Combined reduction",
        f"{said_of + '; ' if said_of else ''}line: median, hatched: P25 to P75, light: P5 to P95",
    )
    return ax


def _density(ax: Axes, one: Curve, row: float, scale: float) -> None:
    """Draw one density above its base line, with its quantiles."""
    if one.histogram is None:
        return
    p5, p25, p50, p75, p95 = one.histogram.quantiles([0.05, 0.25, 0.5, 0.75, 0.95])
    top = row + scale * one.density
    ax.fill_between(one.x, row, top, facecolor=PALE, edgecolor="none", zorder=1)
    for low, high, colour, hatch in ((p5, p95, LIGHT, ""), (p25, p75, MIDDLE, "//")):
        inside = (one.x >= low) & (one.x <= high)
        ax.fill_between(
            one.x, row, top, where=inside.tolist(), facecolor=colour, edgecolor=INK if hatch else "none",
            hatch=hatch, linewidth=0.0, zorder=2,
        )  # fmt: skip
    ax.plot(one.x, top, color=INK, linewidth=1.2, zorder=3)
    height = float(np.interp(np.log(p50), np.log(one.x), top))
    ax.plot([p50, p50], [row, height], color="white", linewidth=3.6, zorder=4)
    ax.plot([p50, p50], [row, height], color=DARK, linewidth=2.0, zorder=5)
    for value in (p5, p25, p50, p75, p95):
        said = ax.annotate(value_text(float(value)), (float(value), row), (0, -3), textcoords="offset points")
        said.set(ha="center", va="top", fontsize=8, color=INK, zorder=6)


def _is_published(ds: xr.Dataset) -> bool:
    """Return whether the dataset is of the combination that the paper speaks about."""
    named = ds.attrs.get("published_levers")
    if named is None or "levers" not in ds.coords or ds["levers"].ndim:
        return False
    return set(str(named).split("+")) == set(str(ds["levers"].item()).split("+"))


def waterfall(ds: xr.Dataset, quantity: str | None = None, ax: Axes | None = None) -> Axes:
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

    Returns
    -------
    matplotlib.axes.Axes
        From top to bottom: without levers, each lever, with all of them.

    Raises
    ------
    InputError
        If the dataset is another one, has axes left, or has no fleet where ``"saved"`` is asked for.
    """
    ds = check_variables(ds, ("log_reduction_mean", "share"), "sensitivity.shapley")
    if "dependence" in ds.dims and ds.sizes["dependence"] > 1:
        raise InputError(
            "The dataset has the dimension 'dependence', for which the picture has no room. Select one: "
            "ds.sel(dependence='correlated')."
        )
    ds = only(ds, "log_reduction_mean", ("lever",))
    quantity = _checked_quantity(ds, quantity)
    if quantity == SAVED:
        start = float(ds.attrs["queries_per_day"]) * float(ds.attrs["baseline_wh"]) * 1e-9
        levels = start - np.concatenate([[0.0], np.cumsum(ds["saved_mean"].values)])
    else:
        if 0.5 not in ds["quantile"].values:
            raise InputError("The dataset has no median. Call sensitivity.shapley with 0.5 among the quantiles.")
        parts = ds["log_reduction"].sel(quantile=0.5).values
        levels = np.exp(-np.concatenate([[0.0], np.cumsum(parts)]))
    names = [str(name) for name in ds["lever"].values]
    labels = ["without levers", *names, "with all levers"]
    ax = figure_for_rows(ax, labels, row=0.45)
    rows = np.arange(len(labels))[::-1]
    log = quantity == LOG
    floor = levels.min() / 1.35 if log else 0.0
    for row, value in ((rows[0], levels[0]), (rows[-1], levels[-1])):
        ax.barh(row, value - floor, left=floor, height=0.62, color=DARK, edgecolor=INK, linewidth=0.6)
        _value(ax, value, row, _absolute(float(value), log=log))
    for row, before, after in zip(rows[1:-1], levels[:-1], levels[1:], strict=True):
        ax.barh(row, before - after, left=after, height=0.62, color=LIGHT, hatch="////", edgecolor=INK, linewidth=0.6)
        ax.plot([before, before], [row + 0.31, row + 0.69], color=INK, linewidth=0.8)
        _value(ax, before, row, f"/ {before / after:.2f}" if log else f"- {value_text(float(before - after))}")
    ax.plot([levels[-1]] * 2, [rows[-1] + 0.31, rows[-1] + 0.69], color=INK, linewidth=0.8)
    if log:
        log_scale(ax)
        ax.set_xlim(floor, 1.6)
        ax.set_xlabel("median energy per query, relative to none [1]")
    else:
        ax.set_xlim(0.0, 1.16 * levels[0])
        ax.set_xlabel("mean energy of the fleet [GWh/day]")
    label_rows(ax, labels, rows.tolist())
    ax.set_ylim(-0.6, len(labels) - 0.4)
    plain_frame(ax)
    titled(
        ax,
        "What each lever takes off",
        "; ".join(filter(None, ["Shapley values: the mean over all orders", context(ds)])),
    )
    return ax


def _checked_quantity(ds: xr.Dataset, quantity: str | None) -> str:
    has_fleet = "saved_mean" in ds
    if quantity is None:
        return SAVED if has_fleet else LOG
    if quantity not in (LOG, SAVED):
        raise InputError(
            f"quantity = {quantity!r} came. Allowed are {listed((LOG, SAVED))}.{did_you_mean(quantity, (LOG, SAVED))}"
        )
    if quantity == SAVED and not has_fleet:
        raise InputError(
            "The dataset has no energy saved. Call sensitivity.shapley with queries_per_day= and baseline=, or draw "
            "quantity='log_reduction'."
        )
    return quantity


def _absolute(value: float, *, log: bool) -> str:
    return f"{100 * value:.3g} %" if log else value_text(value)


def _value(ax: Axes, x: float, row: float, text: str) -> None:
    """Write a value to the right of a bar."""
    said = ax.annotate(text, (float(x), float(row)), (4, 0), textcoords="offset points")
    said.set(ha="left", va="center", fontsize=8.5, color=INK)
