"""Bars by factor: how far the median moves, and what share of the variance each factor has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.selection import NoDataError, check_variables, context, only
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    Floats,
    explained,
    figure_for_rows,
    label_rows,
    legend_label,
    log_scale,
    plain_frame,
    points,
    quantity_label,
    room,
    row_height,
    rows_height,
    scale,
    titled,
    value_texts,
    wrapped_label,
)
from wattquery.specs.display_names import display_name
from wattquery.specs.scalars import is_number

__all__ = ["bar_handles", "sobol", "tornado"]

HATCH = "////"


@refuses_unknown
def tornado(ds: xr.Dataset, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw how far the median energy moves when one factor goes from its P5 to its P95.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.tornado` for one cell: ``median`` (factor, end) and ``baseline`` [Wh].
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The largest swing on top, in panels that over all of them; energies on a logarithmic axis. With ``facet``, that
        of the first panel.

    Raises
    ------
    InputError
        If the dataset is another one, or has axes of the grid left.
    """
    ds = check_variables(
        ds, {"median": ("factor", "end"), "baseline": ()}, "sensitivity.tornado", ("median", "baseline")
    )
    own = ("factor", "end")
    kept = own if facet is None else (*own, checked_facet(ds, "median", facet, ax, own=own))
    ds = only(ds, "median", kept, panels=True)
    medians = ds["median"]
    if not {"factor", "end"} <= set(medians.dims) <= set(kept) or medians.sizes["end"] != 2:
        raise InputError(
            f"median must have the dimensions 'factor' and two of 'end', got {dict(medians.sizes)}. Pass the result of "
            "sensitivity.tornado."
        )
    ends = medians.transpose("end", "factor", ...).values.astype(np.float64)
    swings = np.abs(np.log(ends[1] / ends[0])).reshape(medians.sizes["factor"], -1)
    widest = np.nan_to_num(swings).mean(axis=1)
    ds = ds.isel(factor=np.argsort(widest, kind="stable"))
    if facet is None:
        ax = figure_for_rows(ax, _names(ds), extra=1.9)
        _tornado(ax, ds)
        return ax
    return in_panels(
        ds,
        facet,
        lambda place, where: _tornado(where, part_of(ds, facet, place)),
        0.5 + rows_height(_names(ds)),
    )


def _names(ds: xr.Dataset) -> list[str]:
    """Return the names of the factors as people call them."""
    return [display_name(name) for name in ds["factor"].values.tolist()]


def _tornado(ax: Axes, ds: xr.Dataset) -> None:
    """Draw the swings of one cell, the last factor on top."""
    medians = ds["median"].transpose("factor", "end")
    ends = [str(end).upper() for end in medians["end"].values.tolist()]
    low, high = (medians.isel(end=i).values.astype(np.float64) for i in (0, 1))
    base = float(ds["baseline"])
    _check_known("median", np.array([*low, *high, base]))
    labels = _names(ds)
    label_rows(ax, labels)
    texts = value_texts([*low, *high, base])
    _swings(ax, low, high, base, texts)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_xlabel(wrapped_label(ax, quantity_label(ds, "median")))
    plain_frame(ax)
    explained(ax, bar_handles([(f"factor at its {ends[0]}", DARK, ""), (f"factor at its {ends[1]}", LIGHT, HATCH)]))
    said = context(ds, "factor")
    titled(ax, "One factor at a time", f"{said + '; ' if said else ''}line: all factors random, {texts[-1]} Wh")


def _swings(ax: Axes, low: Floats, high: Floats, base: float, texts: Sequence[str]) -> None:
    """Draw a bar to either end of each factor, with room beside it for its value."""
    rows = np.arange(low.size)
    for values, colour, hatch in ((low, DARK, ""), (high, LIGHT, HATCH)):
        ax.barh(rows, values - base, left=base, height=0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.6)
    ax.axvline(base, color=INK, linewidth=1.2)
    size = min(points(8.0), row_height(ax, low.size) / 1.3)
    for row in range(low.size):
        ends = sorted(((low[row], texts[row]), (high[row], texts[low.size + row])))
        _end_values(ax, row, (min(ends[0][0], base), ends[0][1]), (max(ends[1][0], base), ends[1][1]), size)
    log_scale(ax)
    first, last = min(low.min(), high.min(), base), max(low.max(), high.max(), base)
    # The longest text has room at either end, whatever is left of the width.
    share = min(0.3, (0.0085 * size * max(map(len, texts)) + 0.08) / room(ax))
    margin = np.exp(share / (1.0 - 2.0 * share) * max(float(np.log(last / first)), 0.1))
    ax.set_xlim(first / margin, last * margin)


def _end_values(ax: Axes, row: int, left: tuple[float, str], right: tuple[float, str], size: float) -> None:
    """Write the values at the ends of a bar, outside of it."""
    for (value, text), side, away in ((left, "right", -4), (right, "left", 4)):
        said = ax.annotate(text, (value, row), (away * scale(), 0), textcoords="offset points")
        said.set(ha=side, va="center", fontsize=size, color=INK)


@refuses_unknown
def sobol(ds: xr.Dataset, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw first-order and total indices by factor, with their confidence intervals where the dataset has them.

    Parameters
    ----------
    ds
        Result of ``wattquery.sensitivity.sobol`` for one cell: ``first_order`` and ``total_order`` (factor), and
        ``first_order_low``, ``first_order_high``, ``total_order_low``, ``total_order_high``.
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The largest total index on top, in panels that over all of them. With ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If the dataset is another one, or has axes of the grid left.
    """
    ds = check_variables(ds, {"first_order": ("factor",), "total_order": ("factor",)}, "sensitivity.sobol")
    kept = ("factor",) if facet is None else ("factor", checked_facet(ds, "total_order", facet, ax, own=("factor",)))
    ds = only(ds, "total_order", kept, panels=True)
    if not {"factor"} <= set(ds["total_order"].dims) <= set(kept):
        raise InputError(
            f"total_order must have the dimension 'factor' alone, got {listed(ds['total_order'].dims)}. Pass the "
            "result of sensitivity.sobol for one cell."
        )
    total = ds["total_order"].transpose("factor", ...).values.reshape(ds.sizes["factor"], -1)
    ds = ds.isel(factor=np.argsort(np.nan_to_num(total).mean(axis=1), kind="stable"))
    if facet is None:
        ax = figure_for_rows(ax, _names(ds), extra=1.9, row=0.46)
        _indices(ax, ds)
        return ax
    return in_panels(
        ds,
        facet,
        lambda place, where: _indices(where, part_of(ds, facet, place)),
        0.5 + rows_height(_names(ds), 0.46),
    )


def _indices(ax: Axes, ds: xr.Dataset) -> None:
    """Draw the indices of one cell, the last factor on top."""
    _check_known("total_order", ds["total_order"].values)
    labels = _names(ds)
    label_rows(ax, labels)
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
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_xlabel("share of the variance [1]")
    plain_frame(ax)
    explained(ax, bar_handles([("first order: alone", DARK, ""), ("total: with its interactions", LIGHT, HATCH)]))
    titled(ax, f"What explains the variance of {_of(ds)}", "; ".join(filter(None, [context(ds, "factor"), _lines(ds)])))


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
        raise NoDataError(
            f"{variable} is NaN: the catalog has no data for this cell, or nothing in it is random. Select another one."
        )


def bar_handles(entries: Sequence[tuple[str, str, str]]) -> list[Artist]:
    """Return what a legend says of bars: words, colour and hatching."""
    return [
        Patch(facecolor=colour, hatch=hatch, edgecolor=INK, label=legend_label(text)) for text, colour, hatch in entries
    ]
