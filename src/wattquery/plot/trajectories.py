"""Fleets over time: energy per day by date, with bands, beside what it would be without levers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.selection import check_variables, example, only
from wattquery.plot.style import (
    DARK,
    INK,
    MIDDLE,
    WIDTH,
    Floats,
    checked_ax,
    log_scale,
    plain_frame,
    shades,
    titled,
    wrapped,
)
from wattquery.quantities import LOAD_AXES

__all__ = ["trajectory"]

HEIGHT = 4.6
NOT_AXES = ("date", "credible", "query_class", "lever")
SAID = ("scenario", "preset", "hardware", *LOAD_AXES, "growth", "rebound")
WIDEST_LINEAR = 30.0
"""From the lowest band to the highest line: beyond, what is low could not be read on a linear axis."""

MOST_BANDS = 3
FEW = 15
MARGIN = 0.012
DASHES: tuple[Any, ...] = ("-", "--", "-.", (0, (6, 1.5, 1, 1.5, 1, 1.5)))
MARKERS = "osD^vP*X"
ALPHAS = (0.22, 0.40, 0.55)
WITHOUT = "no lever adopted"


@refuses_unknown
def trajectory(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the energy of a fleet per day over time.

    Without an axis beside the dates: expected energy and the median, bands between quantiles over the shared factors,
    and the energy if no lever were adopted. With one, such as ``growth``: an expected line for each label, with the
    outermost band where there are three at most.

    Parameters
    ----------
    ds
        Result of `wattquery.trajectory` with two dates at least.
    over
        The axis whose labels are compared; by default the one that is longer than one.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Energies from 0, or on a logarithmic axis where they differ more than thirtyfold.

    Raises
    ------
    InputError
        If the dataset is another one, has more than one further axis left, or one date.
    """
    variables = dict.fromkeys(("energy_per_day", "energy_without", "energy_with"), ("date",))
    ds = check_variables(ds, {**variables, "energy_credible": ("date", "credible")}, "wattquery.trajectory")
    if ds["date"].dtype.kind != "M":
        raise InputTypeError(
            f"The labels of 'date' must be dates, as wattquery.trajectory makes them, got values of type "
            f"{ds['date'].dtype.name}. Pass its result as it is."
        )
    if ds.sizes["date"] < 2:
        raise InputError(
            "The dataset must have two dates or more to draw a line through, got one. Pass more dates, or use "
            "wattquery.fleet."
        )
    ds, over = _one_axis(ds, over)
    ax = checked_ax(ax)
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, HEIGHT), layout="constrained")
    handles = _draw_one(ax, ds) if over is None else _draw_several(ax, ds, over)
    dates = ds["date"].values
    room = MARGIN * (dates[-1] - dates[0])
    ax.set_xlim(dates[0] - room, dates[-1] + room)
    _scale(ax, ds, over)
    locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # the same
    ax.set_xlabel("date")
    ax.set_ylabel(
        f"energy per day [{', '.join(filter(None, [ds['energy_per_day'].attrs.get('units'), _counted(ds)]))}]"
    )
    plain_frame(ax, "both")
    _legend(ax, handles)
    titled(ax, "Energy of a fleet per day over time", _context(ds, over))
    return ax


def _one_axis(ds: xr.Dataset, over: str | None) -> tuple[xr.Dataset, str | None]:
    """Return the dataset with at most one axis beside its dates, and that axis."""
    axes = [str(dim) for dim in ds["energy_per_day"].dims if dim not in NOT_AXES]
    long = [dim for dim in axes if ds.sizes[dim] > 1]
    if over is not None:
        if not isinstance(over, str) or over not in axes:
            raise InputError(
                f"over must be an axis of the dataset, {f'one of {listed(axes)}' if axes else 'and there is none'}, "
                f"got {over!r}."
                f"{did_you_mean(over, axes)}"
            )
        return only(ds, "energy_credible", [over, *NOT_AXES]), over
    if len(long) > 1:
        raise InputError(
            f"energy_per_day has the dimensions {listed(long)} beside 'date', of which a picture shows "
            f"one. Select one label of each other: over={long[0]!r} with ds.sel({example(ds, long[1:])})."
        )
    return only(ds, "energy_credible", [*long, *NOT_AXES]), long[0] if long else None


def _draw_one(ax: Axes, ds: xr.Dataset) -> list[Artist]:
    """Draw bands, median, expectation, and what there would be without levers or before rebound."""
    dates = ds["date"].values
    mark = "o" if dates.size <= FEW else ""
    lines: list[Artist] = []
    if not np.array_equal(ds["energy_without"].values, ds["energy_with"].values):
        lines += ax.plot(dates, _values(ds, "energy_without"), ":", color=INK, linewidth=1.8, label=WITHOUT)
    if float(np.max(ds["rebound"].values)) > 0.0:
        rising: dict[str, Any] = {"color": MIDDLE, "linewidth": 1.6, "label": "expected, before rebound"}
        lines += ax.plot(dates, _values(ds, "energy_with"), "-.", **rising)
    expected: dict[str, Any] = {"color": DARK, "linewidth": 2.0, "marker": mark, "markersize": 4.5, "label": "expected"}
    lines += ax.plot(dates, _values(ds, "energy_per_day"), "-", **expected)
    quantiles = ds["energy_credible"].transpose("date", "credible")
    levels = np.round(quantiles["credible"].values, 12).tolist()
    if 0.5 in levels:
        median = quantiles.values[:, levels.index(0.5)]
        lines += ax.plot(dates, median, "--", color=DARK, linewidth=1.4, label="median (P50)")
    bands: list[Artist] = []
    clear = 1.0
    for alpha, (low, high) in zip(ALPHAS, _pairs(levels), strict=False):
        ends = quantiles.values[:, [low, high]].T
        label = f"P{100 * levels[low]:g} to P{100 * levels[high]:g}"
        _band(ax, dates, ends, MIDDLE, alpha)
        clear *= 1.0 - alpha  # bands lie over each other
        bands.append(Patch(facecolor=MIDDLE, alpha=1.0 - clear, label=label))
    return [*lines, *bands]


