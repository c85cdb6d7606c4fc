"""The coordinates of a grid before they are xarray's: dims, values, attributes, and how they read as text."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog import Deployment
from wattquery.plans.build import Lowered
from wattquery.plans.load_build import LEADING
from wattquery.quantities import AXES, CATALOG_AXES, QUANTITIES
from wattquery.specs.axis import Axis
from wattquery.specs.boundary import Boundary
from wattquery.specs.converters import LeverSet
from wattquery.specs.distributions import Distribution, Fixed
from wattquery.specs.grid import Grid
from wattquery.sweeps.throughput_forms import twice_counted
from wattquery.throughput.load.deployments import LoadCases, LoadTable
from wattquery.throughput.remarks import remarks

__all__ = [
    "Coordinate",
    "coordinates",
    "counted",
    "in_words",
    "median_lengths",
    "throughput_attribute",
    "throughput_notes",
]

MOST_NOTES = 50

NOT_COUNTED = "not counted"
"""What stands for a PUE that no boundary has."""


@dataclass(frozen=True, eq=False)
class Coordinate:
    """A coordinate: one value, or labels along dimensions.

    Attributes
    ----------
    dims
        Names of the dimensions; empty for one value.
    values
        The labels.
    attributes
        Unit, long name, and what labels stand for.
    """

    dims: tuple[str, ...]
    values: NDArray[np.generic]
    attributes: Mapping[str, str]


def coordinates(grid: Grid, lowered: Lowered) -> dict[str, Coordinate]:
    """Return the coordinate of every axis by name: its labels, or what the catalog has where it was left out."""
    by_name = {axis.name: _of_axis(axis) for axis in grid.axes if axis.labels != ("",)}
    by_name |= _left_out(grid, lowered)
    if not grid.counts_pue:
        by_name["pue"] = Coordinate((), np.array(NOT_COUNTED), {"long_name": QUANTITIES["pue"].long_name})
    return {name: by_name[name] for name in AXES if name in by_name}


def counted(grid: Grid, drawn: Collection[str] = ()) -> str:
    """Return what the energies of a grid count, for the attribute ``boundary``.

    Parameters
    ----------
    grid
        The grid.
    drawn
        Axes that the result has no coordinate of, as their labels are drawn.
    """
    if grid.boundary.size == 1:
        return grid.boundary.values[0].label
    return "several: see attribute 'weights_boundary'" if "boundary" in drawn else "see coordinate 'boundary'"


def in_words(
    values: NDArray[np.generic], attributes: Mapping[str, str], labels: Sequence[Sequence[object]] = ()
) -> str:
    """Return a coordinate as text with its unit: a name with what it stands for, one value or one for each label.

    Parameters
    ----------
    values, attributes
        Of the coordinate.
    labels
        The labels of each of its dimensions.
    """
    unit = attributes.get("units", attributes.get("parameter_units", ""))
    unit = "" if unit in ("", "1") else f" {unit}"
    if attributes.get("long_name") == QUANTITIES["cached_tokens"].long_name and not unit:
        return _cached_in_words(values, labels)
    if not labels:
        text = str(attributes.get("definitions", _shown(values.item()))).replace(" = ", ": ")
        return f"{text}{unit}"
    parts = [
        f"{'/'.join(map(str, key))}: {_shown(value)}{unit}"
        for key, value in zip(itertools.product(*labels), values.ravel().tolist(), strict=True)
        if value == value and value != ""
    ]
    more = len(parts) - MOST_NOTES
    return "; ".join([*parts[:MOST_NOTES], f"... and {more:,} more"] if more > 0 else parts)


def _has_shares(labels: Sequence[object]) -> bool:
    return any(isinstance(one, (int, float)) and 0.0 < one < 1.0 for one in labels)


def _cached_in_words(values: NDArray[np.generic], labels: Sequence[Sequence[object]]) -> str:
    """Return cached tokens of which some are shares of the input, each with what it is of."""
    each = [f"{one:g} of the input" if 0.0 < one < 1.0 else f"{one:g} tokens" for one in values.ravel().tolist()]
    if not labels:
        return each[0]
    keys = itertools.product(*labels)
    return "; ".join(f"{'/'.join(map(str, key))}: {text}" for key, text in zip(keys, each, strict=True))


def throughput_notes(grid: Grid, lowered: Lowered) -> list[str]:
    """Return what to say of the deployments of a grid whose throughput their rows tell badly, a line for each."""
    if lowered.under_load is not None:
        return []
    tables = [median_lengths(outputs, inputs) for outputs, inputs in grid.length_tables()]
    # Where the grid tells deployments of a model apart by more than their precision, so do the notes.
    named = [axis.name for axis in grid.axes[1:3] if axis.is_dimension]

    def place(deployment: Deployment) -> str:
        return ", ".join(str(getattr(deployment, axis)) for axis in (*named, "precision"))

    notes = []
    for deployment, deployed in zip(lowered.deployments, lowered.plan.deployments, strict=True):
        if deployment is not None and deployed is not None:
            stderr = max(float(np.max(deployed.model.log_stderr(*medians))) for medians in tables)
            notes += [
                f"{deployment.model} ({place(deployment)}): {note}"
                for note in (*remarks(deployed.model, deployment.rows, stderr), *deployment.questions)
            ]
    notes = [*twice_counted(grid, lowered), *notes]
    more = len(notes) - MOST_NOTES
    return [*notes[:MOST_NOTES], f"... and {more:,} more"] if more > 0 else notes


def throughput_attribute(grid: Grid, lowered: Lowered) -> dict[str, str]:
    """Return the attribute of a result that says it, or none where nothing is to be said."""
    notes = throughput_notes(grid, lowered)
    return {"throughput_notes": "\n".join(notes)} if notes else {}


def median_lengths(
    outputs: Sequence[Distribution], inputs: Sequence[Distribution]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the medians of input lengths as a row, and of output lengths as a column [tokens]."""
    medians = [
        np.array([length.value if isinstance(length, Fixed) else _median(length) for length in lengths])
        for lengths in (inputs, outputs)
    ]
    return medians[0], medians[1][:, None]


