"""Whatever holds measurements to points."""

from __future__ import annotations

import pandas as pd
import pytest

import wattquery as wq

ROW = {
    "model": "Qwen3 32B",
    "hardware": "H100",
    "n_gpus": 2,
    "concurrency": 64,
    "input_tokens": 1000,
    "output_tokens": 300,
    "output_tokens_per_s": 1900.0,
}


def test_points_are_returned_as_they_are():
    points = wq.read_measured(pd.DataFrame([ROW]))
    assert wq.read_measured(points) is points


def test_nothing_that_can_be_used_is_an_error():
    with pytest.raises(wq.InputError, match="row 1: hardware 'TPU v9' is not known"):
        wq.read_measured(pd.DataFrame([{"model": "Qwen3 32B", "hardware": "TPU v9"}]))


@pytest.mark.parametrize("source", [None, 5, b"x.csv", {}, [], [None], object(), pd.Series([1.0])])
def test_what_holds_no_measurements_is_refused(source):
    with pytest.raises(wq.InputError, match="source"):
        wq.read_measured(source)


def test_arguments_are_checked():
    for stated in ({"model": 5}, {"hardware": 5}, {"precision": 5}, {"accelerators": "4"}, {"accelerators": 0}):
        with pytest.raises(wq.InputError):
            wq.read_measured(pd.DataFrame([ROW]), **stated)


def test_one_row_twice_counts_once_and_a_repeated_run_counts():
    parts = [pd.DataFrame([ROW]), pd.DataFrame([ROW]), pd.DataFrame([{**ROW, "output_tokens_per_s": 1901.0}])]
    points = wq.read_measured(parts)
    assert len(points) == 2
    assert "counts once" in points.refused[0][1]


def test_numbers_that_the_model_was_fitted_to_are_said():
    from wattquery.throughput.load import QUANTITIES, shipped_observations

    rows = shipped_observations()
    row = next(
        i for i in range(len(rows)) if rows.speculation[i] == "off" and rows.input_tokens[i] > 0 and rows.batch[i] > 4
    )
    names = ("hardware", "serving", "version", "precision", "task", "input_tokens", "output_tokens", "batch")
    fields = {name: getattr(rows, name)[row] for name in names}
    measured = {name: rows.measured(name)[row] for name in QUANTITIES if rows.measured(name)[row] > 0}
    table = {**fields, "architecture": rows.architecture[row], "n_gpus": rows.accelerators[row], **measured}
    points = wq.read_measured(pd.DataFrame([table]))
    assert any("count twice" in note for note in points.notes)


def test_prefill_of_its_own_and_wall_power_calibrate_nothing():
    power = {
        "avg_power_w_per_gpu": 900.0,
        "measurement_scope": "whole node, AC wall power",
        "output_tokens_per_s": None,
    }
    points = wq.read_measured(pd.DataFrame([ROW, {**ROW, "disaggregated": True}, {**ROW, **power}]))
    assert len(points) == 1
    assert "accelerators of its own" in points.refused[0][1]
    assert "whole nodes" in points.refused[1][1]
