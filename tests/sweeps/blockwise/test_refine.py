"""More draws in a store that keeps histograms: those that are missing are made, and the sum is that of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from zarr.storage import LocalStore

import wattquery as wq
from stored_results import same
from sweeps.blockwise.faults import failing
from wattquery.methods import refined as methods_refined
from wattquery.methods.monte_carlo import MonteCarlo
from wattquery.sweeps.blockwise import laid_out

SMALL: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": [100, wq.LogNormal(p5=100, p95=2000)],
    "pue": [1.1, 1.3],
    "quantiles": [0.5],
    "threads": 1,
    "keep_histogram": True,
}


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 3)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return the ranges of draws that are made from now on."""
    ranges: list[tuple[int, int]] = []
    work = MonteCarlo.work

    def counted(self: MonteCarlo, plan: Any, task: Any) -> Any:
        ranges.append((task.start, task.stop))
        return work(self, plan, task)

    monkeypatch.setattr(MonteCarlo, "work", counted)
    return ranges


@pytest.mark.parametrize("common", [True, False])
def test_only_further_draws_are_made(common: bool, tmp_path: Path, made: list[tuple[int, int]]) -> None:
    how = {**SMALL, "common_random_numbers": common}
    wq.sweep(**how, draws=500, store=tmp_path / "a.zarr")
    del made[:]
    refined = wq.sweep(**how, draws=1_301, store=tmp_path / "a.zarr")
    assert set(made) <= {(0, 2), (500, 1_301)}  # two for a look at what comes out
    same(refined, wq.sweep(**how, draws=1_301))


def test_long_ranges_are_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[tuple[int, int]]) -> None:
    monkeypatch.setattr(methods_refined, "LARGEST_RANGE", 300)
    wq.sweep(**SMALL, draws=500, store=tmp_path / "a.zarr")
    same(wq.sweep(**SMALL, draws=1_301, store=tmp_path / "a.zarr"), wq.sweep(**SMALL, draws=1_301))
    assert (500, 800) in made


def test_labels_and_draws_are_added_at_once(tmp_path: Path) -> None:
    more = {**SMALL, "pue": [1.2, 1.1, 1.3, 1.4], "draws": 900}
    wq.sweep(**SMALL, draws=500, store=tmp_path / "a.zarr")
    same(wq.sweep(**more, store=tmp_path / "a.zarr"), wq.sweep(**more), order=False)


@pytest.mark.parametrize("writes", [0, 3, 6, 9, 12, 15, 18, 21])
def test_no_draw_is_lost_or_counted_twice(
    writes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[tuple[int, int]]
) -> None:
    path = tmp_path / "a.zarr"
    wq.sweep(**SMALL, draws=500, store=path)
    with monkeypatch.context() as broken:
        failing(broken, writes, OSError("no room left"))
        with pytest.raises(wq.InputError, match="could not be written"):
            wq.sweep(**SMALL, draws=900, store=path)
    counts = xr.open_zarr(path, chunks=None)["histogram"].sum("bin").values
    assert set(counts.ravel().tolist()) <= {500, 900}
    del made[:]
    same(wq.sweep(**SMALL, draws=900, store=path), wq.sweep(**SMALL, draws=900))
    assert (0, 500) not in made


def test_a_store_without_counts_is_not_refined(tmp_path: Path) -> None:
    how = {**SMALL, "keep_histogram": False}
    wq.sweep(**how, draws=500, store=tmp_path / "a.zarr")
    with pytest.raises(wq.InputError, match="can be given no more, got draws=900: only method='monte_carlo'"):
        wq.sweep(**how, draws=900, store=tmp_path / "a.zarr")
    with pytest.raises(wq.InputError, match="does not lose any, got draws=400: pass draws=500"):
        wq.sweep(**how, draws=400, store=tmp_path / "a.zarr")


def test_an_error_to_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(wq.InputError, match="relative_stderr must be left out with a store"):
        wq.sweep("DeepSeek-R1", relative_stderr=0.01, store=tmp_path / "a.zarr")
    assert not (tmp_path / "a.zarr").exists()


def test_draws_that_were_written_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[tuple[int, int]]
) -> None:
    path, put = tmp_path / "a.zarr", LocalStore.set
    wq.sweep(**SMALL, draws=500, store=path)

    async def fails(self: Any, key: str, *args: Any, **others: Any) -> None:
        if key.startswith("energy/c"):
            raise OSError("no room left")
        await put(self, key, *args, **others)

    with monkeypatch.context() as broken:
        broken.setattr(LocalStore, "set", fails)
        with pytest.raises(wq.InputError, match="could not be written"):
            wq.sweep(**SMALL, draws=900, store=path)
    assert made.count((500, 900)) == 1
    same(wq.sweep(**SMALL, draws=900, store=path), wq.sweep(**SMALL, draws=900))
    assert made.count((500, 900)) == 4  # once for each box of two cells
