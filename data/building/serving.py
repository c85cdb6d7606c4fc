"""Measured latencies to rows of performance: their rates are derived from concurrency, length and mean times."""

from __future__ import annotations

from collections.abc import Sequence

from building.cells import Row, number, tidy, words, written
from building.operating import Known, configuration, origin
from building.throughput import NOMINAL, TABLE

_FLAGS = {
    "pool sizes not recorded": "pool_sizes_unknown",
    "TPOT below 0.7x of the slowest run of the same configuration: probably multi-token prediction or a newer build": (
        "probably_speculative"
    ),
    "marked work in progress by the source": "work_in_progress",
    "same series as rows above 55 % of peak FLOP/s": "near_peak",
    "rate implies >55 % of peak FLOP/s: input cache hits or a wrong length or concurrency": "near_peak",
}
_BASES = {
    "tp (source held tp x ep; corrected)": "accelerators_corrected",
    "total accelerators of a disaggregated run (source files them as an aggregated tp)": "accelerators_from_total",
}
_RAGGED = ("tensorrtllm-runtime:0.8", "tensorrtllm-runtime:0.9")


def points(raw: Sequence[Row], known: Known) -> list[Row]:
    """Return rows of performance from measured latencies."""
    report = known.report
    report.received(TABLE, "serving_points.csv", len(raw))
    made = []
    for row in raw:
        rule = _why_not(row)
        if rule:
            report.leave_out(TABLE, rule, row["row_id"])
        else:
            made.append(_row(row, known))
    return made


def _why_not(row: Row) -> str:
    if row["throughput_row_id"]:
        return "same_run"
    if row["source_family"] == "unstated (gap analysis)":
        return "repeats_inferencex"
    is_aggregated_rack = row["hardware"] == "GB200 NVL72" and row["disaggregated"] == "False"
    return "ragged_gb200" if is_aggregated_rack and row["stack_version"].startswith(_RAGGED) else ""


def _row(row: Row, known: Known) -> Row:
    found = configuration(row, known)
    is_nominal = row["lengths_basis"].endswith("0.9x")
    lengths = {name: NOMINAL * float(row[name]) if is_nominal else float(row[name]) for name in _LENGTHS}
    known.report.take("nominal_lengths", int(is_nominal))
    known.report.take("per_instance")
    known.report.take("speculation", int(found["speculation"] == "unknown"))
    return {
        **found,
        **{name: written(length) for name, length in lengths.items()},
        "concurrency": tidy(row["batch_or_concurrency"]),
        "output_tps": tidy(row["output_tps_total_derived"]),
        "output_tps_per_accelerator": tidy(row["output_tps_per_accel_derived"]),
        "ttft_s": row["ttft_mean_s"],
        "tpot_s": row["tpot_mean_s"],
        "scenario": row["scenario"],
        "task": "",
        **origin(row, known),
        "flags": words(*_marks(row, is_nominal)),
        "derived": words(
            "output_tps",
            "output_tps_per_accelerator" if row["output_tps_per_accel_derived"] else "",
            *(_LENGTHS if is_nominal else ()),
            "concurrency" if row["concurrency_basis"] != "source" else "",
        ),
    }


_LENGTHS = ("input_tokens", "output_tokens")


def _marks(row: Row, is_nominal: bool) -> list[str]:
    marks = ["lengths_nominal"] if is_nominal else []
    marks.append("rate_6_percent_high" if row["disaggregated"] == "True" else "rate_3_percent_high")
    for flag in filter(None, row["flags"].split("; ")):
        marks.append(_FLAGS[flag])
    if basis := _BASES.get(row["n_accelerators_basis"]):
        marks.append(basis)
    count, tp, pp = number(row["n_accelerators"]), number(row["tp"]), number(row["pp"]) or 1.0
    if row["disaggregated"] == "False" and count and tp and tp * pp < count:
        marks.append("attention_data_parallel")
    return marks
