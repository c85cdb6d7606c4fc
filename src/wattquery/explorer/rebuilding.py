"""From a Dataset back to the study that made it, so that a page can compute its cells again; or why not.

A result holds labels, what they stand for, and the names of its preset and catalog, but no objects of a user's own. So
what is rebuilt is computed again and compared: a page computes nothing that does not give the numbers of its Dataset.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from wattquery import catalog as catalogs
from wattquery.errors import InputError
from wattquery.explorer.grid import axes_of
from wattquery.methods.exact.reach import exact_can
from wattquery.quantities import AXES, CATALOG_AXES, LOAD_AXES
from wattquery.specs import Lever, as_distribution
from wattquery.specs.expressions import parse_value
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import DRAWS, QUANTILES, settings
from wattquery.sweeps.study import Study, preset_levers, study

__all__ = ["DIFFERENCE", "check_same", "computing", "rebuilt"]

DIFFERENCE = 0.005
"""Relative difference of a quantile from which on what was rebuilt is not what made the Dataset."""

MOST_POINTS, ALL_POINTS = 2**17, 2**23
"""Quasi-random points of a cell, which leave some 0.2 % of a P5, and of all cells together: seconds."""

_STANDARD_ERRORS = 6.0
_NAMES = (*CATALOG_AXES, "workload")
_UNDER_LOAD_ALONE = ("accelerators", "load", "concurrency", "cached_tokens")


def rebuilt(ds: xr.Dataset) -> Run:
    """Return the run of the study that made a Dataset.

    Raises
    ------
    InputError
        If it cannot be known from the Dataset, or gives other numbers.
    """
    run = computing(study(**_arguments(ds)), tuple(_levels(ds)))
    if run.shape != tuple(ds.sizes[str(dim)] for dim in _dims(ds)):
        raise InputError("its labels do not give its grid again")
    check_same(ds, run)
    return run


def computing(asked: Study, levels: tuple[float, ...] = QUANTILES) -> Run:
    """Return the run of a study by the exact method, or by quasi-random points where that cannot take it."""
    run = prepare(asked, settings(method="exact", quantiles=levels))
    if exact_can(run.plan):
        return run
    return prepare(asked, settings(method="quasi_monte_carlo", quantiles=levels, draws=_points(run.grid.size), seed=0))


def _points(cells: int) -> int:
    """Return how many points a cell gets: as many as it takes for P5 and P95, where cells are few."""
    points = MOST_POINTS
    while points > DRAWS["quasi_monte_carlo"] and points * cells > ALL_POINTS:
        points //= 2
    return points


def check_same(ds: xr.Dataset, run: Run) -> None:
    """Refuse a run whose quantiles are not those of a Dataset.

    Raises
    ------
    InputError
        If one of them differs by more than `DIFFERENCE` and several standard errors.
    """
    found = computing(run.study, tuple(_levels(ds))).computed().statistics.arrays["energy"]
    order = (*_dims(ds), "quantile")
    energies, errors = (ds[name].transpose(*order).values.reshape(found.shape) for name in ("energy", "energy_stderr"))
    known = np.isfinite(energies)
    if not np.array_equal(known, np.isfinite(found)):
        raise InputError("this version of the package knows other cells of it")
    if known.any() and not np.isfinite(errors[known]).any():
        raise InputError("its draws are too few to tell a sampling error, so nothing can be compared with them")
    allowed = DIFFERENCE * energies + _STANDARD_ERRORS * np.where(np.isfinite(errors), errors, np.inf)
    if np.any((np.abs(found - energies) > allowed)[known]):
        off = float(np.max(np.abs(found / energies - 1.0)[known]))
        raise InputError(f"computed again, its quantiles differ by up to {100 * off:.2g} %")


def _dims(ds: xr.Dataset) -> list[str]:
    dims = {str(dim) for dim in ds["energy_mean"].dims}
    return [name for name in AXES if name in dims]


def _levels(ds: xr.Dataset) -> list[float]:
    return [float(level) for level in ds["quantile"].values]


def _arguments(ds: xr.Dataset) -> dict[str, Any]:
    """Return the arguments of a study that a Dataset tells."""
    if "measured" in ds.attrs:
        raise InputError("it was calibrated by measurements, which it does not hold")
    if "model" not in ds.coords or set(_dims(ds)) != {str(dim) for dim in ds["energy_mean"].dims}:
        raise InputError("it is no grid of a sweep, but something made of one")
    preset = str(ds.attrs.get("preset", ""))
    under_load = ds.attrs.get("throughput_model") == "load"
    arguments: dict[str, Any] = {"preset": preset}
    if not under_load:
        arguments |= {"catalog": _catalog(ds), "prefill_weight": float(ds.attrs["prefill_weight"])}
    arguments["round_tokens"] = bool(ds.attrs["round_tokens"])
    for axis in axes_of(ds, None):
        name = axis["name"]
        if name in _UNDER_LOAD_ALONE and not under_load:
            continue
        if name == "pue" and axis["labels"] == ["not counted"]:
            continue
        if name in CATALOG_AXES[1:] and not under_load and not _is_label(ds, name, axis["labels"]):
            continue  # what was found for a deployment of several, which nobody asked for by name
        if (value := _value(ds[name], axis, preset)) is not None:
            arguments[name] = value
    return {name: value for name, value in arguments.items() if name not in LOAD_AXES or under_load}


def _catalog(ds: xr.Dataset) -> str:
    name = str(ds.attrs["catalog"])
    if name not in catalogs.names():
        raise InputError(f"its catalog {name!r} is none that ships")
    if catalogs.load(name).content_hash != ds.attrs["catalog_hash"]:
        raise InputError(f"its catalog {name!r} has changed since")
    return name


def _is_label(ds: xr.Dataset, name: str, labels: list[str]) -> bool:
    return set(labels) <= set(catalogs.load(str(ds.attrs["catalog"])).labels(name))


def _value(coordinate: xr.DataArray, axis: dict[str, Any], preset: str) -> object:
    """Return what was passed for an axis: a value, or labels with what they stand for."""
    name, labels = axis["name"], axis["numbers"] or axis["labels"]
    if name == "levers":
        return _levers(axis, preset, is_dimension=bool(coordinate.ndim))
    if name in ("model", "hardware") or name in _NAMES or name == "boundary":
        values = list(labels)
    else:
        stands_for = axis["definitions"]
        values = [parse_value(name, stands_for.get(str(label), label)) for label in labels]
    if not coordinate.ndim:
        label = labels[0]
        return None if label in ("", "nan") or label != label else values[0]
    if any(label != label for label in labels):
        raise InputError(f"{name} has a label that is no number")
    return dict(zip(labels, values, strict=True)) if name not in (*_NAMES, "boundary") else values


def _levers(axis: dict[str, Any], preset: str, *, is_dimension: bool) -> object:
    """Return combinations of levers, each with the factor that it had: by name where that is the preset's."""
    definitions, known = axis["definitions"], preset_levers(catalogs.preset(preset))
    combinations: dict[object, object] = {}
    for label in axis["labels"]:
        named = str(definitions.get(label, label))
        joined = label if "(" in named else named
        names = [] if joined == "none" else joined.split("+")
        own = [name for name in names if name not in known or known[name].definition != definitions.get(name)]
        combinations[label] = [_lever(name, definitions) for name in names] if own else joined
    return combinations if is_dimension else next(iter(combinations.values()))


def _lever(name: str, definitions: dict[str, str]) -> object:
    if name not in definitions:
        return name
    return Lever(name, as_distribution(parse_value("levers", definitions[name]), name))
