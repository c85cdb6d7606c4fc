"""Stores of anybody's: what their codecs could run is never run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from wattquery.errors import InputError
from wattquery.stores.zarr.codecs import check_codecs


def written(folder: Path, zarr_format: int) -> Path:
    """Write a dataset with numbers and text."""
    ds = xr.Dataset({"energy": ("model", np.arange(3.0))}, {"model": ["a", "b", "c"]})
    path = folder / "a.zarr"
    ds.to_zarr(path, zarr_format=zarr_format, consolidated=zarr_format == 2)
    return path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_what_libraries_write_is_taken(tmp_path: Path, zarr_format: int) -> None:
    check_codecs(written(tmp_path, zarr_format))


@pytest.mark.parametrize("place", ["energy/.zarray", ".zmetadata"])
@pytest.mark.parametrize("key", ["compressor", "filters"])
def test_a_codec_that_runs_what_it_finds_is_refused(tmp_path: Path, place: str, key: str) -> None:
    path = written(tmp_path, 2)
    content = json.loads((path / place).read_text())
    array = content["metadata"]["energy/.zarray"] if place == ".zmetadata" else content
    array[key] = {"id": "pickle"} if key == "compressor" else [{"id": "pickle"}]
    (path / place).write_text(json.dumps(content))
    with pytest.raises(InputError, match="is packed by 'pickle'"):
        check_codecs(path)


@pytest.mark.filterwarnings("ignore")
def test_the_same_in_the_third_format(tmp_path: Path) -> None:
    path = written(tmp_path, 3)
    content = json.loads((path / "energy" / "zarr.json").read_text())
    content["codecs"][0] = {"name": "numcodecs.pickle"}
    (path / "energy" / "zarr.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"is packed by 'numcodecs\.pickle'"):
        check_codecs(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000])
def test_damaged_metadata_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, 2)
    (path / ".zmetadata").write_bytes(content)
    with pytest.raises(InputError, match=r"\.zmetadata in it is damaged"):
        check_codecs(path)
