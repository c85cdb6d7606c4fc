"""What speed costs: energy per query against interactivity, with the frontier of what nothing beats."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.deployments import Deployments, deployments, draw_marks, hollow, median_energy, under_load
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.lines import line_styles
from wattquery.plot.selection import context
from wattquery.plot.style import (
    Floats,
    checked_ax,
    explained,
    log_scale,
    new_axes,
    plain_frame,
    quantity_label,
    titled,
    wrapped_label,
)
from wattquery.specs.display_names import display_name

__all__ = ["frontier_of", "tradeoff"]

HEIGHT, PANEL_HEIGHT = 4.6, 2.4
EDGE = "#c4c4c4"

NEEDED = ("energy", "interactivity")


@refuses_unknown
def tradeoff(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw the energy per query against the interactivity, with the frontier.

    A line for each deployment, with a mark at each load: the more load, the less energy and the slower for a user. The
    frontier is the least energy at which a user is served at least so fast, of the loads and deployments shown. Open
    marks: the model, the accelerator or the stack was never measured.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` with several numbers as ``load=`` or ``concurrency=``: ``energy`` (..., quantile)
        [Wh, at the boundary of the dataset], whose median is shown, and ``interactivity`` [tokens/s].
    over
        The axis whose labels are compared; by default the one that is longer than one.
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own; each panel has a
        frontier of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Output tokens per second of one user across, energies up, both logarithmic. With ``facet``, that of the first
        panel.

    Raises
    ------
    InputError
        If the dataset is another one, has one load only or more than one other axis left.
    """
    ds, axis = under_load(ds, NEEDED)
    if facet is None:
        found = deployments(ds, axis, over)
        ax = checked_ax(ax) or new_axes(HEIGHT)
        _draw(ax, found)
        return ax
    facet = checked_facet(ds, "energy", facet, ax, over, own=(axis,))
    return in_panels(
        ds,
        facet,
        lambda place, where: _draw(where, deployments(part_of(ds, facet, place), axis, over)),
        PANEL_HEIGHT,
    )


def _draw(ax: Axes, found: Deployments) -> None:
    """Draw the lines of some deployments and their frontier."""
    styles = line_styles(len(found.cells))
    every = []
    for cell, style in zip(found.cells, styles, strict=True):
        speed, energy = cell["interactivity"].values.astype(np.float64), median_energy(cell, found.axis)
        ax.plot(speed, energy, zorder=3, **{**style, "marker": ""})
        draw_marks(ax, speed, energy, hollow(cell), style)
        every.append(np.column_stack([speed, energy]))
    edge = frontier_of(np.concatenate(every))
    # Below the lines: it is a band that the best of them lie on.
    ax.step(edge[:, 0], edge[:, 1], where="pre", color=EDGE, linewidth=4.5, solid_joinstyle="round", zorder=1)
    handles = found.legend(styles)
    handles.append(Line2D([], [], color=EDGE, linewidth=4.5, label="frontier"))
    log_scale(ax, "x")
    log_scale(ax, "y")
    ax.set_ylabel(wrapped_label(ax, f"median {quantity_label(found.whole, 'energy')}", upright=True))
    ax.set_xlabel(wrapped_label(ax, "output tokens per second of one user [tokens/s]"))
    plain_frame(ax, "both")
    explained(ax, handles, title=display_name(found.over) if found.over else "")
    loads = found.whole[found.axis].values
    span = f"marks: {display_name(found.axis)} {loads.min():g} to {loads.max():g}"
    said = [span, "frontier: least at this speed or faster", context(found.whole, found.axis, found.over)]
    titled(ax, "What speed costs", "; ".join(filter(None, said)))


def frontier_of(points: Floats) -> Floats:
    """Return those of some points (speed, energy) that no other beats in both, by rising speed.

    Examples
    --------
    >>> frontier_of(np.array([[1.0, 5.0], [2.0, 3.0], [3.0, 4.0], [3.0, 6.0]])).tolist()
    [[2.0, 3.0], [3.0, 4.0]]
    """
    points = points[np.isfinite(points).all(axis=1)]
    points = points[np.lexsort((points[:, 1], -points[:, 0]))]  # the fastest first, the least energy of equals
    least = np.minimum.accumulate(points[:, 1])
    better = np.concatenate([[True], points[1:, 1] < least[:-1]])
    return np.asarray(points[better][::-1])
