"""Names and cells of the tables of a page: scores in per cent with their errors, and lines of Markdown."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

__all__ = ["GROUP_NAMES", "LEFT_OUT", "NAMES", "SCORES", "cell", "counted", "line", "percent", "scored_cells", "table"]

NAMES = {
    "joules_per_output_token": "J per output token",
    "power_w_per_accelerator": "power [W]",
    "output_tps_per_accelerator": "throughput [tokens/s]",
    "tpot_s": "time per output token [s]",
    "ttft_s": "time to first token [s]",
}
"""Quantities in the order of the page; the first three are per accelerator or of the accelerators alone."""

LEFT_OUT = {
    "architecture": "an architecture",
    "hardware": "an accelerator",
    "serving": "a stack",
    "configuration": "configurations",
}
"""What folds of a kind leave out."""

GROUP_NAMES = {
    "regime": "measured as",
    "kind": "experts",
    "hardware": "accelerator",
    "serving": "stack",
    "load": "load per replica",
    "support": "support",
    "sibling": "same generation",
    "source": "source",
}
"""What `GROUPS` are called."""

SCORES = ("error [%]", "bias [%]", "50 % intervals hold [%]", "90 % intervals hold [%]", "interval score")
"""Headers of `scored_cells`."""

Row = Mapping[Hashable, Any]


def scored_cells(one: Row) -> tuple[str, ...]:
    """Return all five scores with their errors; all but the last in per cent."""
    score, stderr = one["interval_score"], one["interval_score_stderr"]
    return (
        percent(one, "median_absolute_log_error"),
        percent(one, "bias", sign="+"),
        percent(one, "coverage_50"),
        percent(one, "coverage_90"),
        "" if math.isnan(score) else f"{score:.2f}" + ("" if math.isnan(stderr) else f" ± {stderr:.2f}"),
    )


def percent(one: Row, name: str, stderr: str = "", sign: str = "") -> str:
    """Return a score in per cent with its error, nothing where there is none."""
    value, error = 100.0 * one[name], 100.0 * one[stderr or f"{name}_stderr"]
    if math.isnan(value):
        return ""
    return f"{value:{sign}.1f}" + ("" if math.isnan(error) else f" ± {error:.1f}")


def counted(one: Row, *names: str) -> tuple[str, ...]:
    """Return counts, thousands apart."""
    return tuple(f"{int(one[name]):,}" for name in names)


def cell(one: Row | None) -> str:
    """Return error, coverage of both intervals and rows of a group, as ``12.3 (48/88) 120``."""
    if one is None or not one["rows"]:
        return ""
    error, half, most = (100.0 * one[name] for name in ("median_absolute_log_error", "coverage_50", "coverage_90"))
    return f"{error:.1f} ({half:.0f}/{most:.0f}) {int(one['rows']):,}"


def line(cells: Iterable[str]) -> str:
    r"""Return a line of a table.

    Examples
    --------
    >>> line(["a|b", "1"])
    '| a\\|b | 1 |'
    """
    return f"| {' | '.join(one.replace('|', chr(92) + '|') for one in cells)} |"


def table(words: tuple[str, ...], numbers: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return a table as lines, columns of numbers set to the right; a word where it has no rows."""
    lines = [line(row) for row in rows]
    rule = line([*["---"] * len(words), *["---:"] * len(numbers)])
    return [line((*words, *numbers)), rule, *lines] if lines else ["None."]
