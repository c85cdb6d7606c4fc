"""What it would take as text: the best candidates with their intervals, those that cannot, and what to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wattquery.cli.output import aligned, number
from wattquery.cli.tables import joined

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["report", "size"]

ROWS, MISSED = 20, 8
"""Candidates that are shown of those that meet the targets, and of those that do not."""

HEADER = (
    *("", "candidate", "energy [Wh]", "", "nodes", "", "peak [MW]", "", "sequences"),
    *("tokens/s", "first token [s]", "chance", "binds", "support"),
)
TEXT = (0, 1, 3, 5, 7, 12, 13)
"""Columns that hold text."""


def report(ds: xr.Dataset) -> list[str]:
    """Return a plan of capacity as lines."""
    can = int(ds["meets"].sum())
    tables = [_candidates(ds, can), _missed(ds, can)]
    return joined([_heading(ds), *tables, ["Notes", *(f"  {one}" for one in _notes(ds))]])


def size(ds: xr.Dataset) -> str:
    """Return what was computed in words."""
    count, can = ds.sizes["candidate"], int(ds["meets"].sum())
    return f"{count:,} candidate{'' if count == 1 else 's'}, of which {can:,} meet{'s' if can == 1 else ''} the targets"


def _heading(ds: xr.Dataset) -> list[str]:
    said = f"{ds['queries_per_day'].item():,.10g} queries a day"
    reserve = f", N+{ds.attrs['reserve']} nodes" if ds.attrs["reserve"] else ""
    return [
        f"Capacity of {ds['model'].item()}: {size(ds)}",
        f"  {ds.attrs['wanted']}",
        f"  {said}{reserve}, least {ds.attrs['minimize']}, {ds.attrs['boundary']} boundary",
    ]


def _candidates(ds: xr.Dataset, can: int) -> list[str]:
    if not can:
        return [
            "No candidate meets the targets: ask for less, or pass other hardware, a lower precision or other sizes."
        ]
    rows = [_row(ds.isel(candidate=place)) for place in range(min(can, ROWS))]
    level = f"{100 * ds.attrs['level']:g} %"
    frontier = int(ds["on_frontier"].sum())
    lines = [f"Best first, with {level} intervals; * is on the frontier of energy and nodes, which has {frontier}"]
    lines += aligned(HEADER, rows, text=TEXT)
    return [*lines, *_more(can - ROWS, "that meet the targets")]


def _row(one: xr.Dataset) -> list[str]:
    def value(name: str, digits: int = 3) -> str:
        return number(float(one[name]), digits)

    def interval(name: str, digits: int = 2) -> str:
        low, high = (number(float(end), digits) for end in one[f"{name}_interval"].values)
        return f"{low} to {high}"

    nodes = [f"{float(end):,.0f}" for end in one["nodes_interval"].values]
    return [
        "*" if one["on_frontier"] else "",
        str(one["candidate"].item()),
        value("energy_per_query"),
        interval("energy_per_query"),
        f"{float(one['nodes']):,.0f}",
        " to ".join(nodes),
        value("power_peak"),
        interval("power_peak"),
        value("running_sequences"),
        value("interactivity"),
        value("time_to_first_token"),
        f"{100 * float(np.min(one['chance_of_meeting'].values)):.0f} %",
        str(one["binds"].item()),
        str(one["support"].item()),
    ]


def _missed(ds: xr.Dataset, can: int) -> list[str]:
    missed = ds.isel(candidate=slice(can, None))
    count = missed.sizes["candidate"]
    if not count:
        return []
    names, reasons = missed["candidate"].values.tolist(), missed["reason"].values.tolist()
    rows = [[str(name), str(why)] for name, why in zip(names[:MISSED], reasons[:MISSED], strict=True)]
    return [
        "Those that cannot, the nearest first",
        *aligned(["candidate", "nearest"], rows, text=(0, 1)),
        *_more(count - MISSED, "that cannot"),
    ]


def _more(count: int, which: str) -> list[str]:
    return (
        ["", f"{count:,} more {which} are not shown. Write all of them to a file with -o out.nc."] if count > 0 else []
    )


def _notes(ds: xr.Dataset) -> list[str]:
    from wattquery.sweeps.load_dataset import LOAD_NOTES

    return [*ds.attrs["notes"].split(" | "), *str(ds.attrs.get(LOAD_NOTES, "")).splitlines()]
