"""What every executor promises: results in any order, few tasks drawn ahead, nothing left running behind an error."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Protocol, TypeVar

__all__ = ["AskedProgress", "Executor", "Progress", "ShareDone", "Task"]

Progress = Callable[[float], None]
"""Receives the share of the work that is done, from 0 to 1."""

AskedProgress = Progress | bool | None
"""What users pass: a function, or true for a display where someone watches."""

DIGITS = 9
"""Decimals of a share that are told: sums of some million shares are off by less, so that the last one is 1."""


class Task(Protocol):
    """A description of some work: small, and it survives pickling."""

    @property
    def share(self) -> float:
        """What share of the whole work the task is."""


TaskT = TypeVar("TaskT")
Part = TypeVar("Part")


class Executor(Protocol):
    """Runs tasks."""

    @property
    def workers(self) -> int:
        """How many tasks run at a time; work is divided so that all of them have some."""

    def map(
        self, work: Callable[[TaskT], Part], tasks: Iterable[TaskT], *, interpreted: bool = False
    ) -> Generator[tuple[TaskT, Part], None, None]:
        """Yield every task with its result, as they finish, in any order.

        Tasks are drawn in the caller's thread, and only a few ahead of those that are done. An error in a task is
        raised here. With it, with an interrupt, and when the generator is closed, no further task begins. None is
        running once control is back; an interrupt breaks tasks off, and leaves within two seconds even one that is in
        the midst of a step which nothing breaks off.

        Parameters
        ----------
        work
            Called with each task. Pure: it writes nothing that another task sees, and may run in another process.
        tasks
            What to do.
        interpreted
            Whether the work is mostly Python: threads of one process would wait for the interpreter's lock.
        """


class ShareDone:
    """Adds up the shares of finished tasks and tells the sum, which never falls, in the thread of the caller.

    Parameters
    ----------
    progress
        Is told; ``None`` where nobody asks.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = 0.0
        self._told = 0.0

    def add(self, share: float) -> None:
        """Count a finished task."""
        self._done += share
        self._tell(min(round(self._done, DIGITS), 1.0))

    def pass_over(self, share: float) -> None:
        """Count a task that an earlier run has finished: what shows a rate is told so."""
        self._done += share
        self._tell(min(round(self._done, DIGITS), 1.0), getattr(self._progress, "passed_over", self._progress))

    def finish(self) -> None:
        """Tell that all is done, unless it was told."""
        if self._told < 1.0:
            self._tell(1.0)

    def _tell(self, share: float, progress: Progress | None = None) -> None:
        self._told = max(self._told, share)
        told = progress or self._progress
        if told is not None:
            told(self._told)
