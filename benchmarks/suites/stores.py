"""Sweeps that are written box by box as they are solved: how fast, and how much memory. See `benchmarks.large`."""

from __future__ import annotations

import shutil
import tempfile
from typing import ClassVar

from benchmarks import subjects
from benchmarks.large import sweep_taken


class IntoStore:
    """A sweep into a store of its own, exact and by sampling."""

    params: ClassVar = [[1500, 150_000], ["exact", "monte_carlo"]]
    param_names: ClassVar = ["cells", "method"]
    number = 1
    timeout = 600

    def setup(self, cells: int, method: str) -> None:
        """Compile, and make room."""
        self.folder = tempfile.mkdtemp(prefix="wattquery-benchmark-")
        self.work = subjects.into_store(cells, self.folder, method=method, draws=10_000)

    def teardown(self, cells: int, method: str) -> None:
        """Remove the stores."""
        shutil.rmtree(self.folder)

    def time_sweep(self, cells: int, method: str) -> None:
        """Time the sweep, its layout included."""
        self.work()


class MemoryIntoStore:
    """Peak memory of a process that sweeps into a store, which is that of the boxes in work."""

    params: ClassVar = [[1500, 150_000, 1_500_000]]
    param_names: ClassVar = ["cells"]
    timeout = 600
    unit = "MiB"

    def track_peak(self, cells: int) -> float:
        """Return the peak resident memory of an exact sweep."""
        return sweep_taken(cells, 0, 1, in_store=True).peak / 2**20
