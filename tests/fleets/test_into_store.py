"""Fleets into a store: what is solved box by box is what is solved at once, to the last digit and the last note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import wattquery as wq
from fleets.under_load import one
from sweeps.blockwise.faults import KilledError, boxes_solved
from sweeps.blockwise.same import same
from wattquery.fleets import into_store
from wattquery.fleets.into_store import FleetOfBox

CLASSES: dict[str, Any] = {
    "short": {"share": "rest", "model": {"Llama 3.1 405B": 0.3, "DeepSeek-R1": 0.7}},
    "long": {"share": 0.1, "model": "Llama 3.1 70B", "output_tokens": "long"},
}
PAPER: dict[str, Any] = {
    "classes": CLASSES,
    "queries_per_day": 1e9,
    "shares": {"long": [0.0, 0.5, 0.1]},
    "pue": [1.1, wq.Uniform(1.1, 1.4), 1],
    "levers": ["none", "serving"],
    "scopes": {"lever:serving": "query"},
    "shared_draws": 256,
    "threads": 2,
}
"""Points of which some have no closed form, no tails to cut, or no factor that the scopes name."""
CHATS = wq.scenarios.Scenario("chats", {"chat": CLASSES["long"] | {"share": 1}}, 1e4, preset="v1")
LOAD: dict[str, Any] = {
    "classes": {"chat": one(0.7), "code": one("rest", "azure_code")},
    "queries_per_day": 1e6,
    "shares": {"chat": [0.2, 0.7]},
    "load": [0.2, 0.9],
    "structural": False,
    "shared_draws": 256,
}
NODES: dict[str, Any] = {
    "classes": {
        "chat": {"share": 1, "model": "DeepSeek-V3 / R1 / V3.1", "serving": "TensorRT-LLM", "precision": "FP4"}
    },
    "queries_per_day": 1e6,
    "catalog": "default",
    "hardware": ["B200", "GB200 NVL72"],
    "node_power": 10,
    "input_tokens": [200, 300, 400, 500, 600],
    "structural": False,
    "shared_draws": 256,
}
"""Two throughput fits, which are numbered in the order of their hardware and drawn by their numbers."""
FEW: dict[str, Any] = {"draws": 300, "shared_draws": 256, "structural": False}
TIMES: dict[str, Any] = {"start": "2026-01-01", "stop": "2027-01-01", "adoption": {"serving": {"2026-01-01": 0.2}}}


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(into_store, "MOST_CELLS", 8)


@pytest.mark.parametrize(
    "asked",
    [
        PAPER,
        {
            "scenario": ["traditional", CHATS],
            "preset": ["v1", "v2-code"],
            "pue": [1.1, 1],
            "method": "monte_carlo",
            **FEW,
        },
        LOAD,
        {"scenario": "traditional", "structural": False},
        NODES,
    ],
    ids=["shares and labels", "scenarios and presets", "load", "one cell", "hardware"],
)
def test_fleets(asked: dict[str, Any], tmp_path: Path) -> None:
    same(wq.fleet(**asked, store=tmp_path / "a.zarr"), wq.fleet(**asked))


@pytest.mark.parametrize(
    "asked",
    [
        {**PAPER, "levers": None, "scopes": None, "growth": [0.1, 0.3], "rebound": [0.0, 0.2]},
        {"scenario": ["adoption", "mixed"], "shares": {"long": [0.0, 0.2]}, "shared_draws": 256, "adoption": None},
    ],
    ids=["growth and rebound", "levers of one scenario"],
)
def test_courses(asked: dict[str, Any], tmp_path: Path) -> None:
    asked = {**TIMES, **asked}
    stored = wq.trajectory(**asked, store=tmp_path / "a.zarr")
    same(stored, wq.trajectory(**asked))
    assert xr.open_zarr(tmp_path / "a.zarr")["date"].dtype == stored["date"].dtype


SMALL: dict[str, Any] = {**PAPER, "structural": False, "scopes": None, "threads": 1}


@pytest.fixture(scope="module")
def in_memory() -> xr.Dataset:
    return wq.fleet(**SMALL)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of `SMALL`, in three boxes."""
    path = tmp_path_factory.mktemp("finished") / "a.zarr"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(into_store, "MOST_CELLS", 6)
        wq.fleet(**SMALL, store=path)
    return path


