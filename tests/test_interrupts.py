"""Interrupts in the main thread: heard once, raised again where one was lost, and not while something is half done."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from wattquery import interrupts
from wattquery.interrupts import heard_once, undisturbed

COLLECTS = "collects"
"""The name of a thread of a test."""


@pytest.fixture(autouse=True)
def as_python_has_it() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have background jobs ignore it
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what nobody could catch and was said all the same."""
    found: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: found.append(unraisable.exc_value))
    return found


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def wait() -> None:
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        time.sleep(0.01)


def collect_and_wait() -> None:
    gc.collect()
    other = threading.Thread(target=gc.collect, name=COLLECTS)
    other.start()
    other.join()
    wait()


def in_two_steps(done: list[str]) -> None:
    interrupt()
    done.append("whole")


def twice(done: list[str]) -> None:
    try:
        interrupt()
    finally:
        in_two_steps(done)


class Callback:
    """What a library has the collector of garbage call: it is hurt by an interrupt, and complains later."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if threading.current_thread().name not in ("MainThread", COLLECTS):
            return  # one of a cluster's, or of what runs the tests
        self.calls += 1
        if self.calls == 1:
            interrupt()
        if self.calls < 4:  # in this thread, and in another
            raise AssertionError("hurt")


def test_an_interrupt_that_a_callback_loses_is_raised_again(
    complaints: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interrupts, "AGAIN", 0.5)
    callback = Callback()
    gc.callbacks.append(callback)
    try:
        with pytest.raises(KeyboardInterrupt), heard_once():
            collect_and_wait()
    finally:
        gc.callbacks.remove(callback)
    assert callback.calls >= 3
    assert complaints == []


def test_two_callbacks_that_lose_it_one_after_the_other_are_both_known(complaints: list[Any]) -> None:
    """Of a large process garbage is collected for longer than until the interrupt is raised again."""
    once = interrupts._Once()
    losers = [object(), object()]
    for loser in losers:
        assert once.takes(SimpleNamespace(exc_value=KeyboardInterrupt(), object=loser))
    once.end()
    assert all(once.takes(SimpleNamespace(exc_value=AssertionError(), object=loser)) for loser in losers)
    assert not once.takes(SimpleNamespace(exc_value=AssertionError(), object=object()))
    time.sleep(2 * interrupts.AGAIN)  # of which the second is not raised either


def test_one_that_is_lost_at_the_end_is_not_late(complaints: list[Any]) -> None:
    class Loses:
        def __del__(self) -> None:
            interrupt()

    with pytest.raises(KeyboardInterrupt), heard_once():
        Loses()
    time.sleep(2 * interrupts.AGAIN)
    assert complaints == []


def test_a_second_one_breaks_nothing_off() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), heard_once():
        twice(done)
    assert done == ["whole"]


def test_a_later_one_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "DEAF", 0.0)
    with heard_once():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                interrupt()


def test_what_else_nobody_could_catch_is_said(complaints: list[Any]) -> None:
    class Hurt:
        def __del__(self) -> None:
            raise ValueError("mine")

    with heard_once():
        Hurt()
    assert [str(one) for one in complaints] == ["mine"]


def test_whoever_has_a_handler_keeps_it(complaints: list[Any]) -> None:
    heard: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    with heard_once():
        interrupt()
    assert heard == [signal.SIGINT]


def test_all_is_as_before_behind_it() -> None:
    told = sys.unraisablehook
    with heard_once(), heard_once():
        pass
    assert sys.unraisablehook is told
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_is_half_done_ends_first() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        in_two_steps(done)
    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("block", [heard_once, undisturbed])
def test_other_threads_hear_none_anyhow(block: Any) -> None:
    found: list[object] = []

    def work() -> None:
        with block():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
