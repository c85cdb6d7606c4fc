"""The paper's headline under load as a picture: energy over load for each accelerator, with the published numbers."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattquery.plot.deployments import load_label
from wattquery.plot.facets import in_panels, part_of
from wattquery.plot.lines import line_styles
from wattquery.plot.style import (
    INK,
    explained,
    legend_label,
    log_scale,
    plain_frame,
    points,
    quantity_label,
    titled,
    wrapped_label,
)

__all__ = ["load_headline"]

HEIGHT = 3.0


def load_headline(ds: xr.Dataset) -> Figure:
    """Return a figure of the median energy of the paper's two queries over load, with what the paper published.

    Parameters
    ----------
    ds
        Of `wattquery.paper.under_load`.
    """
    ds = ds[["median_by_load", "matching_load", "published"]].rename(paper_query="query")
    ax = in_panels(ds, "query", lambda place, where: _draw(where, part_of(ds, "query", place)), HEIGHT)
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)  # it was made for it
    return figure


def _draw(ax: Axes, ds: xr.Dataset) -> None:
    """Draw a line for each accelerator, and a mark where it takes what the paper published."""
    published = float(ds["published"])
    handles: list[Artist] = []
    for hardware, style in zip(ds["hardware"].values.tolist(), line_styles(ds.sizes["hardware"]), strict=True):
        row = ds.sel(hardware=hardware)
        ax.plot(ds["fine_load"], row["median_by_load"], **{**style, "marker": ""}, zorder=3)
        matching = float(row["matching_load"])
        if np.isfinite(matching):
            ax.plot(matching, published, **{**style, "linestyle": "none"}, zorder=4)
        handles += ax.plot([], [], label=legend_label(hardware), **style)
    ax.axhline(published, color=INK, linewidth=0.8)
    said = ax.text(0.02, published, f"paper: {published:g} Wh", transform=ax.get_yaxis_transform(), va="bottom")
    said.set(fontsize=points(8.0), color=INK)
    log_scale(ax, "x")
    log_scale(ax, "y")
    ax.set_ylabel(wrapped_label(ax, f"median {quantity_label(ds, 'median_by_load')}", upright=True))
    ax.set_xlabel(wrapped_label(ax, load_label("load")))
    plain_frame(ax, "both")
    explained(ax, handles)
    titled(ax, "Energy over the load", "marks: where a median is what the paper published")
