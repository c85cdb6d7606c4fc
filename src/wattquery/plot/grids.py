"""Tables as colours: a statistic over two axes, and shares of the variance by axis and interaction."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.plot.selection import NOT_GRID, check_variables, context, example, only
from wattquery.plot.style import (
    FONT,
    INK,
    Floats,
    annotate_inside,
    label_rows,
    log_scale,
    quantity_label,
    titled,
    value_text,
    wrapped,
)

__all__ = ["anova", "heatmap"]

COLOURS = "cividis_r"
JOIN = " x "
_STATISTICS = {"energy at quantile 0.5": "the median energy per query", "energy mean": "the mean energy per query"}
MOST_ANNOTATED = 400


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
    ds = check_variables(ds, (variable,), "sweep or blend")
    if "quantile" in ds[variable].dims:
        if quantile not in ds["quantile"].values:
            raise InputError(
                f"quantile = {quantile!r} is not in the dataset. Allowed are {listed(ds['quantile'].values.tolist())}."
            )
        ds = ds.sel(quantile=quantile)
    y, x = _two_axes(ds, variable, x, y)
    ds = only(ds, variable, [dim for dim in (y, x) if dim])
    table = ds[variable].transpose(y, x).values.astype(np.float64) if x else ds[variable].values[:, None].astype(float)
    rows = ds[y].values.tolist()
    columns = ds[x].values.tolist() if x else [""]
    known = table[np.isfinite(table)]
    if not known.size:
        raise InputError(f"{variable} is NaN in every cell, so there is nothing to draw.")
    scale = _norm(known)
    ax = _figure_for_cells(ax, rows, columns)
    image = _cells(ax, table, scale, [[value_text(value) for value in row] for row in table])
    _label_both(ax, rows, columns)
    ax.set_ylabel(y.replace("_", " "))
    if x:
        ax.set_xlabel(x.replace("_", " "))
    level = f"P{100 * quantile:g} of " if "quantile" in ds.coords and ds["quantile"].ndim == 0 else ""
    if ds[variable].attrs.get("units") == "Wh" and level == "P50 of ":
        level = "median "
    _colour_scale(ax, image, scale, f"{level}{quantity_label(ds, variable)}")
    title = f"{level}{ds[variable].attrs.get('long_name', variable)}"
    said = [context(ds, x, y), "" if np.isfinite(table).all() else "hatched: no data"]
    titled(ax, title[0].upper() + title[1:], "; ".join(filter(None, said)))
    return ax


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
    ds = only(check_variables(ds, ("share", "total_share"), "sensitivity.anova"), "share", ("effect",))
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
        raise InputError("All shares are NaN: the statistic does not vary over the grid, so there is nothing to draw.")
    scale = Normalize(0.0, max(float(table[known].max()), 1e-3))
    labels = [name.replace("_", " ") for name in names]
    ax = _figure_for_cells(ax, labels, labels)
    image = _cells(ax, table, scale, [[_percent(value) for value in row] for row in table], hatch_missing=False)
    _label_both(ax, labels, labels)
    _colour_scale(ax, image, scale, "share of the variance [1]")
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
        if value is not None and value not in grid:
            raise InputError(
                f"{name} = {value!r} is not a dimension of the dataset. Allowed are {listed(grid)}."
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


def _norm(known: Floats) -> Normalize:
    low, high = float(known.min()), float(known.max())
    if low > 0.0:
        return LogNorm(low, high if high > low else 1.01 * low)
    return Normalize(low, high if high > low else low + 1.0)


def _figure_for_cells(ax: Axes | None, rows: list[Any], columns: list[Any]) -> Axes:
    """Return the Axes given, or one with room for cells, row labels and column labels."""
    if ax is not None:
        return ax
    widest = max(len(line) for row in rows for line in wrapped(row).split("\n"))
    cell = 0.72 if len(columns) <= 12 else 0.6
    width = 1.9 + 0.085 * widest + cell * len(columns)
    deepest = max(len(line) for column in columns for line in wrapped(column, 22).split("\n"))
    slanted = _slanted(columns, cell)
    height = 1.3 + 0.46 * len(rows) + (0.075 * deepest if slanted else 0.35)
    _, made = plt.subplots(figsize=(max(5.2, width), max(2.8, height)), layout="constrained")
    return made


def _slanted(columns: list[Any], cell: float) -> bool:
    return max(len(wrapped(column, 22)) for column in columns) * 0.075 > cell


def _cells(ax: Axes, table: Floats, scale: Normalize, texts: list[list[str]], *, hatch_missing: bool = True) -> Any:
    """Draw a table as coloured cells with their values."""
    colours = mpl.colormaps[COLOURS]
    image = ax.imshow(np.ma.masked_invalid(table), cmap=colours, norm=scale, aspect="auto", interpolation="nearest")
    rows, columns = table.shape
    for edge in np.arange(1, columns) - 0.5:
        ax.axvline(edge, color="white", linewidth=1.2)
    for edge in np.arange(1, rows) - 0.5:
        ax.axhline(edge, color="white", linewidth=1.2)
    size = _cell_font(ax, texts, rows, columns)
    for i in range(rows):
        for j in range(columns):
            if np.isfinite(table[i, j]):
                if table.size <= MOST_ANNOTATED:
                    annotate_inside(ax, j, i, texts[i][j], colours(scale(table[i, j])), size)
            elif hatch_missing:
                ax.add_patch(
                    Rectangle(
                        (j - 0.5, i - 0.5), 1, 1, facecolor="white", edgecolor="#999999", hatch="///", linewidth=0
                    )
                )
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
    return image


def _cell_font(ax: Axes, texts: list[list[str]], rows: int, columns: int) -> float:
    """Return a size of type [points] at which every value fits in its cell."""
    root = ax.get_figure(root=True)
    width, height = (root.get_size_inches() if root is not None else (7.0, 4.0)) * np.array([0.62, 0.62])
    longest = max((len(text) for row in texts for text in row), default=1)
    return float(np.clip(min(72 * width / columns / (0.62 * longest + 0.6), 72 * height / rows / 1.6), 4.0, FONT))


def _label_both(ax: Axes, rows: list[Any], columns: list[Any]) -> None:
    label_rows(ax, rows)
    texts = [wrapped(column, 22) for column in columns]
    root = ax.get_figure(root=True)
    width = (root.get_figwidth() if root is not None else 7.0) * 0.62 / len(columns)
    slanted = max(len(line) for text in texts for line in text.split("\n")) * 0.075 > width
    ax.set_xticks(range(len(columns)), texts, fontsize=FONT - (1 if len(columns) > 12 else 0))
    if slanted:
        ax.tick_params(axis="x", labelrotation=40)
        for text in ax.get_xticklabels():
            text.set(ha="right", rotation_mode="anchor")


def _colour_scale(ax: Axes, image: Any, scale: Normalize, label: str) -> None:
    root = ax.get_figure(root=True)
    if root is None:
        return
    bar = root.colorbar(image, ax=ax, pad=0.02)
    if isinstance(scale, LogNorm):
        log_scale(bar.ax, "y")
    bar.ax.tick_params(labelsize=8)
    bar.set_label(wrapped(label, 42), fontsize=8.5, color=INK)
    bar.outline.set_visible(False)
