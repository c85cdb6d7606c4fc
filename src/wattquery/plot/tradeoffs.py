"""What speed costs: energy per query against interactivity, with the frontier of what nothing beats."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.deployments import deployments, draw_marks, hollow, median_energy
from wattquery.plot.lines import across_text, legend_around, line_styles, log_lines, up_text
from wattquery.plot.selection import context
from wattquery.plot.style import (
    WIDTH,
    Floats,
    checked_ax,
    plain_frame,
    quantity_label,
    titled,
)
from wattquery.specs.display_names import display_name

__all__ = ["frontier_of", "tradeoff"]

EDGE = "#c4c4c4"

NEEDED = ("energy", "interactivity")


@refuses_unknown
def tradeoff(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None) -> Axes:
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

    Returns
    -------
    matplotlib.axes.Axes
        Output tokens per second of one user across, energies up, both logarithmic.

    Raises
    ------
    InputError
        If the dataset is another one, has one load only or more than one other axis left.
    """
    found = deployments(ds, NEEDED, over)
    ax = checked_ax(ax)
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, 4.6), layout="constrained")
    styles = line_styles(len(found.cells))
    points = []
    for cell, style in zip(found.cells, styles, strict=True):
        speed, energy = cell["interactivity"].values.astype(np.float64), median_energy(cell, found.axis)
        ax.plot(speed, energy, zorder=3, **{**style, "marker": ""})
        draw_marks(ax, speed, energy, hollow(cell), style)
        points.append(np.column_stack([speed, energy]))
    edge = frontier_of(np.concatenate(points))
    # Below the lines: it is a band that the best of them lie on.
    ax.step(edge[:, 0], edge[:, 1], where="pre", color=EDGE, linewidth=4.5, solid_joinstyle="round", zorder=1)
    handles = found.legend(styles)
    handles.append(Line2D([], [], color=EDGE, linewidth=4.5, label="frontier"))
    log_lines(ax, "x")
    log_lines(ax, "y")
    ax.set_xlabel(across_text(ax, "output tokens per second of one user [tokens/s]"))
    ax.set_ylabel(up_text(f"median {quantity_label(found.whole, 'energy')}"))
    plain_frame(ax, "both")
    legend_around(ax, handles, display_name(found.over) if found.over else "")
    loads = found.whole[found.axis].values
    span = (
        f"marks: {display_name(found.axis)} {loads.min():g} to {loads.max():g}; frontier: least at this speed or faster"
    )
    titled(ax, "What speed costs", "; ".join(filter(None, [span, context(found.whole, found.axis, found.over)])))
    return ax


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
