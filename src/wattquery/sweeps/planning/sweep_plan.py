"""`SweepPlan`: what a sweep will take, as attributes, as JSON and as text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wattquery.pages.cards import Carded, Part
from wattquery.quantities.amounts import a_second, in_bytes, in_time

__all__ = ["SweepPlan"]


@dataclass(frozen=True)
class SweepPlan(Carded):
    """What a sweep will take, estimated from pieces of it that were solved on this machine.

    Attributes
    ----------
    shape
        Length of each axis of the grid, by name.
    cells, cells_with_data
        Number of cells, and of those that are computed; the others are NaN and take no time. The second is an estimate
        where the grid is too large to look at all of it.
    method
        How it is computed.
    draws_per_cell, draws
        Draws of each cell and in all; 0 with ``method="exact"``. With ``relative_stderr`` an estimate from a few cells.
    threads
        Number of threads, of which ``threads_at_work`` share the work.
    threads_at_work
        Threads that share the work: no more than there are cores, or parts of the work.
    store
        Where the result goes; None for memory.
    boxes, cells_per_box
        Number of boxes that are written to the store, and cells of each; 1 and all cells in memory.
    cells_done, boxes_done
        How many of them the store has already, with all that is asked for; 0 in memory.
    cells_left, draws_left
        What is left to do of cells that have data: how many are not done, and the draws to be made. Memory, disk, files
        and time are of this alone.
    memory_bytes, free_memory_bytes
        What the result and the work on it take at most, with a store the boxes in work; and what is free.
    disk_bytes, free_disk_bytes
        What the store takes, and what is free there; None where there is no disk.
    compression
        How many times larger the store would be if it were not compressed; None without a store.
    files
        Number of files of the store; None without one.
    seconds, seconds_range
        How long the sweep takes, and the same by the fastest and by the slowest of the pieces that were timed.
    measured_seconds
        How long was measured for it.
    measured_pieces
        How many pieces were timed.
    problems
        What does not fit, each with what would make it fit.
    notes
        What to know of the numbers.
    """

    shape: dict[str, int]
    cells: int
    cells_with_data: int
    method: str
    draws_per_cell: int
    draws: int
    threads: int
    threads_at_work: int
    store: str | None
    boxes: int
    cells_per_box: int
    cells_done: int = 0
    boxes_done: int = 0
    cells_left: int = 0
    draws_left: int = 0
    memory_bytes: int = 0
    free_memory_bytes: int = 0
    disk_bytes: int | None = None
    free_disk_bytes: int | None = None
    compression: float | None = None
    files: int | None = None
    seconds: float = 0.0
    seconds_range: tuple[float, float] = (0.0, 0.0)
    measured_seconds: float = 0.0
    measured_pieces: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether memory and disk suffice, and the store is not refused."""
        return not self.problems

    @property
    def cells_per_second(self) -> float:
        """How many cells that have data are computed in a second."""
        return self.cells_left / self.seconds if self.seconds else 0.0

    @property
    def draws_per_second(self) -> float:
        """How many draws are made in a second; cells that share some are counted one by one."""
        return self.draws_left / self.seconds if self.seconds else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return all of it in values that JSON can hold."""
        plain = asdict(self)
        return {
            **plain,
            **{name: list(plain[name]) for name in ("seconds_range", "problems", "notes")},
            "fits": self.fits,
            "cells_per_second": self.cells_per_second,
            "draws_per_second": self.draws_per_second,
        }

    def __str__(self) -> str:
        facts = self._facts()
        width = max(map(len, facts))
        lines = [self._title(), "", *(f"  {name:<{width}}  {text}" for name, text in facts.items())]
        lines += [f"  {_kind(problem)}: {problem}" for problem in self.problems]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def _card(self) -> tuple[str, list[Part]]:
        problems = [f"{_kind(problem)}: {problem}" for problem in self.problems]
        return self._title(), [self._facts(), [*problems, *self.notes]]

    def _title(self) -> str:
        return f"A sweep of {self.cells:,} cell{'' if self.cells == 1 else 's'}, {self._what_is_left()}"

    @property
    def is_finished(self) -> bool:
        """Whether the store has all that is asked for, so that nothing is left to do."""
        return self.cells_done == self.cells

    def _what_is_left(self) -> str:
        if self.is_finished:
            return "done: nothing is left to do"
        left = f"{self.cells - self.cells_done:,} of them left, " if self.cells_done else ""
        return f"{left}about {in_time(self.seconds)}"

    def _facts(self) -> dict[str, str]:
        """Return what is printed, a line each."""
        product = " x ".join(f"{size:,} {name}" for name, size in self.shape.items())
        without = self.cells - self.cells_with_data
        labels = f"{f' ({product})' if product else ''}{f', {without:,} without data' if without else ''}"
        facts = {
            "cells": f"{self.cells:,}{labels}",
            "draws": f"{self.draws_per_cell:,} per cell, {self.draws:.3g} in all" if self.draws_per_cell else "none",
            "method": self.method,
        }
        if self.store is not None:
            boxes = "1 box" if self.boxes == 1 else f"{self.boxes:,} boxes"
            done = f", {self.boxes_done:,} of them done" if 0 < self.boxes_done < self.boxes else ""
            facts["store"] = f"{self.store}: {boxes} of up to {self.cells_per_box:,} cells{done}"
        return facts if self.is_finished else facts | self._needed()

    def _needed(self) -> dict[str, str]:
        """Return what of it is about what is left to do."""
        facts = {"memory": f"about {in_bytes(self.memory_bytes)}; {in_bytes(self.free_memory_bytes)} are free"}
        if self.disk_bytes is not None:
            each = f"{self.disk_bytes / max(self.cells - self.cells_done, 1):.0f} bytes per cell"
            free = "" if self.free_disk_bytes is None else f"; {in_bytes(self.free_disk_bytes)} are free"
            packed = f"{each}, compressed {self.compression:.2g} times"
            facts["disk"] = f"about {in_bytes(self.disk_bytes)} in {self.files:,} files ({packed}){free}"
        low, high = map(in_time, self.seconds_range)
        rate = f"{a_second(self.cells_per_second)} cells/s"
        if self.draws_left:
            rate = f"{a_second(self.draws_per_second)} draws/s"
        facts["time"] = (
            f"about {in_time(self.seconds)}, {low} to {high}, at {rate} on {_threads(self.threads_at_work)} "
            f"(measured on {self.measured_pieces} pieces in {in_time(self.measured_seconds)})"
        )
        return facts


def _kind(problem: str) -> str:
    return "does not fit" if problem.startswith(("memory:", "disk:")) else "is refused"


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count:,} threads"
