"""CSV of AIPerf and of GenAI-Perf: sections with a header each, brought into the form that their JSON has.

``Metric,avg,...`` with lines such as ``Request Latency (ms),6550.36,...``; ``Metric,Value`` with those of the whole
run, such as ``Output Token Throughput (tokens/sec),1274.63`` (GenAI-Perf: ``(per sec)``); and, of AIPerf,
``Endpoint,GPU_Index,GPU_Name,GPU_UUID,Metric,avg,...`` with ``GPU Power Usage (W)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wattquery.readers import aiperf
from wattquery.readers.entries import Entry
from wattquery.readers.run import Run
from wattquery.readers.tables import csv_rows, number_of

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "AIPerf or GenAI-Perf (CSV)"
_METRIC = re.compile(r"(?P<name>[^()]{1,80}?)\s*(?:\((?P<unit>[^()]{0,30})\))?")


def is_mine(text: str) -> bool:
    """Return whether a text is such a table."""
    first = text.lstrip().partition("\n")[0].strip().replace('"', "").split(",")
    return first[0] == "Metric" and first[1:2] in (["avg"], ["Value"])


def runs(text: str, shown: str) -> Iterator[Run]:
    """Yield the run of a table."""
    values: dict[str, Any] = {}
    gpus: dict[str, Any] = {}
    header: list[str] = []
    for _, cells in csv_rows(text, shown):
        if "Metric" in cells:
            header = cells
            continue
        row = dict(zip(header, cells, strict=False))
        name, metric = _metric(row)
        if "GPU_Name" in row:
            gpu = gpus.setdefault(row.get("GPU_UUID", ""), {"gpu_name": row["GPU_Name"], "metrics": {}})
            gpu["metrics"][name] = metric
        elif name:
            values[name] = metric
    if gpus:
        values["telemetry_data"] = {"endpoints": {"all": {"gpus": gpus}}}
    yield from aiperf.runs(Entry(values, shown, 1, TOOL))


def _metric(row: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the name of a line as JSON has it, and its unit and average."""
    found = _METRIC.fullmatch(row.get("Metric", "").strip())
    if found is None:
        return "", {}
    name = re.sub(r"[\s_-]+", "_", found["name"].strip()).casefold()
    return name, {"unit": found["unit"] or "", "avg": number_of(row.get("avg", row.get("Value", "")))}