@lru_cache(maxsize=2**14)
def _median(length: Distribution) -> float:
    """Return a median [tokens]: the boxes of a grid have most labels in common."""
    return float(length.ppf(0.5))


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _of_axis(axis: Axis[object]) -> Coordinate:
    """Return the coordinate of an axis: its labels, or one label without a dimension.

    Where a label is a name, the attribute ``definitions`` keeps what it stood for; ``sources`` says where the factors
    of a boundary come from.
    """
    labels = np.array(axis.labels)
    attributes = dict(QUANTITIES[axis.name].attributes)
    if labels.dtype.kind == "U" and "units" in attributes:
        # Text labels name distributions: the numbers inside keep the unit of the quantity.
        attributes["parameter_units"] = attributes.pop("units")
    if axis.name == "cached_tokens" and _has_shares(axis.labels):
        attributes.pop("units")  # a share of the input is no number of tokens
    definitions = [f"{label} = {value}" for label, value in _definitions(axis).items()]
    if definitions:
        attributes["definitions"] = "; ".join(definitions)
    boundaries = [boundary for boundary in axis.values if isinstance(boundary, Boundary)]
    sources = [f"{name}: {text}" for boundary in boundaries for name, text in boundary.sources.items()]
    if sources:
        attributes["sources"] = " | ".join(dict.fromkeys(sources))
    if axis.is_dimension:
        return Coordinate((axis.name,), labels, attributes)
    return Coordinate((), labels.reshape(()), attributes)


