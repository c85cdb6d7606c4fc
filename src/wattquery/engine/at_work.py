"""What a worker of a cluster is at, so that it can be told to break it off: this runs on workers.

A task runs in a thread of its own, which ends when it is asked to (`wattquery.stopping`). Threads of Dask's own, and
what others have the same worker do, are left alone.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from wattquery.stopping import AGAIN, PATIENCE, Stoppable, StoppedError

__all__ = ["BrokenOffError", "break_off", "stoppable"]

Result = TypeVar("Result")

_LOCK = threading.Lock()
_AT_WORK: dict[str, set[Stoppable]] = {}
_OVER: deque[str] = deque(maxlen=1000)
"""Runs that were broken off: a task that was on its way does not begin."""


class BrokenOffError(RuntimeError):
    """Raised by a task that was broken off; nobody waits for it."""


def stoppable(run: str, function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function so that `break_off` ends it.

    Parameters
    ----------
    run
        What it belongs to.
    function, arguments
        What is called.

    Raises
    ------
    BrokenOffError
        If it was broken off.
    """
    answer: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
    context = contextvars.copy_context()  # which knows the worker

    def work() -> None:
        try:
            answer.put((context.run(function, *arguments), None))
        except BaseException as error:
            answer.put((None, error))

    thread = Stoppable(work, "wattquery-box")
    with _LOCK:
        if run in _OVER:
            raise BrokenOffError
        _AT_WORK.setdefault(run, set()).add(thread)
    try:
        thread.start()
        result, error = answer.get()
    finally:
        with _LOCK:
            _AT_WORK[run].discard(thread)
            if not _AT_WORK[run]:
                del _AT_WORK[run]
    if isinstance(error, StoppedError):
        raise BrokenOffError  # and no SystemExit, which would end the worker
    if error is not None:
        raise error
    found: Result = result
    return found


async def break_off(run: str) -> bool:
    """Break off what this process is at for a run, and return whether that has ended; it is waited for a moment.

    It runs in the loop of a worker, which goes on meanwhile.
    """
    with _LOCK:
        _OVER.append(run)
    end = time.monotonic() + PATIENCE
    while True:
        with _LOCK:
            threads = list(_AT_WORK.get(run, ()))
        for one in threads:
            one.ask()
        if not threads or time.monotonic() > end:
            return not threads
        await asyncio.sleep(AGAIN)
