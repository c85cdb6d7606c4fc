"""What a store was asked for, and what single boxes had to say: small JSON files beside its arrays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = [
    "FORMAT",
    "MANIFEST",
    "OWN",
    "READY",
    "delete",
    "keys_of",
    "read_bytes",
    "read_json",
    "read_manifest",
    "write_bytes",
    "write_json",
]

FORMAT = 1
"""The version of what a store holds."""

OWN = "wattquery/"
"""Where a store keeps what is no array."""

KEYS = frozenset({"asked", "chunks", "state"})
"""What a manifest says besides."""

MANIFEST = f"{OWN}manifest.json"
"""Where it says what it was asked for."""


READY = "ready"
"""The state of a store whose arrays are all laid out."""

LARGEST = 64_000_000
"""Bytes of a manifest that is read."""


def read_manifest(store: Store, shown: str) -> dict[str, Any] | None:
    """Return what a store says it was asked for; None where nothing is there yet.

    Raises
    ------
    InputError
        If something else is there, or a manifest that cannot be read.
    """
    found = read_bytes(store, MANIFEST)
    if found is None:
        if any(not key.startswith(OWN) for key in keys_of(store)):
            raise InputError(
                f"{shown!r} exists and is no store that wattquery wrote: it has no {MANIFEST}; choose another name, or "
                "remove it."
            )
        return None
    try:
        manifest = json.loads(found[: LARGEST + 1])
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError("of another format")
        if not manifest.keys() >= KEYS:
            raise ValueError("not whole")
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{shown!r} has a damaged {MANIFEST}, or one of another version of wattquery ({FORMAT} is known); choose "
            "another name for the store."
        ) from error
    return manifest


def write_json(store: Store, key: str, content: Any) -> None:
    """Write a file of JSON, whole or not at all."""
    write_bytes(store, key, json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode())


def write_bytes(store: Store, key: str, content: bytes) -> None:
    """Write a file, whole or not at all."""
    from zarr.core.buffer import default_buffer_prototype
    from zarr.core.sync import sync

    sync(store.set(key, default_buffer_prototype().buffer.from_bytes(content)))


def delete(store: Store, key: str) -> None:
    """Remove a file, if it is there."""
    from zarr.core.sync import sync

    sync(store.delete(key))


def read_json(store: Store, key: str) -> Any:
    """Return what a file of JSON holds; None where there is none.

    Raises
    ------
    ValueError
        If it is none.
    """
    found = read_bytes(store, key)
    return None if found is None else json.loads(found)


def keys_of(store: Store, prefix: str = "") -> list[str]:
    """Return the names of all files of a store, or of those whose names begin alike."""
    from zarr.core.sync import sync

    async def listed() -> list[str]:
        return [key async for key in store.list_prefix(prefix)]

    return sync(listed())


def read_bytes(store: Store, key: str) -> bytes | None:
    """Return what a file of a store holds; None where there is none."""
    from zarr.core.buffer import default_buffer_prototype
    from zarr.core.sync import sync

    found = sync(store.get(key, default_buffer_prototype()))
    return None if found is None else found.to_bytes()
