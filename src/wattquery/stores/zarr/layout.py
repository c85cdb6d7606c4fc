"""The empty arrays of a store, and the metadata that names them all."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from wattquery.stores.zarr.manifest import keys_of, read_bytes, read_json, write_bytes
from wattquery.stores.zarr.schema import DONE, ArraySchema, Schema, fill_of

if TYPE_CHECKING:
    import zarr
    from zarr.abc.store import Store
    from zarr.storage import MemoryStore

__all__ = ["ROOT", "all_arrays", "copied", "done_schema", "is_laid_out", "lay_out", "made_in_memory", "packing"]

ROOT = "zarr.json"
"""The file by which a store is found; it comes last, when all that it names is there."""

LEVEL = 3
"""Of compression: higher ones take longer and save little, for most digits of an energy are noise to them."""

FLAT: Any = {"name": "v2", "separator": "."}
"""The other of two ways to call chunks, see `wattquery.stores.zarr.schema.ArraySchema`."""

DONE_ATTRIBUTES = {"long_name": "whether the cell has all that was asked of it"}


def done_schema(schema: Schema) -> ArraySchema:
    """Return the array that says which cells are done."""
    return ArraySchema(DONE, tuple(schema.grid), "bool", DONE_ATTRIBUTES, is_flat=schema.done_is_flat)


def all_arrays(schema: Schema) -> tuple[ArraySchema, ...]:
    """Return the arrays of a store, that which says which cells are done as the last."""
    return (*schema.arrays, done_schema(schema))


def is_laid_out(store: Store, schema: Schema) -> bool:
    """Return whether the metadata of a store, and the arrays that are known beforehand, are as they are laid out."""
    made = made_in_memory(schema)
    return all(read_bytes(store, key) == read_bytes(made, key) for key in keys_of(made))


def lay_out(store: Store, schema: Schema) -> None:
    """Create the arrays of a store, with the values of those that are known, and the metadata of all.

    Done again, it writes the same, and leaves the chunks of boxes as they are.

    Parameters
    ----------
    store
        Where.
    schema
        What.
    """
    # Made elsewhere and copied, file by file: the library would begin with removing what is there.
    made = made_in_memory(schema)
    copied(made, store, sorted(keys_of(made), key=lambda key: (key == ROOT, key)))


def copied(made: Store, store: Store, keys: Iterable[str]) -> None:
    """Copy files from one store to another, in their order; what is the same there is left alone."""
    for key in keys:
        content = read_bytes(made, key) or b""
        if read_bytes(store, key) != content:
            write_bytes(store, key, content)


def made_in_memory(schema: Schema) -> MemoryStore:
    """Return a store in memory that is laid out."""
    import zarr
    from zarr.storage import MemoryStore

    made = MemoryStore()
    group = zarr.open_group(made, mode="w", zarr_format=3)
    for array in all_arrays(schema):
        _create(group, schema, array)
    coordinates = " ".join(one.name for one in schema.arrays if one.is_coordinate and one.dims != (one.name,))
    group.attrs.put({**schema.attributes, **({"coordinates": coordinates} if coordinates else {})})
    _consolidate(made)
    _put_in_order(made, schema)
    return made


def _put_in_order(made: Store, schema: Schema) -> None:
    """Name arrays in their own order, which readers keep: the library sorts them by name."""
    root = read_json(made, ROOT)
    metadata = root["consolidated_metadata"]["metadata"]
    root["consolidated_metadata"]["metadata"] = {one.name: metadata[one.name] for one in all_arrays(schema)}
    write_bytes(made, ROOT, json.dumps(root, indent=2).encode())


def _consolidate(store: Store) -> None:
    """Write the metadata of all arrays in one place, from which readers take them at once."""
    import zarr

    with warnings.catch_warnings():
        # The third format has no word for it yet; xarray and zarr read it alike.
        warnings.filterwarnings("ignore", message="Consolidated metadata")
        zarr.consolidate_metadata(store)


def packing(dtype: Any) -> dict[str, Any]:
    """Return how an array of a store is packed, as arguments with which the library creates one.

    Parameters
    ----------
    dtype
        ``"str"`` for text, else a type of NumPy.
    """
    from zarr.codecs import Crc32cCodec, ZstdCodec

    return {
        "dtype": str if dtype == "str" else dtype,
        "compressors": [ZstdCodec(level=LEVEL), Crc32cCodec()],
        # A chunk that is not there was not written, and is none that happens to hold nothing.
        "config": {"write_empty_chunks": True},
    }


def _create(group: zarr.Group, schema: Schema, array: ArraySchema) -> None:
    created: Any = group.create_array(
        array.name,
        shape=schema.shape_of(array),
        chunks=schema.chunks_of(array),
        fill_value=fill_of(array.dtype),
        dimension_names=array.dims,
        attributes=dict(array.attributes),
        chunk_key_encoding=FLAT if array.is_flat else None,
        **packing(array.dtype),
    )
    if array.values is not None and np.size(array.values):
        created[...] = array.values
