"""Results of ``vllm bench serve``, and of ``benchmark_serving.py`` before it.

Fields, in vllm/benchmarks/serve.py and benchmarks/benchmark_serving.py of https://github.com/vllm-project/vllm:
``date``, ``backend`` or ``endpoint_type``, ``model_id``, ``num_prompts``, ``request_rate`` (a number or ``"inf"``),
``max_concurrency`` (or null), ``duration`` [s], ``completed``, ``failed`` (since 0.11), ``total_input_tokens``,
``total_output_tokens``, ``output_throughput`` [tokens/s], ``total_token_throughput``, ``mean_ttft_ms``,
``mean_tpot_ms``, ``mean_itl_ms``, ``mean_e2el_ms``, and whatever ``--metadata`` added, such as
``tensor_parallel_size`` and ``data_parallel_size``, which are read. ``backend`` is how the server
was spoken to: an ``"openai"`` may be any server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.readers.entries import Entry
from wattquery.readers.plausible import kept_up, same_rate
from wattquery.readers.run import Run

__all__ = ["TOOL", "client_run", "is_mine", "runs"]

TOOL = "vllm bench serve"
_LEAST = 1.0 / 30.0
"""Requests in flight as a share of those that could be, below which a unit is another one."""

_SERVERS = {"vllm": "vLLM", "sglang": "SGLang", "tensorrt-llm": "TensorRT-LLM", "deepspeed-mii": "DeepSpeed-MII"}


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a result."""
    return "completed" in values and ("total_input_tokens" in values or "model_id" in values)


def runs(entry: Entry) -> Iterator[Run]:
    """Yield the run of a result."""
    backend = entry.text("backend", "endpoint_type").casefold().removesuffix("-chat")
    yield client_run(
        entry,
        TOOL,
        measured=_in_flight(entry, "mean_e2el_ms"),
        model=entry.text("model_id"),
        serving=_SERVERS.get(backend, ""),
        tensor_parallel=entry.count("tensor_parallel_size", "tp"),
        pipeline_parallel=entry.count("pipeline_parallel_size", "pp"),
        expert_parallel=entry.count("expert_parallel_size", "ep"),
        data_parallel=entry.count("data_parallel_size", "dp"),
    )


def client_run(entry: Entry, tool: str, *, measured: float | None, **known: Any) -> Run:
    """Return the run of a client that counts requests, tokens and time, as those of vLLM and SGLang do.

    Parameters
    ----------
    entry
        Its result.
    tool
        What wrote it.
    measured
        Mean number of requests in flight; None where it is not known.
    **known
        What else is known of the run.
    """
    completed, duration = _completed(entry), entry.needed("duration")
    tokens = _tokens(entry)
    rate = same_rate(entry.positive("output_throughput"), tokens, duration)
    if rate is None:
        raise entry.refused(
            f"'output_throughput' = {entry.number('output_throughput'):g} is not 'total_output_tokens' / 'duration' = "
            f"{tokens / duration:g} tokens/s: check that the duration is in s and the rate of output tokens."
        )
    asked = entry.number("num_prompts") or 0.0
    failed = entry.number("failed") or max(asked - completed, 0.0)
    limit = entry.positive("max_concurrency")
    if measured is not None and _is_unlimited(entry) and measured < _LEAST * min(limit or completed, completed):
        raise entry.refused(
            f"its times would mean {measured:.3g} requests in flight, though all were sent at once: check that they "
            "are in milliseconds."
        )
    concurrency, note = kept_up(limit, measured, completed)
    notes = [f"{failed:,.0f} requests failed and are not counted"] if failed else []
    inputs = entry.positive("total_input_tokens")
    first, each = entry.seconds("mean_ttft_ms"), entry.seconds("mean_tpot_ms", "mean_itl_ms")
    return Run(
        tool=tool,
        place=entry.place,
        line=entry.line,
        output_rate=rate,
        input_tokens=None if inputs is None else inputs / completed,
        output_tokens=tokens / completed,
        concurrency=concurrency,
        first_token=first,
        per_token=each,
        median_first_token=None if first else entry.seconds("median_ttft_ms"),
        median_per_token=None if each else entry.seconds("median_tpot_ms"),
        notes=(*notes, *([note] if note else [])),
        **known,
    )


def _is_unlimited(entry: Entry) -> bool:
    """Return whether requests were sent as fast as the concurrency allows."""
    return str(entry.values.get("request_rate")).strip().casefold() in ("inf", "infinity")


def _completed(entry: Entry) -> float:
    completed = entry.number("completed")
    if completed == 0.0:
        raise entry.refused("no request completed ('completed' is 0): run the benchmark again, or leave it out.")
    return entry.needed("completed")


def _tokens(entry: Entry) -> float:
    """Return the tokens that were generated; rates of all tokens alone tell nothing of them."""
    known = ("total_output_tokens", "output_throughput")
    if not any(name in entry.values for name in known) and "total_token_throughput" in entry.values:
        raise entry.refused(
            "it has the rate of all tokens alone, and that of output tokens is needed: run a benchmark that generates "
            "text, and not one of embeddings."
        )
    return entry.needed("total_output_tokens")


def _in_flight(entry: Entry, field: str) -> float | None:
    """Return the mean number of requests in flight, by Little's law; None where the time of a request is not known."""
    time = entry.seconds(field)
    completed = _completed(entry)
    if time is None:
        first, each = entry.seconds("mean_ttft_ms"), entry.seconds("mean_tpot_ms")
        if first is None or each is None:
            return None
        time = first + each * max(_tokens(entry) / completed - 1.0, 0.0)
    return completed * time / entry.needed("duration")
