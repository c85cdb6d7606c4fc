"""Results of SGLang's ``bench_serving``, lines that it appends to a file.

Fields, in python/sglang/bench_serving.py of https://github.com/sgl-project/sglang: ``backend``, ``dataset_name``,
``request_rate``, ``max_concurrency``, ``duration`` [s], ``completed``, ``total_input_tokens``, ``total_output_tokens``,
``total_output_tokens_retokenized``, ``output_throughput`` [tokens/s], ``mean_e2e_latency_ms``, ``mean_ttft_ms``,
``mean_tpot_ms``, ``mean_itl_ms``, ``concurrency`` (the mean number of requests in flight) and ``accept_length`` (tokens
per step of speculative decoding, or null). No field
says the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.readers.entries import Entry
from wattquery.readers.run import Run
from wattquery.readers.vllm import client_run

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "SGLang bench_serving"
_SERVERS = {
    "sglang": "SGLang",
    "sglang-native": "SGLang",
    "sglang-oai": "SGLang",
    "vllm": "vLLM",
    "trt": "TensorRT-LLM",
}
_MARKS = ("mean_e2e_latency_ms", "median_e2e_latency_ms", "total_output_tokens_retokenized", "accept_length")


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a result."""
    return "completed" in values and any(mark in values for mark in _MARKS)


def runs(entry: Entry) -> Iterator[Run]:
    """Yield the run of a result."""
    accepted = entry.number("accept_length")
    yield client_run(
        entry,
        TOOL,
        measured=entry.positive("concurrency"),
        serving=_SERVERS.get(entry.text("backend").casefold().removesuffix("-chat"), ""),
        speculation="on" if accepted and accepted > 1.0 else "",
        **_division(entry),
    )


def _division(entry: Entry) -> dict[str, Any]:
    """Return how the server is divided, as newer releases add it under ``server_info``."""
    server = entry.values.get("server_info")
    if not isinstance(server, Mapping):
        return {}
    info = entry.within("server_info")
    attention = info.values.get("enable_dp_attention")
    return {
        "tensor_parallel": info.count("tp_size"),
        "pipeline_parallel": info.count("pp_size"),
        "expert_parallel": info.count("ep_size"),
        "data_parallel": info.count("dp_size"),
        "attention_data_parallel": attention if isinstance(attention, bool) else None,
    }
