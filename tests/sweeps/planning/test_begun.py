"""What a plan says of a store that is there already: what is left to do, or why a sweep into it would be refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import location
from wattquery.sweeps.blockwise import laid_out
from wattquery.sweeps.planning import plan as planning
from wattquery.sweeps.planning.sweep_plan import SweepPlan

pytest.importorskip("zarr")

GRID: dict[str, Any] = {
    "model": ["Llama 3.1 70B", "DeepSeek-R1"],
    "hardware": ["H100", "B200"],
    "serving": wq.ALL,
    "precision": wq.ALL,
    "catalog": "default",
    "pue": [1.1, 1.2, 1.3],
    "method": "exact",
    "threads": 1,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with boxes of some cells, and the last box not done."""
    path = tmp_path_factory.mktemp("begun") / "grid.zarr"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laid_out, "MOST_CELLS", 24)
        patch.setattr(laid_out, "LARGER", 1)
        wq.sweep(**GRID, store=path)
        max((path / "done" / "c").rglob("*"), key=lambda one: (one.is_file(), str(one))).unlink()
        yield path


def planned(store: Path, **other: Any) -> SweepPlan:
    """Return the plan of a call on a store."""
    return wq.plan(**{**GRID, **other}, store=store)


def test_what_is_done_is_counted(store: Path) -> None:
    found, status = planned(store), wq.stores.status(store)
    assert found.fits
    assert (found.cells_done, found.boxes_done) == (status.cells_done, status.boxes_done)
    assert found.boxes == found.boxes_done + 1
    ds = wq.stores.open(store)
    assert found.cells_left == int((ds["supported"] & ~ds["done"]).sum())
    anew = planned(store.with_name("other.zarr"))
    assert found.cells_with_data == anew.cells_with_data == anew.cells_left
    assert found.disk_bytes < anew.disk_bytes / 5
    assert found.files < anew.files / 5
    assert f"{found.cells - found.cells_done} of them left" in str(found)
    assert f"{found.boxes_done} of them done" in str(found)


def test_of_a_finished_store_nothing_is_left_and_nothing_measured(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grid.zarr"
    shutil.copytree(store, path)
    wq.sweep(**GRID, store=path)
    monkeypatch.setattr(planning, "measured", lambda *_, **__: pytest.fail("nothing is to be measured"))
    monkeypatch.setattr(planning, "refused_there", lambda _: pytest.fail("nothing is to be written"))
    found = planned(path)
    assert found.fits
    assert found.is_finished
    assert (found.seconds, found.disk_bytes, found.cells_left) == (0.0, 0, 0)
    assert "nothing is left to do" in str(found)
    assert found.to_dict()["cells_done"] == found.cells


def test_new_labels_are_what_is_left(store: Path) -> None:
    before, found = planned(store), planned(store, pue=[1.3, 1.4, 1.2, 1.1])
    assert found.cells == before.cells * 4 // 3
    assert found.cells_done == before.cells_done
    assert found.boxes_done <= before.boxes_done


def test_another_study_is_said_to_be_refused(store: Path) -> None:
    found = planned(store, quantiles=[0.5])
    assert not found.fits
    assert found.cells_done == 0
    (problem,) = found.problems
    assert problem.startswith(f"store: {str(store)!r} is of another study: quantiles is [0.05")
    assert f"is refused: {problem}" in str(found)


def test_a_store_that_somebody_writes_is_said_to_be_refused(store: Path) -> None:
    with claimed(location(store)):
        found = planned(store)
    assert [problem for problem in found.problems if "is being written by process" in problem]
    assert found.cells_done > 0


def test_of_more_draws_the_further_ones_are_left(tmp_path: Path) -> None:
    kept: dict[str, Any] = {"pue": [1.1, 1.2], "keep_histogram": True, "threads": 1, "store": tmp_path / "kept.zarr"}
    wq.sweep("DeepSeek-R1", draws=2000, **kept)
    found = wq.plan("DeepSeek-R1", draws=8000, **kept)
    assert (found.cells_done, found.cells_left, found.draws_left) == (0, 2, 2 * 6000)
    assert found.disk_bytes == 0
    fewer = wq.plan("DeepSeek-R1", draws=1000, **kept)
    assert "has 2,000 draws of each cell" in fewer.problems[0]


def test_a_study_that_is_too_large_to_be_looked_at_counts_cells(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = planned(store)
    monkeypatch.setattr(planning, "is_large", lambda _: True)
    found = planned(store)
    assert found.cells_done == known.cells_done
    assert 0 <= found.cells_left <= found.cells - found.cells_done
