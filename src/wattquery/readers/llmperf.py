"""Summaries of LLMPerf, ``..._summary.json``.

Fields, in token_benchmark_ray.py of https://github.com/ray-project/llmperf: ``model``, ``num_concurrent_requests``,
``results_num_completed_requests``, ``results_number_errors``, ``results_num_completed_requests_per_min``,
``results_mean_output_throughput_token_per_s``, and the means ``results_number_input_tokens_mean``,
``results_number_output_tokens_mean``, ``results_ttft_s_mean`` and ``results_end_to_end_latency_s_mean``.
``mean_output_tokens`` is what was asked for. Its inter-token latency counts the first token too, so that the time of
further tokens is (whole time - time to first token) / (tokens - 1) here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.readers.entries import Entry
from wattquery.readers.plausible import kept_up
from wattquery.readers.run import Run

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "LLMPerf"
_MINUTE = 60.0


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a summary."""
    return "num_concurrent_requests" in values and any(name.startswith("results_") for name in values)


def runs(entry: Entry) -> Iterator[Run]:
    """Yield the run of a summary."""
    completed = entry.number("results_num_completed_requests")
    if completed == 0.0:
        raise entry.refused("no request completed: run the benchmark again, or leave it out.")
    outputs = entry.needed("results_number_output_tokens_mean")
    whole, first = entry.positive("results_end_to_end_latency_s_mean"), entry.positive("results_ttft_s_mean")
    per_minute = entry.positive("results_num_completed_requests_per_min")
    measured = per_minute / _MINUTE * whole if per_minute and whole else None
    concurrency, note = kept_up(entry.positive("num_concurrent_requests"), measured, completed or float("inf"))
    failed = entry.number("results_number_errors")
    notes = [f"{failed:,.0f} requests failed and are not counted"] if failed else []
    later = whole - first if whole and first else 0.0
    yield Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=entry.needed("results_mean_output_throughput_token_per_s"),
        model=entry.text("model"),
        input_tokens=entry.positive("results_number_input_tokens_mean"),
        output_tokens=outputs,
        concurrency=concurrency,
        first_token=first,
        per_token=later / (outputs - 1.0) if later > 0.0 and outputs > 1.0 else None,
        notes=(*notes, *([note] if note else [])),
    )
