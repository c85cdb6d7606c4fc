"""What is said of fleets: a result of `wattquery.fleet` as the parts of a page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wattquery.claims.energies import in_digits
from wattquery.claims.questions import Condition
from wattquery.claims.wording import fleet_sentence
from wattquery.quantities import QUANTITIES
from wattquery.quantities.sizes import by_size
from wattquery.reports.assumptions import HEADER
from wattquery.reports.cells import digits
from wattquery.reports.content import Content, Picture, Reference, Table
from wattquery.reports.driving import conditions_table
from wattquery.reports.equations import FLEET, QUERY, UNDER_LOAD
from wattquery.reports.fleet_conditions import fleet_conditions
from wattquery.reports.fleet_points import Fleets, Place
from wattquery.reports.grids import Told, provenance_of
from wattquery.reports.origins import method_reference
from wattquery.reports.pictures import picture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["fleet_content"]

_BESIDE = ("power_mean", "power_peak", "nodes", "instances", "accelerators")
_NOT_INPUTS = frozenset(
    {"query_class", "component", "component_source", "interval", "bound", "credible", "choice", "pool", "hour"}
)
_FEW = 3
"""Fleets whose components are shown side by side."""

_ADDRESS = re.compile(r"https?://[^\s,;|)]+")
_QUALIFIED = ("extrapolated", "thin data", "uncertain", "rows scatter", "not explained", "outside physical ranges")


def fleet_content(ds: xr.Dataset, told: Told, rows: int) -> Content:
    """Return what a page says of fleets.

    Parameters
    ----------
    ds
        A result of `wattquery.fleet`.
    told
        What is known besides.
    rows
        Fleets that its table shows.
    """
    fleets = Fleets(ds)
    conditions = fleet_conditions(fleets)
    most = conditions[0].text if conditions else ""
    ends = [fleets.said(fleets.sorted[0]), fleets.said(fleets.sorted[-1])]
    notes = str(ds.attrs.get("notes", "")).split(" | ")
    warnings = [one for one in notes if any(word in one for word in _QUALIFIED)]
    load = ds.attrs.get("throughput_model") == "load"
    return Content(
        title=told.title or _title(fleets),
        answer=fleet_sentence(len(fleets.sorted), ends, most),
        numbers=tuple(_components(fleets)),
        cells=(_points(fleets, rows, told.all_cells), *_classes(fleets)),
        assumptions=_assumptions(ds, told),
        warnings=tuple(warnings),
        notes=tuple(one for one in notes if one and one not in warnings),
        pictures=tuple(_picture(fleets)),
        drivers=tuple(_drivers(conditions)),
        beside=None,
        equations=(FLEET, UNDER_LOAD if load else QUERY),
        call=told.call,
        command=told.command,
        provenance=provenance_of(ds.attrs),
        sources=_sources(ds),
    )


def _title(fleets: Fleets) -> str:
    if len(fleets.sorted) > 1:
        return f"Energy per day of {len(fleets.sorted):,} fleets"
    titles = str(fleets.ds.attrs.get("scenario_title", "")).partition(": ")[2]
    return f"Energy per day of a fleet: {titles or ', '.join(fleets.labels(fleets.sorted[0]))}"


def _drivers(conditions: list[Condition]) -> Iterator[Table]:
    if conditions:
        yield conditions_table(conditions, "What the answer hangs on, the largest factor first")


def _points(fleets: Fleets, most: int, how: str) -> Table:
    ds = fleets.ds
    names = [str(one) for one in ds["interval"].values.tolist()]
    beside = [
        (name, *by_size(str(ds[name].attrs.get("units", "1")), float(ds[name].max())))
        for name in _BESIDE
        if name in ds and bool(ds[name].notnull().any())
    ]
    rows = tuple(
        (
            *fleets.labels(place),
            digits(fleets.energy(place)),
            *(_span(*fleets.interval(name, place)) for name in names),
            *(digits(times * fleets.value(name, place)) for name, _, times in beside),
        )
        for place in fleets.sorted[:most]
    )
    heads = [f"{name.replace('_', ' ')}{'' if unit in ('', '1') else f' [{unit}]'}" for name, unit, _ in beside]
    labels = [dim.replace("_", " ") for dim in fleets.dims] or ["scenario"]
    header = (*labels, "expected", *(name.replace("_", " ") for name in names), *heads)
    left = len(fleets.sorted) - len(rows)
    level = f"{100.0 * float(ds.attrs.get('level', math.nan)):g} %"
    caption = f"Energy [{fleets.unit}], the smallest first, with its {level} intervals: of sampling, of what is not "
    caption += "known, and of choices of the method"
    return Table(
        caption, header, rows, frozenset(range(len(labels))), f"{left:,} more are not shown. {how}" if left else ""
    )


def _span(low: float, high: float) -> str:
    if not math.isfinite(low):
        return "-"
    return f"{in_digits(low, 3)} to {in_digits(high, 3)}" if high < 1e12 else f"{in_digits(low, 3)} or more"


def _shown(fleets: Fleets) -> list[Place]:
    return fleets.sorted if len(fleets.sorted) <= _FEW else [fleets.sorted[0], fleets.sorted[-1]]


def _components(fleets: Fleets) -> Iterator[Table]:
    """Yield energies step by step from the accelerators to all that is counted."""
    ds = fleets.ds
    daily = ds["energy_per_day_by_class"].sum("query_class")
    places = _shown(fleets)
    sums = [0.0] * len(places)
    rows = []
    sources = ds["component_source"].values.tolist()
    for name, source in zip(ds["component"].values.tolist(), sources, strict=True):
        parts = []
        for i, place in enumerate(places):
            one = daily.sel(component=name)
            part = fleets.times * float(one.isel({dim: k for dim, k in place.items() if dim in one.dims}).item())
            sums[i] += part
            parts += [digits(part), digits(sums[i])]
        rows.append((str(name).replace("_", " "), *parts, str(source)))
    heads = [head for place in places for head in (", ".join(fleets.labels(place)), "up to and with it")]
    words = frozenset({0, 1 + len(heads)})
    caption = f"Expected energy boundary by boundary [{fleets.unit}]: each part, and all up to it"
    yield Table(caption, ("counted", *heads, "where the number is from"), tuple(rows), words)


def _classes(fleets: Fleets) -> Iterator[Table]:
    ds = fleets.ds
    rows = []
    for place in _shown(fleets):
        for name in ds["query_class"].values.tolist():
            per_query = fleets.value("energy_per_query", place, query_class=name)
            share = fleets.value("share", place, query_class=name)
            if math.isnan(per_query):
                continue
            words = [_word(ds, coord, place, name) for coord in ("lengths", "class_levers")]
            rows.append((*fleets.labels(place), str(name), digits(share), digits(per_query), *words))
    labels = [dim.replace("_", " ") for dim in fleets.dims] or ["scenario"]
    header = (*labels, "class", "share of queries", "mean per query [Wh]", "output tokens", "levers")
    count = len(labels)
    caption = "By class of queries; the mean per query counts the overheads"
    yield Table(caption, header, tuple(rows), frozenset({*range(count + 1), count + 3, count + 4}))


def _word(ds: xr.Dataset, coord: str, place: Place, name: str) -> str:
    if coord not in ds.coords:
        return ""
    one = ds[coord].sel(query_class=name)
    return str(one.isel({dim: i for dim, i in place.items() if dim in one.dims}).item())


def _assumptions(ds: xr.Dataset, told: Told) -> Table:
    from wattquery.sweeps.coordinates import in_words

    rows = []
    for name, coordinate in ds.coords.items():
        if name in _NOT_INPUTS:
            continue
        facts = {str(key): value for key, value in coordinate.attrs.items() if key != "units"}
        unit = str(coordinate.attrs.get("units", "")) or "-"
        if name in ds.dims:
            value = ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in coordinate.values.tolist())
        elif not coordinate.dims and isinstance(coordinate.item(), float):
            value = f"{coordinate.item():,.10g}"
        else:
            value = in_words(coordinate.values, facts, [ds[dim].values.tolist() for dim in coordinate.dims])
        long_name = str(facts.get("long_name", "")) or (QUANTITIES[str(name)].long_name if name in QUANTITIES else "")
        origin = "the file" if told.given is None else "you" if name in told.given else "the scenario, or its preset"
        rows.append((str(name).replace("_", " "), long_name, value, unit, origin))
    return Table(
        "Inputs of the fleet; overheads stand with their sources above", HEADER, tuple(rows), frozenset(range(5))
    )


def _picture(fleets: Fleets) -> Iterator[Picture]:
    long = [dim for dim in fleets.dims if fleets.ds.sizes[dim] > 1]
    if len(long) > 1:
        return
    caption = f"Energy by component [{fleets.unit}]; the line is the interval of what is not known"

    def draw() -> Any:
        from wattquery import plot

        return plot.fleet(fleets.ds)

    said = (fleets.said(place) for place in fleets.sorted[:12])
    words = "; ".join(f"{who}: {energy} ({span})" for who, energy, span in said)
    yield picture(draw, caption, f"{caption}. {words}.")


def _sources(ds: xr.Dataset) -> tuple[Reference, ...]:
    texts = [*str(ds.attrs.get("source", "")).split(" | "), *map(str, ds["component_source"].values.tolist())]
    found = []
    for text in dict.fromkeys(texts):
        addresses = _ADDRESS.findall(text)
        if addresses:
            found.append(Reference(text, addresses[0]))
    return (method_reference(), *found)
