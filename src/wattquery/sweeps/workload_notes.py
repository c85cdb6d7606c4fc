"""What a reader has to know of the workloads of a grid: how exact they are, what they assume, what is not modelled."""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.specs.grid import Grid
from wattquery.specs.workload import Workload

__all__ = ["WORKLOAD_NOTES", "workload_attribute", "workload_notes"]

WORKLOAD_NOTES = "workload_notes"
"""The attribute of a result that says it."""


def workload_notes(grid: Grid) -> list[str]:
    """Return what to say of the workloads of a grid, a line for each remark; none where lengths have their own axes."""
    pairs = zip(grid.workload.labels, grid.workload.values, strict=True)
    knows_cache = grid.is_under_load
    return [f"{label}: {note}" for label, one in pairs if one is not None for note in _remarks(one, knows_cache)]


def workload_attribute(grid: Grid) -> dict[str, str]:
    """Return the attribute that says it, or none where nothing is to be said."""
    notes = workload_notes(grid)
    return {WORKLOAD_NOTES: "\n".join(notes)} if notes else {}


def _remarks(workload: Workload, knows_cache: bool) -> Iterator[str]:
    if workload.origin:
        yield f"lengths from {workload.origin}"
    if workload.quantile_error > 0.0:
        error = f"{100.0 * workload.quantile_error:.2g} %"
        pairs = f"its {workload.size:,} pairs of lengths"
        yield f"{pairs} stand for more, and move quantiles P5 to P95 by up to about {error}"
    if workload.independent:
        yield "output and input lengths are taken as independent, for only their margins are known"
    if workload.has_cached_tokens:
        share = workload.mean("cached_tokens") / workload.mean("input_tokens")
        counted = "read from the cache" if knows_cache else "and count as input: this method knows no cache"
        yield f"{share:.0%} of its input tokens are cached, {counted}"
    yield from workload.notes
