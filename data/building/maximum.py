"""Which rows of performance are at maximum load.

A row is where all requests were queued at once (offline), and, of a curve over load, where the rate was highest: at
least three loads of one configuration, one pair of lengths or one task, one source.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from building.cells import Row, words
from building.operating import CONFIGURATION

_CURVES = ("online fixed concurrency", "steady state at fixed max batch size")
OFFLINE = "offline max throughput"
_SAME = (
    *(column for column in CONFIGURATION if column not in ("row_id", "architecture", "nodes")),
    *("task", "scenario", "source_id"),
)
_FEWEST = 3
_STEEP = 0.5


def mark_maximum_load(rows: Sequence[Row]) -> None:
    """Fill the column at_maximum_load, and mark the ends of curves that still rise there."""
    curves: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        row["at_maximum_load"] = str(row["scenario"] == OFFLINE)
        if row["scenario"] in _CURVES:
            lengths = () if row["task"] else (row["input_tokens"], row["output_tokens"])
            curves[tuple(row[name] for name in _SAME) + lengths].append(row)
    for curve in curves.values():
        known = sorted((row for row in curve if row["concurrency"]), key=_place)
        if len({row["concurrency"] for row in known}) < _FEWEST:
            continue
        best = max(known, key=lambda row: (float(row["output_tps"]), row["row_id"]))
        best["at_maximum_load"] = "True"
        below = [row for row in known if float(row["concurrency"]) < float(best["concurrency"])]
        is_last = float(best["concurrency"]) == float(known[-1]["concurrency"])
        if is_last and below and _steepness(below[-1], best) > _STEEP:
            best["flags"] = words(*best["flags"].split("|"), "rate_still_rises")


def _place(row: Row) -> tuple[float, float, str]:
    return float(row["concurrency"]), float(row["output_tps"]), row["row_id"]


def _steepness(before: Row, last: Row) -> float:
    """Return d ln rate / d ln load between the two highest loads."""
    rates = math.log(float(last["output_tps"]) / float(before["output_tps"]))
    return rates / math.log(float(last["concurrency"]) / float(before["concurrency"]))
