"""The measured rows that ship, those of speed and those of energy, as operating points: each run counts once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery.catalog.records import records
from wattquery.throughput.load.dates import decimal_years
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.row_columns import observations_of

__all__ = ["NODE_BOUNDARY", "shipped_observations"]

NODE_BOUNDARY = "boundary:node"
"""Flag of a row whose power and energy are those of whole nodes, which are not to be held against accelerators."""

Row = Mapping[str, str]

_OFFLINE = "offline max throughput"
_STEADY = "steady state at fixed max batch size"
_WORDS = ("row_id", "source_id", "architecture", "hardware", "serving", "version", "precision", "task", "confidence")
_NUMBERS = (
    "accelerators",
    "nodes",
    "tp",
    "ep",
    "dp",
    "pp",
    "prefill_accelerators",
    "decode_accelerators",
    "input_tokens",
    "output_tokens",
    "concurrency",
    "batch",
    "tpot_s",
    "ttft_s",
    "power_w_per_accelerator",
    "joules_per_output_token",
)
_SAME_RUN = ("architecture", "hardware", "output_tps")


def shipped_observations() -> Observations:
    """Return the measured rows of the catalog ``default``: those of its tables of performance and of energy.

    A run that stands in both tables is one row, that of energy, which has the mean batch; what only the other knows of
    it is filled in. A load that was measured as a mean batch is `Observations.batch`, one that a client kept up
    `Observations.concurrency`. Rows measured at the wall are flagged ``boundary:node``. Ends of curves over load are
    not `Observations.at_maximum_load`: there, not all requests were queued at once.

    Examples
    --------
    >>> from wattquery.throughput.load.shipped_rows import shipped_observations
    >>> rows = shipped_observations()
    >>> len(rows) == len(set(rows.row_id)), sorted(set(rows.confidence))
    (True, ['high', 'low', 'medium'])
    """
    energy = list(records("energy"))
    runs = {_run(row) for row in energy if row["output_tps"]}
    performance: list[Row] = []
    twins: dict[tuple[str, ...], Row] = {}
    for row in records("performance"):
        if _run(row) in runs:
            twins[_run(row)] = row
        else:
            performance.append(row)
    rows = [*map(_of_performance, performance), *(_of_energy(row, twins.get(_run(row), {})) for row in energy)]
    return observations_of(len(rows), {name: [row[name] for row in rows] for name in rows[0]})


def _run(row: Row) -> tuple[str, ...]:
    """Return what tells runs apart: rates are published in many digits."""
    return tuple(row[name] for name in _SAME_RUN)


def _of_performance(row: Row) -> dict[str, Any]:
    made = _common(row)
    made["output_tps_per_accelerator"] = _number(row, "output_tps_per_accelerator")
    if row["scenario"] == _STEADY:  # the load is the mean batch there, not what a client kept up
        made["batch"], made["concurrency"] = made["concurrency"], None
    return made


def _of_energy(row: Row, twin: Row) -> dict[str, Any]:
    made = _common({**row, **{name: twin[name] for name in twin if not row.get(name)}})
    rate, count = _number(row, "output_tps"), made["accelerators"]
    made["output_tps_per_accelerator"] = None if rate is None or not count else rate / count
    if row["speculation"] == "unknown" and twin:
        made["speculation"] = twin["speculation"]
    if made["batch"] is not None:
        made["concurrency"] = None  # that of the twin repeats the mean batch
    elif made["concurrency"] is None:
        made["concurrency"] = _number(row, "batch_maximum")
    if row["boundary"] == "node":
        made["flags"] = "|".join(filter(None, (made["flags"], NODE_BOUNDARY)))
    made["at_maximum_load"] = made["at_maximum_load"] or row["task"].endswith(" Offline")
    return made


def _common(row: Row) -> dict[str, Any]:
    """Return what rows of both tables say alike."""
    return {
        **{name: row.get(name, "") for name in _WORDS},
        **{name: _number(row, name) for name in _NUMBERS},
        "disaggregated": row["disaggregated"] == "True",
        "speculation": row["speculation"],
        "at_maximum_load": row.get("scenario") == _OFFLINE,
        "date": decimal_years(row["date"]),
        "flags": row["flags"],
    }


def _number(row: Row, column: str) -> float | None:
    cell = row.get(column, "")
    return float(cell) if cell else None
