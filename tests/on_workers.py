"""What tests run on the workers of a cluster: in a module of its own, which workers can import."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wattquery.errors import InputError

UNPACKED = [0]
"""How often this process unpacked the work."""


@dataclass(frozen=True)
class Piece:
    """A task."""

    number: int
    share: float = 0.0


class Counted:
    """Work that counts how often it was unpacked."""

    def __setstate__(self, state: dict) -> None:
        UNPACKED[0] += 1

    def __getstate__(self) -> dict:
        return {"nothing": 0}

    def __call__(self, task: Piece) -> int:
        return task.number**2


def unpacked() -> int:
    found, UNPACKED[0] = UNPACKED[0], 0
    return found


def fails_at_3(task: Piece) -> int:
    if task.number == 3:
        raise InputError("three is not allowed")
    return task.number


@dataclass(frozen=True)
class Marks:
    """Work that leaves a file for each task that it began."""

    folder: Path
    seconds: float = 0.0

    def __call__(self, task: Piece) -> int:
        (self.folder / str(task.number)).touch()
        time.sleep(self.seconds)
        return task.number


@dataclass(frozen=True)
class GoesOn:
    """Work that has no end for a long while, and lets a file grow."""

    file: Path

    def __call__(self, task: Piece) -> int:
        end = time.monotonic() + 20.0
        while time.monotonic() < end:
            with self.file.open("a") as file:
                file.write(".")
            time.sleep(0.01)
        return task.number


@dataclass(frozen=True)
class EndsItsWorker:
    """Work that ends its worker in task 2: the first time, or always."""

    folder: Path
    always: bool = False

    def __call__(self, task: Piece) -> int:
        mark = self.folder / "ended"
        if task.number == 2 and (self.always or not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task.number


def allow_failures(count: int, dask_scheduler: Any = None) -> int:
    """Set how many workers a task may end before it is given up; return what held before."""
    before = int(dask_scheduler.allowed_failures)
    dask_scheduler.allowed_failures = count
    return before


def count_otherwise(name: str, value: object) -> None:
    """Have this process say something else of how it computes."""
    from wattquery.sweeps.blockwise import canary

    known = vars(canary).setdefault("_before", {})
    known.setdefault(name, getattr(canary, name))
    setattr(canary, name, lambda *_: value)


def count_as_before() -> None:
    from wattquery.sweeps.blockwise import canary

    for name, value in vars(canary).pop("_before", {}).items():
        setattr(canary, name, value)


def kernels() -> tuple[int, int]:
    """Return how many kernels this process compiled and loaded, with all types that they are called with."""
    from wattquery.kernels import cache

    found = cache.status()
    return found.compiled, found.loaded
