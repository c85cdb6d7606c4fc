"""What a plan says against what a sweep then takes: cells, draws, boxes, files and bytes."""

import json

import numpy as np
import pytest

import wattquery as wq
from wattquery.sweeps import memory
from wattquery.sweeps.planning import plan as planning
from wattquery.sweeps.planning.rate import Measured

pytest.importorskip("zarr")

GRID = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": [wq.Exponential(median=median) for median in (100.0, 300.0, 900.0)],
    "pue": np.linspace(1.05, 1.5, 40).tolist(),
    "method": "exact",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A plan of a store, and the store that the sweep then makes."""
    path = tmp_path_factory.mktemp("planned") / "grid.zarr"
    planned = wq.plan(**GRID, store=path)
    assert not path.exists()  # nothing is written by a plan
    wq.sweep(**GRID, store=path)
    return planned, path


def test_cells_and_boxes_are_those_of_the_sweep(store):
    planned, _ = store
    assert planned.cells == planned.cells_with_data == 240
    assert planned.shape == {"model": 2, "output_tokens": 3, "pue": 40}
    assert (planned.boxes, planned.cells_per_box) == (1, 240)


def test_draws_are_those_of_cells_with_data():
    grid = {"model": ["Llama 3.1 70B", "DeepSeek-R1"], "hardware": ["H100", "B200"], "catalog": "default"}
    grid |= {"serving": wq.ALL, "precision": wq.ALL, "threads": 1}
    planned = wq.plan(**grid, draws=5000)
    ds = wq.sweep(**grid, draws=50)
    assert planned.cells == ds["supported"].size
    assert planned.cells_with_data == int(ds["supported"].sum()) < planned.cells
    assert planned.draws == 5000 * planned.cells_with_data


def test_the_exact_method_makes_no_draws():
    planned = wq.plan("DeepSeek-R1", method="exact")
    assert (planned.draws_per_cell, planned.draws) == (0, 0)
    assert "draws   none" in str(planned)


def test_a_target_error_says_about_how_many_draws():
    planned = wq.plan("DeepSeek-R1", relative_stderr=0.01, threads=1)
    taken = wq.sweep("DeepSeek-R1", relative_stderr=0.01, threads=1).attrs["draws"]
    assert 0.2 < planned.draws_per_cell / taken < 5.0
    assert any("relative_stderr" in note for note in planned.notes)


def test_a_store_takes_no_target_error_and_is_told_the_draws():
    planned = wq.plan("DeepSeek-R1", relative_stderr=0.01, threads=1, store="study.zarr")
    assert planned.problems == (
        f"relative_stderr: boxes would have draws of their own: pass draws={planned.draws_per_cell:_} instead",
    )


def test_histograms_in_a_store_make_boxes_smaller(tmp_path):
    grid = {**GRID, "input_tokens": [100, 1000], "keep_histogram": True, "threads": 1}
    planned = wq.plan(**grid, store=tmp_path / "kept.zarr")
    assert planned.boxes > 1


def test_lazy_results_take_the_memory_of_what_is_in_work():
    grid = {**GRID, "input_tokens": list(range(1, 401)), "pue": list(np.linspace(1.05, 1.5, 100)), "lazy": True}
    planned = wq.plan(**grid)
    assert planned.boxes > 1
    assert planned.memory_bytes < wq.plan(**{**grid, "lazy": False}).memory_bytes
    assert any("lazy" in note for note in planned.notes)


def test_what_would_not_fit_in_memory_says_the_option_that_makes_it_fit(monkeypatch):
    monkeypatch.setattr(planning, "available_bytes", lambda threads: 80_000_000)
    monkeypatch.setattr(memory, "_RAN", {"exact"})  # that kernels have to be compiled is no part of it
    grid = {**GRID, "pue": np.linspace(1.05, 1.5, 200).tolist(), "input_tokens": list(range(1, 201))}
    planned = wq.plan(**grid)
    assert not planned.fits
    assert "pass store='study.zarr'" in planned.problems[0]
    assert "does not fit: memory" in str(planned)
    assert wq.plan(**grid, store="study.zarr").fits


def test_what_would_not_fit_on_the_disk_is_said(monkeypatch):
    monkeypatch.setattr(planning, "free_bytes", lambda where: 1000)
    planned = wq.plan(**GRID, store="study.zarr")
    assert planned.problems[0].startswith("disk:")
    assert planned.free_disk_bytes == 1000


def test_a_plan_is_json():
    planned = wq.plan(**GRID, store="study.zarr")
    plain = json.loads(json.dumps(planned.to_dict()))
    assert plain["cells"] == 240
    assert plain["fits"] is True
    assert plain["seconds_range"][0] <= plain["seconds"] <= plain["seconds_range"][1]


def test_under_a_load():
    planned = wq.plan("Llama 3.1 70B", hardware=["H100", "B200"], load=[0.1, 0.5], method="exact", threads=1)
    assert planned.cells == 4
    assert planned.seconds > 0.0


def test_a_sweep_that_does_not_fit_names_the_store(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda threads: 45_000_000)
    monkeypatch.setattr(memory, "_RAN", {"exact"})
    grid = {**GRID, "pue": np.linspace(1.05, 1.5, 200).tolist(), "input_tokens": list(range(1, 201))}
    with pytest.raises(wq.InputError, match=r"240,000 cells .* pass store='study.zarr'"):
        wq.sweep(**grid)


def test_an_unknown_argument_is_refused():
    with pytest.raises(wq.InputError, match=r"plan.*metod"):
        wq.plan("DeepSeek-R1", metod="exact")


def test_seconds_are_shared_by_the_workers():
    found = Measured((1.0, 3.0), (10.0, 30.0), (1.0, 1.0), 0.1, ())
    assert planning._seconds(found, cells=100, boxes=5, workers=2) == (75.0, 150.0, 225.0)
