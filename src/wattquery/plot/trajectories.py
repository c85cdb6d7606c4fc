"""Fleets over time: energy per day by date, with bands, beside what it would be without levers."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.headings import Handle
from wattquery.plot.lines import level_pairs, line_styles
from wattquery.plot.selection import axis_label, check_variables, over_axis
from wattquery.plot.style import (
    DARK,
    INK,
    MIDDLE,
    Floats,
    checked_ax,
    explained,
    legend_label,
    log_scale,
    new_axes,
    plain_frame,
    points,
    room,
    scale,
    titled,
    wrapped_label,
)
from wattquery.quantities import LOAD_AXES
from wattquery.specs.display_names import display_name, display_value

__all__ = ["trajectory"]

HEIGHT, PANEL_HEIGHT = 4.6, 2.2
NOT_AXES = ("date", "credible", "query_class", "lever")
SAID = ("scenario", "preset", "hardware", *LOAD_AXES, "growth", "rebound")
WIDEST_LINEAR = 30.0
"""From the lowest band to the highest line: beyond, what is low could not be read on a linear axis."""

MOST_BANDS = 5
"""Courses whose bands are drawn; more would hide each other."""

HATCHES = ("", "////", "\\\\\\\\", "....", "||||")
FEW = 15
MARGIN = 0.012
ALPHAS = (0.22, 0.40, 0.55)
WITHOUT = "no lever adopted"


@refuses_unknown
def trajectory(ds: xr.Dataset, over: str | None = None, ax: Axes | None = None, *, facet: str | None = None) -> Axes:
    """Draw the energy of a fleet per day over time.

    Without an axis beside the dates: expected energy and the median, bands between quantiles over the shared factors,
    and the energy if no lever were adopted. With one, such as ``growth``: an expected line for each label, with the
    outermost band where there are five at most: bands differ in lightness, hatching and the style of their edges.

    Parameters
    ----------
    ds
        Result of `wattquery.trajectory` with two dates at least.
    over
        The axis whose labels are compared; by default the one that is longer than one.
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Energies from 0, or on a logarithmic axis where they differ more than thirtyfold. With ``facet``, that of the
        first panel.

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
    if facet is None:
        ds, over = _one_axis(ds, over)
        ax = checked_ax(ax) or new_axes(HEIGHT)
        _courses(ax, ds, over, _limits(ds, over))
        return ax
    facet = checked_facet(ds, "energy_per_day", facet, ax, over, own=NOT_AXES)
    _, along = _one_axis(part_of(ds, facet, 0), over)
    limits = _limits(ds, along)

    def panel(place: int, where: Axes) -> None:
        part, _ = _one_axis(part_of(ds, facet, place), along)
        _courses(where, part, along, limits)

    return in_panels(ds, facet, panel, PANEL_HEIGHT)


def _courses(ax: Axes, ds: xr.Dataset, over: str | None, limits: tuple[float, float, bool]) -> None:
    """Draw one course, or one for each label of an axis."""
    handles, said = _draw_one(ax, ds) if over is None else _draw_several(ax, ds, over)
    dates = ds["date"].values
    margin = MARGIN * (dates[-1] - dates[0])
    ax.set_xlim(dates[0] - margin, dates[-1] + margin)
    low, high, log = limits
    if log:
        log_scale(ax, "y")
    ax.set_ylim(low, high)
    _date_axis(ax)
    ax.set_xlabel("date")
    unit = ", ".join(filter(None, [ds["energy_per_day"].attrs.get("units"), _counted(ds)]))
    ax.set_ylabel(wrapped_label(ax, f"energy per day [{unit}]", upright=True))
    plain_frame(ax, "both")
    explained(ax, list(handles.values()), list(handles))
    titled(ax, "Energy of a fleet per day over time", "; ".join(filter(None, [_context(ds, over), said])))


def _date_axis(ax: Axes) -> None:
    """Write dates in short, as many as have room."""
    most = int(np.clip(room(ax) / (0.55 * scale()), 3, 9))
    locator = AutoDateLocator(minticks=2, maxticks=most)  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # the same
    ax.xaxis.get_offset_text().set_fontsize(points(9.0))


def _one_axis(ds: xr.Dataset, over: str | None) -> tuple[xr.Dataset, str | None]:
    """Return the dataset with at most one axis beside its dates, and that axis."""
    return over_axis(ds, "energy_credible", over, kept=NOT_AXES, panels=True)


