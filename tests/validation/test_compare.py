"""Own measurements held against a load model: rows, scores, JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wattquery as wq
from known_load_model import MEDIANS, SPREAD, KnownModel
from wattquery.throughput import load
from wattquery.validation import Comparison, compare
from wattquery.validation.side_by_side import COLUMNS

ROW = {"model": "Qwen/Qwen3-8B", "hardware": "H100", "precision": "bf16", "n_gpus": 1, "batch_size_avg": 8.0}
MEASURED = {
    "avg_power_w_per_gpu": 500.0,
    "output_tokens_per_s": 400.0,
    "joules_per_output_token": 1.25,
    "tpot_mean_s": 0.02,
    "ttft_mean_s": 0.5,
}
NAMES = {"joules_per_output_token", "avg_power_w_per_gpu", "output_tps_per_accel", "tpot_mean_s", "ttft_mean_s"}


def found(rows: list[dict], **arguments) -> Comparison:
    return compare(pd.DataFrame(rows), model=KnownModel(), **arguments)


def strict(text: str):
    def refuse(constant: str):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_the_json_has_the_form_that_is_documented() -> None:
    whole = strict(found([{**ROW, **MEASURED, "row_id": "E1"}]).to_json())
    assert list(whole) == ["summary", "rows"]
    (row,) = whole["rows"]
    assert list(row) == ["row_id", "support", "predictions"]
    assert (row["row_id"], row["support"]) == ("E1", "supported")
    assert set(row["predictions"]) == NAMES
    for quantity, column in COLUMNS.items():
        one = row["predictions"][column]
        assert list(one) == ["measured", "q05", "q25", "q50", "q75", "q95"]
        assert one["measured"] == pytest.approx(MEDIANS[quantity])
        assert one["q50"] == pytest.approx(MEDIANS[quantity])
        assert one["q95"] == pytest.approx(MEDIANS[quantity] * math.exp(1.6448536 * SPREAD))
        assert one["q05"] < one["q25"] < one["q50"] < one["q75"] < one["q95"]


def test_what_is_predicted_and_not_measured_is_null() -> None:
    (row,) = strict(found([{**ROW, "ttft_mean_s": 0.4}]).to_json())["rows"]
    assert set(row["predictions"]) == NAMES
    assert [name for name, one in row["predictions"].items() if one["measured"] is not None] == ["ttft_mean_s"]


def test_what_is_measured_and_not_predicted_is_told() -> None:
    (row,) = found([{**ROW, **MEASURED, "task": "MLPerf Offline"}]).to_dict()["rows"]
    assert set(row["predictions"]) == NAMES - {"ttft_mean_s"}
    assert row["reason"] == "ttft_mean_s was measured, and is not predicted for it."


def test_rows_without_a_prediction_stay_with_a_reason() -> None:
    bad = [{**ROW, "row_id": "b", "n_gpus": "many"}, {**ROW, "row_id": "c", "model": "Ours"}]
    comparison = found([{**ROW, **MEASURED, "row_id": "a"}, *bad])
    assert (comparison.used, comparison.unused) == (1, 2)
    rows = strict(comparison.to_json())["rows"]
    assert [row["row_id"] for row in rows] == ["a", "b", "c"]
    assert [row["support"] for row in rows] == ["supported", "none", "none"]
    assert rows[1]["reason"].startswith("n_gpus 'many' is not a number")
    assert rows[2]["reason"] == "The size of the model is not known."
    assert rows[1]["predictions"] == rows[2]["predictions"] == {}
    assert comparison.rows["quantity"].tolist() == [*COLUMNS.values(), "", ""]


def test_no_row_at_all_can_be_used() -> None:
    comparison = found([{**ROW, "hardware": "TPU v9"}])
    assert (comparison.used, comparison.unused) == (0, 1)
    whole = strict(comparison.to_json())
    assert whole["summary"] == []
    assert "'TPU v9' is not known" in whole["rows"][0]["reason"]


def test_an_id_may_stand_twice() -> None:
    rows = [{**ROW, **MEASURED, "row_id": "a"}, {**ROW, **MEASURED, "row_id": "a", "ttft_mean_s": 0.1}]
    got = found(rows).to_dict()["rows"]
    assert [row["predictions"]["ttft_mean_s"]["measured"] for row in got] == [0.5, 0.1]


def test_scores_of_errors_that_are_known() -> None:
    errors = (-0.3, -0.1, 0.1, 0.1, 0.5)
    rows = [
        {**ROW, "n_gpus": 2, "batch_size_avg": 8.0 + i, "tpot_mean_s": 0.02 * np.exp(-e)} for i, e in enumerate(errors)
    ]
    comparison = found(rows)
    np.testing.assert_allclose(comparison.rows.dropna()["log_error"], errors, rtol=1e-9)
    summary = comparison.summary
    assert set(summary["quantity"]) == {"tpot_mean_s"}
    overall = summary[summary["group"] == "overall"].iloc[0]
    assert overall["rows"] == 5
    assert overall["median_absolute_log_error"] == pytest.approx(0.1)
    assert overall["bias"] == pytest.approx(0.1)
    assert overall["coverage_50"] == pytest.approx(0.6)  # half a width of 0.135
    assert overall["coverage_90"] == pytest.approx(0.8)  # of 0.329
    assert set(summary["group"]) == {"overall", "hardware", "serving", "kind", "load", "support", "confidence"}


def test_rows_of_low_confidence_count_apart() -> None:
    rows = [{**ROW, "tpot_mean_s": 0.02}, {**ROW, "tpot_mean_s": 0.2, "confidence": "low"}]
    summary = found(rows).summary.set_index(["group", "label"])
    assert summary.loc[("overall", "all"), "rows"] == 1
    assert summary.loc[("confidence", "low"), "bias"] == pytest.approx(math.log(0.1))
    assert summary.loc[("confidence", "not stated"), "bias"] == pytest.approx(0.0)
    only = found(rows[1:]).summary
    assert set(only["group"]) == {"confidence"}


def test_one_point_calibrates_and_is_not_scored() -> None:
    point = {**ROW, "tpot_mean_s": 0.04}
    rows = [point, {**point, "batch_size_avg": 16.0, "tpot_mean_s": 0.05}]
    comparison = found(rows, given=pd.DataFrame([point]))
    first, second = comparison.to_dict()["rows"]
    assert first["predictions"]["tpot_mean_s"]["q50"] == pytest.approx(0.04)
    assert second["predictions"]["tpot_mean_s"]["q50"] == pytest.approx(0.04)
    assert (first["support"], second["support"]) == ("measured", "measured")
    assert "one of the points that calibrate: tpot_mean_s" in first["reason"]
    assert "reason" not in second
    assert comparison.summary.iloc[0]["rows"] == 1


def test_points_that_cannot_calibrate_are_told() -> None:
    good, bad = {**ROW, "tpot_mean_s": 0.04}, {**ROW, "tpot_mean_s": 0.04, "n_gpus": "many", "row_id": "P2"}
    comparison = found([ROW], given=pd.DataFrame([good, bad]))
    assert comparison.notes == (
        "P2 does not calibrate: n_gpus 'many' is not a number: write digits with a decimal point, or leave it empty.",
    )
    with pytest.raises(wq.InputError, match=r"given has 1 rows, and none of them can be used.*P2: n_gpus"):
        found([ROW], given=pd.DataFrame([bad]))


def test_the_shipped_model_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(load, "shipped", KnownModel, raising=False)
    path = tmp_path / "mine.csv"
    pd.DataFrame([{**ROW, "tpot_mean_s": 0.0123}]).to_csv(path, index=False)
    comparison = wq.validation.compare(path)
    assert comparison.used == 1
    assert comparison.notes == ()


def test_numbers_that_the_shipped_model_has_seen_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "shipped", KnownModel, raising=False)
    rows = load.shipped_observations()
    one = rows.take(np.flatnonzero(np.isfinite(rows.joules_per_output_token) & (rows.hardware == "B200"))[:1])
    table = pd.DataFrame(
        {
            "model": one.architecture,
            "hardware": one.hardware,
            "precision": one.precision,
            "joules_per_output_token": one.joules_per_output_token,
            "tpot_mean_s": [0.0123],
        }
    )
    (note,) = compare(table).notes
    assert note.startswith("1 of 2 measured numbers stand in the rows that the shipped model was fitted to")


@pytest.mark.parametrize("model", ["shipped", object(), KnownModel.predict])
def test_what_is_no_model_is_refused(model: object) -> None:
    with pytest.raises(wq.InputTypeError, match="a load model with a method predict"):
        compare(pd.DataFrame([ROW]), model=model)


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(wq.InputTypeError, match="Did you mean 'given'"):
        compare(pd.DataFrame([ROW]), givn=None)
