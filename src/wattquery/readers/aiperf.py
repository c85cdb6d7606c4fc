"""Results of AIPerf, and of GenAI-Perf before it, as JSON; `aiperf_csv` brings their CSV into the same form.

Fields, in docs/reference/json-export-schema.md of https://github.com/ai-dynamo/aiperf and genai-perf/export_data of
https://github.com/triton-inference-server/perf_analyzer: by metric an object with ``unit`` and ``avg``:
``request_throughput``, ``request_latency``, ``time_to_first_token``, ``inter_token_latency``,
``output_token_throughput``, ``input_sequence_length``, ``output_sequence_length``, ``request_count``,
``error_request_count``; ``input_config`` with the model (``model``, or ``endpoint.model_names``) and the concurrency
(``concurrency``, ``perf_analyzer.stimulus.concurrency`` or ``loadgen.concurrency``); ``telemetry_data`` of AIPerf with
``gpu_name`` and ``gpu_power_usage`` [W] of each accelerator that was metered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.errors import quoted
from wattquery.readers.entries import Entry
from wattquery.readers.plausible import kept_up
from wattquery.readers.run import Run

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "AIPerf or GenAI-Perf"
_TIMES = {"ns": 1e-9, "us": 1e-6, "\u00b5s": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "seconds": 1.0}
_RATES = dict.fromkeys(("tokens/sec", "tokens/s", "tokens/second", "requests/sec", "requests/s", "per sec", "1/s"), 1.0)
_TOKENS = dict.fromkeys(("tokens", "token", "count", "requests", ""), 1.0)
_WATTS = {"w": 1.0, "mw": 1e-3, "kw": 1e3}


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a result."""
    metric = values.get("output_token_throughput", values.get("request_latency"))
    return isinstance(metric, Mapping) and "unit" in metric


def runs(entry: Entry) -> Iterator[Run]:
    """Yield the run of a result."""
    rate = _average(entry, "output_token_throughput", _RATES)
    if rate is None:
        raise entry.refused("it has no rate of output tokens ('output_token_throughput'): run a benchmark of text.")
    outputs = _average(entry, "output_sequence_length", _TOKENS)
    latency, served = _average(entry, "request_latency", _TIMES), _average(entry, "request_throughput", _RATES)
    measured = latency * served if latency and served else None
    config = entry.within("input_config")
    count = _average(entry, "request_count", _TOKENS)
    if count == 0.0:
        raise entry.refused("no request completed ('request_count' is 0): run the benchmark again, or leave it out.")
    concurrency, note = kept_up(_limit(config), measured, count or float("inf"))
    failed = _average(entry, "error_request_count", _TOKENS)
    notes = [f"{failed:,.0f} requests failed and are not counted"] if failed else []
    if entry.values.get("was_cancelled") is True:
        notes.append("the benchmark was stopped before its end")
    hardware, power, metered = _metered(entry)
    yield Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=rate,
        model=_model(config),
        hardware=hardware,
        input_tokens=_average(entry, "input_sequence_length", _TOKENS) or None,
        output_tokens=outputs or None,
        concurrency=concurrency,
        first_token=_average(entry, "time_to_first_token", _TIMES) or None,
        per_token=_average(entry, "inter_token_latency", _TIMES) or None,
        power=power,
        metered=metered,
        notes=(*notes, *([note] if note else [])),
    )


def _average(entry: Entry, name: str, units: Mapping[str, float]) -> float | None:
    """Return the average of a metric in the base unit; None where there is none."""
    metric = entry.within(name)
    value = metric.number("avg")
    if value is None:
        return None
    unit = str(metric.values.get("unit") or "").strip().casefold()
    if unit not in units:
        allowed = ", ".join(one for one in units if one)
        raise entry.refused(
            f"{name!r} is in {quoted(unit)}, and {allowed} are read: convert it, or leave the file out."
        )
    return value * units[unit]


def _limit(config: Entry) -> float | None:
    places = (config, config.within("loadgen"), config.within("perf_analyzer").within("stimulus"))
    return next((found for one in places if (found := one.positive("concurrency"))), None)


def _model(config: Entry) -> str:
    """Return the model of a run; nothing where there were several."""
    endpoint = config.values.get("endpoint")
    holders = (endpoint if isinstance(endpoint, Mapping) else {}, config.values)
    for holder in holders:
        for name in ("model_names", "model"):
            value = holder.get(name)
            one = value[0] if isinstance(value, list) and len(value) == 1 else value
            if isinstance(one, str):
                return Entry({name: one}, config.shown, config.line, config.tool).text(name)
    return ""


def _metered(entry: Entry) -> tuple[str, float | None, int | None]:
    """Return name, mean power and number of the accelerators that were metered, the name where it is that of all."""
    endpoints = entry.within("telemetry_data").within("endpoints")
    names: set[str] = set()
    powers: list[float] = []
    for endpoint in endpoints.values:
        gpus = endpoints.within(str(endpoint)).within("gpus")
        for one in gpus.values:
            gpu = gpus.within(str(one))
            names.add(gpu.text("gpu_name"))
            power = _average(gpu.within("metrics"), "gpu_power_usage", _WATTS)
            if power:
                powers.append(power)
    name = names.pop() if len(names) == 1 else ""
    return name, (sum(powers) / len(powers) if powers else None), len(powers) or None
