"""A small store for tests: numbers, text, labels, and two dimensions in boxes of two by two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zarr

from wattquery.stores.boxes import boxes
from wattquery.stores.zarr.chunks import write_box
from wattquery.stores.zarr.layout import lay_out
from wattquery.stores.zarr.location import Location, location
from wattquery.stores.zarr.schema import ArraySchema, Schema

__all__ = ["SCHEMA", "filled", "values"]

SCHEMA = Schema(
    {"model": 3, "pue": 2},
    (2, 2),
    {"quantile": 3},
    (
        ArraySchema("model", ("model",), "str", {}, True, np.array(["a", "b", "c"])),
        ArraySchema("energy", ("model", "pue", "quantile"), "f8", {"units": "Wh"}),
        ArraySchema("support", ("model",), "str", {}),
    ),
    {"title": "a store"},
)


def values(box_number: int) -> dict[str, np.ndarray]:
    """Return what a box has."""
    rows = 2 if box_number == 0 else 1
    return {
        "energy": np.arange(rows * 6.0).reshape(rows, 2, 3) + 100 * box_number,
        "support": np.array(["measured", "none"][:rows]),
    }


def filled(folder: Path) -> Location:
    """Write all of a store."""
    where = location(folder / "small.zarr")
    lay_out(where.open(), SCHEMA)
    group = zarr.open_group(where.open(), mode="r+")
    for box in boxes(SCHEMA.shape, SCHEMA.chunks):
        write_box(group, SCHEMA, box, values(box.number))
    return where
