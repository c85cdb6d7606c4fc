"""The headline under load as a picture: energy over load for each accelerator; needs the extra ``plot``."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import xarray as xr

from wattquery.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["load_picture"]

_STYLES = (("#1b3a63", "-", "o"), ("#e08a1e", "--", "s"), ("#2a8a7f", "-.", "^"), ("#9c3f6b", ":", "D"))
"""Colour, line and marker: apart from each other in grey and for colour-blind readers."""

_INK = "#222222"


def load_picture(ds: xr.Dataset) -> Figure:
    """Return a figure of the median energy of the paper's two queries over load, with what the paper published.

    Parameters
    ----------
    ds
        Of `wattquery.paper.under_load`.

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("The picture needs matplotlib, which is not installed. Run pip install 'wattquery[plot]'.")
    from matplotlib.figure import Figure

    queries = [str(label) for label in ds["paper_query"].values]
    figure = Figure(figsize=(4.6 * len(queries), 4.2), layout="constrained")
    for ax, query in zip(figure.subplots(1, len(queries), squeeze=False)[0], queries, strict=True):
        _draw(ax, ds.sel(paper_query=query), query)
    return figure


def _draw(ax: Axes, ds: xr.Dataset, query: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for number, hardware in enumerate(ds["hardware"].values):
        colour, line, marker = _STYLES[number % len(_STYLES)]
        row = ds.sel(hardware=hardware)
        ax.plot(ds["fine_load"], row["median_by_load"], color=colour, linestyle=line, label=str(hardware))
        matching = float(row["matching_load"])
        if matching == matching:
            ax.plot(matching, float(ds["published"]), color=colour, marker=marker, linestyle="none")
    published = float(ds["published"])
    ax.axhline(published, color=_INK, linewidth=0.8)
    ax.text(0.02, published, f"paper: {published:g} Wh", transform=ax.get_yaxis_transform(), va="bottom", fontsize=8)
    ax.set_title(f"{query} query", fontsize=9.5, color=_INK)
    ax.set_xlabel("load: running sequences, as a share of the most", fontsize=9)
    boundary = ds["median_by_load"].attrs.get("boundary", "")
    ax.set_ylabel(f"median energy per query, {boundary} [Wh]", fontsize=9)
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
        axis.set_minor_formatter(NullFormatter())
    ax.tick_params(labelsize=8)
    ax.legend(fontsize=8, frameon=False)
