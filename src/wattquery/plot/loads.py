"""Energy, latency and power over the load, for one or several deployments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.deployments import Deployments, deployments, draw_marks, hollow, load_label, median_energy
from wattquery.plot.lines import (
    across_text,
    legend_around,
    level_pairs,
    line_styles,
    log_lines,
    up_text,
)
from wattquery.plot.selection import context
from wattquery.plot.style import (
    MIDDLE,
    WIDTH,
    Floats,
    checked_ax,
    plain_frame,
    quantity_label,
    titled,
)
from wattquery.specs.display_names import display_name
from wattquery.specs.scalars import shown

__all__ = ["VARIABLES", "load_curves"]

VARIABLES = ("energy", "interactivity", "power", "time_per_output_token", "time_to_first_token", "throughput")
"""What may be drawn over the load; the first three are if nothing is said."""

PANELS = 3
HEIGHT, PANEL = 4.4, 2.3
MOST_BANDS = 3
"""Lines that can have a band each without hiding one another."""

BAND = 0.16
WIDEST_LINEAR = 30.0
"""From the least to the most: beyond, what is little could not be read on a linear axis."""

WIDE = 10.0
"""Loads that differ by this factor or more are on a logarithmic axis."""


@refuses_unknown
def load_curves(ds: xr.Dataset, variable: str | None = None, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw energy per query, interactivity and power over the load, for one or several deployments.

    Energies are medians over queries, with a band between the outermost two quantiles that are as far from the median,
    for up to three deployments. Of interactivity and power the dataset has the median alone. Open marks: the model, the
    accelerator or the stack was never measured.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` with several numbers as ``load=`` or ``concurrency=``.
    variable
        ``"energy"`` [Wh, at the boundary of the dataset], ``"interactivity"`` [tokens/s], ``"power"`` [W per
        accelerator], ``"time_per_output_token"`` [s], ``"time_to_first_token"`` [s] or ``"throughput"`` [tokens/s per
        instance]. If left out, the first three above each other, or in an Axes of yours energy.
    over
        The axis whose labels are compared; by default the one that is longer than one.
    ax
        Where to draw one variable; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The uppermost panel. Energies, and loads that differ tenfold or more, are on logarithmic axes.

    Raises
    ------
    InputError
        If the dataset is another one, has one load only or more than one other axis left, or the variable is none.
    """
    if variable is not None and (not isinstance(variable, str) or variable not in VARIABLES):
        raise InputError(
            f"variable must be one of {listed(VARIABLES)}, got {shown(variable)}: write one of these."
            f"{did_you_mean(variable, VARIABLES)}"
        )
    ax = checked_ax(ax)
    names = (variable,) if variable else VARIABLES[: PANELS if ax is None else 1]
    found = deployments(ds, tuple(dict.fromkeys(("energy", *names))), over)
    panels, alone = ([ax], False) if ax is not None else (_panels(len(names)), True)
    styles = line_styles(len(found.cells))
    handles = found.legend(styles)
    for panel, name in zip(panels, names, strict=True):
        handles += _draw(panel, found, name, styles)
        _finish(panel, found, name)
    for panel in panels[:-1]:
        panel.set_xlabel("")
        panel.tick_params(axis="x", labelbottom=False)
    legend_around(panels[0], handles, display_name(found.over) if found.over else "", alone=alone)
    titled(panels[0], "Under load", context(found.whole, found.axis, found.over))
    return panels[0]


def _panels(count: int) -> list[Axes]:
    """Return the Axes of a new figure, above each other."""
    figure: Figure = plt.figure(figsize=(WIDTH, HEIGHT if count == 1 else PANEL * count + 1.2), layout="constrained")
    axes = figure.subplots(count, 1, squeeze=False, sharex=True)
    return list(axes[:, 0])


def _draw(ax: Axes, found: Deployments, name: str, styles: Sequence[dict[str, Any]]) -> list[Artist]:
    """Draw one variable of all deployments, and return what explains its bands."""
    banded: list[Artist] = []
    for cell, style in zip(found.cells, styles, strict=True):
        loads = cell[found.axis].values.astype(np.float64)
        if name == "energy" and len(found.cells) <= MOST_BANDS:
            banded = _band(ax, cell, loads, style) or banded
        values = median_energy(cell, found.axis) if name == "energy" else cell[name].values.astype(np.float64)
        ax.plot(loads, values, zorder=3, **{**style, "marker": ""})
        draw_marks(ax, loads, values, hollow(cell), style)
    return banded


def _band(ax: Axes, cell: xr.Dataset, loads: Floats, style: dict[str, Any]) -> list[Artist]:
    """Draw a band between the outermost quantiles, with edges so that it can be followed in print."""
    levels = cell["quantile"].values.tolist()
    pairs = level_pairs(levels)
    if not pairs:
        return []
    energies = cell["energy"].values.astype(np.float64)
    low, high = (energies[:, place] for place in pairs[0])
    ax.fill_between(loads, low, high, facecolor=style["color"], alpha=BAND, linewidth=0)
    for end in (low, high):
        ax.plot(loads, end, color=style["color"], linestyle=style["linestyle"], linewidth=0.9, alpha=0.8)
    words = " to ".join(f"P{100 * levels[place]:g}" for place in pairs[0])
    return [Patch(facecolor=MIDDLE, alpha=BAND + 0.1, label=f"{words} of queries")]


def _finish(ax: Axes, found: Deployments, name: str) -> None:
    """Set the scale of the loads and the labels."""
    loads = found.whole[found.axis].values
    if loads.max() >= WIDE * loads.min():
        log_lines(ax, "x")
    ax.set_xlabel(across_text(ax, load_label(found.axis)))
    label = quantity_label(found.whole, name)
    if name == "energy":
        label = f"median {label}"
    elif name == "interactivity":
        label = "interactivity of one user [tokens/s]"
    ax.set_ylabel(up_text(label, 26 if len(ax.figure.axes) > 1 else 36))
    _scale(ax, found, name)
    plain_frame(ax, "both")


def _scale(ax: Axes, found: Deployments, name: str) -> None:
    """Take logarithms of energies and of what differs much; all else starts at 0."""
    values = np.concatenate([cell[name].values.ravel() for cell in found.cells]).astype(np.float64)
    low, high = np.nanmin(values), np.nanmax(values)
    if name == "energy" or high > WIDEST_LINEAR * low:
        log_lines(ax, "y")
    else:
        ax.set_ylim(0.0, 1.08 * high)
