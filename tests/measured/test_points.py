"""What was read: equal by contents, joined, told in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wattquery as wq

ROW = {
    "model": "Qwen/Qwen3-32B",
    "hardware": "H100",
    "precision": "FP8",
    "n_gpus": 2,
    "concurrency": 64,
    "input_tokens": 1000,
    "output_tokens": 300,
    "output_tokens_per_s": 1900.0,
}
OTHER = {**ROW, "concurrency": 8, "output_tokens_per_s": 500.0}


def points(*rows):
    return wq.read_measured(pd.DataFrame(list(rows)))


def test_the_order_of_rows_changes_nothing_and_each_number_does():
    both = points(ROW, OTHER)
    assert both == points(OTHER, ROW)
    assert hash(both) == hash(points(OTHER, ROW))
    assert both != points(ROW)
    assert both != points(ROW, {**OTHER, "output_tokens_per_s": 501.0})
    assert both != "points"


def test_watts_and_own_accelerators_are_part_of_the_contents():
    bare = points(ROW)
    metered = wq.MeasuredPoints(observations=bare.observations, idle_watts={"H100 SXM": (70.0, 0.05)})
    assert metered != bare
    assert metered != wq.MeasuredPoints(observations=bare.observations, saturated_watts={"H100 SXM": (70.0, 0.05)})


def test_parts_are_joined():
    joined = wq.MeasuredPoints.joined([points(ROW), points(OTHER, {**ROW, "hardware": "TPU v9"})])
    assert joined == points(ROW, OTHER)
    assert [where for where, _ in joined.refused] == ["row 2"]


def test_a_summary_names_deployments_and_what_is_refused():
    said = str(points(ROW, OTHER, {**ROW, "hardware": "TPU v9"})).splitlines()
    assert said[0] == "2 measured points, 1 refused"
    assert said[1] == "qwen3-32b, FP8, on 2 x H100 SXM, not stated: 2 points of rate"
    assert said[2] == "note: 2 rows: speculative decoding is not stated, and taken to be as asked for, off by default."
    assert said[3].startswith("refused: row 3: hardware 'TPU v9' is not known: ")


def test_what_was_read_is_not_changed():
    one = points(ROW)
    with pytest.raises(TypeError):
        one.idle_watts["H200"] = (70.0, 0.05)
    with pytest.raises(AttributeError):
        one.notes = ()
    assert np.isfinite(one.observations.output_tps_per_accelerator).all()


@pytest.mark.parametrize(
    "parts",
    [{"observations": "x"}, {"idle_watts": "x"}, {"saturated_watts": {"H200": 600.0}}, {"refused": "x"}, {"known": 1}],
)
def test_what_nobody_read_is_refused(parts):
    with pytest.raises(wq.InputTypeError, match=f"is what wq.read_measured.* returns, got {next(iter(parts))} ="):
        wq.MeasuredPoints(**{"observations": points(ROW).observations, **parts})
