"""What to know of the numbers of a plan."""

from __future__ import annotations

from wattquery.sweeps.blockwise.ways import Ways
from wattquery.sweeps.settings import Settings

__all__ = ["notes_of"]


def notes_of(how: Settings, to: Ways, workers: int, bins: int) -> list[str]:
    """Return what to know of the numbers."""
    notes, where = [], to.store
    if to.client is not None:
        notes.append(
            f"the workers' {workers} threads are taken to be as fast as this machine, and memory is that of here"
        )
    elif how.threads > workers:
        why = "there are no more boxes or cores"
        if where is None:
            why = "there are no more cores" if workers > 1 else "most of it is Python, of which one runs at a time"
        notes.append(f"{workers} of {how.threads} threads share the work: {why}")
    if to.lazy:
        notes.append("with lazy=True nothing is computed until values are asked for; the time is that of all of them")
    if bins:
        notes.append(f"histograms are taken to have the {bins:,} bins that hold the pieces; others may need some more")
    if where is not None and where.is_remote:
        notes.append("the time has the packing of boxes, and not their way to the address")
    return notes
