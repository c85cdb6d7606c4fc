"""Whether the chunks of a box are what was written, as far as they say it without being unpacked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wattquery.stores.boxes import Box
from wattquery.stores.zarr.layout import done_schema
from wattquery.stores.zarr.manifest import read_bytes
from wattquery.stores.zarr.packed import what_is_wrong
from wattquery.stores.zarr.schema import ArraySchema, Schema, chunk_key

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["chunk_keys", "is_whole"]


def is_whole(store: Store, schema: Schema, box: Box) -> bool:
    """Return whether all chunks of a box are there, and none of them was cut or changed."""
    return all(
        not what_is_wrong(read_bytes(store, key), *schema.unpacked_of(array))
        for array in (*schema.by_boxes, done_schema(schema))
        for key in chunk_keys(schema, array, box)
    )


def chunk_keys(schema: Schema, array: ArraySchema, box: Box) -> Iterator[str]:
    """Yield the names of the chunks of an array that a box has; none where another box has them."""
    region = schema.region_of(array, box)
    if region is None:
        return
    places = [
        range(0 if cut.start is None else cut.start // chunk, 1 if cut.stop is None else -(-cut.stop // chunk))
        for cut, chunk in zip(region, schema.chunks_of(array), strict=True)
    ]
    for place in itertools.product(*places):
        yield chunk_key(array.name, place, array.is_flat)
