"""Boxes solved when somebody asks for values: a Dataset of Dask arrays, each chunk of which is part of a box.

All variables of a box wait for one task, so that a box is solved once however many of them are asked for.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.stores.boxes import Box, boxes, chunk_shape
from wattquery.stores.zarr.schema import ArraySchema, Schema
from wattquery.sweeps.blockwise.laid_out import most_cells
from wattquery.sweeps.blockwise.template import fewest_draws, first_cell, is_large, schema_of, whole_run
from wattquery.sweeps.blockwise.work import SweepOfBox, WorkOfBox
from wattquery.sweeps.load_dataset import instance_variables
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["lazy_sweep"]

Graph = dict[Any, Any]


def lazy_sweep(study: Study, settings: Settings) -> xr.Dataset:
    """Return the sweep of a study whose boxes are solved when their values are asked for.

    Raises
    ------
    InputError
        If Dask is not installed.
    """
    if importlib.util.find_spec("dask") is None:
        raise InputError("lazy needs the package dask, which is not installed: pip install 'wattquery[dask]'.")
    run = whole_run(study, settings, is_large(study))
    schema = _schema(study, settings, run)
    known: Mapping[str, xr.Variable] = {}
    if run is not None and run.lowered.under_load is not None:
        known = instance_variables(run.grid, run.lowered)
    promised = _Promised.of(study, settings, schema)
    variables = {
        array.name: known[array.name]
        if array.name in known
        else xr.Variable(array.dims, promised.values(array), dict(array.attributes))
        for array in schema.arrays
    }
    coords = {array.name: variables.pop(array.name) for array in schema.arrays if array.is_coordinate}
    return xr.Dataset(variables, coords, dict(schema.attributes))


def _schema(study: Study, settings: Settings, run: Run | None) -> Schema:
    look = SweepOfBox(study, fewest_draws(settings)).solve(first_cell(study))
    chunks = chunk_shape(tuple(axis.size for axis in study.grid.dimensions), most_cells(settings, study.grid.size))
    return schema_of(study, look, run, chunks, 0 if settings.method == "exact" else settings.draws)


@dataclass(frozen=True, eq=False)
class _Promised:
    """Arrays of a schema that share the tasks in which boxes are solved."""

    schema: Schema
    boxes: tuple[Box, ...]
    work: str
    solved: str
    layers: Mapping[str, Graph]

    @classmethod
    def of(cls, study: Study, settings: Settings, schema: Schema) -> _Promised:
        """Return what boxes of a study hold; the study itself is in the graph once."""
        work, solved = f"wattquery-work-{uuid4().hex}", f"wattquery-box-{uuid4().hex}"
        every = tuple(boxes(schema.shape, schema.chunks))
        solving = {(solved, box.number): (_solved, work, box) for box in every}
        return cls(schema, every, work, solved, {work: {work: (_itself, SweepOfBox(study, settings))}, solved: solving})

    def values(self, array: ArraySchema) -> Any:
        """Return the values of an array, or the promise of them."""
        if array.values is not None:
            return array.values
        import dask.array as da
        from dask.highlevelgraph import HighLevelGraph

        own = f"wattquery-{array.name}-{uuid4().hex}"
        parts = {
            (own, *self._place(array, region)): (_part, (self.solved, box.number), array.name)
            for box in self.boxes
            if (region := self.schema.region_of(array, box)) is not None
        }
        above = {self.work: set[str](), self.solved: {self.work}, own: {self.solved}}
        graph = HighLevelGraph({**self.layers, own: parts}, above)
        lengths = zip(self.schema.shape_of(array), self.schema.chunks_of(array), strict=True)
        return da.Array(graph, own, tuple(_chunks(*one) for one in lengths), dtype=_dtype(array))

    def _place(self, array: ArraySchema, region: tuple[slice, ...]) -> tuple[int, ...]:
        """Return the place of a chunk among those of its array."""
        chunks = self.schema.chunks_of(array)
        return tuple((one.start or 0) // length for one, length in zip(region, chunks, strict=True))


def _chunks(size: int, length: int) -> tuple[int, ...]:
    """Return the lengths of all chunks along a dimension."""
    return tuple(min(length, size - start) for start in range(0, size, length))


def _dtype(array: ArraySchema) -> np.dtype[Any]:
    # How long a text can be is known of all chunks only: of a fixed length, what writes it to a file would cut it.
    return np.dtype(object if array.dtype == "str" else array.dtype)


def _solved(work: WorkOfBox, box: Box) -> xr.Dataset:
    return work.solve(box)


def _part(solved: xr.Dataset, name: str) -> NDArray[Any]:
    values = np.asarray(solved[name].values)
    return values.astype(object) if values.dtype.kind == "U" else values


def _itself(work: WorkOfBox) -> WorkOfBox:
    return work
