"""Whole sweeps by each method, what a second thread brings, and Sobol' indices."""

from __future__ import annotations

from typing import ClassVar

from benchmarks import subjects


class Grid:
    """Monte Carlo over a grid."""

    params: ClassVar = [[12, 120, 1200], [1_000, 100_000], ["common", "independent"]]
    param_names: ClassVar = ["cells", "draws", "random_numbers"]
    timeout = 600

    def setup(self, cells: int, draws: int, random_numbers: str) -> None:
        """Compile."""
        self.work = subjects.sweep(cells, draws, common_random_numbers=random_numbers == "common")

    def time_sweep(self, cells: int, draws: int, random_numbers: str) -> None:
        """Time the sweep."""
        self.work()


class Overhead:
    """A sweep of one draw per cell: what a grid costs before any sampling."""

    params: ClassVar = [[12, 120, 1200]]
    param_names: ClassVar = ["cells"]
    timeout = 600

    def setup(self, cells: int) -> None:
        """Compile."""
        self.work = subjects.sweep(cells, 1)

    def time_sweep(self, cells: int) -> None:
        """Time the sweep."""
        self.work()


class Exact:
    """The exact method."""

    params: ClassVar = [[12, 120, 1200]]
    param_names: ClassVar = ["cells"]
    timeout = 600

    def setup(self, cells: int) -> None:
        """Compile."""
        self.work = subjects.sweep(cells, 1, method="exact")

    def time_sweep(self, cells: int) -> None:
        """Time the sweep."""
        self.work()


class Quasi:
    """Quasi-Monte Carlo."""

    params: ClassVar = [[1, 120], [8192, 131_072]]
    param_names: ClassVar = ["cells", "draws"]
    timeout = 600

    def setup(self, cells: int, draws: int) -> None:
        """Compile, or skip where the method does not exist."""
        self.work = subjects.quasi(cells, draws)

    def time_sweep(self, cells: int, draws: int) -> None:
        """Time the sweep."""
        self.work()


class Threads:
    """The same sweep on one thread and on two."""

    params: ClassVar = [[1, 2], [10_000, 1_000_000]]
    param_names: ClassVar = ["threads", "draws"]
    timeout = 600

    def setup(self, threads: int, draws: int) -> None:
        """Compile."""
        self.work = subjects.sweep(120 if draws > 10_000 else 12, draws, threads=threads)

    def time_sweep(self, threads: int, draws: int) -> None:
        """Time the sweep."""
        self.work()


class Sobol:
    """Sobol' indices of six factors."""

    params: ClassVar = [[1, 120, 1200], [2**12, 2**15], ["saltelli_2010", "azzini_2021"]]
    param_names: ClassVar = ["cells", "draws", "estimator"]
    timeout = 600

    def setup(self, cells: int, draws: int, estimator: str) -> None:
        """Compile, or skip where there are no indices."""
        self.work = subjects.sobol(cells, draws, estimator=estimator)

    def time_sobol(self, cells: int, draws: int, estimator: str) -> None:
        """Time the indices of the grid."""
        self.work()
