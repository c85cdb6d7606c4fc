"""Analyses into a store: what is solved box by box is what is solved at once, to the last digit."""

from __future__ import annotations

import re
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import wattquery as wq
from sweeps.blockwise.faults import KilledError, boxes_solved
from sweeps.blockwise.same import same
from wattquery.sensitivity import into_store
from wattquery.sensitivity.into_store import AnalysisOfBox
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import location

PAPER: dict[str, Any] = {
    "model": ["Llama 3.1 405B", "DeepSeek-R1"],
    "output_tokens": [100, wq.LogNormal(p5=100, p95=2000)],
    "pue": [1.1, wq.Uniform(1.1, 1.4)],
    "catalog": "oviedo2026",
}
LOAD: dict[str, Any] = {
    "model": ["Llama 3.1 8B", "DeepSeek-R1"],
    "hardware": ["H100 SXM", "B200"],
    "load": [0.1, 1.0],
    "workload": "azure_code",
    "boundary": ["accelerator", "facility"],
}
PARTLY: dict[str, Any] = {**LOAD, "accelerators": [1, 8], "precision": "FP8", "load": 0.5}
"""One of the models does not fit on one of the accelerators."""
SOBOL: dict[str, Any] = {"draws": 256, "replicates": 4, "threads": 2}


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(into_store, "MOST_CELLS", 3)


BOTH = {"over": "model", "model": ["DeepSeek-R1", "Llama 3.1 405B"]}
NESTED: dict[str, Any] = {"shared_draws": 256, "threads": 2}
LATER = frozenset({"inner_solutions", "shared_draws", "shared_draws_method"})
"""Attributes of nested quantiles that say what it took."""


@pytest.mark.parametrize(
    "asked",
    [
        PAPER,
        {**PAPER, **BOTH, "second_order": True, "groups": {"all else": ["output_tokens", "pue"]}},
        {**PAPER, "method": "monte_carlo", "estimator": "jansen_1999"},
        LOAD,
        {**LOAD, "over": "model"},
        PARTLY,
    ],
    ids=["paper", "paper over models", "independent", "load", "load over models", "cells without data"],
)
def test_indices(asked: dict[str, Any], tmp_path: Path) -> None:
    stored = wq.sensitivity.sobol(**asked, **SOBOL, store=tmp_path / "a.zarr")
    same(stored, wq.sensitivity.sobol(**asked, **SOBOL))


@pytest.mark.parametrize(
    "asked",
    [
        {**PAPER, "method": "monte_carlo", "draws": 500},
        {**PAPER, **BOTH, "throughput_fit": False},
        {**PAPER, "model": "DeepSeek-R1", "scopes": {"output_tokens": "shared"}, "throughput_fit": False},
        {**LOAD, "hardware": "H100 SXM"},
    ],
    ids=["paper", "over models", "shared lengths", "load"],
)
def test_nested_quantiles(asked: dict[str, Any], tmp_path: Path) -> None:
    stored = wq.sensitivity.nested(**asked, **NESTED, store=tmp_path / "a.zarr")
    same(stored, wq.sensitivity.nested(**asked, **NESTED), LATER)


SMALL: dict[str, Any] = {"model": ["Llama 3.1 405B", "DeepSeek-R1"], "pue": [1.1, 1.2, 1.3, 1.4], **SOBOL, "threads": 1}
"""Eight cells, in four boxes."""


