"""Tables as pictures: a statistic over two axes, and shares of the variance by axis and interaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.cells import cells_height, colour_norm, colour_scale, draw_cells, figure_for_cells, label_both
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.selection import NOT_GRID, NoDataError, check_variables, context, example, only, panels_for
from wattquery.plot.style import Floats, quantity_label, table_texts, titled
from wattquery.specs.display_names import display_name, display_value
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.support_words import SUPPORT, missing_because

__all__ = ["anova", "heatmap"]

JOIN = " x "
_STATISTICS = {"energy at quantile 0.5": "the median energy per query", "energy_mean": "the mean energy per query"}


@refuses_unknown
def heatmap(
    ds: xr.Dataset,
    variable: str = "energy",
    *,
    quantile: float = 0.5,
    x: str | None = None,
    y: str | None = None,
    ax: Axes | None = None,
    facet: str | None = None,
) -> Axes:
    """Draw a statistic over two axes of a grid, one coloured and numbered cell for each pair of labels.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` or `wattquery.blend`, with one or two axes, and that of the panels.
    variable
        What is shown.
    quantile
        Which quantile, where ``variable`` has several.
    x, y
        The axes; by default the first one goes down and the second one across.
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on one scale of colours in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Darker is more, on a logarithmic scale where all values are positive. Cells without data are hatched. Values
        have so many digits that neighbours that differ look different. With ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If the variable or quantile is not there, or the dataset has more than two axes left.
    """
    if not isinstance(variable, str) or variable == "histogram":
        raise InputError(
            f"variable must name one that has a number for each cell, such as energy_mean, got {shown(variable)}. For "
            "a histogram draw a violin, a ridgeline or an ecdf."
        )
    if variable in SUPPORT and variable != "support_rows":
        raise InputError(
            f"variable must name one that has a number for each cell, got {variable!r}, which is text. Draw "
            f"support_rows, or print ds[{variable!r}]."
        )
    ds = check_variables(ds, {variable: ()}, "sweep or blend")
    if "quantile" in ds[variable].dims:
        if not is_number(quantile) or quantile not in ds["quantile"].values:
            raise InputError(
                f"quantile must be one that the dataset has, of {listed(ds['quantile'].values.tolist())}, got "
                f"{shown(quantile)}."
            )
        ds = ds.sel(quantile=quantile)
    if facet is None:
        y, x = _two_axes(ds, variable, x, y)
        ds = only(ds, variable, [dim for dim in (y, x) if dim])
        table, rows, columns = _table(ds, variable, y, x)
        ax = figure_for_cells(ax, rows, columns)
        norm = colour_norm(_known(ds, variable))
        image = _cells(ax, ds, variable, (y, x), norm, table_texts(table))
        colour_scale(ax, image, norm, f"{_level_in_words(ds, variable, quantile)}{quantity_label(ds, variable)}")
        _headed(ax, ds, variable, (y, x), quantile)
        return ax
    return _panels(ds, variable, quantile, x, y, checked_facet(ds, variable, facet, ax))


def _panels(ds: xr.Dataset, variable: str, quantile: float, x: str | None, y: str | None, facet: str) -> Axes:
    """Draw a heat map for each label of an axis, on one scale of colours and with as many digits."""
    y, x = _two_axes(ds.isel({facet: 0}), variable, x, y)
    ds = only(ds, variable, [dim for dim in (y, x, facet) if dim])
    count = ds.sizes[facet]
    tables = [_table(part_of(ds, facet, place), variable, y, x) for place in range(count)]
    norm = colour_norm(_known(ds, variable))
    _, rows, columns = tables[0]
    # A row of nothing between tables: what is in two panels is not beside each other.
    apart = np.full((1, len(columns)), np.nan)
    texts = table_texts(np.concatenate([part for table, *_ in tables for part in (table, apart)]))
    images = []

    def panel(place: int, where: Axes) -> None:
        part = part_of(ds, facet, place)
        _known(part, variable)
        mine = texts[place * (len(rows) + 1) : (place + 1) * (len(rows) + 1) - 1]
        images.append(_cells(where, part, variable, (y, x), norm, mine))
        _headed(where, part, variable, (y, x), quantile)

    def after(drawn: Sequence[Axes]) -> None:
        label = f"{_level_in_words(ds, variable, quantile)}{quantity_label(ds, variable)}"
        colour_scale(drawn[0].figure.axes[:count], images[0], norm, label)

    return in_panels(ds, facet, panel, 0.3 + cells_height(rows, columns), after)


def _table(ds: xr.Dataset, variable: str, y: str, x: str | None) -> tuple[Floats, list[Any], list[Any]]:
    """Return the values with the labels of rows and columns."""
    values = ds[variable].transpose(y, x).values if x else ds[variable].values[:, None]
    rows, columns = (
        [display_value(dim, label) for label in ds[dim].values.tolist()] if dim else [""] for dim in (y, x)
    )
    return values.astype(np.float64), rows, columns


def _known(ds: xr.Dataset, variable: str) -> Floats:
    """Return the values that are known, of which there must be one."""
    values = ds[variable].values.astype(np.float64)
    known: Floats = values[np.isfinite(values)]
    if not known.size:
        reason = missing_because(ds, dict.fromkeys(map(str, ds.dims), 0))
        raise NoDataError(
            f"{variable} is NaN in every cell, so there is nothing to draw. Select cells with data: "
            f"ds['supported'] tells which{f'. Of the first one nothing is predicted{reason}' if reason else ''}."
        )
    return known


def _cells(
    ax: Axes, ds: xr.Dataset, variable: str, axes: tuple[str, str | None], norm: Normalize, texts: list[Any]
) -> Any:
    """Draw the cells of a table with the labels of both axes."""
    table, rows, columns = _table(ds, variable, *axes)
    ax.set_ylabel(display_name(axes[0]))
    label_both(ax, rows, columns)
    image = draw_cells(ax, table, norm, texts)
    if axes[1]:
        ax.set_xlabel(display_name(axes[1]))
    return image


def _headed(ax: Axes, ds: xr.Dataset, variable: str, axes: tuple[str, str | None], quantile: float) -> None:
    """Write the title of a heat map, and what was held fixed."""
    title = f"{_level_in_words(ds, variable, quantile)}{ds[variable].attrs.get('long_name', display_name(variable))}"
    said = [context(ds, *axes), "" if np.isfinite(ds[variable].values).all() else "hatched: no data"]
    titled(ax, title[0].upper() + title[1:], "; ".join(filter(None, said)))


def _level_in_words(ds: xr.Dataset, variable: str, quantile: float) -> str:
    """Return which quantile is shown, for a title; empty where the variable has none."""
    if "quantile" not in ds.coords or ds["quantile"].ndim:
        return ""
    return "median " if quantile == 0.5 and ds[variable].attrs.get("units") == "Wh" else f"P{100 * quantile:g} of "


@refuses_unknown
def anova(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw which axis of a grid, and which pair of axes, explains how much of the variance.

    Main effects are on the diagonal, interactions of two axes below it. Those of three and more are summed up in the
    line below the title.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.anova`.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Darker is more.

    Raises
    ------
    InputError
        If the dataset is another one, or there is one decomposition for each of several labels.
    """
    ds = only(
        check_variables(ds, {"share": ("effect",), "total_share": ("axis",)}, "sensitivity.anova"), "share", ("effect",)
    )
    names = ds["axis"].values.tolist()
    place = {name: i for i, name in enumerate(names)}
    table = np.full((len(names), len(names)), np.nan)
    above = 0.0
    for effect, share in zip(ds["effect"].values.tolist(), ds["share"].values.tolist(), strict=True):
        joined = effect.split(JOIN)
        if len(joined) > 2 or any(name not in place for name in joined):
            above += share
            continue
        ends = sorted(place[name] for name in joined)
        i, j = ends[0], ends[-1]
        table[j, i] = share
    known = np.isfinite(table)
    if not known.any():
        raise InputError(
            "All shares are NaN: the statistic does not vary over the grid, so there is nothing to draw. "
            "Decompose another variable or a larger grid."
        )
    scale = Normalize(0.0, max(float(table[known].max()), 1e-3))
    labels = [display_name(name) for name in names]
    ax = figure_for_cells(ax, labels, labels)
    label_both(ax, labels, labels)
    image = draw_cells(ax, table, scale, table_texts(table, _percent), hatch_missing=False)
    colour_scale(ax, image, scale, "share of the variance [1]")
    statistic = str(ds.attrs.get("statistic", "the statistic"))
    titled(ax, f"What explains {_STATISTICS.get(statistic, statistic.replace('_', ' '))}", _anova_context(ds, above))
    return ax


def _anova_context(ds: xr.Dataset, above: float) -> str:
    """Return the line below the title: scale, what has no cell of its own, and what lies inside the cells."""
    scale = {"log": "variance of its logarithm", "natural": "variance"}.get(str(ds.attrs.get("scale")), "variance")
    parts = [f"shares of the {scale} over the grid; diagonal: one axis alone; below: two together"]
    if above > 5e-4:
        parts.append(f"three or more: {_percent(above)}")
    if "within_share" in ds and np.isfinite(float(ds["within_share"])):
        parts.append(
            f"beside: {_percent(float(ds['within_share']))} of the variance of one query lies inside the cells"
        )
    said = context(ds)
    return "; ".join([*parts, *([said] if said else [])])


def _percent(value: float, more: int = 0) -> str:
    """Return a share in percent with a decimal, or some more."""
    if not np.isfinite(value):
        return ""
    least = 0.001 * 0.1**more
    if 0.0 < value < 0.5 * least:
        return f"<{100 * least:.{1 + more}f} %" if value > 1e-12 else "0 %"
    return f"{100 * value:.{1 + more}f} %" if value else "0 %"


def _two_axes(ds: xr.Dataset, variable: str, x: str | None, y: str | None) -> tuple[str, str | None]:
    """Return the axis that goes down and the one that goes across."""
    grid = [str(dim) for dim in ds[variable].dims if dim not in NOT_GRID]
    for name, value in (("x", x), ("y", y)):
        if value is not None and (not isinstance(value, str) or value not in grid):
            raise InputError(
                f"{name} must be a dimension of the dataset, one of {listed(grid)}, got {shown(value)}."
                f"{did_you_mean(value, grid)}"
            )
    if x is not None and x == y:
        raise InputError(f"x and y are both {x!r}. Name two different axes.")
    free = [dim for dim in grid if dim not in (x, y)]
    long = [dim for dim in free if ds.sizes[dim] > 1] or free
    wanted = 2 - (x is not None) - (y is not None)
    if sum(ds.sizes[dim] > 1 for dim in free) > wanted:
        chosen = long[wanted:]
        raise InputError(
            f"{variable} has the dimensions {listed(grid)}, and a heat map shows two. Select one label of each other: "
            f"ds.sel({example(ds, chosen)}).{panels_for(ds, chosen)}"
        )
    if y is None:
        if not long:
            if x is None:
                raise InputError(f"{variable} is a single number. A heat map needs an axis: sweep with a list or dict.")
            return x, None
        y = long.pop(0)
    if x is None and long:
        x = long[0]
    return y, x
