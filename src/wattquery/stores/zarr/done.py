"""Which cells of a store are done: by its metadata, and by the array that says so, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.stores.boxes import Box
from wattquery.stores.zarr.manifest import keys_of
from wattquery.stores.zarr.schema import DONE, ArraySchema, Schema, chunk_key
from wattquery.stores.zarr.untrusted import dims_of, is_flat, is_text

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["done_boxes", "schema_said"]

Metadata = Mapping[str, Mapping[str, Any]]


def schema_said(metadata: Metadata, shown: str) -> Schema:
    """Return what of a store boxes have, as its metadata says.

    Parameters
    ----------
    metadata
        Its arrays by name, as `wattquery.stores.zarr.untrusted.check_metadata` returns them.
    shown
        The store in messages.

    Raises
    ------
    InputError
        If none of them says which cells are done.
    """
    if DONE not in metadata:
        raise InputError(f"{shown!r} is no store that wattquery wrote: it has no array {DONE!r}.")
    done = metadata[DONE]
    chunks = done["chunk_grid"]["configuration"]["chunk_shape"]
    grid = dict(zip(dims_of(done), done["shape"], strict=True))
    sizes = {dim: size for one in metadata.values() for dim, size in zip(dims_of(one), one["shape"], strict=True)}
    others = {dim: size for dim, size in sizes.items() if dim not in grid}
    arrays = [
        ArraySchema(name, tuple(dims_of(one)), "str" if is_text(one) else one["data_type"], {}, is_flat=is_flat(one))
        for name, one in metadata.items()
        if name != DONE and _is_by_boxes(one, dict(zip(grid, chunks, strict=True)))
    ]
    return Schema(grid, tuple(chunks), others, tuple(arrays), {}, is_flat(done))


def _is_by_boxes(array: Mapping[str, Any], chunks: Mapping[str, int]) -> bool:
    """Return whether an array has the chunks of boxes; labels that are known beforehand are one chunk."""
    own = array["chunk_grid"]["configuration"]["chunk_shape"]
    return all(size == chunks.get(dim, size) for dim, size in zip(dims_of(array), own, strict=True))


def done_boxes(store: Store, shown: str, schema: Schema) -> Iterator[tuple[Box, NDArray[np.bool_]]]:
    """Yield the boxes of a store of which any cell may be done, each with which of its cells are.

    Parameters
    ----------
    store, shown
        The store, and what it is called in messages.
    schema
        What it holds.

    Raises
    ------
    InputError
        If it holds what no store of this package does.
    """
    from wattquery.stores.zarr.guarded import guarded_group

    array: Any = guarded_group(store, shown)[DONE]
    for box in _begun(store, schema):
        try:
            found = np.asarray(array[tuple(map(slice, box.starts, box.stops))])
        except Exception:  # whatever the codecs raise: a chunk that is damaged says of no cell that it is done
            continue
        yield box, found


def _begun(store: Store, schema: Schema) -> Iterator[Box]:
    """Yield the boxes of which a chunk says what is done: no more than there are files, whatever the metadata says."""
    for key in keys_of(store, f"{DONE}/"):
        numbers = re.findall(r"\d+", key.removeprefix(f"{DONE}/")) if schema.grid else []
        places = [int(one) for one in numbers if len(one) < 19]
        if key.endswith("zarr.json") or len(places) != len(schema.chunks):
            continue
        starts = tuple(place * chunk for place, chunk in zip(places, schema.chunks, strict=True))
        sizes = zip(starts, schema.chunks, schema.shape, strict=True)
        stops = tuple(min(start + chunk, size) for start, chunk, size in sizes)
        if chunk_key(DONE, places, schema.done_is_flat) == key and all(map(int.__lt__, starts, stops)):
            yield Box(0, starts, stops, 0.0)
