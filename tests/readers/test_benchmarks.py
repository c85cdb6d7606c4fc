"""`read_benchmarks`: what is asked for, what contradicts, and files that no benchmark wrote, each in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import wattquery as wq
from one_sentence import is_one_sentence
from wattquery.readers import documents

SAMPLES = Path(__file__).parent / "samples"
VLLM = SAMPLES / "vllm_0_11.json"
KNOWN = {"hardware": "H200", "accelerators": 4, "precision": "FP8"}


@pytest.fixture
def changed(tmp_path):
    """Return what writes the sample with some fields changed; those that are None are left out."""

    def write(**fields):
        values = {**json.loads(VLLM.read_text(encoding="utf-8")), **fields}
        path = tmp_path / "result.json"
        path.write_text(json.dumps({name: value for name, value in values.items() if value is not None}))
        return path

    return write


def refused(path, **stated):
    with pytest.raises(wq.InputError) as error:
        wq.read_benchmarks(path, **{**KNOWN, **stated})
    assert is_one_sentence(str(error.value)), str(error.value)
    return str(error.value)


def test_what_a_file_does_not_say_is_asked_for():
    message = refused(VLLM, hardware=None, accelerators=None, precision=None)
    assert "hardware, accelerators and precision" in message
    assert "--hardware H200 --accelerators 4 --precision FP8" in message
    assert "accelerators=4" in message


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"model_id": None}, "--model"),
        ({"backend": "openai", "endpoint_type": "openai"}, "--serving vLLM"),
        ({"duration": None}, "'duration'"),
        ({"duration": 0.0}, "'duration' is 0"),
        ({"duration": -1.0}, "'duration' must be a number from 0 to 1e15, got -1.0"),
        ({"duration": float("nan")}, "'duration'"),
        ({"duration": float("inf")}, "'duration'"),
        ({"duration": 10**400}, "many digits"),
        ({"duration": "160"}, "'duration' must be a number, got '160'"),
        ({"duration": 160000.0}, "the duration is in s"),
        ({"completed": 0}, "no request completed"),
        ({"total_output_tokens": 0}, "'total_output_tokens' is 0"),
        ({"total_output_tokens": None}, "no number as 'total_output_tokens'"),
        ({"total_output_tokens": None, "output_throughput": None}, "rate of all tokens alone"),
        ({"output_throughput": 5104.0}, "the rate of output tokens"),
        ({"mean_ttft_ms": 0.65, "mean_tpot_ms": 0.06, "mean_e2el_ms": None}, "in milliseconds"),
        ({"mean_tpot_ms": 60000.0}, "ms or s"),
        ({"tensor_parallel_size": "8"}, "split over 8 accelerators"),
        ({"model_id": "a\u200bb"}, "zero width space"),
        ({"total_input_tokens": 638 * 10**11}, "input_tokens"),
    ],
    ids=str,
)
def test_a_broken_run_is_one_sentence(changed, fields, named):
    message = refused(changed(**fields))
    assert "result.json" in message
    assert named in message


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "is empty"),
        ("{", "no JSON"),
        ("[" * 200_000, "nested too deeply"),
        ("[1, 2]", "is no object of JSON"),
        ("{} {}", "are those of no benchmark that is read"),
        ("[]", "nothing in it is the result of a benchmark"),
        ('{"duration": ' + "9" * 5000 + "}", "too many digits"),
        ("<html></html>", "a web page"),
        ("a,b\n1,2\n", "nothing in it is the result of a benchmark"),
        ('{"model": "Llama"}', "'model'"),
        ("Model,Tokens per Second (TPS)\nOurs,5\n", "a benchmark table already"),
    ],
    ids=lambda value: value[:20],
)
def test_what_no_benchmark_wrote_is_one_sentence(tmp_path, text, named):
    path = tmp_path / "result.json"
    path.write_text(text)
    assert named in refused(path)


def test_a_file_is_bounded(monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 100)
    assert "at most 100 are read" in refused(VLLM)
    monkeypatch.setattr(documents, "LARGEST", 10**6)
    monkeypatch.setattr(documents, "MOST_ENTRIES", 1)
    assert "more than 1 entries" in refused(SAMPLES / "vllm_appended.jsonl")


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({"serving": "SGLang"}, "it says serving = 'vLLM'"),
        ({"accelerators": 0}, "accelerators must be 1"),
        ({"accelerators": np.array([1.0, 2.0])}, "accelerators must be a whole number"),
        ({"accelerators": 2.5}, "accelerators must be a whole number"),
        ({"accelerators": True}, "accelerators must be a whole number"),
        ({"hardware": 5}, "hardware must be text"),
    ],
    ids=str,
)
def test_what_is_passed_is_checked_and_may_not_contradict(stated, named):
    assert named in refused(VLLM, **stated)


def test_another_number_of_accelerators_than_the_file_has_is_refused():
    message = refused(SAMPLES / "inferencemax_point.json", hardware=None, precision=None, accelerators=8)
    assert "had 4 accelerators, and 8 were passed" in message


def test_no_run_counts_twice(tmp_path):
    copy = tmp_path / "copy.json"
    copy.write_bytes(VLLM.read_bytes())
    assert "the same run" in refused([VLLM, copy])
    rounded = tmp_path / "rounded.json"  # as another format of the same tool may have it
    values = json.loads(VLLM.read_text(encoding="utf-8"))
    rounded.write_text(json.dumps({**values, "mean_ttft_ms": 650.004, "mean_tpot_ms": 60.004}))
    assert "the same run" in refused([VLLM, rounded])
    both = wq.read_benchmarks([VLLM, SAMPLES / "vllm_appended.jsonl"], **KNOWN)
    assert [row.line for row in both.rows] == [1, 1, 2]
    assert both.origin == f"{str(VLLM)!r}, {str(SAMPLES / 'vllm_appended.jsonl')!r}"


@pytest.mark.parametrize("paths", [[], 5, {"a": 1}, b"a", [5]], ids=str)
def test_paths_are_checked(paths):
    assert "paths" in refused(paths)


def test_what_no_machine_can_do_is_refused_with_its_file(changed):
    path = changed(total_output_tokens=163328000, output_throughput=1020800.0, mean_tpot_ms=None, mean_ttft_ms=None)
    with pytest.raises(wq.InputError, match=r"result\.json"):
        wq.read_benchmarks(path, **KNOWN)


def test_hardware_that_nobody_knows_is_a_node_of_its_run(changed):
    (row,) = wq.read_benchmarks(changed(), hardware="Ours 1", accelerators=4, precision="FP8").rows
    assert (row.hardware, row.tokens_per_second, row.node_power) == ("Ours 1", 1020.8, None)
    assert "node taken to be the accelerators of the run" in row.notes


def test_a_limit_that_was_not_reached_is_no_concurrency(changed):
    (row,) = wq.read_benchmarks(changed(max_concurrency=500), **KNOWN).rows
    assert dict(row.others)["Concurrency"] == "63.6006"  # 638 x 15.95 s / 160 s
    assert "the limit of 500 was not reached" in row.notes


def test_rows_are_what_a_sweep_takes():
    ours = wq.read_benchmarks(VLLM, **KNOWN)
    result = wq.estimate("meta-llama/Llama-3.1-70B-Instruct", catalog=ours, method="exact", levers="none")
    assert result.mean > 0.0
