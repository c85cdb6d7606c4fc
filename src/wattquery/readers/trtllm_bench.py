"""Reports of ``trtllm-bench``, written with ``--report_json``.

Fields, in tensorrt_llm/bench/dataclasses/reporting.py of https://github.com/NVIDIA/TensorRT-LLM: ``engine`` with
``model``, ``version``, ``dtype`` and ``quantization``; ``world_info`` with ``tp_size``, ``pp_size``, ``ep_size`` and
``world_size``; ``request_info`` with ``num_requests``, ``avg_num_concurrent_requests``, ``avg_input_length`` and
``avg_output_length``; ``performance`` with ``system_output_throughput_tok_s`` and ``system_total_throughput_tok_s`` (of
all tokens); ``streaming_metrics`` with ``avg_ttft_ms`` and ``avg_tpot_ms``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.readers.entries import Entry
from wattquery.readers.run import Run

__all__ = ["SERVING", "TOOL", "is_mine", "runs"]

TOOL = "trtllm-bench"
SERVING = "TensorRT-LLM"
_BITS = (("fp4", "FP4"), ("w4a", "INT4"), ("fp8", "FP8"), ("w8a", "INT8"))


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a report."""
    return "world_info" in values and "performance" in values


def runs(entry: Entry) -> Iterator[Run]:
    """Yield the run of a report."""
    engine, world, requests = entry.within("engine"), entry.within("world_info"), entry.within("request_info")
    performance, streaming = entry.within("performance"), entry.within("streaming_metrics")
    if performance.values.get("system_output_throughput_tok_s") is None and "system_total_throughput_tok_s" in (
        performance.values
    ):
        raise entry.refused("it has the rate of all tokens alone, and that of output tokens is needed: run it again.")
    yield Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=performance.needed("system_output_throughput_tok_s"),
        model=engine.text("model", "model_path"),
        serving=SERVING,
        version=engine.text("version"),
        precision=_precision(engine),
        accelerators=world.count("world_size"),
        tensor_parallel=world.count("tp_size"),
        pipeline_parallel=world.count("pp_size"),
        expert_parallel=world.count("ep_size"),
        input_tokens=requests.positive("avg_input_length"),
        output_tokens=requests.positive("avg_output_length"),
        concurrency=requests.positive("avg_num_concurrent_requests"),
        first_token=streaming.seconds("avg_ttft_ms"),
        per_token=streaming.seconds("avg_tpot_ms"),
        speculation="on" if "decoding_stats" in entry.values else "off",
    )


def _precision(engine: Entry) -> str:
    """Return the precision of weights, by the algorithm that quantised them, if one did."""
    algorithm = engine.text("quantization")
    if algorithm.casefold() in ("", "no_quant"):
        return engine.text("dtype")
    return next((label for mark, label in _BITS if mark in algorithm.casefold()), algorithm)
