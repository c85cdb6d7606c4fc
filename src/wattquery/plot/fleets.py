"""Fleets: the energy of a day as stacked bars, with what is not known of it and what was published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.facets import checked_facet, in_panels, part_of
from wattquery.plot.selection import axis_label, axis_name, check_variables, over_axis
from wattquery.plot.style import (
    INK,
    PALE,
    Floats,
    explained,
    figure_for_rows,
    label_rows,
    legend_label,
    plain_frame,
    points,
    room,
    rows_height,
    scale,
    shades,
    titled,
    value_text,
    value_texts,
    wrapped_label,
)
from wattquery.quantities import FLEET_AXES
from wattquery.quantities.sizes import by_size
from wattquery.specs.display_names import display_name, display_value

__all__ = ["fleet"]

BY = ("component", "query_class", "pool")
NEEDED = {
    "energy_per_day": (),
    "energy_per_day_by_class": ("component", "query_class"),
    "energy_interval": ("interval", "bound"),
}
UNEXPLAINED = "not explained by the source"
KNOWN_HATCHES = ("", "////", "", "\\\\\\\\", "", "----")
UNEXPLAINED_HATCHES = ("....", "xxxx", "oo", "++++")
SAID = tuple(axis for axis in FLEET_AXES if axis != "boundary")
HALF = 0.26
"""Half the height of a bar, in rows: its total stands above it, what was published below."""

ROOM = 0.16
WIDE = 0.0105
"""How wide a bold digit is [inches] at one point of type."""

SIZE = 8.5

Faces = dict[str, tuple[str, Any, str]]
"""Words, colour and hatching of each part by name."""


@refuses_unknown
def fleet(
    ds: xr.Dataset, by: str = "component", *, over: str | None = None, ax: Axes | None = None, facet: str | None = None
) -> Axes:
    """Draw the energy of fleets per day as stacked bars.

    The total stands above each bar. Line: the interval ``epistemic``. Diamond: what the source published. Overheads
    that a source does not explain are pale, and the legend says so. Beside each bar stand nodes, with their interval
    where there is one, and power. Energies are in the unit of their size.

    Parameters
    ----------
    ds
        Result of `wattquery.fleet`, with one axis at most.
    by
        What bars are made of: ``"component"``, ``"query_class"``, or ``"pool"`` where the fleet has any.
    over
        The axis that the bars are along; by default the one that is longer than one.
    ax
        Where to draw; a new figure if left out.
    facet
        An axis whose labels have a panel each, 12 at most, on common scales in a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        One bar for each label, in their order from the top, energies on a linear axis from 0. With
        ``facet``, that of the first panel.

    Raises
    ------
    InputError
        If the dataset is another one, has more than one axis left, or bars are to be made of something else.
    """
    ds = check_variables(ds, NEEDED, "wattquery.fleet", texts=("component_source", "scenario"))
    if not isinstance(by, str) or by not in BY:
        raise InputError(f"by must be one of {listed(BY)}, got {by!r}.{did_you_mean(by, BY)}")
    if by == "pool":
        check_variables(ds, {"energy_per_day_by_pool": ("pool",)}, "wattquery.fleet with pools")
    if facet is None:
        ds, over = over_axis(ds, "energy_per_day", over, panels=True)
        ds = _by_size(ds)
        labels, faces = _labels(ds, over), _faces(ds, by)
        ax = figure_for_rows(ax, labels, extra=1.75 + 0.12 * len(faces), row=0.72)
        _fleet(ax, ds, by, over, faces, _highest(ds))
        return ax
    facet = checked_facet(ds, "energy_per_day", facet, ax, over)
    ds = _by_size(ds)
    faces = _faces(ds, by)
    first, along = over_axis(part_of(ds, facet, 0), "energy_per_day", over)

    def panel(place: int, where: Axes) -> None:
        part, _ = over_axis(part_of(ds, facet, place), "energy_per_day", along)
        _fleet(where, part, by, along, faces, _highest(ds))

    return in_panels(ds, facet, panel, 0.3 + rows_height(_labels(first, along), 0.72))


def _highest(ds: xr.Dataset) -> float:
    """Return where the axis of energies ends."""
    return max(float(ds[name].max()) for name in ("energy_interval", "energy_per_day"))


def _labels(ds: xr.Dataset, over: str | None) -> list[str]:
    """Return what stands at each bar."""
    return [display_value(over, label) for label in ds[over].values.tolist()] if over else [str(ds["scenario"].item())]


def _fleet(ax: Axes, ds: xr.Dataset, by: str, over: str | None, faces: Faces, highest: float) -> None:
    """Draw the bars along an axis, of parts that have these faces."""
    labels = _labels(ds, over)
    names, parts = _parts(ds, by, over, len(labels))
    mine = [faces[name] for name in names]
    totals = np.atleast_1d(ds["energy_per_day"].values).astype(np.float64)
    ends = ds["energy_interval"].sel(interval="epistemic").transpose(..., "bound").values.reshape(-1, 2)
    published = _published(ds, over, len(labels))
    rows = np.arange(len(labels))[::-1]
    label_rows(ax, labels, rows.tolist())
    _bars(ax, rows, mine, parts)
    _intervals(ax, rows, ends)
    inches = room(ax) / ((1.0 + ROOM) * highest)
    texts = value_texts(totals)
    for row, total, text in zip(rows, totals.tolist(), texts, strict=True):
        inside = total * inches > WIDE * points(SIZE) * len(text)
        _write_total(ax, total, text, row + HALF, inside=inside)
    _mark_published(ax, rows, published)
    _write_sites(ax, rows, _sites(ds, over, len(labels)))
    ax.set_xlim(0.0, (1.0 + ROOM) * highest)
    ax.set_ylim(-0.62, len(labels) - 0.38)
    if over and over != "scenario":
        ax.set_ylabel(axis_name(ds, over))
    unit = ds["energy_per_day"].attrs.get("units", "")
    ax.set_xlabel(wrapped_label(ax, f"expected energy per day [{unit}, {_boundary(ds, over)}]"))
    plain_frame(ax)
    explained(ax, _handles(ds, mine, published))
    titled(ax, f"Energy of {'fleets' if over == 'scenario' else 'a fleet'} per day", _context(ds, over))


def _bars(ax: Axes, rows: Any, faces: Sequence[tuple[str, Any, str]], parts: Floats) -> None:
    """Draw the parts of each bar, one beside the other."""
    left = np.zeros(rows.size)
    for (_, colour, hatch), values in zip(faces, parts, strict=True):
        edge: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.6}
        ax.barh(rows, values, left=left, height=2 * HALF, color=colour, hatch=hatch, **edge)
        left = left + values


def _intervals(ax: Axes, rows: Any, ends: Floats) -> None:
    """Draw the interval of each bar as a line with caps, set off from it in white."""
    for colour, more in (("white", 2.3), (INK, 0.0)):
        ax.hlines(rows, ends[:, 0], ends[:, 1], color=colour, linewidth=1.3 + more, zorder=3)
        caps: dict[str, Any] = {"color": colour, "markersize": 7 + more, "markeredgewidth": 1.3 + more}
        ax.plot(ends.ravel(), np.repeat(rows, 2), "|", zorder=3, **caps)


def _mark_published(ax: Axes, rows: Any, published: Sequence[tuple[float, str]]) -> None:
    """Mark what the source published, with its words below the bar."""
    for row, (value, words) in zip(rows, published, strict=True):
        if np.isfinite(value):
            ax.plot(value, row - HALF, "D", color="white", markeredgecolor=INK, markersize=6, zorder=4)
            said = ax.annotate(words, (value, row - HALF), (6 * scale(), -2 * scale()), textcoords="offset points")
            said.set(ha="left", va="top", fontsize=points(SIZE), color=INK)


def _parts(ds: xr.Dataset, by: str, over: str | None, bars: int) -> tuple[list[str], Floats]:
    """Return the names of the parts that are not zero everywhere, and their energies, a row per part."""
    name, other = ("energy_per_day_by_pool", ()) if by == "pool" else ("energy_per_day_by_class", (BY[by == BY[0]],))
    parts = ds[name].sum(other).fillna(0.0).transpose(by, ...).values.reshape(-1, bars).astype(np.float64)
    there = parts.any(axis=1)
    return [str(name) for name in ds[by].values[there]], parts[there]


def _by_size(ds: xr.Dataset) -> xr.Dataset:
    """Return a fleet with energies per day in the unit of their size."""
    unit = str(ds["energy_per_day"].attrs.get("units", ""))
    larger, times = by_size(unit, float(np.nanmax(np.abs(ds["energy_per_day"].values.astype(np.float64)))))
    if times == 1.0:
        return ds
    changed = {}
    for name, one in ds.data_vars.items():
        if one.attrs.get("units") == unit:
            changed[name] = (one * times).assign_attrs({**one.attrs, "units": larger})
    return ds.assign(changed)


def _sites(ds: xr.Dataset, over: str | None, bars: int) -> list[str]:
    """Return what to write beside each bar: nodes and power; nothing where neither is known."""
    return [_site(ds.isel({over: bar}) if over else ds) for bar in range(bars)]


def _site(one: xr.Dataset) -> str:
    lines = []
    if "nodes" in one and np.isfinite(nodes := float(one["nodes"])):
        ends = one["nodes_interval"].values.tolist() if "nodes_interval" in one else ()
        said = f" ({ends[0]:,.0f} to {ends[1]:,.0f})" if ends else ""
        lines.append(f"{nodes:,.0f} nodes{said}")
    if "power_mean" in one and np.isfinite(mean := float(one["power_mean"])):
        peak = float(one["power_peak"]) if "power_peak" in one else float("nan")
        unit, times = by_size("MW", peak if np.isfinite(peak) else mean)
        more = f", peak {value_text(times * peak)}" if np.isfinite(peak) else ""
        lines.append(f"{value_text(times * mean)} {unit}{more}")
    return "\n".join(lines)


def _write_sites(ax: Axes, rows: Any, sites: Sequence[str]) -> None:
    """Write nodes and power beside the bars, outside of the axis."""
    for row, words in zip(rows, sites, strict=True):
        said = ax.annotate(
            words, (1.0, float(row)), (6 * scale(), 0), ("axes fraction", "data"), textcoords="offset points"
        )
        said.set(ha="left", va="center", fontsize=points(SIZE), color=INK)


def _faces(ds: xr.Dataset, by: str) -> Faces:
    """Return words, colour and hatching of each part that is not zero everywhere."""
    parts = ds["energy_per_day_by_pool" if by == "pool" else "energy_per_day_by_class"].fillna(0.0)
    there = (parts != 0.0).any([dim for dim in parts.dims if dim != by]).values
    names = [str(name) for name in ds[by].values[there]]
    sources = dict(zip(ds["component"].values.tolist(), ds["component_source"].values.tolist(), strict=True))
    doubtful = [name for name in names if by == BY[0] and UNEXPLAINED in sources[name]]
    known = [name for name in names if name not in doubtful]
    words = {name: display_name(name) if by == BY[0] else name for name in names}
    faces: Faces = {}
    for i, (name, colour) in enumerate(zip(known, shades(len(known)), strict=True)):
        faces[name] = (words[name], colour, KNOWN_HATCHES[i % len(KNOWN_HATCHES)])
    for i, name in enumerate(doubtful):
        hatch = UNEXPLAINED_HATCHES[i % len(UNEXPLAINED_HATCHES)]
        faces[name] = (f"{words[name]} ({UNEXPLAINED})", PALE, hatch)
    return faces


def _published(ds: xr.Dataset, over: str | None, bars: int) -> list[tuple[float, str]]:
    """Return the published value of each bar and what to write beside it; NaN where there is none."""
    if "published" not in ds or "reproduced" not in ds or ds["published"].size != bars:
        return [(float("nan"), "")] * bars
    values, answers = (np.atleast_1d(ds[name].values).tolist() for name in ("published", "reproduced"))
    return [
        (float(value), f"published {value:g}{'' if answer == 'yes' else ', not reproduced'}")
        for value, answer in zip(values, answers, strict=True)
    ]


def _handles(
    ds: xr.Dataset, faces: Sequence[tuple[str, Any, str]], published: Sequence[tuple[float, str]]
) -> list[Artist]:
    """Return what the legend explains."""
    found: list[Artist] = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=INK, label=legend_label(words)) for words, colour, hatch in faces
    ]
    level = f"{100 * ds.attrs['level']:g} % " if "level" in ds.attrs else ""
    line: dict[str, Any] = {"color": INK, "marker": "|", "markersize": 7, "linewidth": 1.3}
    found.append(Line2D([], [], label=legend_label(f"{level}interval of what is not known (epistemic)"), **line))
    if any(np.isfinite(value) for value, _ in published):
        found.append(
            Line2D([], [], marker="D", color="white", markeredgecolor=INK, markersize=6, label="published total")
        )
    return found


def _write_total(ax: Axes, total: float, text: str, y: float, *, inside: bool) -> None:
    """Write a total above the end of its bar, or from the axis on where the bar is too short for it."""
    place = (total if inside else 0.0, float(y))
    said = ax.annotate(text, place, (0 if inside else 3 * scale(), 2 * scale()), textcoords="offset points")
    said.set(ha="right" if inside else "left", va="bottom", fontsize=points(SIZE), color=INK, fontweight="bold")


def _boundary(ds: xr.Dataset, over: str | None) -> str:
    """Return what is counted, in a word or two: the steps are in the legend."""
    if "boundary" not in ds.coords or ds["boundary"].ndim:
        return "boundary beside each bar" if over == "boundary" else "boundary as each states it"
    counted, *steps = str(ds["boundary"].item()).split("+")
    return f"{counted} and overhead" if steps else counted


def _context(ds: xr.Dataset, over: str | None) -> str:
    """Return in a line which fleet this is."""
    scalar = [str(name) for name in ds.coords if not ds[name].ndim and name not in ("boundary", "queries_per_day")]
    parts = [str(ds["scenario"].item())] if over and "scenario" in scalar else []
    for name in sorted(one for one in scalar if one in SAID or one.endswith("_share")):
        parts.append(axis_label(ds, name, ds[name].item()))
    if "queries_per_day" in ds.coords and not ds["queries_per_day"].ndim:
        parts.append(f"{ds['queries_per_day'].item():,.10g} queries a day")
    return "; ".join(parts)
