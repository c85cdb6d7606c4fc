"""Distributions of a figure as violins, with what was published of each as diamonds below and words beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from wattquery.histograms import common_window
from wattquery.paper.claims import Claim
from wattquery.paper.pictures.computing import Computed
from wattquery.paper.pictures.listing import PaperFigure
from wattquery.paper.pictures.panels import Panel, Shown, panels
from wattquery.plot.distributions import violin
from wattquery.plot.style import DARK, INK, label_rows, titled, value_text
from wattquery.sweeps.dataset import bin_coordinates
from wattquery.sweeps.labelled import labelled

__all__ = ["violins"]

WIDTH = 9.0
ROW = 0.62
FRAME = 1.05
"""Height of a panel beside its rows: title and axis [inches]."""

BELOW = 0.5
"""How far below the middle of its row the published numbers stand."""

KEY = (
    "violin: ours, with a dot at the median, P25 to P75 thick, P5 to P95 thin; below it what is published: "
    "diamond at the median, ends at P25 and P75"
)


def violins(figure: PaperFigure, found: Computed) -> Figure:
    """Return a figure with the panels of distributions that belong to it.

    Parameters
    ----------
    figure
        Which it is.
    found
        All that was computed.
    """
    drawn = panels(figure, found)
    heights = [FRAME + ROW * len(panel.rows) for panel in drawn]
    picture = Figure(figsize=(WIDTH, sum(heights) + 0.5), layout="constrained")
    axes = picture.subplots(len(drawn), 1, squeeze=False, height_ratios=heights)[:, 0]
    for place, (ax, panel) in enumerate(zip(axes, drawn, strict=True)):
        _panel(ax, panel)
        parts = (panel.title, panel.context) if place == 0 else ("", panel.context)
        titled(ax, panel.title if place else figure.heading, "; ".join(filter(None, parts)))
        ax.set_xlabel("energy per query [Wh, facility]" if place == len(drawn) - 1 else "")
    if figure.kind == "inputs":
        low, high = min(ax.get_xlim()[0] for ax in axes), max(ax.get_xlim()[1] for ax in axes)
        for ax in axes:
            ax.set_xlim(low, high)
    picture.supxlabel(KEY, fontsize=8, color="#444444", x=0.01, ha="left")
    return picture


def _panel(ax: Axes, panel: Panel) -> None:
    """Draw distributions with the published numbers and both in words."""
    violin(_dataset(panel.rows), "distribution", ax=ax)
    for text in list(ax.texts):
        text.remove()  # what the picture of one axis says below its title
    rows = list(range(len(panel.rows)))[::-1]
    label_rows(ax, [shown.label for shown in panel.rows], rows)
    ax.set_ylim(-0.8, len(rows) - 0.4)
    ax.set_ylabel("")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}"))
    for row, shown in zip(rows, panel.rows, strict=True):
        _mark(ax, row - BELOW, shown)
        _write(ax, row, shown)


def _dataset(rows: Sequence[Shown]) -> xr.Dataset:
    """Return distributions as a Dataset that pictures take."""
    histograms = [shown.histogram for shown in rows]
    first, bins = common_window(histograms)
    masses = np.array([one.aligned(first, bins) / one.total for one in histograms])
    dims = ("distribution", "bin")
    return xr.Dataset(
        {"histogram": labelled("histogram", dims, masses)},
        {"distribution": [shown.label for shown in rows], **bin_coordinates(first, bins)},
    )


def _mark(ax: Axes, y: float, shown: Shown) -> None:
    """Draw what was published: a diamond at the median, a line with ends from P25 to P75."""
    numbers = _published(shown)
    ends = [numbers[name] for name in ("p25", "p75") if name in numbers]
    if len(ends) == 2:
        ax.plot(ends, [y, y], color=INK, linewidth=1.1, marker="|", markersize=7, zorder=6)
    if "p50" in numbers:
        ax.plot(numbers["p50"], y, "D", color="white", markeredgecolor=INK, markersize=6.5, zorder=7)
    low, high = ax.get_xlim()
    drawn = [*ends, *([numbers["p50"]] if "p50" in numbers else [])]
    if drawn and (min(drawn) < low or max(drawn) > high):
        ax.set_xlim(min(low, 0.9 * min(drawn)), max(high, 1.1 * max(drawn)))


def _write(ax: Axes, row: float, shown: Shown) -> None:
    """Write both medians with their quartiles beside a row."""
    stated = {name: claims[-1] for name in ("p25", "p50", "p75") if (claims := shown.stated(name))}
    ours = {name: _as_precise(shown.value(name), stated.get(name)) for name in ("p25", "p50", "p75")}
    lines = [(f"ours {_words(ours)}", DARK)]
    if "p50" in stated:
        lines.append((f"published {_words({name: claim.text for name, claim in stated.items()})}", INK))
    elif shown.remark:
        lines.append((shown.remark, INK))
    for place, (words, colour) in enumerate(lines):
        at = (1.0, row - 0.38 * place)
        said = ax.annotate(words, at, (8, 0), ("axes fraction", "data"), textcoords="offset points")
        said.set(ha="left", va="center", fontsize=8.5, color=colour)


def _as_precise(value: float, claim: Claim | None) -> str:
    """Return a number with as many decimals as were published of it."""
    return value_text(value) if claim is None else f"{value:.{len(claim.text.partition('.')[2])}f}"


def _words(numbers: Mapping[str, str]) -> str:
    quartiles = f" ({numbers['p25']} to {numbers['p75']})" if {"p25", "p75"} <= set(numbers) else ""
    return f"{numbers['p50']}{quartiles}"


def _published(shown: Shown) -> dict[str, float]:
    """Return the published numbers of a distribution, the more precise where there are two."""
    return {name: claims[-1].value for name in ("p25", "p50", "p75") if (claims := shown.stated(name))}
