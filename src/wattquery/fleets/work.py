"""Work on threads, a number for each piece of it: the points of the axes, or their dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from wattquery.engine.executor import Progress, ShareDone
from wattquery.engine.threads import Threads

__all__ = ["results"]

Result = TypeVar("Result")


def results(count: int, work: Callable[[int], Result], threads: int, progress: Progress | None) -> list[Result]:
    """Return what ``work`` makes of each number below ``count``, from no more threads than there are numbers.

    Parameters
    ----------
    count
        Number of pieces.
    work
        Does one piece.
    threads
        Number of threads.
    progress
        Receives the share of the pieces that are done, in the caller's thread.
    """
    done = ShareDone(progress)
    by_number: dict[int, Result] = {}
    for number, result in Threads(min(threads, count)).map(work, range(count)):
        by_number[number] = result
        done.add(1.0 / count)
    done.finish()
    return [by_number[number] for number in range(count)]
