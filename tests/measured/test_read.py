"""Whatever holds measurements to points."""

from __future__ import annotations

import pandas as pd
import pytest

import wattquery as wq


def test_points_are_returned_as_they_are():
    row = {"model": "Qwen3 32B", "hardware": "H100", "n_gpus": 2, "concurrency": 64, "output_tokens_per_s": 1900.0}
    points = wq.read_measured(pd.DataFrame([row]))
    assert wq.read_measured(points) is points


def test_nothing_that_can_be_used_is_an_error():
    with pytest.raises(wq.InputError, match="row 1: hardware 'TPU v9' is not known"):
        wq.read_measured(pd.DataFrame([{"model": "Qwen3 32B", "hardware": "TPU v9"}]))
