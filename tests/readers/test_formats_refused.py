"""Each format with a field missing, a wrong unit or an empty run: one sentence that names the file and the field."""

from __future__ import annotations

import json

import pytest

import wattquery as wq
from benchmark_samples import ASKED, SAMPLES
from one_sentence import is_one_sentence


def changed(value, path, new):
    """Return JSON with what a path of keys leads to replaced, or left out where that is None."""
    if not path:
        return new
    key, *rest = path
    copy = list(value) if isinstance(value, list) else dict(value)
    if new is None and not rest:
        del copy[key]
    else:
        copy[key] = changed(copy[key], rest, new)
    return copy


def refused(path, **stated):
    with pytest.raises(wq.InputError) as error:
        wq.read_benchmarks(path, **stated)
    assert is_one_sentence(str(error.value)), str(error.value)
    return str(error.value)


SUCCESSFUL = ("benchmarks", 0, "metrics")


@pytest.mark.parametrize(
    ("name", "path", "new", "named"),
    [
        ("guidellm_0_5.json", (*SUCCESSFUL, "output_token_count"), None, "output_token_count.successful.mean'"),
        ("guidellm_0_5.json", (*SUCCESSFUL, "request_totals", "successful"), 0, "no request completed"),
        ("guidellm_0_5.json", (*SUCCESSFUL, "time_to_first_token_ms", "successful", "mean"), 200_000.0, "ms or s"),
        ("guidellm_0_5.json", (*SUCCESSFUL, "requests_per_second", "successful", "mean"), 0.0, "nothing was measured"),
        ("guidellm_0_5.json", ("benchmarks",), [], "'benchmarks' is empty"),
        ("guidellm_0_5.json", ("benchmarks", 0), 5, "a list of objects"),
        ("aiperf_0_3.json", ("output_token_throughput",), None, "no rate of output tokens"),
        ("aiperf_0_3.json", ("request_latency", "unit"), "parsecs", "'parsecs'"),
        ("aiperf_0_3.json", ("inter_token_latency", "unit"), "sec", "ms or s"),
        ("aiperf_0_3.json", ("request_count", "avg"), 0, "no request completed"),
        ("aiperf_0_3.json", ("telemetry_data", "endpoints"), [1], "'telemetry_data.endpoints'"),
        ("inferencex_list.json", (0, "hw"), None, "--hardware"),
        ("inferencex_list.json", (0, "output_tput_per_gpu"), 0, "'output_tput_per_gpu' is 0"),
        ("inferencex_list.json", (0, "mean_tpot"), 31.6, "ms or s"),
        ("inferencex_disaggregated.json", (0, "output_tput_per_decode_gpu"), None, "accelerators of their own"),
        ("llmperf_summary.json", ("results_number_output_tokens_mean",), None, "'results_number_output_tokens_mean'"),
        ("llmperf_summary.json", ("results_num_completed_requests",), 0, "no request completed"),
        ("llmperf_summary.json", ("results_ttft_s_mean",), 1665.0, "ms or s"),
        ("trtllm_bench_1_1.json", ("performance", "system_output_throughput_tok_s"), None, "rate of all tokens alone"),
        ("trtllm_bench_1_1.json", ("streaming_metrics", "avg_tpot_ms"), 0.05, "ms or s"),
        ("trtllm_bench_1_1.json", ("world_info", "world_size"), None, "--accelerators"),
        ("ml_energy_run.json", ("steady_state_duration",), 0, "'steady_state_duration' is 0"),
        ("ml_energy_run.json", ("steady_state_energy_per_token",), None, "'steady_state_energy_per_token'"),
        ("ml_energy_run.json", ("completed",), 0, "no request completed"),
        ("ml_energy_leaderboard.json", ("configurations", 0, "avg_power_watts"), 0.5, "less than any accelerator"),
        ("ml_energy_leaderboard.json", ("configurations", 0, "avg_power_watts"), 1e5, "or leave the run out."),
        ("ml_energy_leaderboard.json", ("configurations", 0, "num_gpus"), None, "--accelerators"),
        ("ml_energy_leaderboard.json", ("configurations", 0, "median_itl_ms"), 45500.0, "ms or s"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_what_is_wrong_is_one_sentence(tmp_path, name, path, new, named):
    value = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    file = tmp_path / "result.json"
    file.write_text(json.dumps(changed(value, path, new)))
    message = refused(file, **ASKED[name])
    assert named in message
    assert "result.json" in message


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        (
            "tensorrt_llm_1_0.md",
            "The reported metric is `Total Output Throughput (tokens/sec)`",
            "",
            "per GPU or of all",
        ),
        (
            "tensorrt_llm_1_0.md",
            "Total Output Throughput",
            "Total Token Throughput",
            "those of output tokens are needed",
        ),
        ("tensorrt_llm_1_0.md", "2,900", "2,900x", "a rate must be a number above 0, got '2,900x'"),
        ("tensorrt_llm_1_0.md", "**4 GPUs**", "**8 GPUs**", "needs 4 accelerators"),
        ("tensorrt_llm_1_2.md", "(FP4)", "", "--precision"),
        ("tensorrt_llm_0_20.md", "TP Size", "Size", "none of its cells"),
        ("tensorrt_llm.csv", "B200", "", "--hardware"),
        ("genai_perf.csv", "Output Token Throughput (per sec),1187.50\n", "", "no rate of output tokens"),
        ("genai_perf.csv", "Request Latency (ms)", "Request Latency (min)", "'min'"),
        ("genai_perf.csv", "Request Count (count),250.00", "Request Count (count),0", "no request completed"),
        ("genai_perf.csv", '"4,000.00"', '"4,000.00', "a record cannot be read"),
        ("mlperf_4_1_summary.csv", "30000.5", "invalid", "'Result' must be a number above 0"),
        ("mlperf_4_1_summary.csv", "accelerators_per_node", "accelerators", "no column 'accelerators_per_node'"),
        ("mlperf_4_1_summary.csv", '"NVIDIA H200-SXM-141GB","8"', '"NVIDIA H200-SXM-141GB","0"', "whole numbers"),
    ],
    ids=str,
)
def test_what_is_wrong_in_a_table_is_one_sentence(tmp_path, name, old, new, named):
    text = (SAMPLES / name).read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "result.csv"
    file.write_text(text.replace(old, new))
    assert named in refused(file, **ASKED[name])


def test_a_summary_without_language_models_is_one_sentence(tmp_path):
    text = (SAMPLES / "mlperf_4_1_summary.csv").read_text(encoding="utf-8")
    file = tmp_path / "summary.csv"
    file.write_text(text.replace("llama2-70b", "bert").replace("mixtral-8x7b", "resnet50"))
    assert "'bert-99', 'resnet50', 'stable-diffusion-xl'" in refused(file, precision="FP8")
