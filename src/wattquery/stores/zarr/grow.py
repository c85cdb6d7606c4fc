"""A store that is laid out anew around what it holds: for more labels, other coordinates, or more draws.

What a grid has along an axis is only ever added behind what is there, so that chunks stay where they are. An array that
changes as a whole, as labels do, is written under the other of two names of chunks beside the old one. The file that
names all arrays is written last: until then a reader finds the store as it was, and after it as it is to be.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.stores.boxes import boxes
from wattquery.stores.zarr.layout import ROOT, all_arrays, copied, made_in_memory
from wattquery.stores.zarr.manifest import delete, keys_of, read_bytes
from wattquery.stores.zarr.schema import DONE, ArraySchema, Schema
from wattquery.stores.zarr.untrusted import check_metadata, dims_of, is_flat

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["grow", "named_as_stored"]

Widen = Callable[[str, NDArray[Any]], NDArray[Any]]
"""Makes of the values of a box of an array what they are on longer dimensions that are no part of the grid."""

Metadata = Mapping[str, Mapping[str, Any]]


def named_as_stored(store: Store, schema: Schema) -> Schema:
    """Return a schema whose chunks are called as they are in a store."""
    return _named(schema, _flat_names(store, schema, _committed(store)))


def grow(store: Store, schema: Schema, widen: Widen, afresh: Collection[str] = ()) -> Schema:
    """Lay a store out anew, and return its schema with the names that chunks now have.

    It may be interrupted anywhere, and done again, also for another schema.

    Parameters
    ----------
    store
        The store, which has chunks of the same lengths.
    schema
        What it is to hold.
    widen
        For arrays that get longer along a dimension that is no part of the grid.
    afresh
        Names of arrays that are to hold nothing; `DONE` may be among them.
    """
    committed = _committed(store)
    flat = _flat_names(store, schema, committed)
    kept = _named(schema, flat)
    replaced = _replaced(store, kept, committed) | (set(afresh) & committed.keys())
    grown = _named(schema, flat ^ replaced)
    for array in all_arrays(grown):
        if array.name in replaced:
            _remove_chunks(store, array.name, array.is_flat)
        elif array.name not in committed:
            _remove_others(store, array)
    made = made_in_memory(grown)
    keys = keys_of(made)
    copied(made, store, [key for key in keys if not key.endswith(ROOT)])
    copied(made, store, [key for key in keys if key.endswith(f"/{ROOT}")])
    for array in grown.by_boxes:
        if array.name in replaced and array.name not in afresh:
            _move(store, committed, grown, array, widen)
    copied(made, store, [ROOT])
    for array in all_arrays(grown):
        if array.name in replaced:
            _remove_chunks(store, array.name, not array.is_flat)
    return grown


def _committed(store: Store) -> Metadata:
    """Return the metadata of the arrays of a store by name, as its readers find it; nothing where it is odd."""
    try:
        found = check_metadata(store, "")
    except InputError:
        return {}
    # Of arrays of one value nothing is said of dimensions.
    return {name: {**one, "dimension_names": dims_of(one)} for name, one in found.items()}


def _flat_names(store: Store, schema: Schema, committed: Metadata) -> set[str]:
    """Return the names of arrays whose chunks are called the second way.

    Where the file that names all arrays is damaged, each array still has one of its own.
    """
    found = {name for name, one in committed.items() if is_flat(one)}
    for array in () if committed else all_arrays(schema):
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            if is_flat(json.loads(read_bytes(store, f"{array.name}/{ROOT}") or b"")):
                found.add(array.name)
    return found


def _named(schema: Schema, flat: Collection[str]) -> Schema:
    arrays = tuple(replace(one, is_flat=one.name in flat) for one in schema.arrays)
    return replace(schema, arrays=arrays, done_is_flat=DONE in flat)


def _replaced(store: Store, schema: Schema, committed: Metadata) -> set[str]:
    """Return the names of arrays whose chunks are others than those that are there."""
    made = made_in_memory(schema)
    wanted = _committed(made)
    alike = ("data_type", "dimension_names", "chunk_grid", "codecs", "fill_value")
    found = set()
    for array in all_arrays(schema):
        then, now = committed.get(array.name), wanted[array.name]
        if then is None:
            continue
        chunks = [key for key in keys_of(made, f"{array.name}/") if not key.endswith(ROOT)]
        sizes = zip(then["dimension_names"], then["shape"], strict=True)
        others = [size for dim, size in sizes if dim not in schema.grid]
        if (
            any(then[name] != now[name] for name in alike)
            or others != [schema.others[dim] for dim in array.dims if dim not in schema.grid]
            or any(read_bytes(store, key) != read_bytes(made, key) for key in chunks)
        ):
            found.add(array.name)
    return found


def _move(store: Store, committed: Metadata, grown: Schema, array: ArraySchema, widen: Widen) -> None:
    """Copy the values of an array that were written to where they are to be, box by box."""
    import zarr
    from zarr.storage import StorePath

    from wattquery.stores.zarr.guarded import Guarded

    then = committed[array.name]
    try:
        source: Any = zarr.Array.from_dict(StorePath(Guarded(store, committed), array.name), dict(then))
    except Exception:  # whatever the library says of metadata that was changed: what cannot be read is made again
        return
    target: Any = zarr.open_array(store, path=array.name, mode="r+", zarr_format=3)
    sizes = dict(zip(then["dimension_names"], then["shape"], strict=True))
    before = replace(
        grown,
        grid={name: min(size, sizes.get(name, size)) for name, size in grown.grid.items()},
        others={name: size for name, size in sizes.items() if name not in grown.grid},
    )
    for box in boxes(before.shape, before.chunks):
        region = before.region_of(array, box)
        if region is None or not _has_chunk(store, source, region, before.chunks_of(array)):
            continue
        # What cannot be read is not moved, and so made again.
        with contextlib.suppress(Exception):
            values = widen(array.name, np.asarray(source[region]))
            target[grown.region_of(array, box)] = values


def _has_chunk(store: Store, array: Any, region: tuple[slice, ...], chunks: tuple[int, ...]) -> bool:
    places = tuple((one.start or 0) // chunk for one, chunk in zip(region, chunks, strict=True))
    return read_bytes(store, f"{array.path}/{array.metadata.encode_chunk_key(places)}") is not None


def _remove_chunks(store: Store, name: str, is_flat: bool) -> None:
    """Remove all chunks of an array that are called in one of the two ways."""
    for key in keys_of(store, f"{name}/"):
        rest = key.removeprefix(f"{name}/")
        if rest != ROOT and (not rest.startswith("c")) == is_flat:
            delete(store, key)


def _remove_others(store: Store, array: ArraySchema) -> None:
    """Remove what a layout that was cut off left of an array of other dimensions: where a folder is to be, say."""
    for key in keys_of(store, f"{array.name}/"):
        rest = key.removeprefix(f"{array.name}/")
        if rest.startswith("c") and rest.count("/") != len(array.dims):
            delete(store, key)
