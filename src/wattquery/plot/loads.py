"""Energy, latency and power over the load, for one or several deployments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.deployments import (
    Deployments,
    deployments,
    draw_marks,
    hollow,
    load_label,
    median_energy,
    under_load,
)
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.lines import level_pairs, line_styles
from wattquery.plot.selection import context
from wattquery.plot.style import (
    MIDDLE,
    Floats,
    checked_ax,
    explained,
    log_scale,
    new_grid,
    plain_frame,
    quantity_label,
    titled,
    wrapped_label,
)
from wattquery.specs.display_names import display_name
from wattquery.specs.scalars import shown

__all__ = ["VARIABLES", "load_curves"]

VARIABLES = ("energy", "interactivity", "power", "time_per_output_token", "time_to_first_token", "throughput")
"""What may be drawn over the load; the first three are if nothing is said."""

PANELS = 3
HEIGHT, PANEL_HEIGHT = 4.4, 2.2
MOST_BANDS = 3
"""Lines that can have a band each without hiding one another."""

BAND = 0.16
WIDEST_LINEAR = 30.0
"""From the least to the most: beyond, what is little could not be read on a linear axis."""

WIDE = 10.0
"""Loads that differ by this factor or more are on a logarithmic axis."""


@refuses_unknown
def load_curves(
    ds: xr.Dataset,
    variable: str | None = None,
    over: str | None = None,
    ax: Axes | None = None,
    *,
    facet: str | None = None,
) -> Axes:
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
        instance]. If left out, the first three above each other; energy in an Axes of yours, and
        with ``facet``.
    over
        The axis whose labels are compared; by default the one that is longer than one.
    ax
        Where to draw one variable; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, with one variable on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The uppermost panel, with ``facet`` the first. Energies, and loads that differ tenfold or more, are on
        logarithmic axes.

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
    names = (variable,) if variable else VARIABLES[: PANELS if ax is None and facet is None else 1]
    ds, axis = under_load(ds, tuple(dict.fromkeys(("energy", *names))))
    if facet is not None:
        facet = checked_facet(ds, "energy", facet, ax, over, own=(axis,))
        return in_panels(
            ds,
            facet,
            lambda place, where: _curves([where], deployments(part_of(ds, facet, place), axis, over), names, ds),
            PANEL_HEIGHT,
        )
    found = deployments(ds, axis, over)
    ax = checked_ax(ax)
    height = HEIGHT if len(names) == 1 else len(names) * PANEL_HEIGHT + 1.0
    panels = new_grid(len(names), 1, height, tall=len(names) > 1, sharex=True) if ax is None else [ax]
    _curves(panels, found, names, found.whole)
    return panels[0]


def _curves(panels: Sequence[Axes], found: Deployments, names: Sequence[str], whole: xr.Dataset) -> None:
    """Draw each variable on an Axes, one above the other; the scale is that of a whole dataset."""
    styles = line_styles(len(found.cells))
    handles = {str(one.get_label()): one for one in found.legend(styles)}
    for panel, name in zip(panels, names, strict=True):
        handles |= {str(one.get_label()): one for one in _draw(panel, found, name, styles)}
        _finish(panel, found, name, whole)
    for panel in panels[:-1]:
        panel.set_xlabel("")
        panel.tick_params(axis="x", labelbottom=False)
    if handles:
        explained(panels[0], list(handles.values()), title=display_name(found.over) if found.over else "")
    titled(panels[0], "Under load", context(found.whole, found.axis, found.over))


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


def _finish(ax: Axes, found: Deployments, name: str, whole: xr.Dataset) -> None:
    """Set the scale of the loads and the labels."""
    loads = found.whole[found.axis].values
    if loads.max() >= WIDE * loads.min():
        log_scale(ax, "x")
    label = quantity_label(found.whole, name)
    if name == "energy":
        label = f"median {label}"
    elif name == "interactivity":
        label = "interactivity of one user [tokens/s]"
    ax.set_ylabel(wrapped_label(ax, label, upright=True))
    ax.set_xlabel(wrapped_label(ax, load_label(found.axis)))
    _scale(ax, name, whole[name].values.astype(np.float64))
    plain_frame(ax, "both")


def _scale(ax: Axes, name: str, values: Floats) -> None:
    """Take logarithms of energies and of what differs much; all else starts at 0."""
    low, high = np.nanmin(values), np.nanmax(values)
    if name == "energy" or high > WIDEST_LINEAR * low:
        log_scale(ax, "y")
    else:
        ax.set_ylim(0.0, 1.08 * high)