def _draw_one(ax: Axes, ds: xr.Dataset) -> tuple[dict[str, Handle], str]:
    """Draw bands, median, expectation, and what there would be without levers or before rebound; return a legend."""
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
    for alpha, (low, high) in zip(ALPHAS, level_pairs(levels), strict=False):
        ends = quantiles.values[:, [low, high]].T
        label = f"P{100 * levels[low]:g} to P{100 * levels[high]:g}"
        _band(ax, dates, ends, MIDDLE, alpha)
        clear *= 1.0 - alpha  # bands lie over each other
        bands.append(Patch(facecolor=MIDDLE, alpha=1.0 - clear, label=label))
    return {str(one.get_label()): one for one in [*lines, *bands]}, ""


def _draw_several(ax: Axes, ds: xr.Dataset, over: str) -> tuple[dict[str, Handle], str]:
    """Draw a line for each label, with the outermost band where these can be told apart; return legend and remark."""
    dates, labels = ds["date"].values, ds[over].values.tolist()
    pairs = level_pairs(ds["credible"].values.tolist())[:1] if len(labels) <= MOST_BANDS else []
    without = ds["energy_without"].transpose(over, "date").values
    reduced = not np.array_equal(without, ds["energy_with"].transpose(over, "date").values)
    common = bool(np.all(without == without[0]))
    handles: dict[str, Handle] = {}
    for i, (label, style) in enumerate(zip(labels, line_styles(len(labels)), strict=True)):
        one = ds.isel({over: i})
        words = display_value(over, label)
        words = legend_label(f"{display_name(over)} {words}" if isinstance(label, (int, float)) else words)
        colour, dashes = style["color"], style["linestyle"]
        style |= {"linewidth": 2.0, "zorder": 3.0} | ({} if dates.size <= FEW else {"marker": ""})
        line = ax.plot(dates, _values(one, "energy_per_day"), label=words, **style)[0]
        handles[words] = line
        if reduced and not common:
            ax.plot(dates, without[i], ":", color=colour, linewidth=1.3)
        for pair in pairs:
            band = one["energy_credible"].transpose("date", "credible").values[:, pair].T
            hatch = HATCHES[i % len(HATCHES)] if len(labels) > 1 else ""
            handles[words] = (_band(ax, dates, band, colour, 0.09 if hatch else 0.24, hatch, dashes), line)
    if reduced and common:
        handles[WITHOUT] = ax.plot(dates, without[0], ":", color=INK, linewidth=1.8, label=WITHOUT)[0]
    elif reduced:
        words = legend_label(f"{WITHOUT}, in the same colour")
        handles[words] = Line2D([], [], color=INK, linestyle=":", linewidth=1.3, label=words)
    ends = [f"P{100 * float(ds['credible'].values[place]):g}" for pair in pairs for place in pair]
    return handles, f"bands: {' to '.join(ends)}" if ends else ""


def _values(ds: xr.Dataset, name: str) -> Floats:
    return np.asarray(ds[name].values, dtype=np.float64)


def _band(
    ax: Axes, dates: NDArray[Any], ends: Floats, colour: Any, alpha: float, hatch: str = "", dashes: Any = "-"
) -> Artist:
    """Draw a band with edges, so that it can be followed in print, and told from others that it overlaps."""
    face: dict[str, Any] = {"facecolor": to_rgba(colour, alpha), "edgecolor": to_rgba(colour, 0.6), "linewidth": 0.0}
    band = ax.fill_between(dates, *ends, hatch=hatch or None, **face)
    for end in ends:
        width = 1.0 if hatch or dashes != "-" else 0.5
        ax.plot(dates, end, linestyle=dashes, color=colour, linewidth=width, alpha=0.7)
    return band


def _limits(ds: xr.Dataset, over: str | None) -> tuple[float, float, bool]:
    """Return the ends of the axis of energies and whether it is logarithmic: where energies differ much."""
    shown = [ds["energy_per_day"].values, ds["energy_without"].values]
    if over is None or ds.sizes[over] <= MOST_BANDS:
        shown.append(ds["energy_credible"].values)
    low, high = (float(find(one)) for find, one in ((min, [v.min() for v in shown]), (max, [v.max() for v in shown])))
    if low > 0.0 and high / low > WIDEST_LINEAR:
        return low / 1.15, high * 1.15, True
    return 0.0, 1.06 * high, False


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
            parts.append(axis_label(ds, name, value))
    if "adoption" in ds and ds["adoption"].dims == ("date", "lever"):
        last = ds["adoption"].isel(date=-1)
        shares = zip(last["lever"].values.tolist(), last.values.tolist(), strict=True)
        # Blanks that do not break: a share stays with its lever.
        words = ", ".join(f"{name}\u00a0{100 * share:.0f}\u00a0%" for name, share in shares)
        parts.append(f"adopted by {str(last['date'].values)[:10]}: {words}")
    if "boundary" in ds.coords and over != "boundary" and "+" in (text := str(ds["boundary"].values)):
        parts.append(f"counted: {display_value('boundary', text)}")
    return "; ".join(parts)
