"""A store whose chunks are looked at before they are unpacked: each says how large it will be, which may be a lie."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zarr.storage import WrapperStore

from wattquery.errors import InputError
from wattquery.stores.zarr.untrusted import chunk_bytes, is_text
from wattquery.stores.zarr.verify import CHECKSUM, checksum_is_right

if TYPE_CHECKING:
    from zarr.abc.store import ByteRequest, Store
    from zarr.core.buffer import Buffer, BufferPrototype

__all__ = ["Guarded", "unpacked_size"]

LARGEST_TEXT = 256_000_000
"""Bytes of a chunk of text once unpacked."""

FRAME = b"\x28\xb5\x2f\xfd"
"""What a Zstandard frame begins with, RFC 8878, section 3.1.1."""


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

    async def get(self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None) -> Buffer | None:
        """Return what lies under a key; an error where it is a chunk that lies about its size."""
        found = await super().get(key, prototype, byte_range)
        name, slash, rest = key.partition("/")
        array = self._arrays.get(name)
        if found is not None and array is not None and slash and rest != "zarr.json":
            _check(key, found.to_bytes(), array)
        return found


def _check(key: str, chunk: bytes, array: Mapping[str, Any]) -> None:
    """Refuse a chunk that is not what was written, or that would not be what its array says."""
    if not checksum_is_right(chunk):
        raise _damaged(key, "its checksum is another")
    size = unpacked_size(chunk[:-CHECKSUM])
    if not is_text(array):
        if size != chunk_bytes(array):
            raise _damaged(key, f"it unpacks to {size} bytes, and not to {chunk_bytes(array)}")
    elif size is None or size > LARGEST_TEXT:
        raise _damaged(key, f"it unpacks to {size} bytes of text, of which {LARGEST_TEXT} are allowed")
    elif not _is_text(_unpacked(key, chunk), math.prod(array["chunk_grid"]["configuration"]["chunk_shape"])):
        raise _damaged(key, "it has not as many texts as its array")


def _unpacked(key: str, chunk: bytes) -> bytes:
    from numcodecs.zstd import decompress

    try:
        return bytes(decompress(chunk[:-CHECKSUM]))
    except (RuntimeError, ValueError) as error:
        raise _damaged(key, "it cannot be unpacked") from error


def _is_text(content: bytes, texts: int) -> bool:
    """Return whether bytes are so many texts, each behind its length, and nothing else."""
    if content[:4] != texts.to_bytes(4, "little"):
        return False
    at = 4
    for _ in range(texts):
        length = int.from_bytes(content[at : at + 4], "little")
        try:
            content[at + 4 : at + 4 + length].decode()
        except UnicodeDecodeError:
            return False
        at += 4 + length
    return at == len(content)


def _damaged(key: str, why: str) -> InputError:
    return InputError(f"Chunk {key} of the store is damaged, {why}; the call that made the store computes it again.")


def unpacked_size(packed: bytes) -> int | None:
    """Return the size that a Zstandard frame says it has once unpacked; None where it says none, or is no frame.

    Examples
    --------
    >>> from numcodecs.zstd import compress
    >>> unpacked_size(compress(bytes(1000)))
    1000
    """
    if packed[:4] != FRAME or len(packed) < 6:
        return None
    flags = packed[4]
    is_single = bool(flags & 0x20)
    at = 5 + (0 if is_single else 1) + (0, 1, 2, 4)[flags & 3]
    length = (1 if is_single else 0, 2, 4, 8)[flags >> 6]
    field = packed[at : at + length]
    if length == 0 or len(field) < length:
        return None
    return int.from_bytes(field, "little") + (256 if length == 2 else 0)
