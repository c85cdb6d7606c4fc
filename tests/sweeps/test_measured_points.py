"""Measurements of a user's own in `sweep`, `estimate` and files: read once, told, and never mixed up."""

from __future__ import annotations

import json
import os
import pickle

import numpy as np
import pandas as pd
import pytest

import wattquery as wq
from own_points import POINT, measured
from wattquery.catalog.facts import Accelerator
from wattquery.errors import InputError
from wattquery.specs.load import UnderLoad
from wattquery.sweeps.measured_points import calibrating, measured_attributes, measured_words
from wattquery.throughput.load.known import Known

MODEL = "Gemma 3 27B"
CASE = {
    "hardware": "H100 SXM", "precision": "BF16", "accelerators": 2, "load": 0.5, "output_tokens": 300,
    "input_tokens": 1000,
}  # fmt: skip
TABLE = pd.DataFrame(
    [{
        "model": MODEL, "hardware": "H100", "precision": "bf16", "n_gpus": 2, "serving": "vLLM", "concurrency": 64,
        "input_tokens": 1000, "output_tokens": 300, "output_tokens_per_s": 1500.0,
    }]
)  # fmt: skip
"""`POINT` as a user's table."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("measured") / "mine.csv"
    TABLE.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def found(file):
    return wq.sweep(MODEL, **CASE, method="exact", measured=file)


def test_files_tables_and_points_are_one(file, found) -> None:
    for given in (TABLE, wq.read_measured(TABLE), [str(file)]):
        ds = wq.sweep(MODEL, **CASE, method="exact", measured=given)
        assert np.array_equal(ds["energy"], found["energy"])
        assert ds.attrs["measured_fingerprint"] == found.attrs["measured_fingerprint"]
    assert found.attrs["measured"] == "1 point of mine.csv"
    assert found["support"].item() == "measured"
    assert found.attrs["load_notes"].startswith("Of 1 measured point (mine.csv), 1 is of an instance of this grid.")


def test_a_file_that_changes_is_read_again(tmp_path) -> None:
    path = tmp_path / "mine.csv"
    TABLE.to_csv(path, index=False)
    first, name = calibrating(path)
    TABLE.assign(output_tokens_per_s=1600.0).to_csv(path, index=False)
    os.utime(path, ns=(1, 1))
    second, _ = calibrating(path)
    assert name == "mine.csv"
    assert first is not None
    assert first != second


def test_methods_agree_and_one_without_points_does_not(found) -> None:
    quasi = wq.sweep(MODEL, **CASE, method="quasi_monte_carlo", draws=2**12, measured=measured(POINT))
    drawn = wq.sweep(MODEL, **CASE, draws=100_000, seed=5, measured=measured(POINT))
    plain = wq.sweep(MODEL, **CASE, method="exact")
    for ds in (quasi, drawn):
        apart = np.abs(ds["energy"] - found["energy"])
        assert (apart <= 4.5 * ds["energy_stderr"] + 2e-3 * found["energy"]).all()
    assert plain["energy"].sel(quantile=0.5) < 0.9 * found["energy"].sel(quantile=0.5)
    width = [np.log(ds["energy"][-1] / ds["energy"][0]).item() for ds in (found, plain)]
    assert width[0] < 0.9 * width[1]
    assert "measured" not in plain.attrs


def test_estimate_says_what_calibrated_it() -> None:
    cell = wq.estimate(MODEL, **CASE, method="exact", measured=measured(POINT))
    assert "measured" in str(cell)
    assert cell.assumptions["measured"] == "1 point of your points"
    assert cell.provenance["measured_fingerprint"] == measured(POINT).fingerprint


def test_a_store_takes_no_other_calibration(tmp_path, file, found) -> None:
    pytest.importorskip("zarr")
    path = tmp_path / "grid.zarr"
    first = wq.sweep(MODEL, **CASE, method="exact", measured=file, store=path)
    assert np.array_equal(first["energy"], found["energy"])
    for other in (None, measured({**POINT, "concurrency": 32})):
        with pytest.raises(InputError, match="the measured points that calibrate the load model"):
            wq.sweep(MODEL, **CASE, method="exact", measured=other, store=path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"measured": []}, "measured must be a file of measurements"),
        ({"measured": "none.csv"}, "none.csv"),
        ({"measured": TABLE.assign(hardware="Abacus")}, "measured: nothing in the source can be used: row 1"),
        ({"load": None, "measured": TABLE}, "measured = your table without load or concurrency"),
    ],
)
def test_what_is_refused(arguments, said) -> None:
    with pytest.raises(InputError) as refused:
        wq.sweep(MODEL, **{**CASE, "accelerators": None, **arguments})
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_points_travel_to_workers() -> None:
    points = measured(POINT, idle_watts={"H100 SXM": (90.0, 0.02)}, known=Known.of(hardware=[Accelerator("Abacus")]))
    there = pickle.loads(pickle.dumps(points))
    assert there == points
    assert there.known == points.known
    assert there.observations.row_id.tolist() == ["mine"]


def test_words() -> None:
    other = {**POINT, "concurrency": 16}
    points, name = calibrating([measured(POINT), measured(POINT, other, idle_watts={"H100 SXM": (90.0, 0.02)})])
    asked = UnderLoad(measured=points, measured_as=name)
    assert measured_words(asked) == "2 points and 1 power of accelerators of your points"
    assert set(measured_attributes(asked)) == {"measured", "measured_fingerprint"}
    assert measured_words(None) == measured_words(UnderLoad()) == ""
    assert measured_attributes(UnderLoad()) == {}


def test_a_catalog_of_ones_own_calibrates_too(tmp_path) -> None:
    run = {
        "backend": "vllm", "model_id": "google/gemma-3-27b-it", "tensor_parallel_size": 2, "completed": 640,
        "max_concurrency": 64, "duration": 128.0, "total_input_tokens": 640_000, "total_output_tokens": 192_000,
    }  # fmt: skip
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run))
    catalog = wq.read_benchmarks(path, hardware="H100 SXM", accelerators=2, precision="BF16")
    ds = wq.sweep(MODEL, **CASE, method="exact", catalog=catalog)
    assert ds.attrs["measured"] == "1 point of catalog 'benchmarks'"
    assert ds["support"].item() == "measured"
    both = wq.sweep(MODEL, **CASE, method="exact", catalog=catalog, measured=measured({**POINT, "concurrency": 16}))
    assert both.attrs["measured"] == "2 points of catalog 'benchmarks', your points"


def test_fleets_are_calibrated_by_class_or_as_a_whole(file) -> None:
    served = {"share": 1.0, "model": MODEL, "workload": "azure_conversation", **CASE}
    served = {name: value for name, value in served.items() if not name.endswith("_tokens")}
    asked = {"queries_per_day": 1e6, "shared_draws": 256}
    plain, whole, by_class = (
        wq.fleet(classes={"chat": {**served, **own}}, **asked, **given)
        for own, given in (({}, {}), ({}, {"measured": measured(POINT)}), ({"measured": str(file)}, {}))
    )
    assert whole["energy_per_day"].values == pytest.approx(by_class["energy_per_day"].values, rel=1e-12)
    assert whole["energy_per_day"].sum() > 1.1 * plain["energy_per_day"].sum()
    assert (whole.attrs["measured"], by_class.attrs["measured"]) == ("1 point of your points", "1 point of mine.csv")
    assert whole.attrs["measured_fingerprint"] == measured(POINT).fingerprint
    assert "measured" not in plain.attrs
    assert "Of 1 measured point (mine.csv), 1 is of an instance of this grid." in by_class.attrs["notes"]
