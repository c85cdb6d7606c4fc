"""What it would take: the energy of a query over nodes, or over what users are served, with the frontier as a line."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.lines import line_styles
from wattquery.plot.selection import check_variables
from wattquery.plot.style import (
    DARK,
    INK,
    Floats,
    checked_ax,
    explained,
    legend_label,
    log_scale,
    new_axes,
    plain_frame,
    points,
    scale,
    titled,
    wrapped_label,
)
from wattquery.specs.display_names import display_value

__all__ = ["capacity"]

AGAINST = {
    "nodes": "nodes, reserve included",
    "interactivity": "output tokens per second of one user, in the hour of highest demand [tokens/s]",
}
"""What may go across, in words."""

NEEDED = {
    "energy_per_query": ("candidate",),
    "nodes": ("candidate",),
    "interactivity": ("candidate",),
    "energy_per_query_interval": ("candidate", "bound"),
    "nodes_interval": ("candidate", "bound"),
    "frontier_interactivity": ("point",),
    "frontier_energy": ("point",),
}
MADE_BY = "wattquery.plan_capacity"

MOST_KINDS = 9
"""Kinds of hardware that have marks of their own; more share one."""

SIZE = 8.5


@refuses_unknown
def capacity(ds: xr.Dataset, against: str = "nodes", *, ax: Axes | None = None) -> Axes:
    """Draw what each candidate of a plan of capacity takes, with the frontier.

    A mark for each candidate that meets the targets, by hardware; the best one is larger and named, with its intervals
    as lines. Over nodes, the line joins those that none beats in energy and nodes. Over interactivity, it is the least
    energy at each speed over all candidates and loads, and what was asked for is dotted.

    Parameters
    ----------
    ds
        Result of `wattquery.plan_capacity`.
    against
        What goes across: ``"nodes"`` or ``"interactivity"``.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Energies on a logarithmic axis.

    Raises
    ------
    InputError
        If the dataset is another one, no candidate meets the targets, or something else is to go across.
    """
    texts = ("hardware", "meets", "on_frontier", "best")
    ds = check_variables(ds, NEEDED, MADE_BY, positive=tuple(NEEDED), texts=texts)
    if ds["bound"].values.tolist() != ["lower", "upper"]:
        raise InputError(
            f"The intervals must have both ends, 'lower' and 'upper' as labels of 'bound', got "
            f"{listed(ds['bound'].values.tolist())}: pass the result of {MADE_BY} as it is."
        )
    if not isinstance(against, str) or against not in AGAINST:
        raise InputError(
            f"against must be one of {listed(AGAINST)}, got {against!r}: write one of these."
            f"{did_you_mean(against, AGAINST)}"
        )
    can = ds.isel(candidate=ds["meets"].values)
    if not can.sizes["candidate"]:
        raise InputError(
            "No candidate meets the targets, so that there is nothing to draw: see the variable 'reason', and ask for "
            "less, or pass other hardware."
        )
    ax = checked_ax(ax) or new_axes(4.6)
    log_scale(ax, "y")
    if against == "nodes":
        log_scale(ax)
    _frontier(ax, ds, can, against)
    _marks(ax, can, against)
    _best(ax, can, against)
    ax.set_xlabel(wrapped_label(ax, AGAINST[against]))
    boundary = ds["energy_per_query"].attrs.get("boundary", "")
    ax.set_ylabel(wrapped_label(ax, f"mean energy per query [Wh, {boundary}]", upright=True))
    plain_frame(ax, "both")
    if against == "interactivity":
        ax.set_xlim(left=0.0)
    explained(ax, ax.get_legend_handles_labels()[0])
    titled(ax, "What it would take", _context(ds))
    return ax


def _frontier(ax: Axes, ds: xr.Dataset, can: xr.Dataset, against: str) -> None:
    """Draw the line that nothing beats."""
    line: dict[str, Any] = {"color": INK, "linewidth": 1.2, "zorder": 2}
    if against == "interactivity":
        ax.plot(
            ds["frontier_interactivity"],
            ds["frontier_energy"],
            label=legend_label("least in a steady hour, without reserve"),
            **line,
        )
        target = _asked_speed(ds)
        if target is not None:
            ax.axvline(target, color=INK, linewidth=1.0, linestyle=":", label="asked for")
        return
    on = can.isel(candidate=can["on_frontier"].values).sortby("nodes")
    if on.sizes["candidate"] > 1:
        ax.plot(on["nodes"], on["energy_per_query"], drawstyle="steps-post", label="frontier", **line)


def _asked_speed(ds: xr.Dataset) -> float | None:
    """Return the tokens per second that were asked for, None where nothing was."""
    if "target_interactivity" in ds.attrs:
        return float(ds.attrs["target_interactivity"])
    seconds = ds.attrs.get("target_time_per_output_token")
    return None if seconds is None else 1.0 / float(seconds)


def _marks(ax: Axes, can: xr.Dataset, against: str) -> None:
    """Draw a mark for each candidate: a shape and a shade for each kind of hardware."""
    hardware = can["hardware"].values.astype(str)
    kinds = list(dict.fromkeys(hardware.tolist()))
    groups = [(name, hardware == name) for name in kinds[:MOST_KINDS]]
    if len(kinds) > MOST_KINDS:
        groups.append((f"{len(kinds) - MOST_KINDS} others", np.isin(hardware, kinds[MOST_KINDS:])))
    for (name, those), style in zip(groups, line_styles(len(groups)), strict=True):
        one = can.isel(candidate=those)
        mark = {**style, "linestyle": "none", "markersize": 6.5, "alpha": 0.9, "zorder": 3}
        ax.plot(one[against], one["energy_per_query"], label=legend_label(name), **mark)


def _best(ax: Axes, can: xr.Dataset, against: str) -> None:
    """Draw the best candidate with its name, and with the intervals of what it takes."""
    best = can.isel(candidate=int(np.argmax(can["best"].values)))
    x, y = float(best[against]), float(best["energy_per_query"])
    line: dict[str, Any] = {"color": DARK, "linewidth": 1.4, "zorder": 4}
    ax.vlines(x, *_ends(best, "energy_per_query"), **line)
    if against == "nodes":
        ax.hlines(y, *_ends(best, "nodes"), **line)
    ax.plot(x, y, "o", markersize=13, markerfacecolor="none", markeredgecolor=DARK, markeredgewidth=1.8, zorder=4)
    # Towards the side that has room.
    right = _share_of_axis(ax, x) < 0.5
    place = (9 * scale() if right else -9 * scale(), -11 * scale())
    said = ax.annotate(legend_label(f"best: {best['candidate'].item()}"), (x, y), place, textcoords="offset points")
    said.set(fontsize=points(SIZE), fontweight="bold", color=DARK, va="top", ha="left" if right else "right", zorder=5)
    said.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0})


def _share_of_axis(ax: Axes, x: float) -> float:
    """Return where a value lies between the ends of the axis, from 0 to 1."""
    return float(ax.transAxes.inverted().transform(ax.transData.transform((x, ax.get_ylim()[0])))[0])


def _ends(best: xr.Dataset, name: str) -> Floats:
    return np.asarray(best[f"{name}_interval"].values, dtype=np.float64)


def _context(ds: xr.Dataset) -> str:
    """Return in a line what was asked for."""
    parts = [
        display_value(name, ds[name].item())
        for name in ("model", "workload")
        if name in ds.coords and not ds[name].ndim
    ]
    if "queries_per_day" in ds.coords:
        parts.append(f"{ds['queries_per_day'].item():,.10g} queries a day")
    parts.append(str(ds.attrs.get("wanted", "")).replace("_", " "))
    if ds.attrs.get("reserve"):
        parts.append(f"N+{ds.attrs['reserve']} nodes")
    level = f"lines of the best: {100 * float(ds.attrs['level']):g} % intervals" if "level" in ds.attrs else ""
    return "; ".join(part for part in (*parts, level) if part)
