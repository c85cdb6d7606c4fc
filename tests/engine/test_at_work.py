"""What a worker is at ends when it is told to, and nothing else does."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time

import pytest

from wattquery.engine import at_work
from wattquery.engine.at_work import BrokenOffError, break_off, stoppable


def test_a_function_returns_raises_and_knows_where_it_runs() -> None:
    where: contextvars.ContextVar[str] = contextvars.ContextVar("where")
    where.set("here")
    assert stoppable("a", int, "7") == 7
    assert stoppable("a", where.get) == "here"
    with pytest.raises(ValueError, match="invalid literal"):
        stoppable("a", int, "x")
    assert not at_work._AT_WORK


def go_on(begun: threading.Event, over: threading.Event) -> str:
    begun.set()
    while not over.is_set():
        time.sleep(0.001)
    return "whole"


class Run:
    """A run that is at work for ever, in a thread as a worker has it."""

    def __init__(self, name: str) -> None:
        self.found: list[object] = []
        self.over = threading.Event()
        begun = threading.Event()
        self.thread = threading.Thread(target=self._work, args=(name, begun))
        self.thread.start()
        assert begun.wait(20.0)

    def _work(self, name: str, begun: threading.Event) -> None:
        try:
            self.found.append(stoppable(name, go_on, begun, self.over))
        except BrokenOffError:
            self.found.append("broken off")


def test_one_run_is_broken_off_and_no_other() -> None:
    mine, other = Run("mine"), Run("other")
    assert asyncio.run(break_off("mine"))
    mine.thread.join(20.0)
    assert mine.found == ["broken off"]
    assert other.thread.is_alive()
    other.over.set()
    other.thread.join(20.0)
    assert other.found == ["whole"]


def test_a_task_that_was_on_its_way_does_not_begin() -> None:
    assert asyncio.run(break_off("late"))
    with pytest.raises(BrokenOffError):
        stoppable("late", int)


def test_what_is_within_a_long_step_is_waited_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "PATIENCE", 0.1)
    begun = threading.Event()

    def work() -> None:
        with pytest.raises(BrokenOffError):
            stoppable("deaf", lambda: (begun.set(), time.sleep(1.0)))

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(20.0)
    assert not asyncio.run(break_off("deaf"))
    thread.join(20.0)
