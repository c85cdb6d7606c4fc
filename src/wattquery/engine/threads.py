"""Runs tasks on a fixed number of threads; an error or an interrupt stops them all."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import TypeVar

from wattquery.engine.executor import Progress
from wattquery.errors import InputError, quoted

__all__ = ["Progress", "Threads", "available_threads"]

TaskT = TypeVar("TaskT")
Part = TypeVar("Part")

MOST_THREADS = 4096
"""More than any machine has cores."""

AHEAD = 2
"""Tasks per thread that are drawn before the first of them is done: one that runs, and one that waits its turn."""


def available_threads(threads: int | None) -> int:
    """Return how many threads to use: as given, or one per core that this process may run on."""
    if threads is None:
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= MOST_THREADS:
        raise InputError(
            f"threads must be a whole number from 1 to {MOST_THREADS}, got {quoted(threads)}. Leave it out to use one "
            "thread per core."
        )
    return threads


class Threads:
    """The executor of one process: its threads share memory, so that tasks and results are handed over as they are.

    Parameters
    ----------
    workers
        Number of threads.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def map(
        self, work: Callable[[TaskT], Part], tasks: Iterable[TaskT], *, interpreted: bool = False
    ) -> Generator[tuple[TaskT, Part], None, None]:
        """Yield every task with its result, see `wattquery.engine.executor.Executor.map`."""
        if self.workers == 1 or interpreted:
            # A second thread would only pass the interpreter's lock to and fro.
            for task in tasks:
                yield task, work(task)
            return
        with ThreadPoolExecutor(max_workers=self.workers, thread_name_prefix="wattquery") as pool:
            try:
                yield from self._results(pool, work, iter(tasks))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _results(
        self, pool: ThreadPoolExecutor, work: Callable[[TaskT], Part], tasks: Iterator[TaskT]
    ) -> Iterator[tuple[TaskT, Part]]:
        """Yield the results of tasks of which `AHEAD` per thread are in the pool at most."""
        pending: dict[Future[Part], TaskT] = {}
        finished: SimpleQueue[Future[Part]] = SimpleQueue()
        while True:
            for task in islice(tasks, AHEAD * self.workers - len(pending)):
                future = _submitted(pool, work, task)
                pending[future] = task
                future.add_done_callback(finished.put)
            if not pending:
                return
            future = finished.get()
            yield pending.pop(future), future.result()


def _submitted(pool: ThreadPoolExecutor, work: Callable[[TaskT], Part], task: TaskT) -> Future[Part]:
    """Hand a task to a thread; where the system has no room for another thread, that is memory that ran out."""
    try:
        return pool.submit(work, task)
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise MemoryError(str(error)) from error
