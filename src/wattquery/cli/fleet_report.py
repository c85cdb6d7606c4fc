"""Fleets as text: what was computed, its intervals side by side, power and nodes, parts, and what to know."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.cli.output import aligned, number
from wattquery.cli.pool_report import pool_tables
from wattquery.cli.tables import joined
from wattquery.quantities.sizes import by_size

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["not_reproduced", "report", "size"]

ROWS = 40
FULL = ("scenario", "preset")
"""Axes along which there are few enough labels to say everything about each."""

LONGEST_SOURCE = 60
WORDS = {"yes": "reproduced", "no": "NOT REPRODUCED", "": ""}
POWER = {
    "power_mean": "mean power",
    "power_peak": "peak power",
    "node_hours": "node hours",
    "nodes": "nodes",
    "instance_hours": "instance hours",
    "instances": "instances",
    "accelerators_per_instance": "accelerators each",
    "accelerators": "accelerators",
    "accelerator_hours": "accelerator hours",
    "carbon": "carbon",
    "water": "water",
}
"""Variables about power and what queries hold, with their words; those of instances are there under a load."""

BESIDE = ("nodes", "instances", "power_mean", "power_peak")
"""Those that stand beside every axis."""

LEVERS_SAVE = "levers_save"
"""The coordinate that says of each combination of levers whether it leaves nodes as they are."""

At = dict[str, int]


def report(ds: xr.Dataset) -> list[str]:
    """Return a fleet as lines: all of it where there are scenarios and presets alone, else the first rows of a grid."""
    heading = [_title(ds), *_scenario_titles(ds)]
    if set(ds["energy_per_day"].dims) <= set(FULL):
        tables = [_energy(ds), _intervals(ds), _power(ds), *pool_tables(ds, _points), _classes(ds), _components(ds)]
    else:
        tables = [_grid(ds)]  # of pools there is no room for all rows: they are in the file
    return joined([heading, *tables, ["Notes", *(f"  {one}" for one in ds.attrs["notes"].split(" | "))]])


def size(ds: xr.Dataset) -> str:
    """Return what was computed in words."""
    dims = _dims(ds)
    product = " x ".join(f"{ds.sizes[dim]} {dim}" for dim in dims)
    count = "1 fleet" if ds["energy_per_day"].size == 1 else f"{ds['energy_per_day'].size:,} fleets"
    how = (
        "method exact" if ds.attrs["method"] == "exact" else f"method monte_carlo, {ds.attrs['draws']:,} draws a model"
    )
    return f"{count}{f' ({product})' if product else ''}, {how}, seed {ds.attrs['seed']}"


def not_reproduced(ds: xr.Dataset) -> bool | None:
    """Return whether a published figure was missed; None where there is none."""
    answers = set(ds["reproduced"].values.ravel().tolist()) - {""} if "reproduced" in ds else set()
    return "no" in answers if answers else None


def _dims(ds: xr.Dataset) -> list[str]:
    return [str(dim) for dim in ds["energy_per_day"].dims]


def _title(ds: xr.Dataset) -> str:
    facts = [size(ds)]
    for name in ("preset", "boundary"):
        if not ds[name].ndim:
            facts.append(f"{name} {ds[name].item()}")
    facts += [f"{name} {ds[name].item():g}" for name in ds.coords if str(name).endswith("_share") and not ds[name].ndim]
    if not ds["queries_per_day"].ndim:
        facts.append(f"{ds['queries_per_day'].item():,.10g} queries a day")
    return f"Energy per day [{_energy_unit(ds)[0]}]: {', '.join(facts)}"


def _energy_unit(ds: xr.Dataset) -> tuple[str, float]:
    """Return the unit of energies per day by their size, and what those of the result are to be multiplied by."""
    return _unit(ds, "energy_per_day")


def _unit(ds: xr.Dataset, name: str) -> tuple[str, float]:
    sizes = [abs(value) for value in ds[name].values.ravel().tolist() if math.isfinite(value)]
    return by_size(str(ds[name].attrs.get("units", "")), max(sizes, default=0.0))


def _scenario_titles(ds: xr.Dataset) -> list[str]:
    pairs = (one.partition(": ") for one in str(ds.attrs.get("scenario_title", "")).split(" | "))
    return [f"  {name}: {title}" for name, _, title in pairs if title.strip()]


def _points(ds: xr.Dataset) -> Iterator[tuple[list[str], At]]:
    """Yield the labels and the place of each fleet; a single one is labelled by its scenario."""
    dims = _dims(ds)
    if not dims:
        yield [str(ds["scenario"].item())], {}
    for place in itertools.product(*(range(ds.sizes[dim]) for dim in dims)) if dims else ():
        yield (
            [_label(ds[dim].values[i]) for dim, i in zip(dims, place, strict=True)],
            dict(zip(dims, place, strict=True)),
        )


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(ds: xr.Dataset, name: str, at: At, **labels: str) -> float:
    one = ds[name].sel(labels) if labels else ds[name]
    return float(one.isel({dim: i for dim, i in at.items() if dim in one.dims}).item())


def _table(ds: xr.Dataset, title: str, header: list[str], rows: list[list[str]], text: Sequence[int]) -> list[str]:
    """Return a table under its title; ``text`` counts the columns after the labels."""
    labels = _dims(ds) or ["scenario"]
    shown = range(len(labels))
    return [title, *aligned([*labels, *header], rows, text=(*shown, *(len(labels) + i for i in text)))]


def _energy(ds: xr.Dataset) -> list[str]:
    compared = not_reproduced(ds) is not None
    own = [name for name in ("boundary", "queries_per_day") if ds[name].ndim]
    unit, times = _energy_unit(ds)
    rows = []
    for labels, at in _points(ds):
        energy = times * _value(ds, "energy_per_day", at)
        row = [*labels, *(_said(ds, name, at) for name in own), number(energy)]
        if compared:
            published, allowed = (times * _value(ds, name, at) for name in ("published", "allowed"))
            answer = str(ds["reproduced"].isel({dim: at[str(dim)] for dim in ds["reproduced"].dims}).item())
            shown = f"{published:g}" if math.isfinite(published) else "-"
            row += [shown, number(energy - published, 2), number(allowed, 2), WORDS[answer]]
        rows.append(row)
    words = {"queries_per_day": "queries a day"}
    header = [*(words.get(name, name) for name in own), f"energy [{unit}]"]
    header += ["published", "difference", "allowed", ""] if compared else []
    text = [i for i, name in enumerate(header) if name in ("boundary", "")]
    return _table(ds, "Expected energy, throughput fits as known", header, rows, text)


def _said(ds: xr.Dataset, name: str, at: At) -> str:
    value = ds[name].isel({dim: i for dim, i in at.items() if dim in ds[name].dims}).item()
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _intervals(ds: xr.Dataset) -> list[str]:
    names = [str(name) for name in ds["interval"].values]
    rows = [[*labels, *(_interval(ds, name, at) for name in names)] for labels, at in _points(ds)]
    choices = f" structural: the range over {ds.sizes['choice']} choices" if "choice" in ds.sizes else ""
    sampled = any("+-" in cell for row in rows for cell in row)
    said = f"{100 * ds.attrs['level']:g} %{', +- standard error of the less certain end' if sampled else ''}"
    title = f"Intervals [{_energy_unit(ds)[0]}], {said};{choices or ' structural: not computed'}"
    return _table(ds, title, names, rows, ())


def _interval(ds: xr.Dataset, name: str, at: At) -> str:
    low, high = (_value(ds, "energy_interval", at, interval=name, bound=end) for end in ("lower", "upper"))
    if not math.isfinite(low):
        return "-"
    times = _energy_unit(ds)[1]
    from wattquery.fleets.totals import MOST_GWH

    if not high <= MOST_GWH:
        return f"{number(times * low, 3)} or more"  # a throughput fit that bounds nothing
    return f"{number(times * low, 3)} to {number(times * high, 3)}{_error(ds, name, at)}"


def _error(ds: xr.Dataset, name: str, at: At) -> str:
    """Return the larger relative standard error of the two ends in words; nothing for ends that are not sampled."""
    found = []
    for end in ("lower", "upper"):
        value, error = (
            _value(ds, variable, at, interval=name, bound=end)
            for variable in ("energy_interval", "energy_interval_stderr")
        )
        found.append(error / value if error else 0.0)
    worst = max(found)
    if not worst:
        return ""
    return f" +-{100 * worst:.2g} %" if math.isfinite(worst) else " (error not known)"


def _power(ds: xr.Dataset) -> list[str]:
    shown = [name for name in POWER if name in ds]
    units, times = zip(*(_unit(ds, name) for name in shown), strict=True)
    pairs = list(zip(shown, times, strict=True))
    rows = [
        [*labels, *(_whole_or(factor * _value(ds, name, at)) for name, factor in pairs)] for labels, at in _points(ds)
    ]
    held = [name for name in ("power", "nodes", "instances") if name == "power" or name in ds]
    header = [f"{POWER[name]}{'' if unit == '1' else f' [{unit}]'}" for name, unit in zip(shown, units, strict=True)]
    return _table(ds, f"{', '.join(held[:-1])} and {held[-1]}".capitalize(), header, rows, ())


def _whole_or(value: float) -> str:
    """Return a whole number as such, others to a few digits."""
    return f"{value:,.0f}" if value.is_integer() else number(value)


def _classes(ds: xr.Dataset) -> list[str]:
    unit, times = _energy_unit(ds)
    rows = []
    for labels, at in _points(ds):
        for name in ds["query_class"].values.tolist():
            per_query = _value(ds, "energy_per_query", at, query_class=name)
            if math.isnan(per_query):
                continue
            parts = ds["energy_per_day_by_class"].sel(query_class=name).sum("component")
            daily = times * float(parts.isel({dim: i for dim, i in at.items() if dim in parts.dims}).item())
            words = [_word(ds, coord, at, name) for coord in ("lengths", "class_levers")]
            share = _value(ds, "share", at, query_class=name)
            rows.append([*labels, name, f"{share:.4g}", number(per_query), number(daily), *words])
    header = ["class", "share", "mean [Wh]", f"energy [{unit}]", "output tokens", "levers"]
    return _table(ds, "By class", header, rows, (0, 4, 5))


def _word(ds: xr.Dataset, coord: str, at: At, name: str) -> str:
    if coord not in ds.coords:
        return ""
    one = ds[coord].sel(query_class=name)
    return str(one.isel({dim: i for dim, i in at.items() if dim in one.dims}).item())


def _components(ds: xr.Dataset) -> list[str]:
    """Return components as rows, so that the source of each has room."""
    daily = ds["energy_per_day_by_class"].sum("query_class")
    points = list(_points(ds))
    unit, times = _energy_unit(ds)
    rows = []
    for name, source in zip(ds["component"].values.tolist(), ds["component_source"].values.tolist(), strict=True):
        one = daily.sel(component=name)
        values = [number(times * float(one.isel(at).item())) for _, at in points]
        cut = source if len(source) <= LONGEST_SOURCE else f"{source[: LONGEST_SOURCE - 3]}..."
        rows.append([name, *values, cut])
    header = ["component", *(", ".join(labels) for labels, _ in points), "source"]
    return [f"By component [{unit}]", *aligned(header, rows, text=(0, len(header) - 1))]


def _grid(ds: xr.Dataset) -> list[str]:
    unit, times = _energy_unit(ds)
    beside = {name: _unit(ds, name) for name in BESIDE if name in ds and ds[name].notnull().any()}
    rows = [
        [
            *labels,
            number(times * _value(ds, "energy_per_day", at)),
            _interval(ds, "epistemic", at),
            *(_whole_or(factor * _value(ds, name, at)) for name, (_, factor) in beside.items()),
            *_what_levers_save(ds, at),
        ]
        for labels, at in itertools.islice(_points(ds), ROWS)
    ]
    words = [f"{POWER[name]}{'' if one == '1' else f' [{one}]'}" for name, (one, _) in beside.items()]
    header = [f"energy [{unit}]", f"epistemic, {100 * ds.attrs['level']:g} %", *words]
    texts = range(len(header), len(header) + 1 if LEVERS_SAVE in ds.coords else len(header))
    header += ["levers save"] if LEVERS_SAVE in ds.coords else []
    title = "Expected energy, throughput fits as known, and its epistemic interval"
    lines = _table(ds, title, header, rows, texts)
    more = ds["energy_per_day"].size - len(rows)
    if more:
        lines += ["", f"{more:,} more rows are not shown. Write all of them to a file with -o out.nc."]
    return lines


def _what_levers_save(ds: xr.Dataset, at: At) -> list[str]:
    return [str(ds[LEVERS_SAVE].values[at["levers"]])] if LEVERS_SAVE in ds.coords else []
