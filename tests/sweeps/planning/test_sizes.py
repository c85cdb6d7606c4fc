"""What a plan says of a disk against what lies there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.stores.zarr.location import location
from wattquery.sweeps.planning.sizes import BLOCK, free_bytes

pytest.importorskip("zarr")

EXACT: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": [wq.Exponential(median=median) for median in (100.0, 300.0)],
    "pue": np.linspace(1.05, 1.5, 200).tolist(),
    "method": "exact",
    "threads": 1,
}
KEPT: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "pue": np.linspace(1.05, 1.5, 3).tolist(),
    "draws": 2000,
    "keep_histogram": True,
    "threads": 1,
}


def on_disk(path: Path) -> int:
    """Return the bytes of files and folders in whole blocks."""
    blocks = 0
    for folder, _, files in os.walk(path):
        blocks += 1 + sum(-(-(Path(folder) / one).stat().st_size // BLOCK) for one in files)
    return blocks * BLOCK


@pytest.mark.parametrize("grid", [EXACT, KEPT], ids=["exact", "kept"])
def test_files_and_size_are_those_of_the_store(grid: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "grid.zarr"
    planned = wq.plan(**grid, store=path)
    wq.sweep(**grid, store=path)
    assert planned.files == sum(one.is_file() for one in path.rglob("*"))
    assert 0.9 < planned.disk_bytes / on_disk(path) < 1.15


def test_an_object_store_counts_bytes() -> None:
    pytest.importorskip("fsspec")
    address = "memory://planned/grid.zarr"
    planned = wq.plan(**EXACT, store=address)
    wq.sweep(**EXACT, store=address)
    assert 0.9 < planned.disk_bytes / wq.stores.status(address).bytes < 1.15


def test_labels_count(tmp_path: Path) -> None:
    few, many = (
        wq.plan("DeepSeek-R1", output_tokens=list(range(1, count)), method="exact", store=tmp_path / "a.zarr")
        for count in (100, 5000)
    )
    assert many.disk_bytes - few.disk_bytes > 4900 * 100  # in words and digests, twice


def test_what_is_free_where_a_store_would_lie(tmp_path: Path) -> None:
    assert (free_bytes(location(tmp_path / "not" / "there.zarr")) or 0) > 0
    assert free_bytes(location("memory://a.zarr")) is None
