"""What a store may hold before anything of it is opened: nobody's code is run, and no more memory taken than is said.

Zarr finds the codec of an array by a name in its metadata, and some codecs of its second format run what they find.
Chunks say themselves how large they are once unpacked. So names and sizes are read as plain text first.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError
from wattquery.stores.zarr.manifest import read_bytes

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["LARGEST_CHUNK", "check_metadata", "chunk_bytes", "dims_of", "is_flat", "is_text"]

PACKED_BY = ("zstd", "crc32c")
"""How numbers and text are packed, and by no other codec: none of these runs anything."""

ITEM_BYTES = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8}
ITEM_BYTES |= {"uint64": 8, "float32": 4, "float64": 8, "string": 16}
"""Types of numbers, and text, with the bytes of each as it lies in memory."""

NAMED_BY = (
    {"name": "default", "configuration": {"separator": "/"}},
    {"name": "v2", "configuration": {"separator": "."}},
)
"""The two ways to call chunks, see `wattquery.stores.zarr.schema.ArraySchema`."""

LARGEST_METADATA = 64_000_000
"""Bytes of metadata that are read: a grid of a million labels has some ten."""

LARGEST_CHUNK = 2_000_000_000
"""Bytes of a chunk in memory; this package writes a tenth of it at most."""

LARGEST_LABELS = 500_000_000
"""Bytes of all coordinates together, which are read at once."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
"""Names of arrays and dimensions: no paths."""


def check_metadata(store: Store, shown: str) -> dict[str, Mapping[str, Any]]:
    """Return the metadata of each array of a store by name, as JSON.

    Parameters
    ----------
    store
        The store.
    shown
        What it is called in messages.

    Raises
    ------
    InputError
        If it holds what no store of this package does.
    """
    found = read_bytes(store, "zarr.json")
    if found is None:
        raise InputError(f"{shown!r} is no Zarr store of the third format: it has no file zarr.json at its top.")
    if len(found) > LARGEST_METADATA:
        raise _refused(shown, f"zarr.json has {len(found):,} bytes, of which {LARGEST_METADATA:,} are allowed")
    try:
        group = json.loads(found)
        arrays = group["consolidated_metadata"]["metadata"]
        if group["zarr_format"] != 3 or group["node_type"] != "group" or not isinstance(arrays, dict):
            raise ValueError("no group of the third format")
        checked = {name: one for name, one in arrays.items() if _is_array(shown, name, one)}
        _check_sizes(shown, checked)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise _refused(shown, "its metadata is damaged or incomplete") from error
    return checked


def chunk_bytes(array: Mapping[str, Any]) -> int:
    """Return the bytes of a chunk of an array in memory."""
    shape = array["chunk_grid"]["configuration"]["chunk_shape"]
    return int(math.prod(shape) * ITEM_BYTES[array["data_type"]])


def is_text(array: Mapping[str, Any]) -> bool:
    """Return whether an array holds text."""
    return bool(array["data_type"] == "string")


def _is_array(shown: str, name: str, one: Mapping[str, Any]) -> bool:
    """Return whether an entry is an array, checked; the group of the manifest is none."""
    if not NAME.fullmatch(name):
        raise _refused(shown, f"an array is called {name[:60]!r}")
    if one["node_type"] == "group":
        return False
    if one["node_type"] != "array" or one["zarr_format"] != 3:
        raise _refused(shown, f"{name} is no array of the third format")
    if one["data_type"] not in ITEM_BYTES:
        raise _refused(shown, f"{name} holds {str(one['data_type'])[:60]}, and none of {', '.join(ITEM_BYTES)}")
    codecs = [codec["name"] for codec in one["codecs"]]
    if codecs != ["vlen-utf8" if one["data_type"] == "string" else "bytes", *PACKED_BY]:
        raise _refused(shown, f"{name} is packed by {', '.join(str(codec)[:60] for codec in codecs[:5])}")
    chunks = one["chunk_grid"]["configuration"]["chunk_shape"]
    if one["chunk_grid"]["name"] != "regular" or len(chunks) != len(one["shape"]):
        raise _refused(shown, f"{name} has no regular chunks")
    if one["chunk_key_encoding"] not in NAMED_BY or one.get("storage_transformers"):
        raise _refused(shown, f"{name} has chunks under other names")
    if not all(type(size) is int and size >= 0 for size in (*one["shape"], *chunks)):
        raise _refused(shown, f"{name} has sizes that are no whole numbers")
    names = dims_of(one)
    if len(names) != len(one["shape"]) or not all(isinstance(dim, str) and NAME.fullmatch(dim) for dim in names):
        raise _refused(shown, f"{name} has no names of its dimensions")
    if not isinstance(one["attributes"], dict):
        raise _refused(shown, f"{name} has no attributes")
    return True


def _check_sizes(shown: str, arrays: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse chunks and labels that would fill the memory, and dimensions of two lengths."""
    lengths: dict[str, int] = {}
    labels = 0
    for name, one in arrays.items():
        if chunk_bytes(one) > LARGEST_CHUNK:
            raise _refused(shown, f"a chunk of {name} has {chunk_bytes(one):,} bytes; {LARGEST_CHUNK:,} are allowed")
        for dim, size in zip(dims_of(one), one["shape"], strict=True):
            if lengths.setdefault(dim, size) != size:
                raise _refused(shown, f"dimension {dim} has both {lengths[dim]:,} and {size:,} labels")
        if dims_of(one) == [name]:
            labels += one["shape"][0] * ITEM_BYTES[one["data_type"]]
    if labels > LARGEST_LABELS:
        raise _refused(shown, f"its labels take {labels:,} bytes; {LARGEST_LABELS:,} are allowed")


def dims_of(array: Mapping[str, Any]) -> list[Any]:
    """Return the names of the dimensions of an array; of one value nothing is said of them."""
    return list(array.get("dimension_names") or [])


def is_flat(array: Mapping[str, Any]) -> bool:
    """Return by which of two ways the chunks of an array are called."""
    return bool(array["chunk_key_encoding"] == NAMED_BY[1])


def _refused(shown: str, why: str) -> InputError:
    return InputError(f"{shown!r} is no store that wattquery wrote, or it was changed since: {why}.")
