"""One Dataset of what was computed for each scenario and each preset, with the attributes of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.catalog.shipped import DEFAULT
from wattquery.engine.executor import Progress
from wattquery.errors import InputError
from wattquery.fleets.arguments import Request, chosen_presets
from wattquery.fleets.layout import share_coordinate
from wattquery.quantities import QUANTITIES
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX
from wattquery.specs.load import UnderLoad
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.measured_points import calibrating, measured_words
from wattquery.sweeps.provenance import KERNEL_DEFINITION, package_version, portable
from wattquery.sweeps.stages import stages
from wattquery.sweeps.study import under_load_catalog
from wattquery.uncertainty.throughput_draws import fit_in_words

__all__ = [
    "ABSENT",
    "OWN_LABELS",
    "for_each_preset",
    "for_each_scenario",
    "for_each_share",
    "gathered",
    "joined",
    "joined_remarks",
    "remark_list",
    "with_labels",
    "with_remarks",
]

SEPARATOR = " | "
"""Between the remarks of an attribute: files hold texts and not lists of them."""

OWN_LABELS = ("query_class", "component", "choice", "lever", "pool")
"""Dimensions of which scenarios and presets may have different labels."""

WITHIN_A_CELL = ("interval", "bound", "credible", "hour")
"""Dimensions of which all have the same labels."""

ABSENT: dict[str, Any] = {
    "adoption": 0.0,
    "energy_per_day_by_class": 0.0,
    "extrapolated": False,
    "share": 0.0,
}
"""What a variable is for a class, component or lever that a scenario does not have; NaN for all others."""


def for_each_scenario(
    request: Request, title: str, compute: Callable[[Scenario, Progress | None], xr.Dataset]
) -> xr.Dataset:
    """Return what is computed for each scenario as one Dataset, which says what made it.

    Parameters
    ----------
    request
        The scenarios, and how to compute.
    title
        Of the result.
    compute
        Takes a scenario and what its own progress is reported to.

    Raises
    ------
    InputError
        Where a scenario cannot be computed, with its name if there are several.
    """
    scenarios, parts = request.scenarios, []
    for scenario, progress in zip(scenarios, stages(request.settings.progress, len(scenarios)), strict=True):
        try:
            parts.append(compute(scenario, progress))
        except InputError as error:
            if len(scenarios) == 1:
                raise
            raise type(error)(f"scenario {scenario.name!r}: {error}") from error
    names = [scenario.name for scenario in scenarios]
    remarks = gathered({name: remark_list(part) for name, part in zip(names, parts, strict=True)})
    whole = joined(parts, "scenario", names, is_axis=request.is_axis)
    whole.attrs["throughput_model"] = _forms(names, parts)
    whole.attrs |= _origins(request, title, remarks)
    return whole


def for_each_preset(
    scenario: Scenario, progress: Progress | None, compute: Callable[[Preset, Progress | None], xr.Dataset]
) -> xr.Dataset:
    """Return what is computed for each preset of a scenario as one Dataset, with the remarks on all of them."""
    presets, is_axis = chosen_presets(scenario)
    reports = stages(progress, len(presets))
    parts = [compute(preset, report) for preset, report in zip(presets, reports, strict=True)]
    names = [preset.name for preset in presets]
    remarks = gathered({name: remark_list(part) for name, part in zip(names, parts, strict=True)})
    whole = joined(parts, "preset", names, is_axis=is_axis)
    whole.attrs["notes"] = SEPARATOR.join(remarks)
    whole.attrs["throughput_model"] = _forms(names, parts)
    return whole


def for_each_share(
    scenario: Scenario,
    progress: Progress | None,
    compute: Callable[[Scenario, Progress | None], xr.Dataset],
    point: Mapping[str, float] = MappingProxyType({}),
) -> xr.Dataset:
    """Return what is computed at each point of the axes of shares as one Dataset.

    Under a load shares say what fills batches, so that each point is a fleet of its own. Elsewhere energies of a query
    are the same at all of them, and they are computed at once. Of the first axes the point is given.
    """
    left = [axis for axis in scenario.share_axes.items() if axis[0] not in point] if scenario.is_under_load else []
    if not left:
        return compute(scenario.at_shares(point) if point else scenario, progress)
    name, labels = left[0]
    parts = [
        for_each_share(scenario, report, compute, {**point, name: label})
        for label, report in zip(labels, stages(progress, len(labels)), strict=True)
    ]
    remarks = {f"{name}{SUFFIX} {label:g}": remark_list(part) for label, part in zip(labels, parts, strict=True)}
    whole = _concatenated(parts, xr.DataArray(share_coordinate(name, labels), name=name + SUFFIX))
    whole.attrs["notes"] = SEPARATOR.join(gathered(remarks))
    return whole


def with_remarks(ds: xr.Dataset, remarks: Sequence[str]) -> xr.Dataset:
    """Return a Dataset with further remarks, each once."""
    return ds.assign_attrs(notes=SEPARATOR.join(dict.fromkeys([ds.attrs["notes"], *remarks])))


def joined(parts: Sequence[xr.Dataset], dim: str, labels: Sequence[str], *, is_axis: bool) -> xr.Dataset:
    """Return Datasets along a new first dimension, each with the classes, components, choices and levers of all."""
    if not is_axis:
        return parts[0].assign_coords({dim: labelled(dim, (), np.array(labels[0]))})
    _check_axes(parts, labels)
    union = {
        name: np.array(list(dict.fromkeys(label for part in parts if name in part for label in part[name].values)))
        for name in OWN_LABELS
        if any(name in part for part in parts)
    }
    parts, sources = _component_sources(parts, union)
    whole = _concatenated(
        [with_labels(part, union) for part in parts], xr.DataArray(np.array(labels), dims=dim, name=dim)
    )
    whole[dim].attrs.update(QUANTITIES[dim].attributes)
    return whole.assign_coords(sources)


def _concatenated(parts: Sequence[xr.Dataset], dim: xr.DataArray) -> xr.Dataset:
    """Return Datasets along one more dimension, all of their variables with it."""
    return xr.concat(
        parts, dim=dim, data_vars="all", coords="different", compat="equals", join="exact", combine_attrs="override"
    )


def remark_list(ds: xr.Dataset) -> list[str]:
    """Return the remarks on a result."""
    return str(ds.attrs["notes"]).split(SEPARATOR)


def joined_remarks(remarks: Iterable[str]) -> str:
    """Return remarks as the attribute of a result."""
    return SEPARATOR.join(remarks)


def _forms(names: Sequence[str], parts: Sequence[xr.Dataset]) -> str:
    """Return the forms of throughput of all parts."""
    return SEPARATOR.join(
        gathered({name: [str(part.attrs["throughput_model"])] for name, part in zip(names, parts, strict=True)})
    )


def gathered(remarks: Mapping[str, Sequence[str]]) -> list[str]:
    """Return each remark once, with the scenarios or presets that it is about where these are not all."""
    names_of: dict[str, list[str]] = {}
    for name, texts in remarks.items():
        for text in texts:
            names_of.setdefault(text, []).append(name)
    return [text if len(names) == len(remarks) else f"{', '.join(names)}: {text}" for text, names in names_of.items()]


def _check_axes(parts: Sequence[xr.Dataset], labels: Sequence[str]) -> None:
    axes = [{str(name) for name in part.dims} - {*OWN_LABELS, *WITHIN_A_CELL} for part in parts]
    if any(names != axes[0] for names in axes):
        raise InputError(
            f"The scenarios {', '.join(labels)} must have the same axes, got {[sorted(names) for names in axes]}. "
            "Pass one scenario at a time."
        )


def with_labels(part: xr.Dataset, union: Mapping[str, NDArray[np.generic]]) -> xr.Dataset:
    """Return a Dataset with all labels of its dimensions: what it does not have is zero, NaN, or an empty text."""
    texts = {
        str(name): coordinate
        for name, coordinate in part.coords.items()
        if coordinate.dims == ("query_class",) and name != "query_class"
    }
    numbers = part.drop_vars(list(texts)).reindex(
        {name: labels for name, labels in union.items() if name in part.coords},
        fill_value={str(name): ABSENT.get(str(name), np.nan) for name in part.data_vars},
    )
    return numbers.assign_coords(
        {
            name: ("query_class", [_text_at(text, label) for label in union["query_class"]], text.attrs)
            for name, text in texts.items()
        }
    )


def _text_at(text: xr.DataArray, label: object) -> str:
    matching = text.values[text["query_class"].values == label]
    return str(matching[0]) if matching.size else ""


def _component_sources(
    parts: Sequence[xr.Dataset], union: Mapping[str, NDArray[np.generic]]
) -> tuple[list[xr.Dataset], dict[str, xr.Variable]]:
    """Return Datasets without the sources of their components, and those of all: several where parts have it so."""
    if any("component_source" not in part.coords for part in parts):
        return list(parts), {}
    stated: dict[str, list[str]] = {str(name): [] for name in union["component"].tolist()}
    for part in parts:
        for name, source in zip(part["component"].values, part["component_source"].values, strict=True):
            stated[str(name)].append(str(source))
    words = np.array(["; ".join(dict.fromkeys(sources)) for sources in stated.values()])
    without = [part.drop_vars("component_source") for part in parts]
    return without, {"component_source": labelled("component_source", ("component",), words)}


def _origins(request: Request, title: str, remarks: Sequence[str]) -> dict[str, object]:
    """Return the attributes that say what made a result."""
    scenarios, settings = request.scenarios, request.settings
    tables = [
        catalogs.load(DEFAULT if scenario.is_under_load else scenario.catalog or preset.catalog)
        for scenario in scenarios
        for preset in chosen_presets(scenario)[0]
    ]
    under_load = all(scenario.is_under_load for scenario in scenarios)
    name_of = {table.content_hash: table.name for table in tables}
    attributes: dict[str, object] = {
        "title": title,
        "Conventions": "CF-1.11",
        "wattquery_version": package_version(),
        "catalog": SEPARATOR.join(name_of.values()),
        "catalog_hash": SEPARATOR.join(name_of),
        "kernel_definition": KERNEL_DEFINITION,
        "seed": settings.seed,
        "level": settings.intervals.largest,
        "shared_draws": settings.shared_draws,
        "throughput_fit": fit_in_words(settings.sigma, under_load=under_load),
        "throughput_fit_default_log_sigma": 0.0 if under_load else settings.sigma,
        "notes": SEPARATOR.join(remarks),
        "source": SEPARATOR.join(f"{one.name}: {one.source or 'not stated'}" for one in scenarios),
        "scenario_title": SEPARATOR.join(f"{one.name}: {one.title}" for one in scenarios),
    }
    found = _measured(scenarios)
    if found:
        attributes |= {"measured": SEPARATOR.join(found.values()), "measured_fingerprint": SEPARATOR.join(found)}
    return {name: portable(value) for name, value in attributes.items()}


def _measured(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """Return the measured points that calibrate any class, in words, by what tells them apart."""
    found: dict[str, str] = {}
    for scenario in scenarios:
        for one in scenario.classes.values() if scenario.is_under_load else ():
            _, given = under_load_catalog(scenario.catalog, one.measured)
            points, name = calibrating(given)
            if points is not None:
                found[points.fingerprint] = measured_words(UnderLoad(measured=points, measured_as=name))
    return found
