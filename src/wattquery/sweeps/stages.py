"""Progress of work in several stages: each reports its own share, and the whole is what all of them add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from wattquery.engine.executor import Progress

__all__ = ["stages"]


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
    for stage in range(count):
        yield None if progress is None else partial(_report, progress, stage, count)


def _report(progress: Callable[[float], None], stage: int, count: int, share: float) -> None:
    progress((stage + min(share, 1.0)) / count)
