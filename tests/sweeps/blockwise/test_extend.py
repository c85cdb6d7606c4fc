"""A store that is extended is what one call with all labels gives, in whatever order they are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from stored_results import same
from sweeps.blockwise.faults import failing
from wattquery.sweeps.blockwise import laid_out
from wattquery.sweeps.blockwise.work import SweepOfBox

SMALL: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": [100, 200],
    "pue": [1.1, 1.3],
    "levers": ["none", "serving"],
}
MORE: dict[str, dict[str, Any]] = {
    "leading": {"model": ["Mixtral 8x22B", "DeepSeek-R1", "Llama 3.1 405B"]},
    "middle": {"pue": [1.2, 1.3, 1.1]},
    "last": {"levers": ["none", "serving", "model"]},
    "two": {"output_tokens": [wq.LogNormal(p5=100, p95=2000), 100, 200], "levers": ["model", "serving", "none"]},
}
LOAD: dict[str, Any] = {
    "model": ["Llama 3.1 8B"],
    "hardware": ["H100 SXM"],
    "load": [0.1, 1.0],
    "workload": ["azure_code"],
}
MORE_LOAD: dict[str, Any] = {
    "model": ["Llama 3.1 8B", "DeepSeek-R1"],
    "hardware": ["B200", "H100 SXM"],
    "workload": ["azure_code", "azure_conversation"],
}


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 6)


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of cells that are solved from now on."""
    sizes: list[int] = []
    solve = SweepOfBox.solve

    def counted(self: SweepOfBox, box: Any) -> xr.Dataset:
        sizes.append(box.size)
        return solve(self, box)

    monkeypatch.setattr(SweepOfBox, "solve", counted)
    return sizes


@pytest.mark.parametrize("more", MORE.values(), ids=MORE.keys())
def test_labels_are_added_to_any_axis(more: dict[str, Any], tmp_path: Path, solved: list[int]) -> None:
    path = tmp_path / "a.zarr"
    how: dict[str, Any] = {"method": "exact", "threads": 1}
    wq.sweep(**SMALL, **how, store=path)
    del solved[:]
    extended = wq.sweep(**{**SMALL, **more}, **how, store=path)
    whole = wq.sweep(**{**SMALL, **more}, **how)
    same(extended, whole, order=False)
    # One cell is looked at before the rest, and none that is there is made again but for corners.
    assert whole["energy_mean"].size - 16 < sum(solved) < whole["energy_mean"].size


def test_streams_of_cells_go_by_label(tmp_path: Path) -> None:
    how: dict[str, Any] = {"draws": 256, "threads": 1, "common_random_numbers": False}
    wq.sweep(**SMALL, **how, store=tmp_path / "a.zarr")
    more = {**SMALL, **MORE["two"]}
    same(wq.sweep(**more, **how, store=tmp_path / "a.zarr"), wq.sweep(**more, **how), order=False)


def test_a_load_study_is_extended(tmp_path: Path) -> None:
    how: dict[str, Any] = {"method": "exact", "threads": 1}
    wq.sweep(**LOAD, **how, store=tmp_path / "a.zarr")
    more = {**LOAD, **MORE_LOAD}
    same(wq.sweep(**more, **how, store=tmp_path / "a.zarr"), wq.sweep(**more, **how), order=False)


def test_a_call_on_a_store_that_has_all_solves_nothing(tmp_path: Path, solved: list[int]) -> None:
    how: dict[str, Any] = {"method": "exact", "threads": 1}
    first = wq.sweep(**SMALL, **how, store=tmp_path / "a.zarr")
    del solved[:]
    turned = {**SMALL, "pue": [1.3, 1.1]}
    again = wq.sweep(**turned, **how, store=tmp_path / "a.zarr")
    assert solved == [1]
    assert again["pue"].values.tolist() == [1.3, 1.1]
    np.testing.assert_array_equal(again["energy"].values, first["energy"].sel(pue=[1.3, 1.1]).values)


@pytest.mark.parametrize("writes", [0, 1, 5, 20, 40])
def test_an_extension_goes_on_where_it_was_interrupted(
    writes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, more = tmp_path / "a.zarr", {**SMALL, **MORE["last"]}
    how: dict[str, Any] = {"method": "exact", "threads": 1, "quantiles": [0.5]}
    small = wq.sweep(**SMALL, **how, store=path)
    before = small["energy"].load()
    with monkeypatch.context() as broken:
        failing(broken, writes, OSError("no room left"))
        with pytest.raises(wq.InputError, match="could not be written"):
            wq.sweep(**more, **how, store=path)
    found = xr.open_zarr(path, chunks=None)
    np.testing.assert_array_equal(found["energy"].sel(levers=["none", "serving"]).values, before.values)
    if writes == 5:  # a call that does not extend finds the store as it was
        same(wq.sweep(**SMALL, **how, store=path), wq.sweep(**SMALL, **how))
    same(wq.sweep(**more, **how, store=path), wq.sweep(**more, **how))


def test_of_a_box_that_is_done_in_part_the_rest_is_solved(
    tmp_path: Path, solved: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)
    how: dict[str, Any] = {"method": "exact", "threads": 1, "keep_histogram": True}
    odd = {**SMALL, "pue": [1.1, 1.2, 1.3]}
    wq.sweep(**odd, **how, store=tmp_path / "a.zarr")
    del solved[:]
    more = {**odd, "pue": [1.1, 1.2, 1.3, 1.4]}
    extended = wq.sweep(**more, **how, store=tmp_path / "a.zarr")
    assert solved == [1, 2, 2, 2, 2]  # a look at one cell, and the two new cells of each of four boxes
    same(extended, wq.sweep(**more, **how))
