"""Published rates to rows of performance."""

from __future__ import annotations

import re
from collections.abc import Sequence

from building.cells import Row, number, tidy, words, written
from building.operating import CONFIGURATION, ORIGIN, Known, configuration, origin

COLUMNS = (
    *CONFIGURATION,
    "input_tokens",
    "output_tokens",
    "concurrency",
    "output_tps",
    "output_tps_per_accelerator",
    "ttft_s",
    "tpot_s",
    "scenario",
    "task",
    "at_maximum_load",
    *ORIGIN,
)
TABLE = "performance"
NOMINAL = 0.9
"""Mean over nominal length of InferenceX requests: random lengths between 0.8 and 1 times nominal."""

_ARTIFACTS = "InferenceMAX/InferenceX"
_TASK = re.compile(r"\btask ([^;,]+)")


def published(raw: Sequence[Row], energy: Sequence[Row], known: Known, name: str = "throughput.csv") -> list[Row]:
    """Return rows of performance from published rates.

    Parameters
    ----------
    raw, energy
        The raw tables of rates, and of energy: of the runs that are in both, energy has the mean batch and length.
    known
        What every table is built with.
    name
        What the report calls the first.
    """
    report = known.report
    report.received(TABLE, name, len(raw))
    runs = {(row["model"], row["hardware"], row["output_tokens_per_s"]): row for row in energy}
    made = []
    for row in raw:
        rule = _why_not(row)
        if rule:
            report.leave_out(TABLE, rule, row["row_id"])
            continue
        made.append(_row(row, runs.get((row["model"], row["hardware"], row["output_tps_total"])), known))
    return made


def _why_not(row: Row) -> str:
    if row["phase"] != "both":
        return "one_phase_only"
    return "" if row["output_tps_per_accel"] else "no_output_rate"


def _row(row: Row, run: Row | None, known: Known) -> Row:
    found = configuration(row, known)
    task = _TASK.search(row["notes"])
    made = {
        **found,
        "input_tokens": tidy(row["input_tokens"]),
        "output_tokens": tidy(row["output_tokens"]),
        "concurrency": tidy(row["batch_or_concurrency"]),
        "output_tps": tidy(row["output_tps_total"]),
        "output_tps_per_accelerator": tidy(row["output_tps_per_accel"]),
        "ttft_s": row["ttft_mean_s"],
        "tpot_s": row["tpot_mean_s"],
        "scenario": row["scenario"],
        "task": task[1].strip() if task else "",
        **origin(row, known),
        "flags": "",
        "derived": "",
    }
    known.report.take("output_rate", int("total" in row["raw_unit"]))
    known.report.take("per_instance")
    known.report.take("speculation", int(made["speculation"] == "unknown"))
    _lengths_and_load(made, row, run, known)
    _marks(made, row)
    return made


def _lengths_and_load(made: Row, row: Row, run: Row | None, known: Known) -> None:
    """Put mean lengths and loads in the place of nominal ones, where they are known."""
    derived = []
    if "DERIVED" in row["raw_unit"] or row["raw_unit"].startswith("total"):
        derived.append("output_tps")
        # InferenceX publishes the rate per accelerator too, which is taken unless it counts one pool alone.
        is_published = row["source_family"] == _ARTIFACTS and "recomputed" not in row["notes"]
        derived.append("" if is_published else "output_tps_per_accelerator")
    if row["source_family"] == _ARTIFACTS:
        for name in ("input_tokens", "output_tokens"):
            made[name] = written(NOMINAL * float(row[name]))
        derived += ["input_tokens", "output_tokens"]
        made["flags"] = words(made["flags"], "lengths_nominal")
        known.report.take("nominal_lengths")
    if run is not None and row["source_family"] == "InferenceX branch":
        measured = number(run["avg_output_tokens"])
        if measured is not None and measured < 0.8 * float(row["output_tokens"]):
            made["output_tokens"] = run["avg_output_tokens"]
            made["flags"] = words(made["flags"], "lengths_doubtful")
    if run is not None and run["batch_size_avg"]:
        made["concurrency"] = run["batch_size_avg"]
        known.report.take("mean_batch")
        if "mean TPOT" in run["notes"]:
            made["tpot_s"] = written(float(run["median_itl_ms"]) / 1000.0)
            derived.append("tpot_s")
            known.report.take("mean_tpot")
    if "normalised to one GPU" in row["notes"]:
        made["accelerators"] = made["output_tps"] = ""
        derived = [name for name in derived if name != "output_tps"]
        made["flags"] = words(made["flags"], "normalised_to_one")
    made["derived"] = words(*derived)


def _marks(made: Row, row: Row) -> None:
    marks = [made["flags"]]
    if "approx." in row["source_date"]:
        marks.append("approximate_date")
    if "attention DP" in row["notes"] or "attention data parallel" in row["notes"]:
        marks.append("attention_data_parallel")
    if "MLPerf Inference v4.1" in row["notes"] and row["precision"] == "fp16":
        marks.append("precision_doubtful")
    if made["hardware"] == "GH200" and "144GB" in row["notes"]:
        marks.append("gh200_144gb")
    if "preview" in row["notes"] or "preview" in row["stack_version"]:
        marks.append("preview_system")
    made["flags"] = words(*"|".join(marks).split("|"))
