"""Runs tasks on a fixed number of threads; an error or an interrupt stops them all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from wattquery.errors import InputError, quoted

__all__ = ["Progress", "available_threads", "run_tasks"]

Task = TypeVar("Task")
Progress = Callable[[float], None]
"""Receives the share of the work that is done, from 0 to 1."""

MOST_THREADS = 4096
"""More than any machine has cores."""


def available_threads(threads: int | None) -> int:
    """Return how many threads to use: as asked, or one per core that this process may run on."""
    if threads is None:
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= MOST_THREADS:
        raise InputError(
            f"threads = {quoted(threads)} is not a number of threads: give a whole number of 1 or more, up to "
            f"{MOST_THREADS}."
        )
    return threads


def run_tasks(
    tasks: Iterable[Task], work: Callable[[Task], float], threads: int, progress: Progress | None = None
) -> None:
    """Call ``work`` on every task, from several threads (or this one), with only a few tasks drawn ahead.

    ``work`` returns the share of the whole that its task was; ``progress`` is called in the caller's thread.
    """
    done = 0.0
    if threads == 1:
        # A second thread would only pass the interpreter's lock to and fro.
        for task in tasks:
            done += work(task)
            if progress is not None:
                progress(min(done, 1.0))
        return
    pending: set[Future[float]] = set()
    source: Iterator[Task] = iter(tasks)

    def collect(finished: set[Future[float]]) -> None:
        nonlocal done
        for future in finished:
            done += future.result()
        if progress is not None:
            progress(min(done, 1.0))

    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="wattquery") as pool:
        try:
            for task in source:
                pending.add(_submitted(pool, work, task))
                if len(pending) > 2 * threads:
                    finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                    collect(finished)
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                collect(finished)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _submitted(pool: ThreadPoolExecutor, work: Callable[[Task], float], task: Task) -> Future[float]:
    """Hand a task to a thread; where the system has no room for another thread, that is memory that ran out."""
    try:
        return pool.submit(work, task)
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise MemoryError(str(error)) from error
