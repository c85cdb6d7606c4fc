"""What every method promises: small tasks, a pure function for each, and a merge that takes the parts in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

__all__ = ["Finished", "Merge", "Method"]

PartIn = TypeVar("PartIn", contravariant=True)
BlockOut = TypeVar("BlockOut", covariant=True)


class Merge(Protocol[PartIn, BlockOut]):
    """Puts the parts of blocks together."""

    @property
    def draws(self) -> int:
        """Draws that every cell has by now; 0 where none are made."""

    def add(self, part: PartIn) -> Iterable[BlockOut]:
        """Take a part, and return the blocks that are finished with it."""


PlanT = TypeVar("PlanT", contravariant=True)
MergeT = TypeVar("MergeT", bound=Merge[Any, Any])
TaskT = TypeVar("TaskT")
PartOut = TypeVar("PartOut", covariant=True)
Part = TypeVar("Part")


class Method(Protocol[PlanT, MergeT, TaskT, PartOut]):
    """A plan taken apart into tasks, each done by a pure function, and put together again.

    Tasks and parts survive pickling. What a task gives depends on the plan and the task alone: neither where it is done
    nor the order of tasks changes a digit.
    """

    def rounds(self, plan: PlanT, merge: MergeT, workers: int) -> Iterator[Iterable[TaskT]]:
        """Yield the tasks in rounds, most methods in one: a round begins once the parts of the last are merged.

        Parameters
        ----------
        plan
            The grid.
        merge
            What `merge` has returned, where later rounds depend on earlier ones.
        workers
            How many tasks run at a time.
        """

    def work(self, plan: PlanT, task: TaskT) -> PartOut:
        """Return what a task asks for."""

    def merge(self, plan: PlanT) -> MergeT:
        """Return what puts parts together."""

    def interpreted(self, plan: PlanT) -> bool:
        """Return whether most of the work is Python, for which threads only wait for one another."""


class Finished(Generic[Part]):
    """The merge of a method that makes no draws, and each of whose parts is a finished block."""

    draws = 0

    def add(self, part: Part) -> tuple[Part]:
        """Return the part as it is."""
        return (part,)
