"""Work on threads, a number for each piece of it: the points of the axes, or their dates."""

from __future__ import annotations

from collections.abc import Callable

from wattquery.engine.threads import Progress, run_tasks

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

    def counted(number: int) -> float:
        work(number)
        return 1.0 / count

    run_tasks(range(count), counted, min(threads, count), progress)
