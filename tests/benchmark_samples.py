"""Constructed results of benchmarks, and what is said beside each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["ASKED", "SAMPLES"]

SAMPLES = Path(__file__).parent / "readers" / "samples"

ASKED: dict[str, dict[str, Any]] = {
    "vllm_0_11.json": {"hardware": "H200", "accelerators": 4, "precision": "FP8"},
    "vllm_benchmark_serving_0_6.json": {
        "hardware": "H100",
        "accelerators": 1,
        "precision": "bfloat16",
        "serving": "vllm",
    },
    "vllm_appended.jsonl": {"hardware": "nvidia h100", "accelerators": 4, "precision": "FP8"},
    "sglang_0_4.jsonl": {"model": "Llama 3.1 8B", "hardware": "H100", "accelerators": 2, "precision": "FP8"},
    "guidellm_0_5.json": {"hardware": "H100", "accelerators": 1, "precision": "BF16", "serving": "vLLM"},
    "guidellm_0_3.json": {"hardware": "H100", "accelerators": 1, "precision": "BF16", "serving": "vLLM"},
    "aiperf_0_3.json": {"accelerators": 2, "precision": "FP8", "serving": "Dynamo vLLM"},
    "aiperf.csv": {"model": "Llama 3.1 70B", "accelerators": 4, "precision": "FP8", "serving": "vLLM"},
    "genai_perf_0_0_8.json": {"hardware": "H100", "accelerators": 1, "precision": "FP8", "serving": "TRT-LLM"},
    "genai_perf.csv": {
        "model": "Llama 3.1 8B",
        "hardware": "H100",
        "accelerators": 1,
        "precision": "FP8",
        "serving": "vLLM",
    },
    "inferencex_list.json": {},
    "inferencemax_point.json": {},
    "inferencex_dashboard.json": {},
    "inferencex_disaggregated.json": {},
    "llmperf_summary.json": {"hardware": "A100", "accelerators": 4, "precision": "FP16", "serving": "vLLM"},
    "ml_energy_run.json": {"precision": "BF16"},
    "ml_energy_leaderboard.json": {},
    "ml_energy_2.json": {"precision": "BF16"},
    "mlperf_4_1_summary.csv": {"precision": "FP8"},
    "tensorrt_llm_1_2.md": {},
    "tensorrt_llm_1_0.md": {},
    "tensorrt_llm_0_20.md": {},
    "tensorrt_llm_0_5.md": {},
    "tensorrt_llm.csv": {},
    "trtllm_bench_1_1.json": {"hardware": "B200"},
}
"""What a sample does not say."""
