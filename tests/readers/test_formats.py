"""A constructed sample of each format and version, against what its numbers give by hand.

The samples have the fields that each tool documents; what is asked of the user is what the file leaves open.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import wattquery as wq

SAMPLES = Path(__file__).parent / "samples"

ASKED = {
    "vllm_0_11.json": {"hardware": "H200", "accelerators": 4, "precision": "FP8"},
    "vllm_benchmark_serving_0_6.json": {
        "hardware": "H100",
        "accelerators": 1,
        "precision": "bfloat16",
        "serving": "vllm",
    },
    "vllm_appended.jsonl": {"hardware": "nvidia h100", "accelerators": 4, "precision": "FP8"},
    "sglang_0_4.jsonl": {"model": "Llama 3.1 8B", "hardware": "H100", "accelerators": 2, "precision": "FP8"},
}
"""What a sample does not say."""

EXPECTED = {
    # 163,328 tokens in 160 s are 1020.8 tokens/s of 4 accelerators, and of a node of 8 twice that; lengths are those of
    # the 638 that completed: 653,312 and 163,328 tokens over 638.
    "vllm_0_11.json": [
        {
            "labels": ("meta-llama/Llama-3.1-70B-Instruct", "H200", "vLLM", "FP8"),
            "numbers": (2041.6, 1024.0, 256.0, 10.2),
            "others": {"Accelerators": "4", "Concurrency": "64", "TTFT (s)": "0.65", "TPOT (s)": "0.06"},
            "notes": ["2 requests failed and are not counted", "rate is that of 4 accelerators x 8/4"],
        }
    ],
    # 190,000 tokens in 250 s are 760 tokens/s, of a node eight times that. In flight: 4/s x (0.08 s + 189 x 0.02 s).
    "vllm_benchmark_serving_0_6.json": [
        {
            "labels": ("meta-llama/Meta-Llama-3.1-8B-Instruct", "H100 SXM", "vLLM", "BF16"),
            "numbers": (6080.0, 220.0, 190.0, 10.2),
            "others": {"Accelerators": "1", "Concurrency": "15.44", "TTFT (s)": "0.08", "TPOT (s)": "0.02"},
            "notes": ["concurrency is the mean number of requests in flight", "rate is that of 1 accelerators x 8/1"],
        }
    ],
    # 2,500 tokens in 25.6 s and 20,000 in 40.96 s, twice that for 8 accelerators.
    "vllm_appended.jsonl": [
        {"numbers": (195.312, 500.0, 250.0, 10.2), "others": {"Concurrency": "1"}, "tensor_parallel": 4},
        {"numbers": (976.562, 500.0, 250.0, 10.2), "others": {"Concurrency": "8"}, "tensor_parallel": 4},
    ],
    # 200,000 tokens in 100 s of 2 accelerators without a limit; 20,000 in 20 s, where 15.2 of 16 were in flight.
    "sglang_0_4.jsonl": [
        {
            "labels": ("Llama 3.1 8B", "H100 SXM", "SGLang", "FP8"),
            "numbers": (8000.0, 512.0, 200.0, 10.2),
            "others": {"Accelerators": "2", "Concurrency": "180", "TTFT (s)": "0.5", "TPOT (s)": "0.0879397"},
        },
        {"numbers": (4000.0, 512.0, 200.0, 10.2), "others": {"Concurrency": "16", "Speculation": "on"}},
    ],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_sample_is_read_as_it_is_by_hand(name):
    rows = wq.read_benchmarks(SAMPLES / name, **ASKED[name]).rows
    assert len(rows) == len(EXPECTED[name])
    for row, expected in zip(rows, EXPECTED[name], strict=True):
        numbers = (row.tokens_per_second, row.input_tokens, row.output_tokens, row.node_power)
        assert numbers == expected["numbers"]
        if "labels" in expected:
            assert (row.model, row.hardware, row.serving, row.precision) == expected["labels"]
        assert dict(row.others).items() >= expected["others"].items()
        assert row.tensor_parallel == expected.get("tensor_parallel")
        for note in expected.get("notes", ()):
            assert note in row.notes


def test_every_sample_is_expected():
    assert {path.name for path in SAMPLES.iterdir()} == set(EXPECTED) == set(ASKED)
