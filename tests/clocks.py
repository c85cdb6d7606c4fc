"""Clocks that a test sets: one that is passed to what is tested, and that of the system."""

from __future__ import annotations

import itertools
import os
import threading
import time
from pathlib import Path

import pytest

IN_1970, IN_2100 = 86_400.0, 4_102_444_800.0


class Clock:
    def __init__(self) -> None:
        self.now = 1e6

    def __call__(self) -> float:
        return self.now


def jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the clock of the system jump to and fro between 1970 and 2100, whenever it is looked at.

    Threads that run already see the real one: Dask's scheduler, which other tests share, would lose its workers.
    """
    times, real = itertools.cycle([IN_1970, IN_2100]), time.time
    others = {one.ident for one in threading.enumerate()} - {threading.get_ident()}

    def jumping() -> float:
        return real() if threading.get_ident() in others else next(times)

    monkeypatch.setattr(time, "time", jumping)
    monkeypatch.setattr(time, "time_ns", lambda: int(jumping() * 1e9))


def dated(folder: Path, seconds: float) -> None:
    """Give everything in a folder the date of another clock."""
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (seconds, seconds))
