"""Grids under load: cells that the exact method solves in a second, and draws against those of the paper form."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from benchmarks import subjects

REPEATS = 3
DRAWS = (2**13, 2**16)
"""The difference of both leaves what a cell costs before its first draw out."""
LOADS = 20
"""How many loads stand beside as many cells of the paper form that share a length term."""


class ExactUnderLoad:
    """The exact method, where each cell has length terms of its own; the table of the load model is made before."""

    params: ClassVar = [[20, 200], ["named", "workload"]]
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
        shared = length_terms == "shared"
        self.under_load, self.paper = [], []
        for draws in DRAWS:
            how = {"method": "monte_carlo", "draws": draws, "threads": 1}
            self.under_load.append(subjects.under_load(LOADS if shared else 1, **how))
            self.paper.append(subjects.in_the_paper_form(1200 if shared else 60, **how))

    def track_ratio(self, length_terms: str) -> float:
        """Return the time of a draw under load over that of one in the paper form."""
        return _of_a_draw(self.under_load) / _of_a_draw(self.paper)


def _of_a_draw(works: list[tuple[subjects.Work, int]]) -> float:
    """Return the time of a draw of a cell [s]."""
    few, many = (min(_seconds(work, time.process_time) for _ in range(REPEATS)) / cells for work, cells in works)
    return max(many - few, 1e-12) / (DRAWS[1] - DRAWS[0])


def _seconds(work: subjects.Work, clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start
