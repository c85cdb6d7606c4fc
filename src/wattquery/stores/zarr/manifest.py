"""What a store was asked for, and what single boxes had to say: small JSON files beside its arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = [
    "COPY",
    "FORMAT",
    "MANIFEST",
    "OWN",
    "READY",
    "delete",
    "heal_manifest",
    "is_begun",
    "is_said_twice",
    "keys_of",
    "read_bytes",
    "read_json",
    "read_manifest",
    "write_bytes",
    "write_json",
    "write_manifest",
]

FORMAT = 1
"""The version of what a store holds."""

OWN = "wattquery/"
"""Where a store keeps what is no array."""

KEYS = frozenset({"asked", "chunks", "state"})
"""What a manifest says besides."""

MANIFEST = f"{OWN}manifest.json"
"""Where it says what it was asked for."""

COPY = f"{OWN}manifest.copy.json"
"""The same again, written right before it, for a manifest that is lost: all else of a store can be made again."""

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
    whole = _whole(found) or _whole(read_bytes(store, COPY))
    if whole is not None:
        return whole
    if not is_begun(store):
        if any(not key.startswith(OWN) for key in keys_of(store)):
            raise InputError(
                f"{shown!r} exists and is no store that wattquery wrote: it has no {MANIFEST}; choose another name, or "
                "remove it."
            )
        return None
    raise InputError(
        f"{shown!r} has a damaged {MANIFEST}, or one of another version of wattquery ({FORMAT} is known), and "
        f"{COPY} is no better; choose another name for the store."
    )


def _whole(found: bytes | None) -> dict[str, Any] | None:
    """Return what a manifest says; None where it is not there, not whole, or of another format."""
    try:
        manifest = json.loads((found or b"")[: LARGEST + 1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or not manifest.keys() >= KEYS:
        return None
    return manifest


def write_manifest(store: Store, manifest: Mapping[str, Any]) -> None:
    """Write what a store was asked for: the copy first, so that one of the two is whole at any time."""
    write_json(store, COPY, manifest)
    write_json(store, MANIFEST, manifest)


def heal_manifest(store: Store, manifest: Mapping[str, Any]) -> None:
    """Write a manifest again where one of its two files does not say it."""
    if not is_said_twice(store, manifest):
        write_manifest(store, manifest)


def is_said_twice(store: Store, manifest: Mapping[str, Any]) -> bool:
    """Return whether both files of a manifest say it."""
    return all(_whole(read_bytes(store, key)) == manifest for key in (MANIFEST, COPY))


def is_begun(store: Store) -> bool:
    """Return whether anything says what a store was asked for."""
    return any(read_bytes(store, key) is not None for key in (MANIFEST, COPY))


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
