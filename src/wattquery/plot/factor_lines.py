"""The median energy along the quantiles of each factor."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.lines import checked_levels, line_styles
from wattquery.plot.selection import NoDataError, check_variables, context, only
from wattquery.plot.style import (
    INK,
    checked_ax,
    explained,
    legend_label,
    log_scale,
    new_axes,
    plain_frame,
    quantity_label,
    titled,
    value_text,
    wrapped_label,
)
from wattquery.specs.display_names import display_name

__all__ = ["spider"]

MADE_BY = "sensitivity.spider"
OWN = ("factor", "factor_level")
NEEDED = {"median": OWN, "baseline": ()}
HEIGHT, PANEL_HEIGHT = 4.4, 2.4


@refuses_unknown
def spider(ds: xr.Dataset, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw the median energy along the quantiles of each factor, all others random.

    A line for each factor: the steeper, the more it matters; one that falls saves energy where it is larger. Lines are
    straight between the levels that were computed, which have marks.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.spider` for one cell: ``median`` (factor, factor_level) and ``baseline`` [Wh].
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Quantile levels across, energies on a logarithmic axis; the factor with the widest range is named first, in
        panels that over all of them. With ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If the dataset is another one, has axes of the grid left, or nothing is known of its cell.
    """
    ds = check_variables(ds, NEEDED, MADE_BY, positive=("median", "baseline"))
    levels = checked_levels(ds, "factor_level", MADE_BY)
    kept = OWN if facet is None else (*OWN, checked_facet(ds, "median", facet, ax, own=OWN))
    ds = only(ds, "median", kept, panels=True)
    spans = np.ptp(np.log(ds["median"].transpose("factor", "factor_level", ...).values.astype(np.float64)), axis=1)
    widest = np.nan_to_num(spans.reshape(ds.sizes["factor"], -1)).mean(axis=1)
    ds = ds.isel(factor=np.argsort(-widest, kind="stable"))
    if facet is None:
        _check_known(ds)
        ax = checked_ax(ax) or new_axes(HEIGHT)
        _lines(ax, ds, levels)
        return ax
    return in_panels(ds, facet, lambda place, where: _lines(where, part_of(ds, facet, place), levels), PANEL_HEIGHT)


def _check_known(ds: xr.Dataset) -> None:
    """Refuse a cell that has no lines."""
    if not all(np.isfinite(ds[name].values).all() for name in NEEDED):
        raise NoDataError(
            "median is NaN: the catalog has no data for this cell, or nothing in it is random. Select another one."
        )


def _lines(ax: Axes, ds: xr.Dataset, levels: list[float]) -> None:
    """Draw the factors of one cell in their order."""
    _check_known(ds)
    medians = ds["median"].transpose("factor", "factor_level").values.astype(np.float64)
    base = float(ds["baseline"])
    across = ax.axhline(base, color=INK, linewidth=0.9, zorder=1, label="all factors random")
    handles: list[Artist] = []
    names = ds["factor"].values.tolist()
    for name, values, style in zip(names, medians, line_styles(len(names)), strict=True):
        handles += ax.plot(levels, values, label=legend_label(display_name(name)), **style)
    log_scale(ax, "y")
    ax.set_xticks(levels, [f"P{100 * level:g}" for level in levels])
    label = quantity_label(ds, "median").replace(" with one factor fixed", "")
    ax.set_ylabel(wrapped_label(ax, label, upright=True))
    ax.set_xlabel(wrapped_label(ax, "quantile at which a factor is fixed"))
    plain_frame(ax, "both")
    explained(ax, [*handles, across])
    said = [f"all factors random: {value_text(base)} Wh", context(ds, *OWN)]
    titled(ax, "Along each factor", "; ".join(filter(None, said)))
