"""Chunks that lie about themselves are refused before they are unpacked."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from google_crc32c import value
from numcodecs.zstd import compress

from stores.zarr.small_store import filled
from wattquery.errors import InputError
from wattquery.stores.zarr.guarded import guarded_group
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.packed import FRAME

ENERGY, SUPPORT = "energy/c/0/0/0", "support/c/0"


def read(where: Location, name: str) -> np.ndarray:
    """Read an array through the guard."""
    return np.asarray(guarded_group(where.open(read_only=True), where.shown).get(name)[...])


def signed(packed: bytes) -> bytes:
    """Return a chunk with a right checksum."""
    return bytes(packed + int(value(packed)).to_bytes(4, "little"))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    where = filled(tmp_path)
    assert read(where, "energy")[0, 0].tolist() == [0.0, 1.0, 2.0]
    assert read(where, "support").tolist() == ["measured", "none", "measured"]


def bomb() -> bytes:
    """Return a frame that says it unpacks to a terabyte."""
    return FRAME + bytes([0b11100000]) + struct.pack("<Q", 2**40) + b"\x01\x00\x00"


def text(count: int, content: bytes) -> bytes:
    """Return packed texts that say how many they are."""
    return compress(count.to_bytes(4, "little") + content)


@pytest.mark.parametrize(
    ("key", "chunk", "why"),
    [
        (ENERGY, b"", "checksum"),
        (ENERGY, compress(bytes(96)), "checksum"),
        (ENERGY, signed(bomb()), "1099511627776 bytes, and not to 96"),
        (ENERGY, signed(compress(bytes(95))), "95 bytes"),
        (ENERGY, signed(b"no frame at all"), "None bytes"),
        (SUPPORT, signed(bomb()), "bytes of text"),
        (SUPPORT, signed(text(2**32 - 1, b"")), "as many texts"),
        (SUPPORT, signed(text(2, struct.pack("<I", 2**31) + b"abc")), "as many texts"),
        (SUPPORT, signed(text(2, struct.pack("<I", 1) + b"\xff" + struct.pack("<I", 0))), "as many texts"),
        (SUPPORT, signed(compress(bytes(40))[:-3]), "damaged"),
    ],
)
def test_a_chunk_that_lies_is_refused(tmp_path: Path, key: str, chunk: bytes, why: str) -> None:
    where = filled(tmp_path)
    (where.folder / key).write_bytes(chunk)
    with pytest.raises(InputError, match=why):
        read(where, key.partition("/")[0])
