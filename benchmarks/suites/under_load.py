"""Grids under load: cells that the exact method solves in a second, and draws against those of the paper form."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from benchmarks import subjects

REPEATS = 5
DRAWS = (2**13, 2**17)
"""The difference of both leaves what a cell costs beside its draws out."""


class ExactUnderLoad:
    """The exact method, where each cell has length terms of its own; the table of the load model is made before."""

    params: ClassVar = [[1, 20, 200], ["named", "workload"]]
    param_names: ClassVar = ["loads", "lengths"]
    timeout = 600

    def setup(self, loads: int, lengths: str) -> None:
        """Make the grid, and compile."""
        self.work, self.cells = subjects.under_load(loads, lengths, method="exact", threads=2)

    def time_statistics(self, loads: int, lengths: str) -> None:
        """Time the statistics of all cells."""
        self.work()

    def track_cells_per_second(self, loads: int, lengths: str) -> float:
        """Return how many cells two threads solve in a second."""
        return self.cells / min(_seconds(self.work, time.perf_counter) for _ in range(REPEATS))


class DrawsUnderLoad:
    """Monte Carlo under load, in a grid of different deployments, and where the paper form shares its length terms."""

    params: ClassVar = [["different", "shared"]]
    param_names: ClassVar = ["length_terms"]
    timeout = 600

    def setup(self, length_terms: str) -> None:
        """Make both grids, and compile."""
        self.under_load = [subjects.draws_under_load(draws) for draws in DRAWS]
        shared = length_terms == "shared"
        self.paper = [subjects.draws_in_the_paper_form(draws, shared=shared) for draws in DRAWS]

    def track_ratio(self, length_terms: str) -> float:
        """Return the time of a draw under load over that of one in the paper form."""
        under_load, paper = _of_a_draw([self.under_load, self.paper])
        return under_load / paper


def _of_a_draw(grids: list[list[tuple[subjects.Work, int]]]) -> list[float]:
    """Return the time of a draw of a cell in each of some grids [s], which take turns: a machine's pace changes."""
    rounds = [
        [[_seconds(work, time.process_time) / cells for work, cells in works] for works in grids]
        for _ in range(REPEATS)
    ]
    least = [[min(found) for found in zip(*of_grid, strict=True)] for of_grid in zip(*rounds, strict=True)]
    return [max(many - few, 1e-12) / (DRAWS[1] - DRAWS[0]) for few, many in least]


def _seconds(work: subjects.Work, clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start
