"""A store whose chunks are looked at before they are unpacked: each says how large it will be, which may be a lie."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from zarr.storage import WrapperStore

from wattquery.errors import InputError
from wattquery.stores.zarr.packed import what_is_wrong
from wattquery.stores.zarr.untrusted import check_metadata, chunk_bytes, is_text

if TYPE_CHECKING:
    from zarr import Group
    from zarr.abc.store import ByteRequest, Store
    from zarr.core.buffer import Buffer, BufferPrototype

__all__ = ["Guarded", "guarded_group"]


class Guarded(WrapperStore["Store"]):
    """A store of which no chunk is handed out that unpacks to more than its array says.

    Parameters
    ----------
    store
        The store.
    arrays
        Its arrays by name, as `wattquery.stores.zarr.untrusted.check_metadata` returns them.
    """

    def __init__(self, store: Store, arrays: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(store)
        self._arrays = arrays

    def _with_store(self, store: Store) -> Guarded:
        return Guarded(store, self._arrays)

    def with_read_only(self, read_only: bool = False) -> Guarded:
        """Return one of the same store that takes no writes; zarr's own before 3.1.6 cannot."""
        return self._with_store(self._store.with_read_only(read_only))

    async def get(self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None) -> Buffer | None:
        """Return what lies under a key; an error where it is a chunk that lies about its size."""
        found = await super().get(key, prototype, byte_range)
        name, slash, rest = key.partition("/")
        array = self._arrays.get(name)
        if found is not None and array is not None and slash and rest != "zarr.json":
            _check(key, found.to_bytes(), array)
        return found


def guarded_group(store: Store, shown: str, mode: Literal["r", "r+"] = "r") -> Group:
    """Return the arrays of a store that anybody may have written: metadata is checked, and each chunk that is read.

    Parameters
    ----------
    store
        The store.
    shown
        What it is called in messages.
    mode
        ``"r+"`` to write chunks too.

    Raises
    ------
    InputError
        If it holds what no store of this package does.
    """
    import zarr

    guarded = Guarded(store, check_metadata(store, shown))
    try:
        return zarr.open_group(guarded, mode=mode, zarr_format=3)
    except InputError:
        raise
    except Exception as error:  # whatever a library says of metadata that nobody has thought of
        raise InputError(f"{shown!r} cannot be opened: {type(error).__name__}: {error}.") from error


def _check(key: str, chunk: bytes, array: Mapping[str, Any]) -> None:
    """Refuse a chunk that is not what was written, or that would not be what its array says."""
    items = math.prod(array["chunk_grid"]["configuration"]["chunk_shape"])
    if why := what_is_wrong(chunk, None if is_text(array) else chunk_bytes(array), items):
        raise InputError(f"Chunk {key} of the store is damaged, {why}; the call that made the store computes it again.")