def test_fleets_that_end_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: xr.Dataset) -> None:
    solve, begun = FleetOfBox.solve, []

    def ends(self: FleetOfBox, box: Any) -> xr.Dataset:
        begun.append(box.number)
        if box.number == 1:
            raise KilledError
        return solve(self, box)

    with monkeypatch.context() as patch:
        patch.setattr(into_store, "MOST_CELLS", 6)
        patch.setattr(FleetOfBox, "solve", ends)
        with pytest.raises(KilledError):
            wq.fleet(**SMALL, store=tmp_path / "a.zarr")
    assert begun == [0, 1]
    assert wq.stores.status(tmp_path / "a.zarr").cells_done == 6
    solved, told = boxes_solved(monkeypatch), []
    stored = wq.fleet(**SMALL, store=tmp_path / "a.zarr", progress=told.append)
    assert solved == [1, 2]
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])
    same(stored, in_memory)
    # Of a finished one nothing is solved, and a chunk that is lost is solved again.
    same(wq.fleet(**SMALL, store=tmp_path / "a.zarr"), in_memory)
    max(path for path in (tmp_path / "a.zarr" / "power_mean" / "c").rglob("*") if path.is_file()).unlink()
    same(wq.fleet(**SMALL, store=tmp_path / "a.zarr"), in_memory)
    assert solved == [1, 2, 2]


def test_what_a_store_says_of_itself(finished: Path, in_memory: xr.Dataset) -> None:
    same(wq.stores.open(finished), in_memory)
    assert "quantiles over the shared factors: without a closed form" in in_memory.attrs["notes"]
    assert "analysis fleet" in str(wq.stores.status(finished))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"seed": 1}, "seed is 0 in the store and 1 in the call"),
        (
            {"queries_per_day": 2e9},
            "queries_per_day of fleet is 1000000000.0 in the store and 2000000000.0 in the call",
        ),
        ({"pue": [1.1, 1.2, 1]}, "pue lacks 'Uniform[^;]*; pue has '1.2'"),
        (
            {"shares": {"long": [0.0, 0.5, 0.2]}},
            "long_share lacks '0.1', which the store[^;]*; long_share has '0.2'",
        ),
        ({"shares": {"long": [0.0, 0.5, 0.1, 0.2]}}, "long_share has '0.2', which the store of an analysis lacks"),
        ({"pue": 1.1}, "pue is an axis in the store and one value in the call"),
        ({"input_tokens": [100, 200]}, "input_tokens is one value in the store and an axis in the call"),
        ({"input_tokens": 100}, "input_tokens of fleet is left out in the store and 100 in the call"),
        (
            {"scenario": ["mixed", "traditional"], "classes": None, "queries_per_day": None, "shares": None},
            "scenario is one value in the store and an axis in the call; long_share is an axis in the store",
        ),
        (
            {"classes": {**CLASSES, "more": CLASSES["long"]}},
            "classes of fleet is 'short, long' in the store and",
        ),
        ({"preset": "v1"}, "preset is v2-code in the store and v1 in the call"),
        ({"overhead": {"network": 1.1}}, "overhead of fleet is nothing in the store and Step"),
        ({"shared_draws": 512}, "shared_draws is 256 in the store and 512 in the call"),
        (
            {"classes": {**CLASSES, "long": CLASSES["long"] | {"model": "DeepSeek-R1"}}},
            "model of class long of fleet is",
        ),
    ],
)
def test_a_store_of_something_else_is_refused(
    other: dict[str, Any], said: str, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = boxes_solved(monkeypatch)
    with pytest.raises(wq.InputError, match=rf"is of another study: {said}[^;]*\. Make the call agree"):
        wq.fleet(**{**SMALL, **other}, store=finished)
    assert solved == []


def test_what_cannot_be_computed_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(wq.InputError, match="no random factor of this fleet"):
        wq.fleet(**{**SMALL, "scopes": {"lever:routing": "query"}}, store=tmp_path / "a.zarr")
    assert not list(tmp_path.iterdir())


def test_workers_write_the_same(tmp_path: Path, two_workers: Any, in_memory: xr.Dataset) -> None:
    same(wq.fleet(**{**SMALL, "threads": None}, store=tmp_path / "a.zarr", client=two_workers), in_memory)
