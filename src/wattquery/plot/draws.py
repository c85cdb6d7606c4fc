"""Sampling error against the number of draws: where it is, where it has to be, and how many draws that takes."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatterMathtext, LogLocator, NullFormatter

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.lines import line_styles
from wattquery.plot.selection import check_variables, context
from wattquery.plot.style import (
    INK,
    Floats,
    checked_ax,
    explained,
    legend_label,
    log_scale,
    new_axes,
    plain_frame,
    room,
    scale,
    titled,
    wrapped_label,
)
from wattquery.specs.scalars import is_number

__all__ = ["convergence"]

NO_INFORMATION = "no_information"
MADE_BY = "sensitivity.convergence"


class HasTable(Protocol):
    """A `wattquery.sensitivity.Convergence`, which stands beside this room."""

    @property
    def table(self) -> xr.Dataset:
        """Its errors by cell and statistic."""


SLOPES = {"monte_carlo": "expected slope: draws to the power \N{MINUS SIGN}1/2"}
SLOPE_ELSEWHERE = "slope \N{MINUS SIGN}1/2: an upper limit, the error mostly falls faster"


@refuses_unknown
def convergence(ds: HasTable | xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw the sampling error of each statistic against the number of draws, with the slope that is expected.

    A filled mark for each statistic is its error in the worst cell at the draws that were made, with a line down to
    the best cell. From it a line falls with the square root of the draws to the target, where an open mark says how
    many draws it takes. Marks below the target are good enough.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.convergence`, or its ``table``.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Draws per cell across, relative standard errors up, both logarithmic.

    Raises
    ------
    InputError
        If it is something else, the energies were computed without sampling, or no error is known.
    """
    table = ds if isinstance(ds, xr.Dataset) else getattr(ds, "table", ds)
    table = check_variables(_without_infinite(table), {"relative_stderr": ("statistic",)}, MADE_BY)
    made, target = table.attrs.get("draws"), table.attrs.get("relative_stderr_target")
    if not is_number(made) or not is_number(target) or not 0.0 < float(target) < 1.0:
        raise InputError(
            f"The dataset must say its draws, and a relative_stderr_target between 0 and 1, in its attributes, got "
            f"{made!r} and {target!r}: pass the result of {MADE_BY} as it is."
        )
    if made < 1:
        raise InputError(
            "The energies were computed without sampling (method 'exact'), so that there is no error to draw: every "
            "digit is right. Pass the result for a sweep by method='monte_carlo'."
        )
    errors = table["relative_stderr"].transpose("statistic", ...).values.astype(np.float64)
    errors = errors.reshape(len(errors), -1)
    unknown = table[NO_INFORMATION].transpose("statistic", ...).values.reshape(len(errors), -1).any(axis=1)
    if not (np.isfinite(errors) & (errors > 0.0)).any():
        raise InputError(
            "relative_stderr says nothing: no cell has data, or too few draws lie beyond each quantile. Raise draws."
        )
    ax = checked_ax(ax) or new_axes(4.6)
    names = [str(name) for name in table["statistic"].values.tolist()]
    handles = _draw(ax, names, errors, unknown, float(made), float(target))
    ax.axhline(100 * float(target), color=INK, linewidth=1.1, linestyle="--")
    handles.append(Line2D([], [], color=INK, linewidth=1.1, linestyle="--", label=f"target: {100 * target:.3g} %"))
    _scales(ax)
    ax.set_xlabel("draws per cell")
    ax.set_ylabel(wrapped_label(ax, "relative standard error [%]", upright=True))
    plain_frame(ax, "both")
    explained(ax, handles)
    titled(ax, "Whether the draws were enough", _context(table, errors, float(made)))
    return ax


def _without_infinite(table: Any) -> Any:
    """Return a table whose infinite errors, of which nothing is known, are NaN and marked by a coordinate."""
    if not isinstance(table, xr.Dataset) or "relative_stderr" not in table:
        return table
    errors = table["relative_stderr"]
    if errors.dtype.kind != "f" or "statistic" not in errors.dims:
        return table
    infinite = np.isinf(errors)
    return table.assign(relative_stderr=errors.where(~infinite)).assign_coords({NO_INFORMATION: infinite})


def _draw(ax: Axes, names: list[str], errors: Floats, unknown: Any, made: float, target: float) -> list[Artist]:
    """Draw each statistic, and return what explains them."""
    handles: list[Artist] = []
    for statistic, row, untold, style in zip(names, errors, unknown, line_styles(len(names)), strict=True):
        name = statistic.replace("p", "P") if statistic[1:2].isdigit() else statistic
        known = row[np.isfinite(row) & (row > 0.0)]
        mark: dict[str, Any] = {**style, "linestyle": "none", "zorder": 4}
        if untold or not known.size:
            handles.append(Line2D([], [], label=legend_label(f"{name}: no information in some cell"), **mark))
            continue
        worst = float(known.max())
        needed = made * (worst / target) ** 2
        ends = np.array([made, needed])
        ax.plot(ends, 100 * worst * np.sqrt(made / ends), linestyle="-", linewidth=1.0, color=style["color"], zorder=2)
        ax.vlines(made, 100 * known.min(), 100 * worst, color=style["color"], linewidth=1.2, zorder=3)
        handles += ax.plot(made, 100 * worst, label=f"{name}: {_count(needed)} draws", **mark)
        ax.plot(needed, 100 * target, **{**mark, "markerfacecolor": "white", "markeredgecolor": style["color"]})
    return handles


def _count(draws: float) -> str:
    """Return a number of draws in about two digits, as it is an estimate."""
    return f"{draws:.1e}" if draws >= 1e9 else f"{float(f'{draws:.2g}'):,.0f}"


def _scales(ax: Axes) -> None:
    """Make both axes logarithmic; draws as powers of ten, which plain numbers would be too long for."""
    low, high = ax.dataLim.intervalx
    log_scale(ax, "y")
    ax.set_xscale("log")
    middle, reach = np.sqrt(low * high), max(np.sqrt(high / low) * 1.5, 4.0)
    ax.set_xlim(middle / reach, middle * reach)
    ax.xaxis.set_major_locator(LogLocator(numticks=int(np.clip(room(ax) / (0.5 * scale()), 3, 8))))
    ax.xaxis.set_major_formatter(LogFormatterMathtext())
    ax.xaxis.set_minor_formatter(NullFormatter())


def _context(table: xr.Dataset, errors: Floats, made: float) -> str:
    """Return how many cells there are, and what lines are."""
    cells = errors.shape[1]
    method = str(table.attrs.get("method", ""))
    parts = [
        f"{made:,.0f} draws made" + (f", {method.replace('_', ' ')}" if method else ""),
    ]
    if cells > 1:
        parts.append(f"filled: worst of {cells:,} cells")
    parts += [
        "open: draws that the target takes",
        SLOPES.get(method, SLOPE_ELSEWHERE if method else "slope \N{MINUS SIGN}1/2"),
        context(table, "statistic"),
    ]
    return "; ".join(part for part in parts if part)
