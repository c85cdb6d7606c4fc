"""What of a plan does not fit in memory or on the disk, each with what would make it fit."""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.quantities.amounts import in_bytes
from wattquery.sweeps.memory import result_bytes, work_bytes
from wattquery.sweeps.planning.sweep_plan import SweepPlan
from wattquery.sweeps.settings import Settings

__all__ = ["problems_of"]


def problems_of(made: SweepPlan, how: Settings, bins: int) -> Iterator[str]:
    """Yield what does not fit.

    Parameters
    ----------
    made
        The plan.
    how, bins
        How it is computed, and the bins of each histogram.
    """
    if made.store is not None and how.relative_stderr is not None:
        yield f"relative_stderr: boxes would have draws of their own: pass draws={made.draws_per_cell:_} instead"
    needed = made.memory_bytes
    if made.store is None and made.boxes == 1:  # a sweep is more careful, and what it refuses does not fit
        work = work_bytes(made.method, made.threads_at_work)
        needed = max(needed, result_bytes(made.cells, how.levels, bins) + work)
    if needed > made.free_memory_bytes:
        needs = f"memory: {in_bytes(needed)} are needed, and {in_bytes(made.free_memory_bytes)} are free"
        yield f"{needs}: {' or '.join(_less_memory(made, how, bins))}"
    if made.disk_bytes is not None and made.free_disk_bytes is not None and made.disk_bytes > made.free_disk_bytes:
        needs = f"disk: {in_bytes(made.disk_bytes)} are needed, and {in_bytes(made.free_disk_bytes)} are free"
        histograms = "drop keep_histogram, " if bins else ""
        yield f"{needs}: {histograms}pass fewer quantiles, or a store elsewhere"


def _less_memory(made: SweepPlan, how: Settings, bins: int) -> Iterator[str]:
    """Yield what makes it fit."""
    if made.store is None:
        yield "pass store='study.zarr', which keeps in memory only what is in work"
    work = work_bytes(made.method, made.threads_at_work)
    cells = made.cells if made.store is None else made.cells_per_box * made.threads_at_work
    if bins and result_bytes(cells, how.levels) + work <= made.free_memory_bytes:
        yield "drop keep_histogram"
    if made.threads_at_work > 1 and made.store is not None:
        yield "pass threads=1"
    if made.store is not None:
        yield "make room"
