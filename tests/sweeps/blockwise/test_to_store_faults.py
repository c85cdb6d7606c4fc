"""Whatever ends a sweep into a store: nothing finished is lost, and the next call ends with the same digits."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import xarray as xr

import wattquery as wq
from sweeps.blockwise.faults import ASKED, KilledError, boxes_solved, failing, finished_in, full, same_values, stored
from wattquery.errors import InputError
from wattquery.stores.zarr import claim
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import location
from wattquery.stores.zarr.manifest import MANIFEST
from wattquery.sweeps.blockwise import laid_out


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 2)


@pytest.fixture(scope="module")
def whole() -> xr.Dataset:
    return wq.sweep(**ASKED)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a finished store, to be copied."""
    return finished_in(tmp_path_factory.mktemp("finished"), 2)


def ended(folder: Path, at: int) -> tuple[int, int]:
    """Let a run end at a write, and return how many boxes it finished, and how many it solved."""
    with pytest.MonkeyPatch.context() as patch:
        written, solved = failing(patch, at, KilledError()), boxes_solved(patch)
        with contextlib.suppress(KilledError):
            stored(folder)
        return sum(key.startswith("done/c/") for key in written), len(solved)


def test_a_run_that_ends_again_and_again_comes_to_its_end(tmp_path: Path, whole: xr.Dataset) -> None:
    boxes, finished, tries = 6, 0, 0
    while finished < boxes:
        # A run that ends within its first box begins it anew: each gets a little further.
        more, solved = ended(tmp_path, at=5 + 6 * tries)
        assert solved <= more + 1
        finished, tries = finished + more, tries + 1
    with pytest.MonkeyPatch.context() as patch:
        solved_now = boxes_solved(patch)
        same_values(stored(tmp_path), whole)
    assert solved_now == []
    assert tries > 5


@pytest.mark.slow
@pytest.mark.parametrize("at", range(0, 130, 3))
def test_a_run_that_ends_at_any_write_is_continued(tmp_path: Path, whole: xr.Dataset, at: int) -> None:
    done, _ = ended(tmp_path, at)
    with pytest.MonkeyPatch.context() as patch:
        solved = boxes_solved(patch)
        same_values(stored(tmp_path), whole)
    assert len(solved) == 6 - done


@pytest.mark.parametrize(
    ("at", "said"), [(0, "; mend that, or name another"), (60, "; what is finished is kept, and the same call")]
)
def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path, whole: xr.Dataset, at: int, said: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failing(patch, at, full())
        with pytest.raises(InputError, match=f"no room left on the disk{said}"):
            stored(tmp_path)
    same_values(stored(tmp_path), whole)


def test_a_store_that_is_read_only_is_a_sentence(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failing(patch, 0, OSError(errno.EROFS, "Read-only file system"))
        with pytest.raises(InputError, match="a disk that is read only"):
            stored(tmp_path)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_finished_store_is_read_without_a_write(
    tmp_path: Path, finished: Path, whole: xr.Dataset, read_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    heard: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        if read_only:
            failing(patch, 0, OSError(errno.EROFS, "Read-only file system"))
            patch.setattr(claim, "_lock", lambda _: pytest.fail("a store that nobody writes to was locked"))
        else:  # a chunk is missing, so that somebody has to
            (tmp_path / "study.zarr" / "energy" / "c" / "0" / "0" / "0").unlink()
        same_values(stored(tmp_path, progress=heard.append), whole)
    assert heard[-1] == 1.0
    manifest = tmp_path / "study.zarr" / MANIFEST
    manifest.unlink()
    with claimed(location(tmp_path / "study.zarr")):  # its copy does for reading, and is written again later
        same_values(stored(tmp_path), whole)
    assert not manifest.exists()
    same_values(stored(tmp_path), whole)
    assert manifest.exists()
    (tmp_path / "study.zarr" / "done" / "c" / "0" / "0").unlink()
    failing(monkeypatch, 0, OSError(errno.EROFS, "Read-only file system"))
    with pytest.raises(InputError, match="a disk that is read only; what is finished is kept"):
        stored(tmp_path)


def cut(path: Path) -> None:
    """Leave half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def changed(path: Path) -> None:
    """Change a bit of a file."""
    content = bytearray(path.read_bytes())
    content[-6] ^= 16
    path.write_bytes(content)


def emptied(path: Path) -> None:
    """Leave a file with nothing in it."""
    path.write_bytes(b"")


HURTS = (cut, changed, Path.unlink, emptied)
KEYS = ("energy/c/0/0/0", "energy/c/2/1/0", "throughput/c/1/0", "done/c/1/1")
"""Chunks of four boxes, the second of them at the edge."""


@pytest.mark.parametrize("turn", range(4))
def test_hurt_chunks_are_solved_again_and_no_others(
    tmp_path: Path, finished: Path, whole: xr.Dataset, turn: int
) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    for place, key in enumerate(KEYS):
        HURTS[(place + turn) % len(HURTS)](tmp_path / "study.zarr" / key)
    with pytest.MonkeyPatch.context() as patch:
        solved = boxes_solved(patch)
        same_values(stored(tmp_path), whole)
    assert solved == [0, 2, 3, 5]


@pytest.mark.parametrize("hurt", [cut, Path.unlink, lambda path: path.write_bytes(b"{}")])
def test_hurt_metadata_is_laid_out_again(
    tmp_path: Path, finished: Path, whole: xr.Dataset, hurt: Callable[[Path], object]
) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    for key in ("zarr.json", "energy/zarr.json", "model/zarr.json", "model/c/0", "pue/c/0"):
        hurt(tmp_path / "study.zarr" / key)
    with pytest.MonkeyPatch.context() as patch:
        solved = boxes_solved(patch)
        same_values(stored(tmp_path), whole)
    assert solved == []


@pytest.mark.parametrize("hurt", [cut, Path.unlink, emptied])
@pytest.mark.parametrize("name", ["manifest.json", "manifest.copy.json"])
def test_a_manifest_that_is_hurt_is_taken_from_the_other_file(
    tmp_path: Path, finished: Path, whole: xr.Dataset, name: str, hurt: Callable[[Path], object]
) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    own = tmp_path / "study.zarr" / "wattquery"
    before = (own / name).read_bytes()
    hurt(own / name)
    assert wq.stores.status(tmp_path / "study.zarr").is_finished
    with pytest.MonkeyPatch.context() as patch:
        solved = boxes_solved(patch)
        same_values(stored(tmp_path), whole)
    assert solved == []
    assert (own / name).read_bytes() == before


def test_a_manifest_that_is_hurt_twice_is_refused(tmp_path: Path, finished: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    for name in ("manifest.json", "manifest.copy.json"):
        cut(tmp_path / "study.zarr" / "wattquery" / name)
    with pytest.raises(InputError, match=r"has a damaged wattquery/manifest\.json"):
        stored(tmp_path)


def test_what_is_no_store_stays_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "study.zarr" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(InputError, match="exists and is no store that wattquery wrote"):
        stored(tmp_path)
    assert mine.read_text() == "mine"
