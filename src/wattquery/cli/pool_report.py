"""Pools of a fleet as text: nodes, accelerators, loads, energy and power of each, and its hours where they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from wattquery.cli.output import aligned, number
from wattquery.quantities.sizes import by_size

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["pool_tables"]

At = dict[str, int]
Points = Callable[["xr.Dataset"], Iterable[tuple[list[str], At]]]


def pool_tables(ds: xr.Dataset, points: Points) -> list[list[str]]:
    """Return the tables of pools, none where there are none.

    Parameters
    ----------
    ds
        Result of `wattquery.fleet`.
    points
        Yields the labels and the place of each fleet.
    """
    if "pool" not in ds.dims:
        return []
    return [_pools(ds, points), *([_hours(ds)] if "hour" in ds.dims and ds["energy_per_day"].size == 1 else [])]


def _pools(ds: xr.Dataset, points: Points) -> list[str]:
    energy, per_energy = _unit(ds, "energy_per_day_by_pool")
    power, per_power = _unit(ds, "power_peak_by_pool")
    rows = []
    for labels, at in points(ds):
        for name in ds["pool"].values.tolist():
            here = ds.sel(pool=name).isel({dim: i for dim, i in at.items() if dim in ds.dims})
            if not np.isfinite(float(here["nodes_by_pool"])):
                continue
            rows.append(
                [
                    *labels,
                    str(name),
                    f"{float(here['nodes_by_pool']):,.0f} ({_ends(here, 'nodes_by_pool_interval', 1.0, whole=True)})",
                    f"{float(here['accelerators_by_pool']):,.0f}",
                    f"{100.0 * float(here['load_peak']):.3g} %",
                    f"{100.0 * float(here['load_mean']):.3g} %",
                    _with_ends(here, "energy_per_day_by_pool", per_energy),
                    _with_ends(here, "power_mean_by_pool", per_power),
                    _with_ends(here, "power_peak_by_pool", per_power),
                ]
            )
    head = [str(dim) for dim in ds["energy_per_day"].dims] or ["scenario"]
    words = ["nodes", "accelerators", "load, highest hour", "mean load", f"energy [{energy}]"]
    header = [*head, "pool", *words, f"mean power [{power}]", f"peak power [{power}]"]
    title = f"By pool, reserve included; in brackets epistemic, {100 * ds.attrs['level']:g} %"
    return [title, *aligned(header, rows, text=range(len(head) + 1))]


def _hours(ds: xr.Dataset) -> list[str]:
    """Return the loads and powers of a single fleet hour by hour."""
    unit, times = _unit(ds, "power_by_hour")
    one = ds.squeeze(drop=True)
    names = ds["pool"].values.tolist() if "pool" in one.dims else [str(ds["pool"].values[0])]
    loads, power = (
        np.atleast_2d(one[name].transpose(..., "hour").values) for name in ("load_by_hour", "power_by_hour")
    )
    rows = [
        [
            f"{hour:02d}-{hour + 1:02d}",
            *(f"{100.0 * load:.3g} %" for load in loads[:, hour]),
            *(number(times * value) for value in power[:, hour]),
            number(times * float(power[:, hour].sum())),
        ]
        for hour in range(loads.shape[1])
    ]
    header = ["hour", *(f"load {name}" for name in names), *(f"{name} [{unit}]" for name in names), f"all [{unit}]"]
    return ["By hour", *aligned(header, rows, text=(0,))]


def _with_ends(here: xr.Dataset, name: str, times: float) -> str:
    return f"{number(times * float(here[name]), 3)} ({_ends(here, f'{name}_interval', times)})"


def _ends(here: xr.Dataset, name: str, times: float, *, whole: bool = False) -> str:
    low, high = (times * value for value in here[name].values.tolist())
    return f"{low:,.0f} to {high:,.0f}" if whole else f"{number(low, 3)} to {number(high, 3)}"


def _unit(ds: xr.Dataset, name: str) -> tuple[str, float]:
    values = ds[name].values
    largest = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    return by_size(str(ds[name].attrs.get("units", "")), largest)
