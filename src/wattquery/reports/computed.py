"""Grids and single queries that are computed for a page: at every boundary, with histograms where these fit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError
from wattquery.inputs.ladder import LADDER
from wattquery.reports.calls import call
from wattquery.reports.content import Content
from wattquery.reports.grids import Told, grid_content
from wattquery.sweeps.arguments import RunArguments
from wattquery.sweeps.study import Study, study

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["BOUNDARIES", "HOW", "MOST_CELLS", "computed_content"]

BOUNDARIES = [rung.name for rung in LADDER]
"""What a page counts where nothing is said of it: each of them."""

MOST_CELLS = 2000
"""Cells of which a page computes every boundary, and keeps histograms for its pictures."""

_INTO_STORE = ("store", "client", "lazy", "storage_options")
HOW = frozenset({*RunArguments.__annotations__, *_INTO_STORE})
"""Arguments of a sweep that say how to compute, and not what."""


def computed_content(model: Any, arguments: Mapping[str, Any], rows: int, told: Mapping[str, Any]) -> Content:
    """Return what a page says of arguments of `wattquery.sweep`.

    Parameters
    ----------
    model, arguments
        As `wattquery.sweep` takes them.
    rows
        Cells that the table shows.
    told
        Fields of `Told` that somebody knows better.
    """
    from wattquery.sweeps.sweep import sweep

    what = {name: value for name, value in arguments.items() if name not in HOW}
    asked = study(model, asked_by="report", its_own=HOW, **what)
    dims = [axis.name for axis in asked.grid.dimensions if axis.name != "boundary"]
    known = {} if dims else {"notes": _notes(model, arguments), "tornado": _tornado(model, what, arguments)}
    own = {**arguments, **_more(asked, arguments)}
    ds: xr.Dataset = sweep(model, **own)
    made = call("sweep", model, own, "ds")
    given = {"model", *arguments}
    return grid_content(ds, Told(**{"given": given, "call": made, "catalog": asked.catalog, **known, **told}), rows)


def _more(asked: Study, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page computes besides: a store has what its user put there, and nothing is added to it."""
    if any(arguments.get(name) for name in _INTO_STORE):
        return {}
    each = {} if "boundary" in arguments else {"boundary": BOUNDARIES}
    cells = math.prod(axis.size for axis in asked.grid.dimensions) * len(each.get("boundary", "1"))
    return {**each, "keep_histogram": True} if cells <= MOST_CELLS else {}


def _notes(model: Any, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the notes of one query, which an estimate has and a grid has no room for."""
    from wattquery.sweeps.estimate import estimate

    own = {name: value for name, value in arguments.items() if name not in _INTO_STORE and name != "progress"}
    one = own.get("boundary")
    if isinstance(one, (list, dict)):
        own.pop("boundary")
    return estimate(model, **own).notes


def _tornado(model: Any, what: Mapping[str, Any], arguments: Mapping[str, Any]) -> xr.Dataset | None:
    """Return how the factors of one query move its median; None where nothing is random."""
    from wattquery.sensitivity import tornado

    how = {name: arguments[name] for name in ("seed", "threads") if name in arguments}
    own = dict(what)
    if isinstance(own.get("boundary"), (list, dict)):
        own.pop("boundary")
    try:
        found: xr.Dataset = tornado(model, **own, **how)
    except InputError:
        return None
    return found
