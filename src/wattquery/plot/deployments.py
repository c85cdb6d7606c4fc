"""Deployments over the load: what pictures of sweeps under a load draw lines and marks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from wattquery.errors import InputError, listed
from wattquery.plot.facets import NO_DATA
from wattquery.plot.lines import checked_levels
from wattquery.plot.selection import NoDataError, check_variables, over_axis
from wattquery.plot.style import INK, Floats, legend_label
from wattquery.specs.display_names import display_value

__all__ = ["Deployments", "deployments", "draw_marks", "hollow", "load_label", "median_energy", "under_load"]

MADE_BY = "sweep(..., load=[...])"
MOST_LABELS = 10

LOADS = {
    "load": "load: running sequences as a share of the most [1]",
    "concurrency": "concurrency: requests in flight at one instance [1]",
}


class Deployments:
    """One or several deployments over the load.

    Attributes
    ----------
    cells
        A dataset of each, over the load alone.
    labels
        What each is called; nothing where there is only one.
    axis
        The load axis, ``"load"`` or ``"concurrency"``.
    over
        The axis that the labels are of, if there are several.
    whole
        All of them, of which no axis but these is left.
    """

    def __init__(self, ds: xr.Dataset, axis: str, over: str | None) -> None:
        self.axis, self.over, self.whole = axis, over, ds
        self.cells = [ds] if over is None else [ds.isel({over: i}) for i in range(ds.sizes[over])]
        self.labels = (
            [""] if over is None else [legend_label(display_value(over, label)) for label in ds[over].values.tolist()]
        )

    def legend(self, styles: Sequence[dict[str, Any]]) -> list[Artist]:
        """Return what explains the lines, marks of what was never measured, and nothing of one deployment alone."""
        entries: list[Artist] = []
        for cell, label, style in zip(self.cells, self.labels, styles, strict=True):
            known = np.isfinite(cell["energy"].values).any()
            if label:
                entries.append(Line2D([], [], label=label if known else label + NO_DATA, **style))
        if any(hollow(cell).any() for cell in self.cells):
            mark: dict[str, Any] = {
                "marker": "o",
                "markersize": 5.0,
                "markerfacecolor": "white",
                "markeredgecolor": INK,
            }
            entries.append(Line2D([], [], linestyle="none", label="open: extrapolated", **mark))
        return entries


def under_load(ds: xr.Dataset, variables: Sequence[str]) -> tuple[xr.Dataset, str]:
    """Return a dataset under a load, from little to much, and the axis of its loads.

    Raises
    ------
    InputError
        If there is no axis of loads with two numbers at least.
    """
    ds = check_variables(
        ds, {name: ("quantile",) if name == "energy" else () for name in variables}, MADE_BY, positive=variables
    )
    checked_levels(ds, "quantile", MADE_BY)
    axes = [axis for axis in LOADS if axis in ds["energy"].dims]
    if not axes:
        raise InputError(
            f"energy has no dimension 'load' or 'concurrency': make the dataset by {MADE_BY}, with the loads as a list."
        )
    axis = axes[0]
    loads = ds[axis].values
    if loads.dtype.kind not in "fiu" or loads.size < 2 or not (np.isfinite(loads) & (loads > 0)).all():
        raise InputError(
            f"{axis} must have two labels at least that are numbers above 0, to draw lines over it, got "
            f"{listed([str(label) for label in loads.tolist()])}: make the dataset by {MADE_BY}."
        )
    return ds.sortby(axis), axis


def deployments(ds: xr.Dataset, axis: str, over: str | None) -> Deployments:
    """Return the deployments of a dataset `under_load`, of which one axis may be compared.

    Raises
    ------
    InputError
        If more than one axis is left beside the loads, or nothing has data.
    """
    ds, over = over_axis(ds, "energy", over, kept=(axis, "quantile", "bin"), panels=True)
    if not np.isfinite(ds["energy"].values).any():
        raise NoDataError(
            "energy is NaN in all cells, so that there is nothing to draw: ds['unsupported_reason'] tells why. Select "
            "others."
        )
    if over is not None and ds.sizes[over] > MOST_LABELS:
        raise InputError(
            f"A picture compares at most {MOST_LABELS} labels, and {over} has {ds.sizes[over]}: choose some with "
            f"ds.sel({over}=[...])."
        )
    return Deployments(ds, axis, over)


def draw_marks(ax: Axes, x: Floats, y: Floats, open_ones: Any, style: dict[str, Any]) -> None:
    """Draw a mark at each point, open where nothing like it was measured."""
    mark = {**style, "linestyle": "none", "zorder": 4}
    ax.plot(x[~open_ones], y[~open_ones], **mark)
    ax.plot(x[open_ones], y[open_ones], **{**mark, "markerfacecolor": "white", "markeredgecolor": style["color"]})


def hollow(cell: xr.Dataset) -> Any:
    """Return at which loads a deployment is extrapolated."""
    known = np.isfinite(cell["energy"].isel(quantile=0, drop=True).values)
    if "extrapolated" not in cell:
        return np.zeros(known.shape, dtype=bool)
    return np.broadcast_to(cell["extrapolated"].values.astype(bool), known.shape) & known


def median_energy(cell: xr.Dataset, axis: str) -> Floats:
    """Return the median energies over the load."""
    levels = cell["quantile"].values
    nearest = int(np.argmin(np.abs(levels - 0.5)))
    if abs(levels[nearest] - 0.5) > 1e-9:
        raise InputError(
            f"quantile must have the level 0.5, the median, got {listed(levels.tolist())}: sweep with it in quantiles."
        )
    return np.asarray(cell["energy"].transpose("quantile", axis).values[nearest], dtype=np.float64)


def load_label(axis: str) -> str:
    """Return what a load axis is, for a picture."""
    return LOADS[axis]
