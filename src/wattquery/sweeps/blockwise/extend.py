"""A study in the order of a store: the labels that the store has as they are there, then those that are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from wattquery.specs.grid_box import places_of_lengths
from wattquery.sweeps.blockwise.differences import spelled
from wattquery.sweeps.study import Study

__all__ = ["as_called", "has_more_labels", "in_order_of"]


def in_order_of(study: Study, then: Mapping[str, Any]) -> Study:
    """Return a study whose axes begin with the labels of a store, in the order that they have there.

    Parameters
    ----------
    study
        The study, which has all labels of the store.
    then
        What the store was asked for, see `wattquery.sweeps.blockwise.asked.asked`.
    """
    grid = study.grid
    places = {
        axis.name: _places([*map(spelled, then["axes"][axis.name]["labels"])], [*map(spelled, axis.labels)])
        for axis in grid.dimensions
    }
    axes: dict[str, Any] = {}
    for name, order in places.items():
        axis = getattr(grid, name)
        labels, values = (tuple(of_axis[i] for i in order) for of_axis in (axis.labels, axis.values))
        axes[name] = replace(axis, labels=labels, values=values)
    load = study.load
    if load is not None and load.batches is not None:
        load = replace(load, batches=tuple(load.batches[place] for place in places_of_lengths(grid, places)))
    return replace(study, grid=replace(grid, **axes), load=load)


def _places(stored: Sequence[str], called: Sequence[str]) -> list[int]:
    """Return the places in a call of the labels of a store, and then of all others."""
    known = set(stored)
    place = {label: i for i, label in enumerate(called)}
    return [*(place[label] for label in stored), *(i for label, i in place.items() if label not in known)]


def has_more_labels(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Return whether a call asks for labels that a store does not have."""
    return any(len(axis["labels"]) > len(then["axes"][name]["labels"]) for name, axis in now["axes"].items())


def as_called(ds: xr.Dataset, study: Study) -> xr.Dataset:
    """Return what a store holds in the order of labels of a call; values are still read when they are asked for."""
    order = {}
    for axis in study.grid.dimensions:
        place = {spelled(label): i for i, label in enumerate(ds[axis.name].values.tolist())}
        order[axis.name] = np.array([place[spelled(label)] for label in axis.labels])
    moved = {name: places for name, places in order.items() if not np.array_equal(places, np.arange(ds.sizes[name]))}
    return ds.isel(moved) if moved else ds