def _definitions(axis: Axis[object]) -> dict[str, str]:
    """Return what the labels of an axis stand for, where a label does not say it itself."""
    pairs = [(str(label), value) for label, value in zip(axis.labels, axis.values, strict=True)]
    if axis.name == "levers":
        return _combinations([(label, levers) for label, levers in pairs if isinstance(levers, LeverSet)])
    if axis.name == "boundary":
        boundaries = [(label, boundary) for label, boundary in pairs if isinstance(boundary, Boundary)]
        return {
            label: boundary.definition for label, boundary in boundaries if boundary.sources or label != boundary.label
        }
    if hasattr(axis.values[0], "is_described"):
        return {label: _described(value) for label, value in pairs if _described(value) != label}
    # Numbers are their own labels, with fewer digits; labels of the catalog may be numbers to a user.
    named = axis.name in CATALOG_AXES or isinstance(axis.labels[0], str)
    return {label: str(value) for label, value in pairs if named and label != str(value)}


def _described(value: Any) -> str:
    """Return what a model or an accelerator is: its label in the tables, or all of it where it is a user's own."""
    return str(value) if value.is_described else str(value.label)


def _combinations(pairs: Sequence[tuple[str, LeverSet]]) -> dict[str, str]:
    """Return the levers of each combination that its label does not name, and the factor of each lever."""
    named = {label: levers.label for label, levers in pairs if set(label.split("+")) != set(levers.label.split("+"))}
    factors = {lever.name: lever.definition for _, levers in pairs for lever in levers.levers}
    return named | factors


def _left_out(grid: Grid, lowered: Lowered) -> dict[str, Coordinate]:
    """Return the coordinates of axes that were left out: what the catalog or preset has, by deployment."""
    if lowered.under_load is not None:
        return _left_out_under_load(grid, *lowered.under_load)
    by_name = {}
    for name in ("hardware", "serving", "precision"):
        if getattr(grid, name).labels == ("",):
            labels = ["" if deployment is None else getattr(deployment, name) for deployment in lowered.deployments]
            by_name[name] = _by_deployment(grid, name, np.array(labels))
    if grid.node_power.labels == ("",):
        powers = [np.nan if power is None else power for power in lowered.node_powers]
        by_name["node_power"] = _by_deployment(grid, "node_power", np.array(powers))
    return by_name


def _by_deployment(grid: Grid, name: str, values: NDArray[np.generic]) -> Coordinate:
    """Return one value per deployment: a scalar where all are the same, else along the axes that tell them apart."""
    attributes = QUANTITIES[name].attributes
    if np.all(values == values[0]):
        return Coordinate((), values[:1].reshape(()), attributes)
    axes = [axis for axis in grid.axes[:4] if axis.is_dimension]
    return Coordinate(tuple(axis.name for axis in axes), values.reshape([axis.size for axis in axes]), attributes)


def _left_out_under_load(grid: Grid, cases: LoadCases, table: LoadTable) -> dict[str, Coordinate]:
    """Return the same under a load: what was taken for the serving system, the precision and the size of instances."""
    by_name = {}
    if grid.serving.labels == ("",):
        by_name["serving"] = Coordinate((), np.array(cases.serving[0]), QUANTITIES["serving"].attributes)
    if grid.precision.labels == ("",):
        by_name["precision"] = _along(grid, "precision", table.precision.astype(str), grid.shape[:LEADING])
    if grid.accelerators.labels == ("",):
        by_name["accelerators"] = _along(grid, "accelerators", table.accelerators, grid.shape[:LEADING])
    return by_name


def _along(grid: Grid, name: str, values: NDArray[np.generic], shape: Sequence[int]) -> Coordinate:
    """Return values over leading axes as a coordinate, along those alone on which they differ."""
    cube = values.reshape(shape)
    kept = []
    for place, axis in enumerate(grid.axes[: len(shape)]):
        first = np.take(cube, [0], axis=place)
        if np.all(cube == first):
            cube = first
        else:
            kept.append(axis)
    return Coordinate(
        tuple(axis.name for axis in kept),
        cube.reshape([axis.size for axis in kept]),
        QUANTITIES[name].attributes,
    )
