"""The median energy along the quantiles of each factor."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.lines import across_text, checked_levels, legend_around, line_styles, log_lines, up_text
from wattquery.plot.selection import check_variables, context, only
from wattquery.plot.style import (
    INK,
    WIDTH,
    checked_ax,
    plain_frame,
    quantity_label,
    titled,
    value_text,
    wrapped,
)
from wattquery.specs.display_names import display_name

__all__ = ["spider"]

MADE_BY = "sensitivity.spider"
NEEDED = {"median": ("factor", "factor_level"), "baseline": ()}


@refuses_unknown
def spider(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw the median energy along the quantiles of each factor, all others random.

    A line for each factor: the steeper, the more it matters; one that falls saves energy where it is larger. Lines are
    straight between the levels that were computed, which have marks.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.spider` for one cell: ``median`` (factor, factor_level) and ``baseline`` [Wh].
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Quantile levels across, energies on a logarithmic axis; the factor with the widest range is named first.

    Raises
    ------
    InputError
        If the dataset is another one, has axes of the grid left, or nothing is known of its cell.
    """
    ds = only(
        check_variables(ds, NEEDED, MADE_BY, positive=("median", "baseline")), "median", ("factor", "factor_level")
    )
    medians = ds["median"].transpose("factor", "factor_level").values.astype(np.float64)
    if not np.isfinite(medians).all() or not np.isfinite(ds["baseline"].values).all():
        raise InputError(
            "median is NaN: the catalog has no data for this cell, or nothing in it is random. Select another one."
        )
    base, levels = float(ds["baseline"]), checked_levels(ds, "factor_level", MADE_BY)
    order = np.argsort(-np.ptp(np.log(medians), axis=1), kind="stable")
    ax = checked_ax(ax)
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, 4.4 + 0.16 * max(len(order) - 6, 0)), layout="constrained")
    ax.axhline(base, color=INK, linewidth=0.9, zorder=1)
    handles: list[Artist] = []
    for i, style in zip(order.tolist(), line_styles(len(order)), strict=True):
        label = wrapped(display_name(ds["factor"].values.tolist()[i]), 34)
        handles += ax.plot(levels, medians[i], label=label, **style)
    log_lines(ax, "y")
    ax.set_xticks(levels, [f"P{100 * level:g}" for level in levels])
    ax.set_xlabel(across_text(ax, "quantile at which a factor is fixed"))
    ax.set_ylabel(up_text(quantity_label(ds, "median").replace(" with one factor fixed", "")))
    plain_frame(ax, "both")
    legend_around(ax, handles)
    said = context(ds, "factor", "factor_level")
    titled(
        ax, "Along each factor", f"line across: all factors random, {value_text(base)} Wh{'; ' + said if said else ''}"
    )
    return ax
