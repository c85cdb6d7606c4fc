"""What a store was asked for, and what single boxes had to say: small JSON files beside its arrays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["FORMAT", "MANIFEST", "read_json", "write_json"]

FORMAT = 1
"""The version of what a store holds."""

MANIFEST = "wattquery/manifest.json"
"""Where it says what it was asked for."""


def write_json(store: Store, key: str, content: Any) -> None:
    """Write a file of JSON, whole or not at all."""
    from zarr.core.buffer import default_buffer_prototype
    from zarr.core.sync import sync

    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode()
    sync(store.set(key, default_buffer_prototype().buffer.from_bytes(text)))


def read_json(store: Store, key: str) -> Any:
    """Return what a file of JSON holds; None where there is none.

    Raises
    ------
    ValueError
        If it is none.
    """
    from zarr.core.buffer import default_buffer_prototype
    from zarr.core.sync import sync

    found = sync(store.get(key, default_buffer_prototype()))
    return None if found is None else json.loads(found.to_bytes())
