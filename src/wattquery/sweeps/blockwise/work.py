"""What is done with a box of a grid: the study is cut to it, and solved like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.specs.grid_box import box_of, places_of_lengths
from wattquery.stores.boxes import Box
from wattquery.sweeps.blockwise.window import Window
from wattquery.sweeps.dataset import to_dataset
from wattquery.sweeps.run import compute
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["SweepOfBox", "WorkOfBox", "study_at", "study_of_box", "values_of"]

Values = Mapping[str, NDArray[Any]]


class WorkOfBox(Protocol):
    """What is done with a box. It survives pickling; what comes out depends on the box alone."""

    def solve(self, box: Box) -> xr.Dataset:
        """Return the part of the whole that a box is."""


@dataclass(frozen=True, eq=False)
class SweepOfBox:
    """A sweep of a box.

    Attributes
    ----------
    study
        The whole.
    settings
        How to compute; a box is solved on one thread, and tells no progress.
    window
        The bins that its histograms are to have; None to leave them as they are.
    """

    study: Study
    settings: Settings
    window: Window | None = None

    def solve(self, box: Box) -> xr.Dataset:
        """Return the sweep of a box."""
        settings = replace(self.settings, threads=1, progress=None)
        ds = to_dataset(compute(study_of_box(self.study, box.ranges), settings))
        return ds if self.window is None else self.window.of(ds)


def study_of_box(study: Study, places: Sequence[range]) -> Study:
    """Return the study of a box.

    Parameters
    ----------
    study
        The whole.
    places
        For each dimension of its grid, the places of the labels that the box has.
    """
    return study_at(study, dict(zip((axis.name for axis in study.grid.dimensions), places, strict=True)))


def study_at(study: Study, ranges: Mapping[str, range]) -> Study:
    """Return the study of some labels.

    Parameters
    ----------
    study
        The whole.
    ranges
        By axis, the places of the labels; all of an axis that is left out.
    """
    load = study.load
    if load is not None and load.batches is not None:
        load = replace(load, batches=tuple(load.batches[place] for place in places_of_lengths(study.grid, ranges)))
    return replace(study, grid=box_of(study.grid, ranges), load=load)


def values_of(solved: xr.Dataset, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return arrays of a solved box by name."""
    return {name: np.asarray(solved[name].values) for name in names}
