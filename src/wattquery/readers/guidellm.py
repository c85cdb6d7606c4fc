"""Reports of GuideLLM, ``benchmarks.json``.

Fields, in src/guidellm/benchmark/schemas of https://github.com/vllm-project/guidellm, since 0.2: ``benchmarks``, a list
with, of each, ``config.backend.model`` and ``config.strategy`` (before 0.4 ``worker.backend_model`` and
``args.strategy``) with its ``streams``, and ``metrics``: ``request_totals``, and by status (``successful``,
``errored``, ``incomplete``) the ``mean`` of ``requests_per_second``, ``request_concurrency``, ``prompt_token_count``,
``output_token_count``, ``time_to_first_token_ms``, ``inter_token_latency_ms`` and ``output_tokens_per_second``.
``time_per_output_token_ms`` counts the first token too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from wattquery.readers.entries import Entry
from wattquery.readers.plausible import kept_up
from wattquery.readers.run import Read, Run, each

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "GuideLLM"


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a report."""
    return isinstance(values.get("benchmarks"), list)


def runs(entry: Entry) -> Iterator[Read]:
    """Yield the run of each benchmark of a report."""
    model = entry.within("args").text("model")
    yield from each(entry.runs("benchmarks"), partial(_run, model))


def _run(model: str, entry: Entry) -> Run:
    metrics = entry.within("metrics")
    totals = metrics.within("request_totals")
    completed = totals.number("successful")
    if completed == 0.0:
        raise entry.refused("no request completed ('successful' is 0): run the benchmark again, or leave it out.")
    outputs = _mean(metrics, "output_token_count").needed("mean")
    # Rates by status are those of finished requests; that of tokens counts those of unfinished ones as well.
    rate = _mean(metrics, "requests_per_second").needed("mean") * outputs
    config = entry.within("config")
    strategy = config.within("strategy") if config.values else entry.within("args").within("strategy")
    concurrency, note = kept_up(
        strategy.positive("streams", "max_concurrency"),
        _mean(metrics, "request_concurrency").positive("mean"),
        completed or float("inf"),
    )
    failed = (totals.number("errored") or 0.0) + (totals.number("incomplete") or 0.0)
    notes = [f"{failed:,.0f} requests failed or did not end and are not counted"] if failed else []
    return Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=rate,
        model=config.within("backend").text("model") or entry.within("worker").text("backend_model") or model,
        input_tokens=_mean(metrics, "prompt_token_count").positive("mean"),
        output_tokens=outputs,
        concurrency=concurrency,
        first_token=_mean(metrics, "time_to_first_token_ms").seconds("mean"),
        per_token=_mean(metrics, "inter_token_latency_ms").seconds("mean"),
        notes=(*notes, *([note] if note else [])),
    )


def _mean(metrics: Entry, name: str) -> Entry:
    return metrics.within(name).within("successful")
