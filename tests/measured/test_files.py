"""Files to points: each format, the same through a catalog and its CSV, and runs that cannot be read beside others."""

from __future__ import annotations

import json

import pytest

import wattquery as wq
from benchmark_samples import ASKED, SAMPLES
from one_sentence import is_one_sentence
from wattquery.catalog.csv_writing import csv_text
from wattquery.measured import files
from wattquery.measured.beside import Beside
from wattquery.measured.read import points_in

CURVE = (1, 4, 16, 64, 128, 256)
NOTHING = dict.fromkeys(("model", "hardware", "accelerators", "precision", "serving"))
KNOWN = {"hardware": "H200", "accelerators": 4, "precision": "FP8"}


def result(concurrency, **changed):
    """Return a run of `vllm bench serve` on four accelerators, 256 tokens of output each."""
    tokens = 256 * 10 * concurrency
    rate = 60.0 * concurrency**0.8
    each = concurrency / rate - 0.002
    return {
        "backend": "vllm",
        "model_id": "meta-llama/Llama-3.1-70B-Instruct",
        "tensor_parallel_size": 4,
        "completed": 10 * concurrency,
        "max_concurrency": concurrency,
        "duration": tokens / rate,
        "total_input_tokens": 10240 * concurrency,
        "total_output_tokens": tokens,
        "mean_ttft_ms": 500.0,
        "mean_tpot_ms": 1000.0 * each,
        **changed,
    }


def written(path, *results):
    path.write_text("\n".join(map(json.dumps, results)))
    return path


def test_six_concurrencies_are_a_curve_and_a_run_without_requests_is_refused(tmp_path):
    path = written(tmp_path / "runs.jsonl", *map(result, CURVE), result(8, completed=0))
    points = wq.read_measured(path, **KNOWN)
    assert points.observations.concurrency.tolist() == list(CURVE)
    assert points.observations.output_tps_per_accelerator == pytest.approx([15.0 * c**0.8 for c in CURVE], rel=1e-5)
    ((where, reason),) = points.refused
    assert where == f"'{path}', entry 7"
    assert reason.startswith("no request completed")


@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_file_its_catalog_and_its_csv_give_the_same_points(tmp_path, name):
    catalog = wq.read_benchmarks(SAMPLES / name, **ASKED[name])
    path = tmp_path / "mine.csv"
    path.write_text(csv_text(catalog.rows), encoding="utf-8")
    sources = (SAMPLES / name, catalog, path)
    found = [points_in(one, Beside.of(**{**NOTHING, **(ASKED[name] if one is sources[0] else {})})) for one in sources]
    assert found[0] == found[1] == found[2]
    assert len({len(one.refused) for one in found}) == 1
    assert len(found[0]) + len(found[0].refused) == len(catalog.rows)
    assert all(is_one_sentence(reason) for one in found for _, reason in one.refused)


def test_several_files_and_watts_are_read_together(tmp_path):
    one = written(tmp_path / "one.json", result(16))
    two = written(tmp_path / "two.json", result(64))
    metered = wq.MeasuredPower("H200", idle=80)
    points = wq.read_measured([one, two, two, metered], **KNOWN)
    assert len(points) == 2
    assert "same run" in points.refused[0][1]
    assert points.idle_watts == {"H200": (80.0, 0.05)}
    assert wq.read_measured([points, points]) == points


def test_a_table_of_measurements_is_told_by_its_columns(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "model,concurrency,avg_input_tokens,avg_output_tokens,output_tokens_per_s,avg_power_w_per_gpu\n"
        "Llama 3.1 70B,64,1024,256,2000,500\nLlama 3.1 70B,16,1024,,800,400\n"
    )
    points = wq.read_measured(path, **KNOWN, serving="vLLM")
    assert points.observations.output_tps_per_accelerator.tolist() == [500.0]
    assert points.observations.power_w_per_accelerator.tolist() == [500.0]
    assert points.refused[0][0] == f"'{path}', row 2"
    assert "lengths" in points.refused[0][1]


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({"hardware": "B200"}, "hardware = 'H100'"),
        ({"precision": "BF16"}, "precision = 'FP8'"),
        ({"serving": "SGLang"}, "serving = 'vLLM'"),
    ],
)
def test_what_is_said_beside_a_table_may_not_contradict_it(tmp_path, stated, named):
    path = tmp_path / "mine.csv"
    path.write_text(
        "model,hardware,serving,precision,n_gpus,concurrency,input_tokens,output_tokens,output_tokens_per_s\n"
        "Llama 3.1 70B,H100,vLLM,FP8,4,64,1024,256,2000\n"
    )
    assert len(wq.read_measured(path)) == 1
    with pytest.raises(wq.InputError, match=named):
        wq.read_measured(path, **stated)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", '{"completed": 1', "[1]", "\x00", "<html></html>", "{}"])
def test_no_measurements_are_one_sentence(tmp_path, content):
    path = tmp_path / "x"
    path.write_text(content)
    with pytest.raises(wq.InputError):
        wq.read_measured(path)


def test_what_is_said_of_many_files_is_said_once(tmp_path):
    paths = [written(tmp_path / f"{one}.json", result(one)) for one in CURVE]
    points = wq.read_measured(paths, **KNOWN)
    assert points.notes == (
        "6 rows: speculative decoding is not stated, and taken to be as asked for, off by default.",
    )


def test_lengths_that_were_asked_for_are_said():
    points = wq.read_measured(SAMPLES / "inferencex_dashboard.json")
    assert any("those that were asked for" in note for note in points.notes)


def test_benchmarks_of_an_own_accelerator_are_of_what_ran(tmp_path):
    chip = wq.Accelerator("Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, fp8_tflops=2400, tdp_w=800)
    path = written(tmp_path / "run.json", result(16))
    points = wq.read_measured(path, hardware=chip, accelerators=4, precision="FP8")
    assert points.observations.hardware[0] == "Abacus 2"
    assert points.observations.output_tps_per_accelerator == pytest.approx([15.0 * 16**0.8], rel=1e-5)
    catalog = wq.read_benchmarks(path, hardware="Abacus 2", accelerators=4, precision="FP8")
    assert wq.read_measured(catalog, hardware=chip) == points


def test_a_catalog_of_a_million_rows_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 1)
    path = written(tmp_path / "runs.jsonl", *map(result, CURVE))
    catalog = wq.read_benchmarks(path, **KNOWN)
    with pytest.raises(wq.InputError, match="more than 1 rows"):
        wq.read_measured(catalog)
    assert len(points_in([catalog, path], Beside.of(**{**NOTHING, **KNOWN}))) == len(CURVE)
