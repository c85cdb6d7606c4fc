"""Whether the chunks of a box are what was written: each ends with its checksum, compared without unpacking."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wattquery.stores.boxes import Box
from wattquery.stores.zarr.layout import done_schema
from wattquery.stores.zarr.manifest import read_bytes
from wattquery.stores.zarr.schema import ArraySchema, Schema, chunk_key

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["checksum_is_right", "chunk_keys", "is_whole"]

CHECKSUM = 4
"""Bytes of a checksum (CRC-32C), the last ones of a chunk."""


def is_whole(store: Store, schema: Schema, box: Box) -> bool:
    """Return whether all chunks of a box are there, and none of them was cut or changed."""
    return all(
        checksum_is_right(read_bytes(store, key))
        for array in (*schema.by_boxes, done_schema(schema))
        for key in chunk_keys(schema, array, box)
    )


def checksum_is_right(chunk: bytes | None) -> bool:
    """Return whether a chunk is there and has the checksum that it ends with."""
    from google_crc32c import value

    if chunk is None or len(chunk) <= CHECKSUM:
        return False
    return int(value(chunk[:-CHECKSUM])) == int.from_bytes(chunk[-CHECKSUM:], "little")


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
