"""Small multiples: a picture for each label of an axis, on common scales, with one heading and one legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.plot.figures import INK, PANELS, new_grid, wrapped
from wattquery.plot.headings import CONTEXT, LEGENDS, SMALL, TITLE, Handle, fitted, legend_height, legend_of, room
from wattquery.plot.recolouring import restyle
from wattquery.plot.selection import NOT_GRID, SAID, NoDataError, axis_label, axis_name
from wattquery.plot.sizes import current_size, points, scale
from wattquery.specs.scalars import shown

__all__ = ["MOST_PANELS", "NO_DATA", "checked_facet", "in_panels", "part_of"]

MOST_PANELS = 12
PANEL = 9.5
"""Size of the titles of panels [points], at the type of a page."""

NO_DATA = " (no data)"
"""How a label ends in a legend whose line is missing."""

EDGE = 0.06
"""Left of headings and below legends [inches]."""


def checked_facet(
    ds: xr.Dataset, variable: str, facet: object, ax: object, over: object = None, own: Sequence[str] = ()
) -> str:
    """Return the axis whose labels have a panel each, of those of a variable that are not the picture's ``own``.

    Raises
    ------
    InputError
        If it is not an axis of the grid, the one that each panel compares, or has more labels than a figure has
        room for, or if an Axes was passed: panels need a figure of their own.
    """
    grid = [str(dim) for dim in ds[variable].dims if dim not in (*NOT_GRID, *own)]
    if not isinstance(facet, str) or facet not in grid:
        of = f"one of {listed(grid)}" if grid else "and it has none"
        raise InputError(
            f"facet must be a dimension of the dataset, {of}, got {shown(facet)}. Name one of them, or leave it out."
            f"{did_you_mean(facet, grid)}"
        )
    if facet == over:
        raise InputError(
            f"facet and over are both {facet!r}: a panel of one label has nothing to compare. Name two axes."
        )
    if ds.sizes[facet] > MOST_PANELS:
        raise InputError(
            f"facet={facet!r} has {ds.sizes[facet]} labels, and a figure has room for {MOST_PANELS} panels. Select as "
            f"many: ds.isel({facet}=slice({MOST_PANELS}))."
        )
    if ax is not None:
        raise InputError(
            "facet makes a figure with a panel for each label, which does not fit into an Axes. Leave out ax, or facet."
        )
    return facet


def in_panels(
    ds: xr.Dataset,
    facet: str,
    draw: Callable[[int, Axes], object],
    height: float,
    after: Callable[[Sequence[Axes]], None] | None = None,
) -> Axes:
    """Draw a picture for each label of an axis on common scales, and return the first Axes.

    Parameters
    ----------
    ds
        What is drawn, with `facet` among its dimensions.
    facet
        The axis.
    draw
        Draws the label at a place on an Axes; `part_of` gives what it has.
    height
        Of one panel [inches], at the type of a page, without title and axis label.
    after
        What to do with the panels that have data before the heading is made, such as a scale of colours.

    Raises
    ------
    InputError
        If no label has anything to draw.
    """
    labels = ds[facet].values.tolist()
    figure, panels = _figure(len(labels), height)
    drawn: list[Axes] = []
    reason: NoDataError | None = None
    for place, ax in enumerate(panels):
        try:
            draw(place, ax)
            drawn.append(ax)
        except NoDataError as error:
            reason = error
            ax.clear()
            ax.text(0.5, 0.5, "no data", transform=ax.transAxes, ha="center", fontsize=points(SMALL), color=INK)
        except InputError:
            plt.close(figure)
            raise
    if not drawn:
        plt.close(figure)
        raise reason if reason is not None else InputError("There is nothing to draw.")
    title, said = drawn[0].get_title(loc="left").replace("\n", " "), _context(drawn)
    handles = _gathered(drawn)
    _common_scales(panels, drawn)
    width = min(map(room, drawn)) - 0.25 * scale()
    for label, ax in zip(labels, panels, strict=True):
        words = wrapped(axis_label(ds, facet, label), max(12, int(width / (0.0092 * points(PANEL)))))
        ax.set_title(words, loc="left", fontsize=points(PANEL), fontweight="bold", color=INK, pad=points(4.0))
    if after is not None:
        after(drawn)
    _headed(figure, f"{title} {'and' if ' by ' in title else 'by'} {axis_name(ds, facet)}", said, handles)
    restyle([figure])
    return panels[0]


def part_of(ds: xr.Dataset, facet: str, place: int) -> xr.Dataset:
    """Return what one label of an axis has, without the label and what else is said of a cell and changes with it."""
    said = [name for name in SAID if name in ds.coords and ds[name].dims == (facet,)]
    same = [name for name in said if name != facet and len(set(ds[name].values.tolist())) == 1]
    dropped = [name for name in (facet, *said) if name not in same]
    return ds.isel({facet: place}).drop_vars(dropped, errors="ignore")


def _columns(count: int) -> int:
    """Return how many panels stand beside each other."""
    if current_size().width < 5.0:
        return 1 if count <= 3 else 2
    return count if count <= 3 else 2 if count == 4 else 3 if count <= 9 else 4


def _figure(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with as many Axes."""
    columns = _columns(count)
    rows = -(-count // columns)
    panels = new_grid(rows, columns, rows * (height + 0.35) + 0.5, tall=True)
    for ax in panels[count:]:
        ax.remove()
    figure = panels[0].get_figure(root=True)
    assert isinstance(figure, Figure)  # it was made for them
    figure.set_gid(PANELS)
    return figure, panels[:count]


def _context(drawn: Sequence[Axes]) -> str:
    """Take the lines that say what was held fixed off the panels, and return what they have in common."""
    lines = []
    for ax in drawn:
        for text in [one for one in ax.texts if one.get_gid() == CONTEXT]:
            lines.append([part.strip() for part in str(text.get_label()).split(";")])
            text.remove()
    return "; ".join(part for part in (lines[0] if lines else []) if part and all(part in other for other in lines))


def _gathered(drawn: Sequence[Axes]) -> tuple[str, dict[str, Handle]]:
    """Return the title and the entries of the legends of all panels."""
    found = [LEGENDS.pop(ax) for ax in drawn if ax in LEGENDS]
    entries = {label: handle for _, entries in found for label, handle in entries.items()}
    # What has data in some panel is not said to have none.
    entries = {
        label: one
        for label, one in entries.items()
        if label.removesuffix(NO_DATA) not in entries or not label.endswith(NO_DATA)
    }
    return (found[0][0] if found else ""), entries


def _common_scales(panels: Sequence[Axes], drawn: Sequence[Axes]) -> None:
    """Give all panels the limits that hold all of them, and labels of axes on the left and below alone."""
    for name in ("x", "y"):
        limits = np.array([getattr(ax, f"get_{name}lim")() for ax in drawn])
        falling = limits[0, 0] > limits[0, 1]
        ends = (limits.max(), limits.min()) if falling else (limits.min(), limits.max())
        for ax in drawn:
            getattr(ax, f"set_{name}lim")(*ends)
    columns = panels[0].get_subplotspec().get_gridspec().ncols  # type: ignore[union-attr]  # panels stand in a grid
    for place, ax in enumerate(panels):
        if ax not in drawn:
            ax.set(xticks=[], yticks=[])
            continue
        if place % columns and any(other in drawn for other in panels[place - place % columns : place]):
            ax.set_ylabel("")
            ax.tick_params(axis="y", labelleft=False)
        below = panels[place + columns] if place + columns < len(panels) else None
        if below is not None and below in drawn:
            ax.set_xlabel("")
            ax.tick_params(axis="x", labelbottom=False)
        else:
            ax.set_xlabel(fitted(ax.get_xlabel().replace("\n", " "), _panel_width(ax, columns), 10.0))


def _panel_width(ax: Axes, columns: int) -> float:
    root = ax.get_figure(root=True)
    return 0.8 * (root.get_figwidth() if root is not None else 7.0) / columns


def _headed(figure: Figure, title: str, said: str, legend: tuple[str, dict[str, Handle]]) -> None:
    """Write heading and legend, for which the figure becomes higher or the panels leave room."""
    width, height = figure.get_size_inches()
    large = fitted(title, width - 2 * EDGE, TITLE)
    small = fitted(said, width - 2 * EDGE, SMALL)
    line_large, line_small = points(14.0) / 72.0, points(12.0) / 72.0
    top = (large.count("\n") + 1) * line_large + (small.count("\n") + 1) * line_small * bool(small) + 0.06 * scale()
    words, entries = legend
    bottom = legend_height(entries, width, words) if entries else 0.0
    if current_size().grows:
        height += top + bottom
        figure.set_figheight(height)
    left = EDGE / width
    write: dict[str, Any] = {"ha": "left", "va": "top"}
    figure.text(
        left, 1.0 - 0.05 * scale() / height, large, fontsize=points(TITLE), fontweight="bold", color=INK, **write
    )
    if small:
        place = 1.0 - (0.06 * scale() + (large.count("\n") + 1) * line_large) / height
        figure.text(left, place, small, fontsize=points(SMALL), color="#444444", **write)
    if entries:
        found = legend_of(figure, entries, words, loc="lower center", bbox_to_anchor=(0.5, 0.02 / height))
        found.set_in_layout(False)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0.0, bottom / height, 1.0, 1.0 - (top + bottom) / height))  # type: ignore[call-arg]  # of the constrained layout
