"""Runs tasks on a fixed number of threads; an error or an interrupt stops them all."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from wattquery.engine.executor import Progress
from wattquery.errors import InputError, quoted
from wattquery.stopping import Stoppable, StoppedError, stop, taken

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
        pool = _Pool(self.workers, work)
        try:
            yield from pool.results(iter(tasks))
        except BaseException as error:
            pool.end(interrupted=_is_interrupt(error))
            raise
        pool.end()


class _Pool(Generic[TaskT, Part]):
    """Threads that do tasks, no more of them than there are tasks."""

    def __init__(self, workers: int, work: Callable[[TaskT], Part]) -> None:
        self._workers = workers
        self._work = work
        self._threads: list[Stoppable] = []
        self._waiting: SimpleQueue[tuple[TaskT] | None] = SimpleQueue()
        self._finished: SimpleQueue[tuple[TaskT, Any, BaseException | None]] = SimpleQueue()

    def results(self, tasks: Iterator[TaskT]) -> Iterator[tuple[TaskT, Part]]:
        """Yield the results of tasks of which `AHEAD` per thread are handed out at most."""
        pending = 0
        while True:
            for task in islice(tasks, AHEAD * self._workers - pending):
                self._hand_out(task)
                pending += 1
            if not pending:
                return
            task, result, error = taken(self._finished)
            pending -= 1
            if error is not None:
                raise error
            yield task, result

    def end(self, *, interrupted: bool = False) -> None:
        """Let no further task begin, and return when those that run are done; with an interrupt, break them off."""
        with suppress(Empty):
            while True:
                self._waiting.get_nowait()
        for _ in self._threads:
            self._waiting.put(None)
        if interrupted:
            stop(self._threads)
            return
        try:
            for thread in self._threads:
                thread.join()
        except BaseException:  # an interrupt while it waited
            stop(self._threads)
            raise

    def _hand_out(self, task: TaskT) -> None:
        """Give a task to the threads, one of which is new for it while there are few."""
        self._waiting.put((task,))
        if len(self._threads) < self._workers:
            thread = Stoppable(self._do_tasks, f"wattquery_{len(self._threads)}")
            self._threads.append(thread)
            try:
                thread.start()
            except RuntimeError as error:  # the system has no room for another thread: memory that ran out
                self._threads.pop()
                raise MemoryError(str(error)) from error

    def _do_tasks(self) -> None:
        """Do one task after the other, until there is none any more."""
        while (waiting := self._waiting.get()) is not None:
            (task,) = waiting
            try:
                answer: tuple[TaskT, Any, BaseException | None] = (task, self._work(task), None)
            except StoppedError:
                return
            except BaseException as error:
                answer = (task, None, error)
            self._finished.put(answer)


def _is_interrupt(error: BaseException) -> bool:
    """Return whether the user wants to go: results are closed as well where an interrupt meets who takes them."""
    return isinstance(error, KeyboardInterrupt) or isinstance(error.__context__, KeyboardInterrupt)
