"""Pictures of a grid: distributions over its boundaries or its axis, or medians over the two axes that move it most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wattquery.claims.energies import in_digits
from wattquery.reports.cells import BOUNDARY, Cells
from wattquery.reports.content import Picture
from wattquery.reports.pictures import picture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["grid_picture"]

MOST = 24
"""Labels along an axis of a picture."""


def grid_picture(cells: Cells, order: Sequence[str]) -> tuple[Picture, ...]:
    """Return the pictures of a grid.

    Parameters
    ----------
    cells
        The grid.
    order
        Names of axes, what moves the answer most first.
    """
    long = [dim for dim in cells.dims if cells.ds.sizes[dim] > 1]
    short = {dim: 0 for dim in cells.dims if dim not in long}
    if "histogram" not in cells.ds:
        return _medians(cells, long, order) if long else ()
    if not long:
        over = BOUNDARY if BOUNDARY in cells.ds.dims else None
        return (_violin(cells, cells.ds.isel(short), over),)
    if len(long) == 1:
        return (_violin(cells, cells.head.isel(short), long[0]),)
    return _medians(cells, long, order)


def _violin(cells: Cells, ds: xr.Dataset, over: str | None) -> Picture:
    labels = [] if over is None else ds[over].values.tolist()
    cut = len(labels) > MOST
    if over is not None and cut:
        ds = ds.isel({over: slice(MOST)})
    counted = "" if over == BOUNDARY else f", at the boundary {cells.boundary}"
    along = "" if over is None else f" by {over.replace('_', ' ')}"
    first = f", the first {MOST} of {len(labels)} labels" if cut else ""
    caption = f"Distribution of the energy of one query{along} [Wh]{counted}{first}"

    def draw() -> Any:
        from wattquery import plot

        return plot.violin(ds, over=over)

    parts = [ds] if over is None else [ds.isel({over: i}) for i in range(ds.sizes[over])]
    words = "; ".join(_in_words(cells, one, over) for one in parts)
    return picture(draw, caption, f"{caption}. {words}.")


def _in_words(cells: Cells, one: xr.Dataset, over: str | None) -> str:
    label = "" if over is None else f"{one[over].item()}: "
    values = one["energy"].values.ravel().tolist()
    if values[cells.middle] != values[cells.middle]:
        return f"{label}no data"
    low, high = (100.0 * level for level in (cells.levels[0], cells.levels[-1]))
    return (
        f"{label}median {in_digits(values[cells.middle], 3)} Wh, P{low:g} to P{high:g} {in_digits(values[0], 3)} to "
        f"{in_digits(values[-1], 3)} Wh"
    )


def _medians(cells: Cells, long: Sequence[str], order: Sequence[str]) -> tuple[Picture, ...]:
    chosen = sorted(long, key=lambda dim: order.index(dim) if dim in order else len(order))[:2]
    first = {dim: 0 for dim in cells.dims if dim not in chosen}
    ds = cells.head.isel(first)
    cut = [dim for dim in chosen if ds.sizes[dim] > MOST]
    ds = ds.isel({dim: slice(MOST) for dim in cut})
    place = {dim: i for dim, i in first.items() if cells.ds.sizes[dim] > 1}
    fixed = f", for {cells.named(place)}" if place else ""
    said = "".join(f", the first {MOST} labels of {dim}" for dim in cut)
    axes = " and ".join(dim.replace("_", " ") for dim in chosen)
    caption = f"Median energy of one query [Wh] by {axes}, at the boundary {cells.boundary}{fixed}{said}"

    def draw() -> Any:
        from wattquery import plot

        return plot.heatmap(ds, quantile=cells.levels[cells.middle])

    ends = (cells.sorted[0], cells.sorted[-1])
    words = " to ".join(f"{in_digits(cells.median(one), 3)} Wh ({cells.named(one)})" for one in ends)
    return (picture(draw, caption, f"{caption}. Over the whole grid from {words}."),)
