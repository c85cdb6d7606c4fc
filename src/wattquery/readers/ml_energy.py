"""Results of the ML.ENERGY benchmark: of one run, and the tables of its leaderboard, those of version 2 too.

Fields, in https://github.com/ml-energy/benchmark and public/data/tasks of https://github.com/ml-energy/leaderboard. Of
a run (``results.json``): ``model_id``, ``gpu_model``, ``num_gpus``, ``max_num_seqs``, ``completed``,
``total_output_tokens``, and of its steady state ``steady_state_duration`` [s], ``steady_state_energy`` [J] of all
accelerators and ``steady_state_energy_per_token`` [J]. Of a leaderboard: ``configurations``, a list with ``model_id``,
``gpu_model``, ``num_gpus``, ``weight_precision``, ``tensor_parallel``, ``expert_parallel``, ``avg_batch_size``,
``max_num_seqs``, ``avg_output_len``, ``output_throughput_tokens_per_sec``, ``avg_power_watts`` of all accelerators,
``median_itl_ms``. Of version 2 (aggregate_results.py), a file for each run: ``Model``, ``GPU``, ``TP``, ``PP``,
``Energy/req (J)`` of all accelerators, ``Avg TPOT (s)``, ``Token tput (tok/s)`` of output tokens,
``Avg Output Tokens``, ``Avg BS (reqs)`` and ``Max BS (reqs)``. The benchmark serves with vLLM alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from wattquery.readers.entries import Entry
from wattquery.readers.run import Read, Run, each

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "ML.ENERGY"
_SERVING = "vLLM"
_RATE_2 = "Token tput (tok/s)"


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a result."""
    listed = values.get("configurations")
    return (
        _RATE_2 in values
        or "steady_state_energy" in values
        or (
            isinstance(listed, list)
            and bool(listed)
            and isinstance(listed[0], Mapping)
            and "avg_power_watts" in listed[0]
        )
    )


def runs(entry: Entry) -> Iterator[Read]:
    """Yield the run of a result, or those of a leaderboard."""
    if _RATE_2 in entry.values:
        yield _version_2(entry)
        return
    if "configurations" not in entry.values:
        yield _steady(entry)
        return
    task = entry.text("task")
    yield from each(entry.runs("configurations"), partial(_configuration, task))


def _steady(entry: Entry) -> Run:
    completed = entry.number("completed")
    if completed == 0.0:
        raise entry.refused("no request completed ('completed' is 0): run the benchmark again, or leave it out.")
    energy, duration = entry.needed("steady_state_energy"), entry.needed("steady_state_duration")
    count = entry.count("num_gpus")
    outputs, inputs = entry.positive("total_output_tokens"), entry.positive("total_input_tokens")
    asked = entry.number("num_prompts") or 0.0
    failed = max(asked - (completed or asked), 0.0)
    return Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        # Both are of the steady state, as the energy is: the whole run has a beginning and an end with few requests.
        output_rate=energy / entry.needed("steady_state_energy_per_token") / duration,
        model=entry.text("model_id"),
        hardware=entry.text("gpu_model"),
        serving=_SERVING,
        accelerators=count,
        input_tokens=inputs / completed if inputs and completed else None,
        output_tokens=outputs / completed if outputs and completed else None,
        concurrency=entry.positive("max_num_seqs"),
        power=energy / duration / count if count else None,
        notes=(f"{failed:,.0f} requests failed and are not counted",) if failed else (),
    )


def _configuration(task: str, entry: Entry) -> Run:
    count = entry.count("num_gpus")
    power = entry.positive("avg_power_watts")
    return Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=entry.needed("output_throughput_tokens_per_sec"),
        model=entry.text("model_id"),
        hardware=entry.text("gpu_model"),
        serving=_SERVING,
        precision=entry.text("weight_precision"),
        accelerators=count,
        tensor_parallel=entry.count("tensor_parallel"),
        expert_parallel=entry.count("expert_parallel"),
        data_parallel=entry.count("data_parallel"),
        output_tokens=entry.positive("avg_output_len"),
        concurrency=entry.positive("avg_batch_size", "max_num_seqs"),
        running=entry.positive("avg_batch_size"),
        median_per_token=entry.seconds("median_itl_ms"),
        power=power / count if power and count else None,
        task=task,
    )


def _version_2(entry: Entry) -> Run:
    tensors, stages = entry.count("TP"), entry.count("PP")
    count = tensors if stages == 1 else None  # what TP counts beside several stages, the fields do not say
    rate, outputs = entry.needed(_RATE_2), entry.positive("Avg Output Tokens")
    energy = entry.positive("Energy/req (J)")
    return Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=rate,
        model=entry.text("Model"),
        hardware=entry.text("GPU"),
        serving=_SERVING,
        accelerators=count,
        tensor_parallel=tensors,
        pipeline_parallel=stages,
        output_tokens=outputs,
        concurrency=entry.positive("Avg BS (reqs)", "Max BS (reqs)"),
        running=entry.positive("Avg BS (reqs)"),
        per_token=entry.positive("Avg TPOT (s)"),
        power=energy / outputs * rate / count if energy and outputs and count else None,
    )
