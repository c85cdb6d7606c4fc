"""What is said of a grid or of one query: a result of `wattquery.sweep` or `wattquery.blend` as parts of a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wattquery.catalog import Catalog
from wattquery.claims.questions import Condition
from wattquery.claims.wording import cell_sentence, grid_sentence
from wattquery.errors import InputError
from wattquery.reports.assumptions import assumptions
from wattquery.reports.beside import claims_beside
from wattquery.reports.cells import Cells
from wattquery.reports.content import Content, Picture, Table
from wattquery.reports.driving import axis_conditions, conditions_table, factor_conditions, tornado_picture
from wattquery.reports.equations import QUERY, UNDER_LOAD
from wattquery.reports.grid_pictures import grid_picture
from wattquery.reports.origins import origins
from wattquery.sweeps.result_notes import result_notes
from wattquery.sweeps.support_words import support_lines

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Told", "grid_content", "provenance_of"]

_FACTS = (
    *("wattquery_version", "catalog", "catalog_hash", "preset", "method", "draws", "seed", "throughput_model"),
    "kernel_definition",
)
_MOST_REASONS = 8
_QUALIFIED = ("extrapolated", "no data", "uncertain", "thin data", "rows scatter")
"""Beginnings, or parts, of notes that a number should not be read without."""


@dataclass(frozen=True, eq=False)
class Told:
    """What is known of a result beside its Dataset.

    Attributes
    ----------
    title
        What the page is called; empty for what the result says.
    given
        Names of the arguments that its user gave; None where that is not known.
    call, command
        What makes it.
    all_cells
        How to get all cells of the grid.
    catalog
        Where throughputs come from, if that is at hand.
    notes
        What else is known of one query.
    tornado
        How its factors move it.
    conditions
        What it hangs on; None to take the axes of the grid or the tornado.
    sentence
        The answer; empty to make it of the cells.
    tables
        Tables behind that of the cells.
    about
        Models whose claims stand first beside the number; empty for those of the result.
    """

    title: str = ""
    given: Collection[str] | None = None
    call: str = ""
    command: str = ""
    all_cells: str = 'Write all of them to a file: wq.save(ds, "cells.csv").'
    catalog: Catalog | None = None
    notes: Sequence[str] = ()
    tornado: xr.Dataset | None = None
    conditions: Sequence[Condition] | None = None
    sentence: str = ""
    tables: Sequence[Table] = ()
    about: Sequence[str] = ()


def grid_content(ds: xr.Dataset, told: Told, rows: int) -> Content:
    """Return what a page says of a grid.

    Parameters
    ----------
    ds
        A result of `wattquery.sweep` or `wattquery.blend`.
    told
        What is known besides.
    rows
        Cells that its table shows.

    Raises
    ------
    InputError
        If no cell has a number: there is nothing to report.
    """
    cells = Cells(ds)
    if not cells.sorted:
        raise InputError(
            f"A report needs a cell with a number, and none of these {len(cells.missing):,} has one: "
            f"{cells.reason(cells.missing[0])}. Check model, hardware and precision: wattquery catalog show NAME lists "
            "what there is."
        )
    conditions = _conditions(cells, told)
    notes = [*dict.fromkeys([*told.notes, *result_notes(ds), *support_lines(ds, reasons=False)])]
    warnings, others = _warnings(cells, notes)
    models = _models(ds)
    load = ds.attrs.get("throughput_model") == "load"
    return Content(
        title=told.title or _title(cells, models),
        answer=told.sentence or _sentence(cells, models, conditions),
        numbers=(cells.numbers(),),
        cells=(*([cells.table(rows, told.all_cells)] if cells.dims or load else []), *told.tables),
        assumptions=assumptions(ds, told.given),
        warnings=tuple(warnings),
        notes=tuple(others),
        pictures=grid_picture(cells, [one.name for one in conditions]),
        drivers=tuple(_drivers(cells, conditions, told)),
        beside=claims_beside(
            cells.median(cells.sorted[0]),
            told.about or models,
            cells.boundary,
            "median" if len(cells.sorted) == 1 else "smallest median",
        ),
        equations=(UNDER_LOAD if load else QUERY,),
        call=told.call,
        command=told.command,
        provenance=provenance_of(ds.attrs),
        sources=origins(ds, told.catalog),
    )


def provenance_of(attributes: Any) -> dict[str, str]:
    """Return what made a result, as text by name."""
    found = {name: str(attributes[name]) for name in _FACTS if name in attributes}
    if found.get("draws") == "0":
        found["draws"] = "none"
    return found


def _conditions(cells: Cells, told: Told) -> list[Condition]:
    if told.conditions is not None:
        return list(told.conditions)
    if told.tornado is not None:
        return factor_conditions(told.tornado)
    return axis_conditions(cells)


def _models(ds: xr.Dataset) -> list[str]:
    if "model" in ds.coords:
        return [str(one) for one in ds["model"].values.ravel().tolist()]
    return str(ds.attrs.get("blend_members", "")).split(" | ")


def _title(cells: Cells, models: Sequence[str]) -> str:
    about = models[0] if len(models) == 1 else f"{len(models)} models"
    if not cells.dims:
        return f"Energy of one query to {about}"
    count = len(cells.sorted) + len(cells.missing)
    axes = " x ".join(f"{cells.ds.sizes[dim]} {dim.replace('_', ' ')}" for dim in cells.dims)
    return f"Energy per query of {about}: {count:,} cells ({axes})"


def _sentence(cells: Cells, models: Sequence[str], conditions: Sequence[Condition]) -> str:
    first, last = cells.sorted[0], cells.sorted[-1]
    most = conditions[0].text if conditions else ""
    if len(cells.sorted) == 1:
        what = f" with {cells.named(first)}" if first else ""
        who = f"One query to {models[0] if len(models) == 1 else 'these models'}{what}"
        return cell_sentence(who, cells.median(first), cells.span(first), cells.boundary, most)
    ends = [(cells.named(place), cells.median(place), cells.span(place)) for place in (first, last)]
    return grid_sentence(len(cells.sorted), ends[0], ends[1], cells.boundary, most)


def _warnings(cells: Cells, notes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what must be read before a number is used, and what else qualifies it."""
    found = []
    outside = cells.ds.attrs.get("outside_range")
    if cells.missing:
        reasons: dict[str, list[str]] = {}
        for place in cells.missing:
            reasons.setdefault(cells.reason(place), []).append(cells.named(place))
        for reason, labels in list(reasons.items())[:_MOST_REASONS]:
            more = f" and {len(labels) - 3:,} more" if len(labels) > 3 else ""
            found.append(f"No number for {'; '.join(labels[:3])}{more}: {reason}.")
        if len(reasons) > _MOST_REASONS:
            found.append(f"{len(reasons) - _MOST_REASONS:,} more reasons why cells have no number are in the table.")
    if "extrapolated" in cells.head and (count := int(cells.head["extrapolated"].values.sum())):
        total = len(cells.sorted) + len(cells.missing)
        found.append(
            f"Extrapolated: in {count:,} of {total:,} cells most queries lie outside the lengths that were measured."
            if total > 1
            else "Extrapolated: most queries lie outside the lengths that were measured."
        )
    first = [one for one in notes if one.startswith("support") or any(word in one for word in _QUALIFIED)]
    outsides = [one for one in notes if one.startswith("outside physical ranges")]
    if outside is not None and not outsides:
        outsides = [f"outside physical ranges: {outside}"]
    others = [one for one in notes if one not in first and one not in outsides]
    return [*found, *first], [*outsides, *others]


def _drivers(cells: Cells, conditions: Sequence[Condition], told: Told) -> list[Table | Picture]:
    parts: list[Table | Picture] = []
    if told.tornado is not None:
        parts.append(tornado_picture(told.tornado))
    if conditions:
        caption = "What the answer hangs on, the largest factor first"
        parts.append(conditions_table(list(conditions), caption))
    return parts
