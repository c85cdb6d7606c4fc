"""Measured energy and power, each with its boundary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from building.cells import Row, number, tidy, words, written
from building.operating import CONFIGURATION, ORIGIN, Known, configuration, origin

TABLE = "energy"
COLUMNS = (
    *CONFIGURATION,
    "task",
    "batch",
    "batch_maximum",
    "input_tokens",
    "output_tokens",
    "joules_per_output_token",
    "joules_per_request",
    "power_w_per_accelerator",
    "power_w_total",
    "power_p90_w_per_accelerator",
    "prefill_accelerators",
    "decode_accelerators",
    "prefill_power_w_per_accelerator",
    "decode_power_w_per_accelerator",
    "output_tps",
    "tpot_s",
    "median_itl_s",
    "boundary",
    "scope",
    *ORIGIN,
)
_OUTLIER = "outlier (257 W, low rate)"
_FLAGS = {
    "before energy schema v2, not validated": "not_validated",
    "KV cache of the full batch exceeds memory: effective batch is smaller": "kv_cache_exceeds_memory",
    "about 95 % of input tokens come from the cache": "cached_input",
}
_NOTES = {
    "idle (tp=4)": "idle_accelerators_counted",
    "window may include": "posted_average",
    "not a serving stack": "not_a_serving_stack",
    "MaxQ": "power_optimised",
    "short window": "short_window",
}


def energy(raws: dict[str, Sequence[Row]], known: Known) -> list[Row]:
    """Return the table, from raw tables by their names."""
    report, made = known.report, []
    for name, raw in raws.items():
        report.received(TABLE, name, len(raw))
        for row in raw:
            if _OUTLIER in row.get("flags", ""):
                report.leave_out(TABLE, "outlier_atom", row["row_id"])
            elif not row["serving_stack"]:
                report.leave_out(TABLE, "not_a_deployment", row["row_id"])
            elif not row["avg_power_w_total"] and not row["joules_per_output_token"]:
                report.leave_out(TABLE, "no_power", row["row_id"])
            else:
                made.append(_row(row, known))
    return sorted(made, key=lambda row: row["row_id"])


def _row(row: Row, known: Known) -> Row:
    found = configuration(row, known)
    report = known.report
    is_wall = "AC wall power" in row["measurement_scope"]
    is_mean = "mean TPOT" in row["notes"]
    report.take("node_boundary", int(is_wall))
    report.take("power_of_all")
    report.take("mean_tpot", int(is_mean and bool(row["median_itl_ms"])))
    report.take("mean_batch", int(bool(row["batch_size_avg"])))
    if "argonne-lcf" in row["source"]:
        found["version"] = "LLM-Inference-Bench"
        report.take("stack_apart")
    latency = number(row["median_itl_ms"])
    seconds = "" if latency is None else written(latency / 1000.0)
    total, each = row["avg_power_w_total"], row["avg_power_w_per_gpu"]
    return {
        **found,
        "task": row["task"],
        "batch": row["batch_size_avg"],
        "batch_maximum": tidy(row["batch_size_max"]),
        "input_tokens": tidy(row["avg_input_tokens"]),
        "output_tokens": tidy(row["avg_output_tokens"]),
        "joules_per_output_token": row["joules_per_output_token"],
        "joules_per_request": row["joules_per_request"],
        "power_w_per_accelerator": each,
        "power_w_total": total,
        "power_p90_w_per_accelerator": row.get("p90_power_w_per_gpu", ""),
        "prefill_accelerators": tidy(row.get("n_prefill_gpus", "")),
        "decode_accelerators": tidy(row.get("n_decode_gpus", "")),
        "prefill_power_w_per_accelerator": row.get("prefill_avg_w_per_gpu", ""),
        "decode_power_w_per_accelerator": row.get("decode_avg_w_per_gpu", ""),
        "output_tps": row["output_tokens_per_s"],
        "tpot_s": seconds if is_mean else "",
        "median_itl_s": "" if is_mean else seconds,
        "boundary": "node" if is_wall else "accelerator",
        "scope": row["measurement_scope"],
        **origin(row, known),
        "flags": words(*_marks(row)),
        "derived": words(*_derived(row)),
    }


def _derived(row: Row) -> list[str]:
    kind = row["measurement_kind"]
    found = ["power_w_per_accelerator", "power_w_total"] if "power derived" in kind else []
    if "J derived" in kind or "J/token derived" in kind:
        found += ["joules_per_output_token"] if row["joules_per_output_token"] else []
        found += ["joules_per_request"] if row["joules_per_request"] else []
    return [*found, *(["input_tokens", "output_tokens"] if "nominal x 0.9" in row["notes"] else [])]


def _marks(row: Row) -> list[str]:
    marks = [word for flag, word in _FLAGS.items() if flag in row.get("flags", "")]
    marks += [word for note, word in _NOTES.items() if note in row["notes"]]
    if "MLPerf v4.1" in row["task"] and row["precision"] == "fp16":
        marks.append("precision_doubtful")
    if "nominal x 0.9" in row["notes"]:
        marks.append("lengths_nominal")
    if re.fullmatch(r"random \dk/\dk", row["task"]) and _ended_early(row):
        marks.append("lengths_doubtful")
    return marks


def _ended_early(row: Row) -> bool:
    nominal = 1024.0 * float(row["task"].rpartition("/")[2].rstrip("k"))
    measured = number(row["avg_output_tokens"])
    return measured is not None and measured < 0.8 * nominal
