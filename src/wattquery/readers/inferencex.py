"""Results of InferenceX, InferenceMAX before: aggregated points, one or a list, as it or its dashboard has them.

Fields, in utils/process_result.py and aggregate_power.py of https://github.com/SemiAnalysisAI/InferenceX: ``hw``,
``model``, ``framework``, ``precision``, ``tp``, ``ep``, ``dp_attention``, ``conc``, ``isl``, ``osl``, ``image``,
``spec_decoding`` or ``mtp``, ``disagg``, ``output_tput_per_gpu`` and ``tput_per_gpu`` (of all tokens) [tokens/s],
``mean_ttft`` and ``mean_tpot`` [s]; where power was measured ``power_valid``, ``avg_power_w`` of one accelerator [W],
``joules_per_successful_query``, ``joules_per_input_token`` and ``joules_per_output_token`` [J]. Points of the
dashboard have their numbers in ``metrics``. ``isl`` and ``osl`` are what was asked for: where power was measured, the
ratios of the joules tell what the means were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.catalog.stack_versions import stack_version
from wattquery.readers.entries import Entry
from wattquery.readers.labels import hardware_facts, label_of
from wattquery.readers.run import Run

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "InferenceX"
_FRAMEWORKS = {"trt": "TensorRT-LLM", "trtllm": "TensorRT-LLM", "atom": "ATOM"}
_NO_SPECULATION = ("none", "false", "off", "no", "0", "")
_YES = (True, 1, "true", "True", "1")
_NOMINAL = "lengths are those that were asked for, as the file has no means"


def is_mine(values: Mapping[str, Any]) -> bool:
    """Return whether an object of JSON is such a point."""
    metrics = values.get("metrics")
    return "output_tput_per_gpu" in (metrics if isinstance(metrics, Mapping) else values)


def runs(entry: Entry) -> Iterator[Run]:
    """Yield the run of a point."""
    numbers = entry.within("metrics") if isinstance(entry.values.get("metrics"), Mapping) else entry
    count, is_apart = _accelerators(entry, numbers)
    inputs, outputs, nominal = _lengths(entry, numbers)
    power, note = _power(numbers)
    framework = entry.text("framework").casefold()
    yield Run(
        tool=TOOL,
        place=entry.place,
        line=entry.line,
        output_rate=numbers.needed("output_tput_per_gpu"),
        is_per_accelerator=True,
        model=entry.text("model"),
        hardware=_hardware(entry.text("hw", "hardware", "device")),
        serving=_FRAMEWORKS.get(framework, framework),
        version=stack_version(image) if (image := entry.text("image")) else "",
        precision=entry.text("precision"),
        accelerators=count,
        tensor_parallel=None if is_apart else entry.count("tp", "decode_tp"),
        expert_parallel=None if is_apart else entry.count("ep", "decode_ep"),
        attention_data_parallel=_attention(entry),
        has_prefill_apart=is_apart,
        input_tokens=inputs,
        output_tokens=outputs,
        concurrency=entry.positive("conc"),
        first_token=numbers.positive("mean_ttft"),
        per_token=numbers.positive("mean_tpot"),
        power=power,
        speculation=_speculation(entry),
        task="prefill and decode on accelerators of their own" if is_apart else "",
        notes=tuple(one for one in (nominal, note) if one),
    )


def _accelerators(entry: Entry, numbers: Entry) -> tuple[int | None, bool]:
    """Return how many accelerators a point had, and whether prefill had some of its own."""
    if entry.values.get("disagg") not in _YES:
        return entry.count("num_gpus", "tp", "decode_tp"), False
    prefill, decode = entry.count("num_prefill_gpu"), entry.count("num_decode_gpu")
    if prefill is None or decode is None or numbers.number("output_tput_per_decode_gpu") is None:
        raise entry.refused(
            "prefill and decode ran on accelerators of their own, and the file does not say of which its rate is: "
            "leave this point out."
        )
    return prefill + decode, True


def _lengths(entry: Entry, numbers: Entry) -> tuple[float | None, float | None, str]:
    """Return mean lengths: a query's joules over those of a token, where power was measured, or what was asked for."""
    query = numbers.positive("joules_per_successful_query")
    per_input, per_output = numbers.positive("joules_per_input_token"), numbers.positive("joules_per_output_token")
    if query and per_input and per_output:
        return query / per_input, query / per_output, ""
    inputs, outputs = entry.positive("isl"), entry.positive("osl")
    return inputs, outputs, _NOMINAL if inputs or outputs else ""


def _speculation(entry: Entry) -> str:
    values = (entry.values.get(name) for name in ("spec_decoding", "spec_method", "mtp"))
    written = next((str(one).strip().casefold() for one in values if isinstance(one, (str, bool))), None)
    return "" if written is None else "off" if written in _NO_SPECULATION else "on"


def _attention(entry: Entry) -> bool | None:
    """Return whether attention ran data parallel; None where it is not said."""
    written = entry.values.get("dp_attention", entry.values.get("decode_dp_attention"))
    return None if written is None else str(written).strip().casefold() in ("true", "1", "yes")


def _power(numbers: Entry) -> tuple[float | None, str]:
    power = numbers.positive("avg_power_w")
    if power is not None and numbers.values.get("power_valid", True) not in _YES:
        return None, "power is left out, as the benchmark found it not valid"
    return power, ""


def _hardware(written: str) -> str:
    """Return the accelerator of a runner's name, which may go on with where it stands: ``h200-cw``, ``b200-trt``."""
    if not written or hardware_facts(label_of("hardware", written)):
        return written
    bare = re.split(r"[-_]", written)[0]
    return bare if bare and hardware_facts(label_of("hardware", bare)) else written
