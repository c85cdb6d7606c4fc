"""Tables as pictures: a statistic over two axes, and shares of the variance by axis and interaction."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.cells import colour_scale, draw_cells, figure_for_cells, label_both, norm
from wattquery.plot.selection import NOT_GRID, check_variables, context, example, only
from wattquery.plot.style import quantity_label, titled, value_text
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.support_words import SUPPORT, missing_because

__all__ = ["anova", "heatmap"]

JOIN = " x "
_STATISTICS = {"energy at quantile 0.5": "the median energy per query", "energy mean": "the mean energy per query"}


@refuses_unknown
def heatmap(
    ds: xr.Dataset,
    variable: str = "energy",
    *,
    quantile: float = 0.5,
    x: str | None = None,
    y: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a statistic over two axes of a grid, one coloured and numbered cell for each pair of labels.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` or `wattquery.blend`, with one or two axes.
    variable
        What is shown.
    quantile
        Which quantile, where ``variable`` has several.
    x, y
        The axes; by default the first one goes down and the second one across.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Darker is more, on a logarithmic scale where all values are positive. Cells without data are hatched.

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
    y, x = _two_axes(ds, variable, x, y)
    ds = only(ds, variable, [dim for dim in (y, x) if dim])
    table = ds[variable].transpose(y, x).values.astype(np.float64) if x else ds[variable].values[:, None].astype(float)
    rows = ds[y].values.tolist()
    columns = ds[x].values.tolist() if x else [""]
    known = table[np.isfinite(table)]
    if not known.size:
        reason = missing_because(ds, dict.fromkeys(map(str, ds.dims), 0))
        raise InputError(
            f"{variable} is NaN in every cell, so there is nothing to draw. Select cells with data: "
            f"ds['supported'] tells which{f'. Of the first one nothing is predicted{reason}' if reason else ''}."
        )
    scale = norm(known)
    ax = figure_for_cells(ax, rows, columns)
    image = draw_cells(ax, table, scale, [[value_text(value) for value in row] for row in table])
    label_both(ax, rows, columns)
    ax.set_ylabel(y.replace("_", " "))
    if x:
        ax.set_xlabel(x.replace("_", " "))
    level = _level_in_words(ds, variable, quantile)
    colour_scale(ax, image, scale, f"{level}{quantity_label(ds, variable)}")
    title = f"{level}{ds[variable].attrs.get('long_name', variable)}"
    said = [context(ds, x, y), "" if np.isfinite(table).all() else "hatched: no data"]
    titled(ax, title[0].upper() + title[1:], "; ".join(filter(None, said)))
    return ax


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
    labels = [name.replace("_", " ") for name in names]
    ax = figure_for_cells(ax, labels, labels)
    image = draw_cells(ax, table, scale, [[_percent(value) for value in row] for row in table], hatch_missing=False)
    label_both(ax, labels, labels)
    colour_scale(ax, image, scale, "share of the variance [1]")
    statistic = str(ds.attrs.get("statistic", "the statistic")).replace("_", " ")
    titled(ax, f"What explains {_STATISTICS.get(statistic, statistic)}", _anova_context(ds, above))
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


def _percent(value: float) -> str:
    if not np.isfinite(value):
        return ""
    if 0.0 < value < 0.0005:
        return "<0.1 %" if value > 1e-12 else "0 %"
    return f"{100 * value:.1f} %" if value else "0 %"


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
            f"ds.sel({example(ds, chosen)})."
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
