"""What is had for the cost: error at a fixed time, and memory whatever the draws."""

from __future__ import annotations

import time
from typing import ClassVar

import numpy as np

import wattquery as wq
from benchmarks import subjects
from benchmarks.memory import peak_kilobytes
from benchmarks.workloads import sweep_arguments


class ErrorAtBudget:
    """Error of a paper cell's median after a given time, the compiled code being warm."""

    params: ClassVar = [[0.03, 0.1, 1.0], ["monte_carlo", "quasi_monte_carlo"]]
    param_names: ClassVar = ["seconds", "method"]
    unit = "relative error, root mean square over seeds"
    timeout = 600
    seeds = range(1, 9)

    def setup(self, seconds: float, method: str) -> None:
        """Find how many draws, a power of two as quasi-random points want it, fit into the time."""
        self.cell = {**sweep_arguments(1), "quantiles": [0.5], "method": subjects.known_method(method), "threads": 1}
        self.truth = wq.sweep(**{**self.cell, "method": "exact"})["energy"].item()
        self.draws = 8192
        wq.sweep(**self.cell, draws=self.draws)
        while self._seconds(2 * self.draws) < seconds:
            self.draws *= 2

    def track_error(self, seconds: float, method: str) -> float:
        """Return the error of what fits into the time."""
        found = [wq.sweep(**self.cell, draws=self.draws, seed=seed)["energy"].item() for seed in self.seeds]
        return float(np.sqrt(np.mean((np.array(found) / self.truth - 1.0) ** 2)))

    def _seconds(self, draws: int) -> float:
        begin = time.perf_counter()
        wq.sweep(**self.cell, draws=draws)
        return time.perf_counter() - begin


class Memory:
    """Peak memory of a sweep, in a process of its own."""

    params: ClassVar = [[12, 1200], [1_000, 1_000_000]]
    param_names: ClassVar = ["cells", "draws"]
    timeout = 600

    def setup(self, cells: int, draws: int) -> None:
        """Compile on the smallest grid."""
        self.work = subjects.sweep(cells, draws)

    def peakmem_sweep(self, cells: int, draws: int) -> None:
        """Let asv read the peak of this process."""
        self.work()


class MemoryGrowth:
    """Peak memory with many draws over that with a thousandth of them: 1 where memory does not grow with draws.

    ``python -m benchmarks.memory`` does the same for any number of cells and draws.
    """

    params: ClassVar = [[12, 1200], [100_000, 10_000_000]]
    param_names: ClassVar = ["cells", "draws"]
    unit = "ratio"
    timeout = 600

    def track_ratio(self, cells: int, draws: int) -> float:
        """Return the ratio of the two peaks."""
        many, few = (peak_kilobytes(cells, number) for number in (draws, draws // 1000))
        return many / few
