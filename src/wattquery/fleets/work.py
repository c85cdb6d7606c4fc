"""Work on threads, a number for each piece of it: the points of the axes, or their dates."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from wattquery.engine.executor import Progress, ShareDone
from wattquery.engine.threads import Threads

__all__ = ["each"]


def each(count: int, work: Callable[[int], None], threads: int, progress: Progress | None) -> None:
    """Call ``work`` with each number below ``count``, from no more threads than there are numbers.

    Parameters
    ----------
    count
        Number of pieces.
    work
        Puts the result of one piece in its own place, so that it does not matter who comes first.
    threads
        Number of threads.
    progress
        Receives the share of the pieces that are done, in the caller's thread.
    """
    done = ShareDone(progress)
    with closing(Threads(min(threads, count)).map(work, range(count))) as results:
        for _ in results:
            done.add(1.0 / count)
    done.finish()
