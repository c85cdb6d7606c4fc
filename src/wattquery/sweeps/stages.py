"""Progress of work in several parts: each reports its own share, and the whole is what all of them add up to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from wattquery.engine.executor import Progress

__all__ = ["between", "stages"]


def stages(progress: Progress | None, count: int) -> Iterator[Progress | None]:
    """Yield what each of some stages of equal length reports to; ``None`` where nobody listens.

    Parameters
    ----------
    progress
        Receives the share of the whole that is done, from 0 to 1.
    count
        Number of stages.

    Examples
    --------
    >>> first, second = stages(print, 2)
    >>> first(1.0)
    0.5
    >>> second(0.5)
    0.75
    """
    if count == 1:
        yield progress  # as it is: what shows it may be told more than shares
        return
    for stage in range(count):
        yield between(progress, stage / count, (stage + 1) / count)


def between(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Return what a part of the work reports to, which lies between two shares of the whole."""
    return None if progress is None else partial(_report, progress, start, end)


def _report(progress: Progress, start: float, end: float, share: float) -> None:
    progress(start + min(share, 1.0) * (end - start))