def test_an_analysis_that_ends_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(into_store, "MOST_CELLS", 2)
    solve, begun = AnalysisOfBox.solve, []

    def ends(self: AnalysisOfBox, box: Any) -> xr.Dataset:
        begun.append(box.number)
        if box.number == 2:
            raise KilledError
        return solve(self, box)

    with monkeypatch.context() as patch:
        patch.setattr(AnalysisOfBox, "solve", ends)
        with pytest.raises(KilledError):
            wq.sensitivity.sobol(**SMALL, store=tmp_path / "a.zarr")
    assert begun == [0, 1, 2]
    # Boxes keep their lengths, also where others would be made now.
    monkeypatch.setattr(into_store, "MOST_CELLS", 100)
    solved, told = boxes_solved(monkeypatch), []
    stored = wq.sensitivity.sobol(**SMALL, store=tmp_path / "a.zarr", progress=told.append)
    assert solved == [2, 3]
    assert told == [0.25, 0.5, 0.75, 1.0]
    same(stored, wq.sensitivity.sobol(**SMALL))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"draws": 512}, "draws is 256 in the store and 512 in the call"),
        ({"seed": 1}, "seed is 0 in the store and 1 in the call"),
        ({"replicates": 8, "draws": 512}, "replicates is 4 in the store and 8 in the call"),
        ({"factors": ["output_tokens"]}, "factors is .* in the store and .* in the call"),
        ({"pue": [1.1, 1.2, 1.3, 1.5]}, "pue lacks '1.4', which the store has"),
        ({"pue": [1.1, 1.2, 1.3, 1.4, 1.5]}, "pue has '1.5', which the store of an analysis lacks and can not add"),
        ({"pue": [1.2, 1.1, 1.3, 1.4]}, "the labels of pue are in another order in the store"),
    ],
)
def test_a_store_of_something_else_is_refused(
    other: dict[str, Any], said: str, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = boxes_solved(monkeypatch)
    with pytest.raises(wq.InputError, match=said):
        wq.sensitivity.sobol(**{**SMALL, **other}, store=finished)
    assert solved == []


def test_the_store_of_a_sweep_is_refused(finished: Path) -> None:
    with pytest.raises(wq.InputError, match="analysis is 'sobol' in the store and 'nested' in the call"):
        wq.sensitivity.nested(SMALL["model"], pue=SMALL["pue"], store=finished)
    with pytest.raises(wq.InputError, match="of another study"):
        wq.sweep(SMALL["model"], pue=SMALL["pue"], store=finished)


def test_labels_without_data_are_refused_before_a_store_is_made(tmp_path: Path) -> None:
    with pytest.raises(wq.InputError, match="averages over labels without data"):
        wq.sensitivity.sobol(**PARTLY, **SOBOL, over="model", store=tmp_path / "a.zarr")
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of `SMALL`."""
    path = tmp_path_factory.mktemp("finished") / "a.zarr"
    wq.sensitivity.sobol(**SMALL, store=path)
    return path


def test_workers_write_the_same(tmp_path: Path, two_workers: Any) -> None:
    asked = {name: value for name, value in SMALL.items() if name != "threads"}
    same(wq.sensitivity.sobol(**asked, store=tmp_path / "a.zarr", client=two_workers), wq.sensitivity.sobol(**SMALL))


def test_what_a_store_says_of_itself(finished: Path) -> None:
    state = wq.stores.status(finished)
    assert "analysis sobol" in str(state)
    assert "8 of 8 cells done" in str(state)
    same(wq.stores.open(finished), wq.sensitivity.sobol(**SMALL))


def test_a_finished_store_is_read_while_another_holds_it(finished: Path, tmp_path: Path) -> None:
    copy = tmp_path / "a.zarr"
    shutil.copytree(finished, copy)
    with claimed(location(copy)):
        same(wq.sensitivity.sobol(**SMALL, store=copy), wq.sensitivity.sobol(**SMALL))
        next(path for path in (copy / "done" / "c").rglob("*") if path.is_file()).unlink()
        with pytest.raises(wq.InputError, match="is being written by process"):
            wq.sensitivity.sobol(**SMALL, store=copy)


def test_a_store_that_was_changed_is_refused(finished: Path, tmp_path: Path) -> None:
    copy = tmp_path / "a.zarr"
    shutil.copytree(finished, copy)
    manifest = copy / "wattquery" / "manifest.json"
    manifest.write_text(re.sub(r'"chunks": \[\s*\d+', '"chunks": [-1', manifest.read_text()))
    with pytest.raises(wq.InputError, match="does not say how large its boxes are"):
        wq.sensitivity.sobol(**SMALL, store=copy)


def test_memory_is_that_of_a_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(name: str, cells: int, most: int) -> int:
        """Return how much memory the work took at its worst, in boxes of so many cells."""
        monkeypatch.setattr(into_store, "MOST_CELLS", most)
        pue = [wq.LogNormal(p5=1.05, p95=1.2 + 0.001 * i) for i in range(cells)]
        tracemalloc.start()
        try:
            wq.sensitivity.sobol("DeepSeek-R1", pue=pue, **{**SOBOL, "threads": 1}, store=tmp_path / f"{name}.zarr")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    wq.sensitivity.sobol("DeepSeek-R1", **SOBOL, store=tmp_path / "first.zarr")  # kernels are there
    few, many, whole = taken("few", 40, 40), taken("many", 160, 40), taken("whole", 160, 160)
    assert many < 1.5 * few
    assert whole > 1.5 * many


def test_workers_need_a_store(two_workers: Any) -> None:
    with pytest.raises(wq.InputError, match="client needs store with an analysis: workers write"):
        wq.sensitivity.sobol("DeepSeek-R1", client=two_workers)
