"""Rows of tables as rows of one instance each, and what of a row is told instead of being ignored."""

import pandas as pd
import pytest

import wattquery as wq
from wattquery.throughput.load.deployments.standing import standing_of

ROW = {"model": "Llama 3.1 70B", "hardware": "H100", "precision": "FP8", "input_tokens": 1000, "output_tokens": 300}
RUN = {**ROW, "serving": "vLLM", "speculation": False, "n_gpus": 8, "concurrency": 64, "output_tokens_per_s": 1600.0}
ONE = {**RUN, "n_gpus": 2, "concurrency": 16, "output_tokens_per_s": 400.0}


def _read(**cells: object) -> wq.MeasuredPoints:
    return wq.read_measured(pd.DataFrame([{**RUN, **cells}]))


def test_copies_of_a_dense_model_are_one_instance_each() -> None:
    alone = wq.read_measured(pd.DataFrame([{**ONE, "tp": 2}])).observations
    for said in ({"tp": 2}, {"TP Size": 2}, {"tensor_parallel_size": 2, "dp": 4}, {"tensor_parallel": 1, "pp": 2}):
        points = _read(**said)
        for name in ("accelerators", "concurrency", "output_tps_per_accelerator"):
            assert getattr(points.observations, name) == getattr(alone, name), (said, name)
        assert points.notes == (
            "row 1: 8 accelerators are 4 instances of 2: rate and concurrency are shared among them.",
        )


def test_a_mixture_of_which_tp_is_below_the_accelerators_is_said_to_copy_attention() -> None:
    points = _read(model="gpt-oss-120b", precision="MXFP4", tp=1)
    assert points.observations.accelerators == [8.0]
    assert "one instance with 8 copies of its attention" in points.notes[0]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"tp": 3}, "no whole number of instances of tp x pp = 3"),
        ({"dp": 3}, "no whole number of copies"),
        ({"tp": 2, "dp": 2}, "not those of tp x pp x dp"),
        ({"output_tps_per_gpu": 800.0}, "1600 output tokens/s of 8 accelerators are 200 of each, and it says 800"),
        ({"speculation": "perhaps"}, "speculation 'perhaps' tells nothing"),
        ({"hardware": "8xH100"}, "write 'H100' there and 8 in n_gpus"),
        ({"disaggregated": "perhaps"}, "neither True nor False"),
        ({"n_prefill_gpus": 4, "n_decode_gpus": 4}, "prefill ran on accelerators of its own"),
    ],
)
def test_what_contradicts_itself_is_refused(cells: dict[str, object], words: str) -> None:
    with pytest.raises(wq.InputError, match=words):
        _read(**cells)


@pytest.mark.parametrize(("word", "told"), [("eagle3", "on"), ("MTP", "on"), ("disabled", "off"), ("n/a", "unknown")])
def test_methods_of_speculation_are_speculation(word: str, told: str) -> None:
    assert _read(speculation=word).observations.speculation == [told]


def test_columns_that_are_not_read_are_said() -> None:
    assert "Columns 'team', 'gpu_power' are not read." in _read(team="x", gpu_power=500).notes


def test_speculation_that_a_row_does_not_tell_is_left_to_what_is_asked_for() -> None:
    points = _read(speculation=None)
    assert "taken to be as asked for, off by default" in points.notes[-1]
    for asked in ("on", "off", "unknown"):
        standing = standing_of(points, asked)
        assert standing.own is not None
        assert standing.own.rows.speculation == [asked]
