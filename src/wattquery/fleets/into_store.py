"""Fleets of many scenarios, shares and labels into a store, box by box.

A box is the same call with fewer labels on each axis. What it could not know of the whole it is told: which structural
choices can be made, and the classes, components and levers that its arrays have a place for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.fleets.analysis import Analysis
from wattquery.fleets.arguments import Request
from wattquery.fleets.asked import asked
from wattquery.fleets.box import SCENARIO, UNDIVIDED, request_at
from wattquery.fleets.combine import ABSENT, OWN_LABELS, with_labels
from wattquery.fleets.gathered import extremes_of
from wattquery.fleets.parts import EXACT
from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.structural_choices import TrimmedShares
from wattquery.fleets.whole import Whole, looked_at
from wattquery.scenarios.shares import SUFFIX
from wattquery.stores.boxes import Box
from wattquery.sweeps.blockwise.analyses import Promise, analysis_to_store
from wattquery.sweeps.blockwise.elsewhere import Elsewhere
from wattquery.sweeps.blockwise.ways import ways

__all__ = ["FleetOfBox", "stored_fleet"]

MOST_CELLS, MOST_POINTS, MOST_UNDER_LOAD = 4096, 512, 128
"""Cells of a box at most, points of its axes, and cells under a load, where each share is a fleet of its own: some
seconds of work, all presets, boundaries and dates counted."""

_TRIMMED = TrimmedShares()
"""What boxes have found of cut distributions, which most of them have in common."""

OF_COURSES = ("date", "growth", "rebound")
"""Dimensions over time, which every box has whole."""


@dataclass(frozen=True, eq=False)
class FleetOfBox:
    """The fleets of a box.

    Attributes
    ----------
    analysis
        What is computed.
    request
        The whole, with settings of a part: one thread, and no progress.
    dims
        The dimensions that boxes divide.
    labels
        Of classes, components, choices and levers, all that the whole has.
    variables
        Dimensions of each variable of the whole that is not known beforehand; none while these are looked for.
    """

    analysis: Analysis
    request: Request
    dims: tuple[str, ...]
    labels: Mapping[str, NDArray[Any]]
    variables: Mapping[str, tuple[str, ...]]

    def solve(self, box: Box) -> xr.Dataset:
        """Return the result of a box."""
        found = self.at(dict(zip(self.dims, box.ranges, strict=True)))
        sizes = {str(name): size for name, size in found.sizes.items()}
        sizes |= {name: len(labels) for name, labels in self.labels.items()}
        by_name = {name: {dim: sizes[dim] for dim in dims} for name, dims in self.variables.items()}
        return xr.Dataset({name: _along(found, name, wanted) for name, wanted in by_name.items()})

    def at(self, places: Mapping[str, range]) -> xr.Dataset:
        """Return the result of some labels, with the labels of the whole of all else."""
        found = self.analysis.solve(request_at(self.request, places), _TRIMMED)
        return with_labels(found, self.labels)[list(found.variables)]


def _along(found: xr.Dataset, name: str, sizes: Mapping[str, int]) -> xr.Variable:
    """Return a variable along these dimensions: another scenario may have more of them, or have it alone."""
    if name not in found:
        return xr.Variable(tuple(sizes), np.full(tuple(sizes.values()), ABSENT.get(name, np.nan)))
    variable: Any = found.variables[name]
    more = {dim: size for dim, size in sizes.items() if dim not in variable.dims}
    wide: xr.Variable = variable.set_dims({**more, **variable.sizes}).transpose(*sizes)
    return wide


def stored_fleet(name: str, analysis: Analysis, request: Request, kept: Elsewhere) -> xr.Dataset:
    """Return fleets from a store, see `wattquery.sweep`.

    Parameters
    ----------
    name
        Of the function that was called.
    analysis, request
        What is computed.
    kept
        Where it goes, as its user wrote it.

    Raises
    ------
    InputError
        If the store is of something else, it is none, or something in the request cannot be computed.
    """
    way = ways(**kept, lazy=False, settings=EXACT)
    where, progress = way.analysis_store, request.settings.progress
    whole = looked_at(analysis, replace(request, settings=replace(request.settings, progress=None)))
    told = whole.dataset()
    dims = _divided(whole)
    part = replace(request, settings=_of_part(whole))
    labels = {one: told[one].values for one in OWN_LABELS if one in told.coords}
    work = FleetOfBox(analysis, part, dims, labels, {})
    look = work.at({dim: range(1) for dim in dims if dim != SCENARIO})
    variables = {
        str(one): tuple(map(str, found.dims)) for one, found in look.data_vars.items() if one not in told.data_vars
    }
    promise = Promise(
        dims,
        told,
        look.isel({SCENARIO: [0]}, missing_dims="ignore"),
        _most_cells(request, told),
        later=("notes",),
        gather=lambda ds, schema: {"notes": whole.dataset(extremes_of(ds, schema, whole)).attrs["notes"]},
    )
    run = whole.firsts[request.scenarios[0].name][0].grids[0].run
    settings = replace(request.settings.sampled or EXACT, threads=request.settings.threads)
    executor = way.executor(run.study, settings)
    return analysis_to_store(
        replace(work, variables=variables), promise, asked(name, whole, told), where, executor, progress
    )


def _of_part(whole: Whole) -> FleetSettings:
    """Return the settings of a part of a whole."""
    settings = whole.request.settings
    sampled = None if settings.sampled is None else replace(settings.sampled, threads=1, progress=None)
    return replace(settings, threads=1, progress=None, sampled=sampled, choices=whole.choice_labels)


def _divided(whole: Whole) -> tuple[str, ...]:
    """Return the dimensions that boxes divide; those that come last are divided least.

    Points of the shares have all work on the energy of a query in common; but under a load each is a fleet of its own.
    """
    request, first = whole.request, whole.request.scenarios[0]
    shares = tuple(name + SUFFIX for name in first.share_axes)
    axes = tuple(one.name for one in whole.firsts[first.name][0].axes if one.name not in UNDIVIDED)
    return (
        *((SCENARIO,) if request.is_axis else ()),
        *((*shares, *axes) if _is_under_load(request) else (*axes, *shares)),
    )


def _most_cells(request: Request, told: xr.Dataset) -> int:
    """Return how many cells a box has at most: many where most of them are shares of what is computed once."""
    most = min(MOST_CELLS, MOST_POINTS * math.prod(map(len, request.scenarios[0].share_axes.values())))
    if _is_under_load(request):
        most = min(most, MOST_UNDER_LOAD)
    return max(1, most // math.prod(told.sizes[dim] for dim in (*UNDIVIDED, *OF_COURSES) if dim in told.sizes))


def _is_under_load(request: Request) -> bool:
    return any(one.is_under_load for one in request.scenarios)
