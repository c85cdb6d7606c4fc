"""Threads that end when they are asked to, so that an interrupt is heeded while they work. Standard library only.

Python gives an interrupt to the main thread, and only between two steps of Python. A compiler that takes seconds per
step, or one that swallows what is raised in its callbacks, must therefore not run there: it runs in a `Stoppable`
thread, for which the main thread waits. What is asked to end does so at its next step of Python, whatever it does.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from wattquery.interrupts import heard_once

__all__ = [
    "PATIENCE",
    "Stoppable",
    "StoppedError",
    "run_apart",
    "still_running",
    "stop",
    "taken",
    "unbroken",
    "when_interrupted",
]

PATIENCE = 1.2
"""Seconds for which an interrupt waits for threads that it stops; a step of the compiler takes up to one."""

AT_EXIT = 5.0
"""Seconds for which the end of the process does: a library must not be torn down under a thread that is inside."""

AGAIN = 0.05
"""Seconds until a thread is asked once more: in a callback from C, what is raised is lost."""

TICK = 0.5
"""Seconds at a time for which is waited: some systems hear no interrupt while a thread waits without an end."""

Result = TypeVar("Result")
Item = TypeVar("Item")


class StoppedError(SystemExit):
    """Raised in a thread that is asked to end. Threads end by a ``SystemExit`` without a word."""


class Stoppable(threading.Thread):
    """A thread that can be asked to end; the process does not wait for it.

    Parameters
    ----------
    work
        What it does. It ends in any case: nobody sees what is raised.
    name
        The thread's name.
    """

    def __init__(self, work: Callable[[], object], name: str = "wattquery") -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._held = threading.Lock()
        self._over = False
        self.asked = False

    @property
    def over(self) -> bool:
        """Whether its work has ended: after a ``join`` that was interrupted, ``is_alive`` may be wrong."""
        return self._over

    def run(self) -> None:
        """Do the work, and take what was asked too late."""
        with contextlib.suppress(BaseException):
            self._work()
        while not self._over:
            with contextlib.suppress(StoppedError):
                with self._held:
                    self._over = True
                _step()

    def ask(self) -> None:
        """Ask it to end, unless it has, or does what must not be broken off."""
        self.asked = True
        if self.ident is not None and self._held.acquire(blocking=False):
            try:
                if not self._over:
                    _raise_in(self.ident)
            finally:
                self._held.release()

    @contextlib.contextmanager
    def unbroken(self) -> Iterator[None]:
        """Keep what is asked waiting, until the block ends."""
        with self._held:
            _step()  # what was asked before is raised here, and not within
            yield
        if self.asked:
            raise StoppedError


@contextlib.contextmanager
def unbroken() -> Iterator[None]:
    """Let a block end before this thread is stopped: one that writes, say. Other threads are not affected.

    Where the thread is asked to end within it, it does behind it.
    """
    here = threading.current_thread()
    with here.unbroken() if isinstance(here, Stoppable) else contextlib.nullcontext():
        yield


def stop(threads: Iterable[Stoppable], patience: float = PATIENCE) -> bool:
    """Ask threads to end, wait until they have, and return whether that is so.

    Parameters
    ----------
    threads
        What has to end.
    patience
        Seconds after which those that are still within a step are left to end by themselves.
    """
    running = {one for one in threads if one.ident is not None and not one.over}
    end = time.monotonic() + patience
    with _silent(running):
        while running:
            for one in running:
                one.ask()
            time.sleep(min(AGAIN, patience / 10.0))
            running = {one for one in running if not one.over}
            if running and time.monotonic() > end:
                _leave(running)
                return False
    return True


def taken(queue: SimpleQueue[Item]) -> Item:
    """Return the next item of a queue, and wait for it so that an interrupt is heard on every system."""
    while True:
        with contextlib.suppress(Empty):
            return queue.get(timeout=TICK)


def run_apart(function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Result:
    """Call a function in a thread of its own, if this is the main thread, so that an interrupt is heard meanwhile.

    With an interrupt the thread is stopped. In any other thread the function is called as it is: none hears interrupts.
    """
    if threading.current_thread() is not threading.main_thread():
        return function(*arguments, **keywords)
    answer: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def work() -> None:
        try:
            answer.put((function(*arguments, **keywords), None))
        except BaseException as error:
            answer.put((None, error))

    thread = Stoppable(work, "wattquery-apart")
    try:
        try:
            thread.start()
        except RuntimeError:  # the system has no room for another thread
            return function(*arguments, **keywords)
        result, error = taken(answer)
    except BaseException:
        stop([thread])
        raise
    if error is not None:
        raise error
    found: Result = result
    return found


@contextlib.contextmanager
def when_interrupted(said: Callable[[], str]) -> Iterator[None]:
    """Say with an interrupt what is kept and how to go on, as its message: a command prints it, and so does Python.

    Parameters
    ----------
    said
        Returns whole sentences, once the interrupt is there.
    """
    with heard_once():
        try:
            yield
        except KeyboardInterrupt:
            raise KeyboardInterrupt(said()) from None


def still_running() -> bool:
    """Return whether a thread that was stopped is still within its last step."""
    return any(not one.over for one in _LEFT)


_LEFT: set[Stoppable] = set()


def _leave(threads: set[Stoppable]) -> None:
    """Remember threads that have not ended, for the end of the process to wait for."""
    if not _LEFT:
        atexit.register(_at_exit)
    _LEFT.difference_update([one for one in _LEFT if one.over])
    _LEFT.update(threads)


def _at_exit() -> None:
    stop(_LEFT, AT_EXIT)


def _step() -> None:
    """Do nothing: on a call Python looks whether something was asked of this thread."""


def _raise_in(ident: int) -> None:
    """Raise `StoppedError` in a thread at its next step of Python."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(StoppedError))


@contextlib.contextmanager
def _silent(threads: set[Stoppable]) -> Iterator[None]:
    """Keep threads quiet that are being stopped: half-made objects complain where nobody could catch it."""
    idents = {one.ident for one in threads}
    told = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if threading.get_ident() not in idents:
            told(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = told
