"""Workers that write their own chunks: what is in the store is what one process writes, whichever worker ends."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import wattquery as wq
from same_result import LOAD, PAPER, assert_same
from wattquery.sweeps.blockwise import laid_out

fsspec = pytest.importorskip("fsspec")

SECRET = "correct-horse-battery-staple"


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the chunks and the metadata of a store, by name."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "wattquery" not in path.relative_to(folder).parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)


@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
def test_every_file_is_what_one_process_writes(asked: dict[str, Any], two_workers: Any, tmp_path: Path) -> None:
    wq.sweep(**asked, draws=512, store=tmp_path / "here.zarr")
    found = wq.sweep(**asked, draws=512, store=tmp_path / "there.zarr", client=two_workers)
    assert bool(found["done"].all())
    assert files_of(tmp_path / "there.zarr") == files_of(tmp_path / "here.zarr")


def test_a_worker_that_is_killed_costs_its_unfinished_boxes(two_workers: Any, tmp_path: Path) -> None:
    victims = list(two_workers.run(os.getpid).values())[:1]

    def kill(share: float) -> None:
        if share > 0.1 and victims:
            os.kill(victims.pop(), signal.SIGKILL)

    how = {"draws": 200_000, "store": tmp_path / "a.zarr", "client": two_workers}
    found = wq.sweep(**PAPER, **how, progress=kill)
    assert not victims
    whole = wq.sweep(**PAPER, draws=200_000, store=tmp_path / "b.zarr")
    assert_same(found.load(), whole.load())
    assert bool(found["done"].all())


def test_what_one_process_began_workers_go_on_with(two_workers: Any, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0.3:
            raise StopError

    with pytest.raises(StopError):
        wq.sweep(**PAPER, draws=512, store=tmp_path / "a.zarr", threads=1, progress=stop)
    assert not bool(xr.open_zarr(tmp_path / "a.zarr")["done"].all())
    wq.sweep(**PAPER, draws=512, store=tmp_path / "a.zarr", client=two_workers)
    wq.sweep(**PAPER, draws=512, store=tmp_path / "b.zarr")
    assert files_of(tmp_path / "a.zarr") == files_of(tmp_path / "b.zarr")


def test_a_store_that_workers_do_not_see_is_refused(two_workers: Any) -> None:
    address = "memory://unseen/a.zarr"
    try:
        with pytest.raises(
            wq.InputError,
            match=r"^worker tcp://\S+ does not see the store 'memory://unseen/a\.zarr' \(nothing",
        ):
            wq.sweep(**PAPER, draws=512, store=address, client=two_workers)
    finally:
        fsspec.filesystem("memory").rm("/unseen", recursive=True)


def test_what_is_secret_of_a_store_is_told_nobody(two_workers: Any) -> None:
    address, options = "memory://secret/a.zarr", {"listings_expiry_time": SECRET}
    memory = fsspec.filesystem("memory")
    try:
        found = wq.sweep("DeepSeek-R1", draws=512, store=address, storage_options=options)
        assert SECRET not in repr(found)
        assert SECRET not in repr(found.attrs)
        with pytest.raises(wq.InputError) as raised:
            wq.sweep(**PAPER, draws=512, store="memory://secret/b.zarr", storage_options=options, client=two_workers)
        assert SECRET not in str(raised.value)
        for path in memory.find("/secret"):
            assert SECRET.encode() not in memory.cat_file(path), path
    finally:
        memory.rm("/secret", recursive=True)
