"""Bars by factor: how far the median moves, and what share of the variance each factor has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.selection import check_variables, context, only
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    WIDTH,
    Floats,
    figure_for_rows,
    label_rows,
    log_scale,
    plain_frame,
    quantity_label,
    row_height,
    titled,
    value_text,
    wrapped,
)
from wattquery.specs.scalars import is_number

__all__ = ["legend_below", "sobol", "tornado"]

HATCH = "////"
NARROW = 4.5  # [inches]: less has no room for two entries of a legend beside each other


@refuses_unknown
def tornado(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw how far the median energy moves when one factor goes from its P5 to its P95.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.tornado` for one cell: ``median`` (factor, end) and ``baseline`` [Wh].
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The largest swing on top, energies on a logarithmic axis.

    Raises
    ------
    InputError
        If the dataset is another one, or has axes of the grid left.
    """
    ds = only(
        check_variables(
            ds, {"median": ("factor", "end"), "baseline": ()}, "sensitivity.tornado", ("median", "baseline")
        ),
        "median",
        ("factor", "end"),
    )
    medians = ds["median"]
    if set(medians.dims) != {"factor", "end"} or medians.sizes["end"] != 2:
        raise InputError(
            f"median must have the dimensions 'factor' and two of 'end', got {dict(medians.sizes)}. Pass the result of "
            "sensitivity.tornado."
        )
    ends = [str(end).upper() for end in medians["end"].values.tolist()]
    low, high = (medians.isel(end=i).values.astype(np.float64) for i in (0, 1))
    base = float(ds["baseline"])
    _check_known("median", np.array([*low, *high, base]))
    order = np.argsort(np.abs(np.log(high / low)))
    labels = medians["factor"].values[order].tolist()
    ax = figure_for_rows(ax, labels, extra=1.9)
    _swings(ax, low[order], high[order], base)
    label_rows(ax, labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_xlabel(wrapped(quantity_label(ds, "median"), 60 if _figure_width(ax) >= WIDTH else 42))
    plain_frame(ax)
    legend_below(ax, [(f"factor at its {ends[0]}", DARK, ""), (f"factor at its {ends[1]}", LIGHT, HATCH)])
    said = context(ds, "factor")
    titled(ax, "One factor at a time", f"{said + '; ' if said else ''}line: all factors random, {value_text(base)} Wh")
    return ax


def _swings(ax: Axes, low: Floats, high: Floats, base: float) -> None:
    """Draw a bar to either end of each factor, with room beside it for its value."""
    rows = np.arange(low.size)
    for values, colour, hatch in ((low, DARK, ""), (high, LIGHT, HATCH)):
        ax.barh(rows, values - base, left=base, height=0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.6)
    ax.axvline(base, color=INK, linewidth=1.2)
    _end_values(ax, rows, low, high, base)
    log_scale(ax)
    span = [min(low.min(), high.min(), base), max(low.max(), high.max(), base)]
    room = np.exp(0.16 * max(WIDTH / _figure_width(ax), 1.0) * max(float(np.log(span[1] / span[0])), 0.1))
    ax.set_xlim(span[0] / room, span[1] * room)


def _figure_width(ax: Axes) -> float:
    root = ax.get_figure(root=True)
    return WIDTH if root is None else root.get_figwidth()


def _end_values(ax: Axes, rows: Any, low: Floats, high: Floats, base: float) -> None:
    """Write the value at either end of each bar, outside of it."""
    size = min(8.0, row_height(ax, len(rows)) / 1.3)
    for row, first, second in zip(rows, low, high, strict=True):
        left, right = min(first, second), max(first, second)
        near = ax.annotate(value_text(float(left)), (min(left, base), row), (-4, 0), textcoords="offset points")
        near.set(ha="right", va="center", fontsize=size, color=INK)
        far = ax.annotate(value_text(float(right)), (max(right, base), row), (4, 0), textcoords="offset points")
        far.set(ha="left", va="center", fontsize=size, color=INK)


@refuses_unknown
def sobol(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw first-order and total indices by factor, with their confidence intervals where the dataset has them.

    Parameters
    ----------
    ds
        Result of ``wattquery.sensitivity.sobol`` for one cell: ``first_order`` and ``total_order`` (factor), and
        ``first_order_low``, ``first_order_high``, ``total_order_low``, ``total_order_high``.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The largest total index on top.

    Raises
    ------
    InputError
        If the dataset is another one, or has axes of the grid left.
    """
    ds = check_variables(ds, {"first_order": ("factor",), "total_order": ("factor",)}, "sensitivity.sobol")
    ds = only(ds, "total_order", ("factor",))
    if ds["total_order"].dims != ("factor",):
        raise InputError(
            f"total_order must have the dimension 'factor' alone, got {listed(ds['total_order'].dims)}. Pass the "
            "result of sensitivity.sobol for one cell."
        )
    _check_known("total_order", ds["total_order"].values)
    ds = ds.isel(factor=np.argsort(ds["total_order"].values))
    labels = ds["factor"].values.tolist()
    ax = figure_for_rows(ax, labels, extra=1.9, row=0.46)
    rows = np.arange(len(labels))
    for name, place, colour, hatch in (("first_order", 0.2, DARK, ""), ("total_order", -0.2, LIGHT, HATCH)):
        values = ds[name].values.astype(np.float64)
        ax.barh(rows + place, values, height=0.36, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.6)
        if f"{name}_low" in ds and f"{name}_high" in ds:
            whiskers = np.abs(np.array([values - ds[f"{name}_low"].values, ds[f"{name}_high"].values - values]))
            ends = [float((values - whiskers[0]).min()), float((values + whiskers[1]).max())]
            ax.errorbar(values, rows + place, xerr=whiskers, fmt="none", ecolor="white", elinewidth=3.2, capsize=0)
            ax.errorbar(values, rows + place, xerr=whiskers, fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5)
        else:
            ends = [float(values.min()), float(values.max())]
        ax.set_xlim(min(ax.get_xlim()[0], 0.0, ends[0] - 0.01), max(ax.get_xlim()[1], ends[1] * 1.05, 0.1))
    ax.axvline(0.0, color=INK, linewidth=1.0)
    label_rows(ax, labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_xlabel("share of the variance [1]")
    plain_frame(ax)
    legend_below(ax, [("first order: alone", DARK, ""), ("total: with its interactions", LIGHT, HATCH)])
    titled(ax, f"What explains the variance of {_of(ds)}", "; ".join(filter(None, [context(ds, "factor"), _lines(ds)])))
    return ax


def _of(ds: xr.Dataset) -> str:
    """Return what the indices are of, in words."""
    scale = str(ds["scale"].item()) if "scale" in ds.coords and not ds["scale"].ndim else ""
    return {"energy": "the energy", "log_energy": "the logarithm of the energy"}.get(scale, "the energy")


def _lines(ds: xr.Dataset) -> str:
    """Return in words what the lines at the ends of bars are."""
    if "total_order_low" not in ds:
        return ""
    level = ds.attrs.get("level")
    return f"lines: {100 * level:g} % intervals" if is_number(level) else "lines: confidence intervals"


def _check_known(variable: str, values: Floats) -> None:
    """Refuse a cell that has no bars."""
    if not np.isfinite(values).all():
        raise InputError(
            f"{variable} is NaN: the catalog has no data for this cell, or nothing in it is random. Select another one."
        )


def legend_below(ax: Axes, entries: Sequence[tuple[str, str, str]]) -> None:
    """Explain the bars below the axis, where no bar can be."""
    handles = [Patch(facecolor=colour, hatch=hatch, edgecolor=INK, label=text) for text, colour, hatch in entries]
    root = ax.get_figure(root=True)
    if root is not None and len(root.axes) == 1:
        columns = 2 if root.get_figwidth() > NARROW else 1
        root.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=8.5)
    else:
        ax.legend(handles=handles, loc="best", fontsize=8, framealpha=0.9)