def _draw_several(ax: Axes, ds: xr.Dataset, over: str) -> list[Artist]:
    """Draw a line for each label, with the outermost band where these can be told apart."""
    dates, labels = ds["date"].values, ds[over].values.tolist()
    colours = shades(len(labels))
    pairs = _pairs(ds["credible"].values.tolist())[:1] if len(labels) <= MOST_BANDS else []
    without = ds["energy_without"].transpose(over, "date").values
    reduced = not np.array_equal(without, ds["energy_with"].transpose(over, "date").values)
    common = bool(np.all(without == without[0]))
    handles: list[Artist] = []
    for i, (label, colour) in enumerate(zip(labels, colours, strict=True)):
        one = ds.isel({over: i})
        words = wrapped(f"{over} {label:g}" if isinstance(label, (int, float)) else label, 34)
        style = {"color": colour, "linewidth": 2.0, "linestyle": DASHES[i % len(DASHES)], "label": words}
        if dates.size <= FEW:
            style |= {"marker": MARKERS[i % len(MARKERS)], "markersize": 5}
        handles += ax.plot(dates, _values(one, "energy_per_day"), **style)
        if reduced and not common:
            ax.plot(dates, without[i], ":", color=colour, linewidth=1.3)
        for low, high in pairs:
            band = one["energy_credible"].transpose("date", "credible").values[:, [low, high]].T
            _band(ax, dates, band, colour, 0.16)
    if reduced and common:
        handles += ax.plot(dates, without[0], ":", color=INK, linewidth=1.8, label=WITHOUT)
    elif reduced:
        handles.append(Line2D([], [], color=INK, linestyle=":", linewidth=1.3, label=f"{WITHOUT}, in the same colour"))
    if pairs:
        ends = [f"P{100 * float(ds['credible'].values[k]):g}" for k in pairs[0]]
        handles.append(Patch(facecolor=MIDDLE, alpha=0.3, label=f"{' to '.join(ends)}, in the same colour"))
    return handles


def _values(ds: xr.Dataset, name: str) -> Floats:
    return np.asarray(ds[name].values, dtype=np.float64)


def _pairs(levels: Sequence[float]) -> list[tuple[int, int]]:
    """Return the places of two levels that are as far from a half, the outermost first."""
    found = []
    for low, level in enumerate(levels):
        for high in range(len(levels) - 1, low, -1):
            if abs(level + levels[high] - 1.0) < 1e-9:
                found.append((low, high))
    return found


def _band(ax: Axes, dates: NDArray[Any], ends: Floats, colour: Any, alpha: float) -> None:
    ax.fill_between(dates, *ends, color=colour, alpha=alpha, linewidth=0)
    for end in ends:  # an edge, so that a band can be followed in print
        ax.plot(dates, end, "-", color=colour, linewidth=0.5, alpha=0.7)


def _scale(ax: Axes, ds: xr.Dataset, over: str | None) -> None:
    """Start at 0, or take logarithms where energies differ much."""
    shown = [ds["energy_per_day"].values, ds["energy_without"].values]
    if over is None or ds.sizes[over] <= MOST_BANDS:
        shown.append(ds["energy_credible"].values)
    low, high = (float(find(one)) for find, one in ((min, [v.min() for v in shown]), (max, [v.max() for v in shown])))
    if low > 0.0 and high / low > WIDEST_LINEAR:
        log_scale(ax, "y")
        ax.set_ylim(low / 1.15, high * 1.15)
    else:
        ax.set_ylim(0.0, 1.06 * high)


def _legend(ax: Axes, handles: Sequence[Artist]) -> None:
    """Explain lines and bands below the axis, where none of them can be."""
    root = ax.get_figure(root=True)
    if root is not None and len(root.axes) == 1:
        root.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    else:
        ax.legend(handles=handles, loc="best", fontsize=7.5, framealpha=0.9)


def _counted(ds: xr.Dataset) -> str:
    """Return the boundary in a word or two: which steps are counted beyond it is told above the picture."""
    if ds["boundary"].ndim:
        return ""
    counted, *steps = str(ds["boundary"].item()).split("+")
    return f"{counted} and overhead" if steps else counted


def _context(ds: xr.Dataset, over: str | None) -> str:
    """Return in a line what was held fixed, levers with their shares on the last date."""
    parts = []
    for name in SAID:
        if name in ds.coords and name != over and not ds[name].ndim:
            value = ds[name].item()
            if isinstance(value, float):
                value = "by table" if value != value else f"{value:g}{' a year' if name == 'growth' else ''}"
            parts.append(f"{name.replace('_', ' ')}: {value}")
    if "adoption" in ds and ds["adoption"].dims == ("date", "lever"):
        last = ds["adoption"].isel(date=-1)
        shares = zip(last["lever"].values.tolist(), last.values.tolist(), strict=True)
        # Blanks that do not break: a share stays with its lever.
        words = ", ".join(f"{name}\u00a0{100 * share:.0f}\u00a0%" for name, share in shares)
        parts.append(f"adopted by {str(last['date'].values)[:10]}: {words}")
    if "boundary" in ds.coords and over != "boundary" and "+" in (text := str(ds["boundary"].values)):
        parts.append(f"counted: {text.replace('+', ' + ')}")
    return "; ".join(parts)
