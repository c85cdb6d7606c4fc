"""Threads as an executor: few tasks drawn ahead, errors and interrupts stop all, no thread is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from wattquery.engine.threads import AHEAD, Threads

WORKERS = [1, 2, 5]


def left() -> list[str]:
    """Return the names of our threads that are still there."""
    return [one.name for one in threading.enumerate() if one.name.startswith("wattquery")]


@pytest.mark.parametrize("workers", WORKERS)
def test_every_task_once_with_its_own_result(workers: int) -> None:
    results = list(Threads(workers).map(lambda task: task * task, range(50)))
    assert sorted(results) == [(task, task * task) for task in range(50)]
    assert not left()


@pytest.mark.parametrize("workers", WORKERS)
def test_no_tasks_no_results(workers: int) -> None:
    assert list(Threads(workers).map(abs, [])) == []


@pytest.mark.parametrize("workers", WORKERS)
def test_only_a_few_tasks_are_drawn_ahead(workers: int) -> None:
    drawn = 0

    def tasks() -> Iterator[int]:
        nonlocal drawn
        while True:  # without an end: whoever draws all of them never comes back
            drawn += 1
            yield drawn

    with closing(Threads(workers).map(abs, tasks())) as results:
        for taken in range(1, 30):
            next(results)
            assert drawn <= taken + AHEAD * workers - 1
    assert not left()


@pytest.mark.parametrize("workers", [2, 3])
def test_tasks_run_at_the_same_time_and_are_drawn_here(workers: int) -> None:
    together = threading.Barrier(workers, timeout=60.0)
    here = threading.get_ident()

    def tasks() -> Iterator[int]:
        for task in range(4 * workers):
            assert threading.get_ident() == here
            yield task

    def work(task: int) -> int:
        together.wait()  # for ever, if fewer than all threads had a task
        return threading.get_ident()

    threads = {thread for _, thread in Threads(workers).map(work, tasks())}
    assert here not in threads
    assert len(threads) == workers


def test_what_is_mostly_python_runs_in_the_thread_of_the_caller() -> None:
    found = {thread for _, thread in Threads(4).map(lambda _: threading.get_ident(), range(9), interpreted=True)}
    assert found == {threading.get_ident()}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_in_a_task_stops_the_others(workers: int, error: type[BaseException]) -> None:
    begun = []

    def work(task: int) -> int:
        begun.append(task)
        if task == 5:
            raise error("in task 5")
        return task

    with pytest.raises(error, match="in task 5"):
        list(Threads(workers).map(work, range(10_000)))
    assert len(begun) <= 6 + 2 * AHEAD * workers
    assert not left()


@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_where_tasks_are_made(workers: int) -> None:
    def tasks() -> Iterator[int]:
        yield 1
        raise LookupError("no second task")

    with pytest.raises(LookupError, match="no second task"):
        list(Threads(workers).map(abs, tasks()))
    assert not left()


@pytest.mark.parametrize("workers", WORKERS)
def test_closing_it_leaves_nothing_running(workers: int) -> None:
    running = 0
    lock = threading.Lock()

    def work(task: int) -> int:
        nonlocal running
        with lock:
            running += 1
        time.sleep(0.01)
        with lock:
            running -= 1
        return task

    with closing(Threads(workers).map(work, iter(range(10_000)))) as results:
        next(results)
    assert running == 0
    assert not left()


def test_tasks_that_wait_their_turn_never_begin() -> None:
    begun = []
    release = threading.Event()

    def work(task: int) -> int:
        begun.append(task)
        if task:
            release.wait(60.0)
        return task

    with closing(Threads(2).map(work, iter(range(100)))) as results:
        assert next(results) == (0, 0)
        timer = threading.Timer(0.2, release.set)  # both threads are busy till then, and the last task waits
        timer.start()
    timer.join()
    assert begun in ([0, 1], [0, 1, 2], [0, 2, 1])
    assert not left()
