"""A chunk that is missing, cut or changed is found by its box."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from google_crc32c import value
from numcodecs.zstd import compress

from stores.zarr.small_store import SCHEMA, filled
from wattquery.stores.boxes import boxes
from wattquery.stores.zarr.verify import chunk_keys, is_whole


def found(folder: Path, hurt: Callable[[Path], object], key: str) -> list[bool]:
    """Return which boxes are whole after a chunk was hurt."""
    where = filled(folder)
    hurt(where.folder / key)
    return [is_whole(where.open(), SCHEMA, box) for box in boxes(SCHEMA.shape, SCHEMA.chunks)]


def changed(path: Path) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lying(path: Path) -> None:
    """Put a chunk there that says it unpacks to another size, with a right checksum."""
    packed = compress(bytes(7))
    path.write_bytes(packed + int(value(packed)).to_bytes(4, "little"))


@pytest.mark.parametrize("hurt", [lying, Path.unlink, changed, lambda path: path.write_bytes(path.read_bytes()[:-1])])
@pytest.mark.parametrize(
    ("key", "whole"),
    [
        ("energy/c/0/0/0", [False, True]),
        ("energy/c/1/0/0", [True, False]),
        ("support/c/1", [True, False]),
        ("done/c/0/0", [False, True]),
    ],
)
def test_a_box_with_a_hurt_chunk_is_not_whole(
    tmp_path: Path, hurt: Callable[[Path], object], key: str, whole: list[bool]
) -> None:
    assert found(tmp_path, hurt, key) == whole


def test_all_boxes_together_have_all_chunks(tmp_path: Path) -> None:
    where = filled(tmp_path)
    keys = [
        key
        for box in boxes(SCHEMA.shape, SCHEMA.chunks)
        for array in SCHEMA.by_boxes
        for key in chunk_keys(SCHEMA, array, box)
    ]
    files = {str(path.relative_to(where.folder)) for path in where.folder.rglob("c/**/*") if path.is_file()}
    assert len(set(keys)) == len(keys)
    assert set(keys) == {name for name in files if name.startswith(("energy", "support"))}
