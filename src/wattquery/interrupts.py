"""Interrupts (Ctrl-C) in the main thread: heard once, never lost, and not while something is half done.

Standard library only. Threads that end when they are asked to are in `wattquery.stopping`.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["heard_once", "undisturbed"]

DEAF = 3.0
"""Seconds after an interrupt for which another is the same one: what the first has to end is ended by then."""

AGAIN = 0.05
"""Seconds until an interrupt that was lost is raised again."""


@contextmanager
def heard_once() -> Iterator[None]:
    """Raise each interrupt for certain, and an impatient second one not at all, while a block runs.

    Python raises an interrupt wherever the main thread is. In a callback that a library has for the collector of
    garbage, or while an object is deleted, nobody can catch it, and it is lost: so it is raised again. A second one,
    while the first ends what runs, would leave it half ended.

    Who has another handler of interrupts than Python's own keeps it.
    """
    if not _is_main() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    once, told = _Once(), sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if not once.takes(unraisable):
            told(unraisable)

    signal.signal(signal.SIGINT, once)
    sys.unraisablehook = hook
    try:
        yield
        once.raise_what_was_lost()
    finally:
        once.end()
        if sys.unraisablehook is hook:
            sys.unraisablehook = told
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let a short block end before an interrupt is heard: what it half made could not be ended."""
    before = signal.getsignal(signal.SIGINT)
    if not _is_main() or before is None:  # one that is none of Python's cannot be put back
        yield
        return
    heard: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard:
            signal.raise_signal(signal.SIGINT)


class _Once:
    """A handler that raises an interrupt, and passes over others for a while."""

    def __init__(self) -> None:
        self._deaf_until = 0.0
        self._lost = False
        self._losers: list[object] = []

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._lost or now >= self._deaf_until:
            self._lost, self._deaf_until = False, now + DEAF
            signal.default_int_handler(number, frame)

    def takes(self, unraisable: Any) -> bool:
        """Return whether what nobody could catch was an interrupt, or follows from one that was lost in its midst."""
        if _is_main() and isinstance(unraisable.exc_value, KeyboardInterrupt):
            self._lost = True
            self._losers.append(unraisable.object)
            threading.Thread(target=self._raise_again, daemon=True, name="wattquery-interrupt").start()
            return True
        # What was left half way complains once more: a clock that was never stopped, say.
        return any(unraisable.object == one for one in self._losers)

    def raise_what_was_lost(self) -> None:
        """Raise an interrupt that was lost a moment ago."""
        if self._lost:
            self(signal.SIGINT, None)

    def end(self) -> None:
        """Raise nothing from here on."""
        self._lost = False

    def _raise_again(self) -> None:
        time.sleep(AGAIN)
        if not self._lost:
            return
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            _thread.interrupt_main()


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
