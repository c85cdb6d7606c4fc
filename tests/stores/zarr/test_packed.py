"""What a chunk says of itself is read as the format has it."""

from __future__ import annotations

import pytest
from numcodecs.zstd import compress

from wattquery.stores.zarr.packed import unpacked_size


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_791, 65_792, 10**6])
def test_sizes_of_frames_are_read(size: int) -> None:
    assert unpacked_size(compress(bytes(size))) == size
