"""Datasets of several scenarios or presets as one, and the attributes of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.errors import InputError
from wattquery.fleets.arguments import FleetSettings, chosen_presets
from wattquery.fleets.quantities import QUANTITIES, labelled
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.provenance import KERNEL_DEFINITION, package_version, portable

__all__ = ["gathered", "joined", "origins"]

ABSENT: dict[str, Any] = {
    "adoption": 0.0,
    "energy_per_day_by": 0.0,
    "energy_per_day_by_class": 0.0,
    "extrapolated": False,
    "share": 0.0,
}


def joined(parts: Sequence[xr.Dataset], dim: str, labels: Sequence[str], *, is_axis: bool) -> xr.Dataset:
    """Return datasets along a new first dimension; a class or component that one of them has not is zero there."""
    if not is_axis:
        return parts[0].assign_coords({dim: xr.Variable((), labels[0], QUANTITIES[dim].attributes)})
    own = ("query_class", "component", "choice", "lever")
    axes = [{str(name) for name in part["energy_per_day"].dims} for part in parts]
    if any(one != axes[0] for one in axes):
        raise InputError(
            f"The scenarios {', '.join(labels)} have different axes: {[sorted(one) for one in axes]}. Allowed are "
            "scenarios with the same ones. Ask for them one by one."
        )
    union = {
        name: np.array(list(dict.fromkeys(label for part in parts if name in part for label in part[name].values)))
        for name in own
        if any(name in part for part in parts)
    }
    parts, sources = _component_sources(parts, union)
    aligned = []
    for part in parts:
        known = {name: one for name, one in union.items() if name in part.coords}
        fill = {str(name): ABSENT.get(str(name), np.nan) for name in part.data_vars}
        texts = {
            name: one for name, one in part.coords.items() if one.dims == ("query_class",) and name != "query_class"
        }
        words = {
            str(name): ("query_class", [_at(one, label) for label in union["query_class"]], one.attrs)
            for name, one in texts.items()
        }
        numbers = part.drop_vars(list(texts)).reindex(known, fill_value=fill)
        aligned.append(numbers.assign_coords(words))
    index = xr.DataArray(np.array(labels), dims=dim, name=dim)
    whole = xr.concat(
        aligned, dim=index, data_vars="all", coords="different", compat="equals", join="exact", combine_attrs="override"
    )
    whole[dim].attrs.update(QUANTITIES[dim].attributes)
    return whole.assign_coords(sources)


def _component_sources(
    parts: Sequence[xr.Dataset], union: Mapping[str, NDArray[np.generic]]
) -> tuple[list[xr.Dataset], dict[str, xr.Variable]]:
    """Return datasets without the sources of their components, and those of all: several where parts have it so."""
    if any("component_source" not in part.coords for part in parts):
        return list(parts), {}
    stated: dict[str, list[str]] = {str(name): [] for name in union["component"].tolist()}
    for part in parts:
        for name, source in zip(part["component"].values, part["component_source"].values, strict=True):
            stated[str(name)].append(str(source))
    words = np.array(["; ".join(dict.fromkeys(one)) for one in stated.values()])
    without = [part.drop_vars("component_source") for part in parts]
    return without, {"component_source": labelled("component_source", ("component",), words)}


def origins(title: str, found: Sequence[Scenario], notes: Mapping[str, str], how: FleetSettings) -> dict[str, object]:
    """Return the attributes that say what made a result; ``notes`` are those of each scenario by its name."""
    tables = [catalogs.load(one.catalog or used.catalog) for one in found for used in chosen_presets(one)[0]]
    hashes = {table.content_hash: table.name for table in tables}
    attributes: dict[str, object] = {
        "title": title,
        "Conventions": "CF-1.11",
        "wattquery_version": package_version(),
        "catalog": " | ".join(hashes.values()),
        "catalog_hash": " | ".join(hashes),
        "kernel_definition": KERNEL_DEFINITION,
        "seed": how.seed,
        "outer": how.outer,
        "throughput_fit_default_log_sigma": how.sigma,
        "notes": " | ".join(gathered(notes)),
        "source": " | ".join(f"{one.name}: {one.source or 'not stated'}" for one in found),
        "scenario_title": " | ".join(f"{one.name}: {one.title}" for one in found),
    }
    return {name: portable(value) for name, value in attributes.items()}


def _at(words: xr.DataArray, label: object) -> str:
    found = words.values[words["query_class"].values == label]
    return str(found[0]) if found.size else ""


def gathered(notes: Mapping[str, str]) -> list[str]:
    """Return each remark once, with the scenarios or presets that it is about where these are not all."""
    about: dict[str, list[str]] = {}
    for name, text in notes.items():
        for remark in text.split(" | "):
            about.setdefault(remark, []).append(name)
    return [text if len(names) == len(notes) else f"{', '.join(names)}: {text}" for text, names in about.items()]
