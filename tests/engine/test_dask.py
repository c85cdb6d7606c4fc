"""Tasks on workers in other processes: each once, few ahead, errors raised here, and workers that end."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import on_workers
import wattquery as wq
from on_workers import Counted, EndsItsWorker, GoesOn, Marks, Piece
from wattquery.engine import dask as subject
from wattquery.engine.dask import AHEAD, OnDask, WorkersLostError, on_dask


def pieces(count: int) -> list[Piece]:
    return [Piece(number, 1.0 / count) for number in range(count)]


def test_every_task_is_done_once_and_the_work_is_sent_once_to_each_worker(two_workers: Any) -> None:
    two_workers.run(on_workers.unpacked)
    found = list(OnDask(two_workers).map(Counted(), pieces(40)))
    assert sorted(task.number for task, _ in found) == list(range(40))
    assert all(result == task.number**2 for task, result in found)
    # The worker that was handed it first may have it from the other, too.
    assert all(count <= 2 for count in two_workers.run(on_workers.unpacked).values())


def test_few_tasks_are_drawn_ahead(two_workers: Any) -> None:
    drawn = 0

    def tasks():
        nonlocal drawn
        for piece in pieces(30):
            drawn += 1
            yield piece

    for done, _ in enumerate(OnDask(two_workers).map(Counted(), tasks())):
        assert drawn <= done + AHEAD * 2


def test_no_tasks_at_all(two_workers: Any) -> None:
    assert list(OnDask(two_workers).map(Counted(), [])) == []


def test_an_error_is_raised_here_and_no_further_task_begins(two_workers: Any) -> None:
    taken: list[int] = []
    with pytest.raises(wq.InputError, match="three is not allowed"):
        taken.extend(result for _, result in OnDask(two_workers).map(on_workers.fails_at_3, pieces(500)))
    assert len(taken) < 250
    assert not two_workers.futures


def test_when_it_is_closed_no_further_task_begins(two_workers: Any, tmp_path: Path) -> None:
    results = OnDask(two_workers).map(Marks(tmp_path, 0.05), pieces(100))
    next(results)
    results.close()
    time.sleep(0.1)
    begun = len(list(tmp_path.iterdir()))
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) == begun <= 1 + AHEAD * 2
    assert not two_workers.futures


def test_an_interrupt_leaves_nothing_with_the_client_which_goes_on(two_workers: Any, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have background jobs ignore it
    timer = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    theirs = two_workers.submit(time.sleep, 1.0, workers=[next(iter(two_workers.nthreads()))], pure=False)
    work = GoesOn(tmp_path / "a")
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            list(OnDask(two_workers).map(work, pieces(1000)))
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    grown = work.file.stat().st_size
    time.sleep(0.2)
    assert work.file.stat().st_size == grown > 0  # what workers were at is broken off
    assert len(list(OnDask(two_workers).map(Counted(), pieces(4)))) == 4
    assert theirs.result(timeout=20) is None  # what others have a worker do is left alone
    del theirs


def test_no_interrupt_comes_between_a_task_and_who_takes_it_back(
    two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    real = type(two_workers).map

    def interrupted(*arguments: Any, **keywords: Any) -> Any:
        futures = real(*arguments, **keywords)
        signal.raise_signal(signal.SIGINT)
        return futures

    monkeypatch.setattr(type(two_workers), "map", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(OnDask(two_workers).map(Counted(), pieces(4)))
    finally:
        signal.signal(signal.SIGINT, before)
    assert not two_workers.futures


def test_a_worker_that_ends_costs_what_it_had_not_finished(two_workers: Any, tmp_path: Path) -> None:
    found = list(OnDask(two_workers).map(EndsItsWorker(tmp_path), pieces(12)))
    assert (tmp_path / "ended").exists()
    assert sorted(task.number for task, _ in found) == list(range(12))


def test_a_task_that_ends_every_worker_is_given_up_in_a_sentence(two_workers: Any, tmp_path: Path) -> None:
    before = two_workers.run_on_scheduler(on_workers.allow_failures, 0)
    try:
        with pytest.raises(
            WorkersLostError, match=r"^1 workers ended one after the other with the same task"
        ) as raised:
            list(OnDask(two_workers).map(EndsItsWorker(tmp_path, always=True), pieces(12)))
    finally:
        two_workers.run_on_scheduler(on_workers.allow_failures, before)
    assert isinstance(raised.value, wq.InputError)
    assert "Traceback" not in str(raised.value)


def test_each_worker_is_asked(two_workers: Any) -> None:
    found = OnDask(two_workers).on_each(on_workers.kernels)
    assert found.keys() == two_workers.nthreads().keys()
    assert all(isinstance(one, tuple) for one in found.values())


def test_what_a_worker_raises_is_its_answer(two_workers: Any) -> None:
    found = OnDask(two_workers).on_each(_raises)
    assert len(found) == 2
    assert all(isinstance(one, Exception) for one in found.values())


_raises = on_workers.Marks(Path("/nowhere"))  # called without its task


def test_what_is_no_client_is_refused() -> None:
    with pytest.raises(wq.InputTypeError, match=r"^client must be a dask\.distributed\.Client, got 'tcp://a:1'"):
        on_dask("tcp://a:1")


def test_a_client_that_was_closed_is_refused(two_workers: Any) -> None:
    from distributed import Client

    other = Client(two_workers.scheduler.address, set_as_default=False)
    other.close()
    with pytest.raises(wq.InputError, match=r"^client must be connected to its scheduler, got one that is closed"):
        on_dask(other)


def test_an_asynchronous_client_is_refused(two_workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(two_workers), "asynchronous", True)
    with pytest.raises(wq.InputError, match="asynchronous"):
        on_dask(two_workers)


def test_dask_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(wq.InputError, match=r"pip install 'wattquery\[dask\]'"):
        on_dask(None)


def test_a_cluster_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client, LocalCluster

    monkeypatch.setattr(subject, "MOST_WAIT", 0.3)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        assert OnDask(client).workers == 1
        with pytest.raises(wq.InputError, match=r"^client has no workers, and none joined within"):
            OnDask(client).on_each(on_workers.kernels)


def test_a_task_says_where_it_runs(two_workers: Any) -> None:
    assert subject.this_worker() == "this process"
    for address, said in OnDask(two_workers).on_each(subject.this_worker).items():
        assert said == f"worker {address}"
