"""The paper's headline under load as a picture: energy over load for each accelerator, with the published numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattquery.plot.deployments import load_label
from wattquery.plot.lines import line_styles, log_lines, up_text
from wattquery.plot.style import INK, plain_frame, quantity_label, titled

__all__ = ["load_headline"]

PANEL, HEIGHT = 4.6, 4.4


def load_headline(ds: xr.Dataset) -> Figure:
    """Return a figure of the median energy of the paper's two queries over load, with what the paper published.

    Parameters
    ----------
    ds
        Of `wattquery.paper.under_load`.
    """
    queries = [str(label) for label in ds["paper_query"].values]
    figure = Figure(figsize=(PANEL * len(queries), HEIGHT), layout="constrained")
    styles = line_styles(ds.sizes["hardware"])
    for ax, query in zip(figure.subplots(1, len(queries), squeeze=False)[0], queries, strict=True):
        _draw(ax, ds.sel(paper_query=query), styles)
        titled(ax, f"{query} query")
    return figure


def _draw(ax: Axes, ds: xr.Dataset, styles: list[dict[str, Any]]) -> None:
    """Draw a line for each accelerator, and a mark where it takes what the paper published."""
    published = float(ds["published"])
    for hardware, style in zip(ds["hardware"].values, styles, strict=True):
        row = ds.sel(hardware=hardware)
        ax.plot(ds["fine_load"], row["median_by_load"], **{**style, "marker": ""}, zorder=3)
        matching = float(row["matching_load"])
        if np.isfinite(matching):
            ax.plot(matching, published, **{**style, "linestyle": "none"}, zorder=4)
        ax.plot([], [], label=str(hardware), **style)
    ax.axhline(published, color=INK, linewidth=0.8)
    ax.text(0.02, published, f"paper: {published:g} Wh", transform=ax.get_yaxis_transform(), va="bottom", fontsize=8)
    log_lines(ax, "x")
    log_lines(ax, "y")
    ax.set_xlabel(load_label("load"), fontsize=9)
    ax.set_ylabel(up_text(f"median {quantity_label(ds, 'median_by_load')}"), fontsize=9)
    plain_frame(ax, "both")
    ax.tick_params(labelsize=8)
    ax.legend(fontsize=8, frameon=False)
