"""Requests of a gateway: what one of them costs with its interval, and how many a loop charges in a second."""

from __future__ import annotations

import statistics
import time
from typing import Any, ClassVar

import numpy as np

import wattquery as wq

CALLS = 5000
REQUESTS = 1_000_000
CELLS: dict[str, dict[str, Any]] = {
    "under load": {"model": "Llama 3.1 70B", "hardware": "H100 SXM", "load": 0.5, "output_tokens": 300},
    "paper": {"model": "Llama 3.1 405B"},
}


class Requests:
    """Energies of given lengths in a cell that is prepared."""

    params: ClassVar = [list(CELLS)]
    param_names: ClassVar = ["form"]
    timeout = 300

    def setup(self, form: str) -> None:
        """Prepare the cell, and compile."""
        self.cell = wq.prepare(**CELLS[form])
        generator = np.random.default_rng(1)
        self.lengths = generator.integers(200, 2000, (2, REQUESTS)).astype(np.float64)
        self.cell.energy(*self.lengths[:, :2])
        wq.request_energy(self.cell, 500, 300)

    def track_request_us(self, form: str) -> float:
        """Return the median time of a request with its interval, of many [us]."""
        return 1e6 * statistics.median(self._seconds())

    def track_request_p99_us(self, form: str) -> float:
        """Return the time that one request in a hundred takes longer than [us]."""
        return 1e6 * statistics.quantiles(self._seconds(), n=100)[-1]

    def _seconds(self) -> list[float]:
        """Return what each of many requests took [s]."""
        seconds = []
        for inputs, outputs in self.lengths[:, :CALLS].T.tolist():
            start = time.perf_counter()
            wq.request_energy(self.cell, inputs, outputs)
            seconds.append(time.perf_counter() - start)
        return seconds

    def time_million(self, form: str) -> None:
        """Time the expected energies of a million requests in arrays."""
        self.cell.energy(*self.lengths)
