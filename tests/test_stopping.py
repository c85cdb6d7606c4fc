"""Threads that end when they are asked to: at the next step of Python, silently, never within what must be whole."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest

from wattquery import stopping
from wattquery.stopping import (
    Stoppable,
    StoppedError,
    run_apart,
    still_running,
    stop,
    taken,
    unbroken,
    when_interrupted,
)


def started(work: Callable[[], object]) -> Stoppable:
    thread = Stoppable(work)
    thread.start()
    return thread


def for_ever() -> None:
    while True:
        time.sleep(0.001)


@contextmanager
def an_interrupt_after(seconds: float) -> Iterator[None]:
    # Shells have background jobs ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, signal.raise_signal, [signal.SIGINT])
    timer.start()
    try:
        yield
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


def test_what_runs_for_ever_ends() -> None:
    threads = [started(for_ever) for _ in range(3)]
    assert stop(threads, 30.0)
    assert all(one.over for one in threads)


def test_what_has_ended_or_never_begun_is_not_waited_for() -> None:
    done = started(int)
    done.join()
    assert stop([done, Stoppable(for_ever)], 30.0)


def test_errors_of_a_thread_are_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise LookupError("nobody hears this")

    started(work).join()
    assert capfd.readouterr() == ("", "")


def test_who_catches_everything_is_asked_again(capfd: pytest.CaptureFixture[str]) -> None:
    """In a callback from C what is raised is lost, and Python complains: neither keeps the thread alive."""
    left = [3]

    @ctypes.CFUNCTYPE(None)
    def callback() -> None:
        try:
            for_ever()
        finally:
            left[0] -= 1

    def work() -> None:
        while left[0] > 0:
            callback()

    assert stop([started(work)], 30.0)
    assert left == [0]
    assert capfd.readouterr() == ("", "")


def test_what_does_not_end_in_time_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[object] = []
    monkeypatch.setattr(stopping.atexit, "register", registered.append)
    release = threading.Event()
    thread = started(release.wait)
    assert not stop([thread], 0.01)
    assert still_running()
    assert registered == [stopping._at_exit]
    release.set()
    thread.join()
    assert not still_running()


def test_what_must_be_whole_is_not_broken_off() -> None:
    begun, whole, behind = threading.Event(), [], []

    def work() -> None:
        with unbroken():
            begun.set()
            time.sleep(0.3)
            whole.append(True)
        behind.append(True)

    thread = started(work)
    begun.wait()
    assert stop([thread], 30.0)
    assert (whole, behind) == ([True], [])


def test_elsewhere_everything_is_whole() -> None:
    with unbroken():
        pass


@pytest.mark.parametrize("place", ["here", "in another thread"])
def test_a_function_apart(place: str) -> None:
    found: SimpleQueue[threading.Thread] = SimpleQueue()
    if place == "here":
        assert isinstance(run_apart(threading.current_thread), Stoppable)
    else:
        thread = threading.Thread(target=lambda: found.put(run_apart(threading.current_thread)))
        thread.start()
        assert found.get() is thread


def test_an_error_apart() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        run_apart(int, "three")
    with pytest.raises(StoppedError):
        run_apart(_stopped)


def _stopped() -> None:
    raise StoppedError


def test_no_room_for_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert run_apart(threading.current_thread) is threading.main_thread()


def test_an_interrupt_ends_what_runs_apart() -> None:
    ended = threading.Event()

    def work() -> None:
        try:
            for_ever()
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt), an_interrupt_after(0.1):
        run_apart(work)
    assert ended.wait(30.0)


def test_an_interrupt_while_an_item_is_waited_for() -> None:
    with pytest.raises(KeyboardInterrupt), an_interrupt_after(0.1):
        taken(SimpleQueue())


def test_how_to_go_on_is_the_message_of_the_interrupt() -> None:
    with (
        pytest.raises(KeyboardInterrupt, match=r"^3 are kept\.$"),
        when_interrupted(lambda: "3 are kept."),
    ):
        raise KeyboardInterrupt
    with pytest.raises(ValueError, match="another error"), when_interrupted(lambda: "3 are kept."):
        raise ValueError("another error")
