"""The catalog that sweeps read: rows at maximum load by one rule, in the columns of `oviedo2026.csv`.

For each model, accelerator, serving stack and precision: rows at maximum load, aggregated, without speculation or with
speculation unknown; with all requests queued, where such rows have three pairs of lengths; of these the version of the
stack with the most pairs of lengths, ties to the newest; and for each pair of lengths the highest rate per accelerator.
Where no input lengths are published, one row, of the task that is most like a chat, from the newest version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from building.cells import Row, written
from building.maximum import OFFLINE
from building.physics import verdict
from building.report import Report

TABLE = "default"
COLUMNS = (
    "Model",
    "Total Parameter Count (B)",
    "Active Parameter Count (B)",
    "Type (Dense / MoE)",
    "Hardware",
    "Scaled Power",
    "TP Size",
    "Quantization",
    "Tokens per Second (TPS)",
    "Input Length",
    "Output Length",
    "Batch Size",
    "Power for Node (kW)",
    "Source",
    "Comments",
    "Confidence level",
    "Serving",
    "Notes",
    "Row",
    "Version",
    "Accelerators",
    "Concurrency",
)
CELL = ("model", "hardware", "serving", "precision")
_BY_FLAG = {
    "near_peak": "near_peak",
    "probably_speculative": "speculation_on",
    "precision_doubtful": "precision_doubtful",
    "lengths_doubtful": "lengths_doubtful",
    "work_in_progress": "work_in_progress",
    "preview_system": "preview_system",
}
_PICTURES = ("image-chat", "video-chat")
_TASKS = ("lm-arena-chat", "sharegpt-chat", "", "gpqa", "code (EvalPlus)", "sourcegraph-fim")
_ENOUGH = 3
"""Pairs of lengths that tell the three coefficients of a throughput apart."""

_RATE = "output_tps_per_accelerator"


def benchmarks(
    performance: Sequence[Row],
    accelerators: Mapping[str, Row],
    architectures: Mapping[str, Row],
    report: Report,
) -> list[Row]:
    """Return the rows of the catalog `default`.

    Parameters
    ----------
    performance
        Every measured operating point.
    accelerators, architectures
        Their tables, by label and by identity.
    report
        Takes every row that is left out, with the reason.
    """
    report.received(TABLE, "performance.csv", len(performance))
    cells: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in performance:
        rule = _why_not(row, accelerators[row["hardware"]])
        if rule:
            report.leave_out(TABLE, rule, row["row_id"])
        else:
            cells[tuple(row[name] for name in CELL)].append(row)
    chosen = [row for key in sorted(cells) for row in _chosen(cells[key], report)]
    return [_benchmark(row, accelerators[row["hardware"]], architectures[row["architecture"]]) for row in chosen]


def _why_not(row: Row, accelerator: Row) -> str:
    flags = row["flags"].split("|")
    if row["at_maximum_load"] != "True":
        return "below_maximum_load"
    if row["disaggregated"] == "True":
        return "disaggregated"
    if row["speculation"] == "on":
        return "speculation_on"
    if not row[_RATE]:
        return "no_rate_per_accelerator"
    if flagged := [*filter(None, [verdict(flags)]), *(rule for flag, rule in _BY_FLAG.items() if flag in flags)]:
        return flagged[0]
    if row["confidence"] == "low":
        return "low_confidence"
    if row["task"] in _PICTURES:
        return "pictures_or_video"
    return "" if accelerator["node_power_kw"] else "no_node_power"


def _chosen(rows: Sequence[Row], report: Report) -> list[Row]:
    known = [row for row in rows if row["input_tokens"] and row["output_tokens"]]
    if not known:
        return _one_for_all(rows, report)
    _leave(report, "lengths_unknown", (row for row in rows if row not in known))
    offline = [row for row in known if row["scenario"] == OFFLINE]
    if len(set(map(_pair, offline))) >= _ENOUGH:
        _leave(report, "online", (row for row in known if row not in offline))
        known = offline
    versions: defaultdict[str, list[Row]] = defaultdict(list)
    for row in known:
        versions[row["version"]].append(row)
    best = max(versions.values(), key=_support)
    _leave(report, "other_version", (row for row in known if row["version"] != best[0]["version"]))
    pairs: defaultdict[tuple[float, float], list[Row]] = defaultdict(list)
    for row in best:
        pairs[_pair(row)].append(row)
    highest = [max(pairs[pair], key=_rate) for pair in sorted(pairs)]
    _leave(report, "not_the_highest", (row for row in best if row not in highest))
    return highest


def _one_for_all(rows: Sequence[Row], report: Report) -> list[Row]:
    """Return one row where no input length is published: of the task most like a chat, newest, highest."""
    first = min(map(_task, rows))
    newest = max(row["date"] for row in rows if _task(row) == first)
    best = max((row for row in rows if _task(row) == first and row["date"] == newest), key=_rate)
    _leave(report, "another_task", (row for row in rows if row is not best))
    return [best]


def _task(row: Row) -> int:
    return _TASKS.index(row["task"]) if row["task"] in _TASKS else _TASKS.index("")


def _support(rows: Sequence[Row]) -> tuple[int, str, str]:
    return len(set(map(_pair, rows))), max(row["date"] for row in rows), rows[0]["version"]


def _pair(row: Row) -> tuple[float, float]:
    return float(row["input_tokens"]), float(row["output_tokens"])


def _rate(row: Row) -> tuple[float, str]:
    return float(row[_RATE]), row["row_id"]


def _leave(report: Report, rule: str, rows: Iterable[Row]) -> None:
    for row in rows:
        report.leave_out(TABLE, rule, row["row_id"])


def _benchmark(row: Row, accelerator: Row, architecture: Row) -> Row:
    count = int(accelerator["accelerators_per_node"])
    notes = [f"{count} accelerators per node"]
    if accelerator["node_power_basis"] == "derived":
        notes.append("node power derived from TDP")
    notes += [flag.replace("_", " ") for flag in row["flags"].split("|") if flag]
    return {
        "Model": row["model"],
        "Total Parameter Count (B)": architecture["total_params_b"],
        "Active Parameter Count (B)": architecture["active_params_b"],
        "Type (Dense / MoE)": "Dense" if architecture["experts"] == "0" else "MoE",
        "Hardware": row["hardware"],
        "Scaled Power": "",
        "TP Size": row["tp"],
        "Quantization": row["precision"],
        "Tokens per Second (TPS)": written(count * float(row[_RATE])),
        "Input Length": row["input_tokens"] or "Variable",
        "Output Length": row["output_tokens"] or "Variable",
        "Batch Size": "",
        "Power for Node (kW)": accelerator["node_power_kw"],
        "Source": row["source_id"],
        "Comments": row["task"] or row["scenario"],
        "Confidence level": row["confidence"].title(),
        "Serving": row["serving"],
        "Notes": "; ".join(notes),
        "Row": row["row_id"],
        "Version": row["version"],
        "Accelerators": row["accelerators"],
        "Concurrency": row["concurrency"],
    }
