"""What the whole of a study will look like, before any of it is solved: arrays, labels and attributes.

One cell is solved for it, with the fewest draws; all else that is known beforehand comes from the plan of the whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.methods.replicates import REPLICATES
from wattquery.plans.load_build import LEADING
from wattquery.quantities import CATALOG_AXES
from wattquery.stores.boxes import Box
from wattquery.stores.zarr.schema import ArraySchema, Schema
from wattquery.sweeps.coordinates import counted
from wattquery.sweeps.dataset import at_boundary, attributes_of, grid_coordinates
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["fewest_draws", "first_cell", "is_large", "kind_of", "schema_of", "whole_run"]

MOST_FORMS = 100_000
"""Combinations under load of which what is said of the whole is found beforehand, in a second and 150 MB."""

LEFT_OUT = ("hardware", "serving", "precision", "accelerators", "node_power")
"""Axes that have a coordinate where they are left out: what the catalog or the load model takes."""


def first_cell(study: Study) -> Box:
    """Return the box of the first cell of a study."""
    dims = len(study.grid.dimensions)
    return Box(0, (0,) * dims, (1,) * dims, 1.0 / study.grid.size)


def fewest_draws(settings: Settings) -> Settings:
    """Return settings with the fewest draws that a method can take, for a look at what comes out."""
    few = {"exact": settings.draws, "monte_carlo": 2, "quasi_monte_carlo": REPLICATES}
    return replace(settings, draws=few[settings.method], threads=1, progress=None)


def is_large(study: Study) -> bool:
    """Return whether too much is known of a study under load to be found beforehand."""
    return study.load is not None and math.prod(study.grid.shape[:LEADING]) > MOST_FORMS


def whole_run(study: Study, settings: Settings, large: bool) -> Run | None:
    """Return the whole study lowered, to say what is known of all its cells; None where that would be large."""
    if large:
        return None
    return prepare(study, settings, ask_memory=False)


def schema_of(study: Study, look: xr.Dataset, run: Run | None, chunks: Sequence[int], draws: int) -> Schema:
    """Return what a store of a study holds.

    Parameters
    ----------
    study
        The study.
    look
        One of its cells, solved.
    run
        The study lowered, or None.
    chunks
        Length of boxes along the dimensions of its grid.
    draws
        Draws of each cell.
    """
    grid = study.grid
    sizes = {axis.name: axis.size for axis in grid.dimensions}
    leading = [axis.name for axis in grid.axes[: LEADING if study.load else len(CATALOG_AXES)] if axis.is_dimension]
    labels = {name: np.array(getattr(grid, name).labels) for name in sizes}
    look = at_boundary(look, counted(grid))
    known: Mapping[str, xr.Variable] = {} if run is None else grid_coordinates(grid, run.lowered)
    arrays = []
    for name, variable in look.variables.items():
        own = known.get(str(name), variable)
        values: NDArray[Any] | None = None
        dims = tuple(map(str, own.dims))
        if name in look.coords:
            values = labels[str(name)] if name in labels else own.values
            if run is None and name in LEFT_OUT and getattr(grid, str(name)).labels == ("",):
                values, dims = None, tuple(leading)
        kind = kind_of(variable.dtype)
        # Counts come first: what is written of a box after them follows from them.
        leads = name == "histogram"
        arrays.append(ArraySchema(str(name), dims, kind, dict(own.attrs), name in look.coords, values, leads=leads))
    attributes = {**look.attrs, "draws": draws} if run is None else attributes_of(run, run.made_by(draws))
    others = {str(name): size for name, size in look.sizes.items() if name not in sizes}
    return Schema(sizes, tuple(chunks), others, tuple(arrays), attributes)


def kind_of(dtype: np.dtype[Any]) -> str:
    """Return what a type of values is called in a store."""
    return "str" if dtype.kind in "UTO" else dtype.str.lstrip("<>|=")
