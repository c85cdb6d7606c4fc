"""What a chunk says of itself before it is unpacked: its checksum, its size, and how many texts it has."""

from __future__ import annotations

__all__ = ["CHECKSUM", "checksum_is_right", "unpacked_size", "what_is_wrong"]

CHECKSUM = 4
"""Bytes of a checksum (CRC-32C), the last ones of a chunk."""

LARGEST_TEXT = 256_000_000
"""Bytes of a chunk of text once unpacked."""

FRAME = b"\x28\xb5\x2f\xfd"
"""What a Zstandard frame begins with, RFC 8878, section 3.1.1."""


def what_is_wrong(chunk: bytes | None, size: int | None, items: int) -> str:
    """Return why a chunk is not what was written, or would not be what its array says; empty where it is sound.

    Parameters
    ----------
    chunk
        The chunk; None where there is none.
    size
        Bytes that it must have once unpacked; None where it holds text.
    items
        Numbers or texts that it must have.
    """
    if not chunk or not checksum_is_right(chunk):
        return "its checksum is another"
    found = unpacked_size(chunk[:-CHECKSUM])
    if size is not None:
        return "" if found == size else f"it unpacks to {found} bytes, and not to {size}"
    if found is None or found > LARGEST_TEXT:
        return f"it unpacks to {found} bytes of text, of which {LARGEST_TEXT} are allowed"
    return "" if _is_text(_unpacked(chunk), items) else "it does not have as many texts as its array"


def checksum_is_right(chunk: bytes | None) -> bool:
    """Return whether a chunk is there and has the checksum that it ends with."""
    from google_crc32c import value

    if chunk is None or len(chunk) <= CHECKSUM:
        return False
    return int(value(chunk[:-CHECKSUM])) == int.from_bytes(chunk[-CHECKSUM:], "little")


def _unpacked(chunk: bytes) -> bytes:
    """Return what a chunk holds; nothing where it cannot be unpacked."""
    from numcodecs.zstd import decompress

    try:
        return bytes(decompress(chunk[:-CHECKSUM]))
    except (RuntimeError, ValueError):
        return b""


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
